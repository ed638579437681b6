namespace Rtc.Media.Containers.Writing;

/// <summary>
/// Gives a sender's pictures their times in a recording. From one to the next the sender's own clock counts (its capture time,
/// which its sender reports discipline, else RTP time); over the length of it our clock does, so that neither a drift nor lost
/// packets nor a new beginning of the sender's make it longer or shorter than it was. Pure.
/// </summary>
public sealed class RecordingTimeline
{
    /// <summary>RTP's clock of video, and the recording's.</summary>
    public const int TicksPerSecond = 90_000;

    // The sender's clock is corrected by one part in a thousand, which nobody sees; crystals are off by a tenth of that.
    private const double MaxSlew = 0.001;

    /// <summary>How far apart both clocks may be for the whole of a window before the recording jumps.</summary>
    private const long MaxLag = TicksPerSecond / 2;

    private const long Window = 5 * TicksPerSecond;

    // A picture can't be from the future, nor can it have been on its way for so long.
    private const long MaxAhead = TicksPerSecond;
    private const long MaxBehind = 10 * TicksPerSecond;

    private Instant _firstArrival;
    private Instant _lastArrival;
    private uint _lastRtp;
    private ulong _lastNtp;
    private double _media;
    private long _last = -1;
    private long _windowEnd;
    private double _minLag;
    private double _correction;

    /// <summary>Ticks from the first picture on, later than the picture's before.</summary>
    /// <param name="rtp">The picture's RTP time.</param>
    /// <param name="captureNtp">When it was taken by the sender's clock; 0: it doesn't say.</param>
    /// <param name="arrival">When it was here.</param>
    public long Next(uint rtp, ulong captureNtp, Instant arrival)
    {
        if (_last < 0)
        {
            (_firstArrival, _last) = (arrival, 0);
            _windowEnd = Window;
            _minLag = double.MaxValue;
        }
        else
        {
            long passed = Ticks(arrival - _lastArrival);
            double step = Step(rtp, captureNtp, passed);
            long elapsed = Ticks(arrival - _firstArrival);
            _media += step + Math.Clamp(_correction, -step * MaxSlew, step * MaxSlew);
            _correction -= Math.Clamp(_correction, -step * MaxSlew, step * MaxSlew);
            Discipline(elapsed);
            _last = Math.Max(_last + 1, (long)Math.Round(_media));
        }

        (_lastArrival, _lastRtp, _lastNtp) = (arrival, rtp, captureNtp);
        return _last;
    }

    /// <summary>What the network adds differs from picture to picture: the least of a while is what the clocks are apart.</summary>
    private void Discipline(long elapsed)
    {
        _minLag = Math.Min(_minLag, elapsed - _media);
        if (elapsed < _windowEnd)
        {
            return;
        }

        if (_minLag > MaxLag)
        {
            _media += _minLag;
            _minLag = 0;
        }

        _correction = _minLag;
        _minLag = double.MaxValue;
        _windowEnd = elapsed + Window;
    }

    private double Step(uint rtp, ulong captureNtp, long passed)
    {
        // The nearest of all spans that RTP's 32 bits may stand for.
        long near = unchecked((int)(rtp - _lastRtp - (uint)passed));
        double step = passed + near;
        if (captureNtp != 0 && _lastNtp != 0)
        {
            double captured = (long)(captureNtp - _lastNtp) / 4_294_967_296.0 * TicksPerSecond;
            step = Math.Abs(captured - step) < (step * 0.02) + (TicksPerSecond / 1000.0) ? captured : step;
        }

        return step > passed + MaxAhead || step < passed - MaxBehind || step < 0 ? passed : step;
    }

    private static long Ticks(TimeSpan span) => (long)Math.Round(span.TotalSeconds * TicksPerSecond);
}
