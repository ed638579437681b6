namespace Rtc.Peer.Congestion;

/// <summary>What really came through, by the receiver's clock: bytes over a sliding window.</summary>
internal sealed class AcknowledgedRate
{
    private const int Size = 512;
    private const long WindowMicroseconds = 400_000;
    private const long MinMicroseconds = 150_000;

    private (long At, int Bytes)[] _arrivals = [];
    private int _first;
    private int _count;
    private long _bytes;
    private long _newest;

    /// <summary>Null before there is enough to tell.</summary>
    public Bitrate? Rate { get; private set; }

    public void Add(long arrived, int bytes)
    {
        if (_arrivals.Length == 0)
        {
            _arrivals = new (long, int)[Size];
        }

        if (arrived > _newest + 2_000_000)
        {
            Clear(); // after a silence the old window would dilute the new one
        }

        _newest = Math.Max(_newest, arrived);
        while (_count > 0 && (_count == Size || _arrivals[_first].At < _newest - WindowMicroseconds))
        {
            _bytes -= _arrivals[_first].Bytes;
            _first = (_first + 1) % Size;
            _count--;
        }

        _arrivals[(_first + _count) % Size] = (arrived, bytes);
        _count++;
        _bytes += bytes;
        long span = _newest - _arrivals[_first].At;
        if (span >= MinMicroseconds)
        {
            // The first packet's own bytes came before the span began; over a full window that evens out.
            Rate = new Bitrate((_bytes - _arrivals[_first].Bytes) * 8 * 1_000_000 / span);
        }
    }

    private void Clear()
    {
        _first = 0;
        _count = 0;
        _bytes = 0;
        Rate = null;
    }
}
