namespace Rtc.Pipeline.Decoding;

/// <summary>
/// Unwraps RTP's 32-bit video clock into one that only goes on. Where the sender starts anew (another offset, a
/// leap) it goes on by the time that passed here instead. Pure.
/// </summary>
internal struct MediaTimeline
{
    public const int TicksPerSecond = 90_000;

    /// <summary>A leap of more than this is a new beginning, not a pause.</summary>
    private const int MaxLeap = 10 * TicksPerSecond;

    private bool _started;
    private uint _lastTimestamp;
    private double _lastReceivedMs;
    private long _ticks;

    public long Next(uint timestamp, double receivedMs)
    {
        if (_started)
        {
            int leap = unchecked((int)(timestamp - _lastTimestamp));
            _ticks += leap is >= 0 and <= MaxLeap
                ? leap
                : (long)(Math.Clamp(receivedMs - _lastReceivedMs, 0, 3_600_000) * (TicksPerSecond / 1000));
        }

        _started = true;
        _lastTimestamp = timestamp;
        _lastReceivedMs = receivedMs;
        return _ticks;
    }
}
