namespace Rtc.Server.Frames;

/// <summary>
/// Guesses which frame will be the newest when the model is free again: that one is worth decoding while the model still has
/// another. Told by the reader and the worker of one socket.
/// </summary>
internal sealed class FramePace(TimeProvider time)
{
    private const double Follow = 0.25;

    private readonly Lock _gate = new();
    private long? _runBegan;
    private long? _arrived;
    private double _runMs;
    private double _gapMs;

    public void RunBegins()
    {
        lock (_gate)
        {
            _runBegan = time.GetTimestamp();
        }
    }

    public void RunEnds()
    {
        lock (_gate)
        {
            _runMs = _runBegan is { } began ? time.GetElapsedTime(began).TotalMilliseconds : _runMs;
            _runBegan = null;
        }
    }

    /// <summary>A frame has come. True where the model is at work, and will be free before the next one is due.</summary>
    public bool Arrives()
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            if (_arrived is { } before)
            {
                double gap = time.GetElapsedTime(before, now).TotalMilliseconds;
                _gapMs = _gapMs == 0 ? gap : _gapMs + (Follow * (gap - _gapMs));
            }

            _arrived = now;
            return _runBegan is { } began && _runMs > 0 && _runMs - time.GetElapsedTime(began, now).TotalMilliseconds < _gapMs;
        }
    }
}
