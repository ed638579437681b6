namespace Rtc.Server.Rooms;

/// <summary>What the phone's stream takes, whole and by its base layer alone, smoothed over about a second. Pure.</summary>
internal struct SourceRate
{
    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(500);

    private Instant _began;
    private long _bytes;
    private long _baseBytes;

    public double Kilobits { get; private set; }

    public double BaseKilobits { get; private set; }

    public void Add(Instant now, int bytes, int layer)
    {
        if (_began == default)
        {
            _began = now;
        }

        TimeSpan span = now - _began;
        if (span >= s_window)
        {
            Kilobits = Smooth(Kilobits, _bytes, span);
            BaseKilobits = Smooth(BaseKilobits, _baseBytes, span);
            (_bytes, _baseBytes, _began) = (0, 0, now);
        }

        _bytes += bytes;
        _baseBytes += layer == 0 ? bytes : 0;
    }

    private static double Smooth(double before, long bytes, TimeSpan span)
    {
        double now = bytes * 8 / span.TotalMilliseconds;
        return before <= 0 ? now : (before + now) / 2;
    }
}
