namespace Rtc.Peer.Rtp;

/// <summary>32-bit RTP timestamps as 64-bit ones, each the nearest to the newest seen.</summary>
internal struct TimestampUnwrapper
{
    private long _newest;
    private bool _started;

    public long Unwrap(uint timestamp)
    {
        if (!_started)
        {
            _started = true;
            _newest = (1L << 32) + timestamp;
            return _newest;
        }

        long value = _newest + (int)(timestamp - (uint)_newest);
        _newest = Math.Max(_newest, value);
        return value;
    }
}
