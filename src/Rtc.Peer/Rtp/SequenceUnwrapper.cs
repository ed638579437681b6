namespace Rtc.Peer.Rtp;

/// <summary>
/// Turns 16-bit numbers that wrap into 64-bit ones that don't: each is read as the value nearest to
/// the newest one seen. A fresh unwrapper starts one cycle up, so that earlier packets stay positive.
/// </summary>
internal struct SequenceUnwrapper
{
    /// <summary>What the first number is lifted by.</summary>
    public const int FirstCycle = 1 << 16;

    private long _newest;
    private bool _started;

    public readonly bool Started => _started;

    public readonly long Newest => _newest;

    /// <summary>What <paramref name="sequence"/> would unwrap to, without moving.</summary>
    public readonly long Peek(ushort sequence) =>
        _started ? _newest + (short)(ushort)(sequence - (ushort)_newest) : FirstCycle + sequence;

    /// <summary>Takes up a stream that began anew, above all that was before.</summary>
    public long Restart(ushort sequence)
    {
        _newest = (((_newest >> 16) + 2) << 16) + sequence;
        return _newest;
    }

    public long Unwrap(ushort sequence)
    {
        long value = Peek(sequence);
        if (!_started || value > _newest)
        {
            _newest = value;
            _started = true;
        }

        return value;
    }
}
