namespace Rtc.Peer.Congestion;

/// <summary>
/// A bound on the bitrate from lost packets (draft-ietf-rmcat-gcc-02 section 6), with one change: loss that
/// stays whatever we send is the path's own (radio), and only what goes beyond it counts as congestion.
/// </summary>
internal sealed class LossRate
{
    private const double HighLoss = 0.10;
    private const double LowLoss = 0.02;
    private const double IncreaseASecond = 1.15;
    private const double MaxInherent = 0.25;
    private const int Windows = 12;
    private const int MinPackets = 20;

    private static readonly TimeSpan s_window = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(300);

    private readonly double[] _losses = new double[Windows];
    private int _windows;
    private int _expected;
    private int _lost;
    private Instant _windowStart;
    private Instant _decreasedAt;
    private Instant _updatedAt;

    /// <summary>Null while losses set no bound.</summary>
    public Bitrate? Limit { get; private set; }

    /// <summary>The last window's loss, 0 to 1.</summary>
    public double Loss { get; private set; }

    /// <summary>A lost packet that came after all counts as minus one lost.</summary>
    public void Add(int expected, int lost)
    {
        _expected += expected;
        _lost += lost;
    }

    /// <summary>A report's fraction stands for a window by itself.</summary>
    public void OnReport(Instant now, byte fractionLost, Bitrate current, TimeSpan roundTrip)
    {
        Note(fractionLost / 256.0);
        React(now, current, roundTrip);
    }

    public void Update(Instant now, Bitrate current, TimeSpan roundTrip)
    {
        if (_windowStart == default)
        {
            _windowStart = now;
        }

        if (now - _windowStart >= s_window && _expected >= MinPackets)
        {
            Note(Math.Clamp((double)_lost / _expected, 0, 1));
            _expected = 0;
            _lost = 0;
            _windowStart = now;
            React(now, current, roundTrip);
        }
    }

    /// <summary>A probe went through at this rate.</summary>
    public void Lift(Bitrate rate)
    {
        if (Limit is { } limit && rate > limit)
        {
            Limit = rate;
        }
    }

    private void Note(double loss)
    {
        Loss = loss;
        _losses[_windows++ % Windows] = loss;
    }

    private void React(Instant now, Bitrate current, TimeSpan roundTrip)
    {
        double seconds = _updatedAt == default ? 0 : Math.Clamp((now - _updatedAt).TotalSeconds, 0, 2);
        _updatedAt = now;
        double congestion = Loss - Inherent();
        if (congestion > HighLoss && now - _decreasedAt >= s_between + roundTrip)
        {
            Limit = new Bitrate((long)(current.BitsPerSecond * (1 - (0.5 * congestion))));
            _decreasedAt = now;
        }
        else if (congestion < LowLoss && Limit is { } limit)
        {
            limit = new Bitrate((long)(limit.BitsPerSecond * Math.Pow(IncreaseASecond, seconds)) + 1000);
            Limit = limit.BitsPerSecond > current.BitsPerSecond * 2 ? null : limit;
        }
    }

    private double Inherent()
    {
        if (_windows < Windows)
        {
            return 0;
        }

        double least = MaxInherent;
        foreach (double loss in _losses)
        {
            least = Math.Min(least, loss);
        }

        return least;
    }
}
