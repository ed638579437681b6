namespace Rtc.Peer.Congestion;

/// <summary>
/// Turns the delay detector's signal into a bitrate: up by a share while the path's capacity is unknown, by about
/// a packet a round trip near it, and down to a part of what came through when a queue grows
/// (draft-ietf-rmcat-gcc-02 section 5.5).
/// </summary>
internal sealed class AimdRate(Bitrate start)
{
    private const double Decrease = 0.85;
    private const double IncreaseASecond = 1.08;
    private const double AboveAcknowledged = 1.25;
    private const long Headroom = 10_000;
    private const double PacketBits = 1200 * 8;
    private const double MinIncreaseASecond = 4000;
    private static readonly TimeSpan s_reaction = TimeSpan.FromMilliseconds(100);

    private bool _increasing = true;
    private double _capacity;
    private double _capacityVariance = 0.4;
    private Instant _updatedAt;
    private Instant _decreasedAt;
    private double _rate = start.BitsPerSecond;

    public Bitrate Rate => new((long)_rate);

    /// <summary>A probe or the first measurement showed more.</summary>
    public void Set(Instant now, Bitrate rate)
    {
        _rate = rate.BitsPerSecond;
        _updatedAt = now;
        if (_capacity > 0 && _rate > UpperCapacity)
        {
            _capacity = 0;
        }
    }

    public void Update(Instant now, PathUse use, Bitrate? acknowledged, TimeSpan roundTrip)
    {
        double seconds = _updatedAt == default ? 0 : Math.Clamp((now - _updatedAt).TotalSeconds, 0, 1);
        _updatedAt = now;
        switch (use)
        {
            case PathUse.Over:
                Reduce(now, acknowledged, roundTrip);
                break;
            case PathUse.Under:
                _increasing = false; // the queue drains: hold until it has
                break;
            default:
                Increase(seconds, acknowledged, roundTrip);
                break;
        }
    }

    private double Deviation => Math.Sqrt(_capacityVariance * _capacity / 1000) * 1000;

    private double UpperCapacity => _capacity + (3 * Deviation);

    private void Increase(double seconds, Bitrate? acknowledged, TimeSpan roundTrip)
    {
        if (!_increasing)
        {
            _increasing = true;
            return;
        }

        if (acknowledged is { } came && _capacity > 0 && came.BitsPerSecond > UpperCapacity)
        {
            _capacity = 0;
        }

        double increased = _capacity > 0
            ? _rate + (Math.Max(MinIncreaseASecond, PacketBits / (roundTrip + s_reaction).TotalSeconds) * seconds)
            : _rate * Math.Pow(IncreaseASecond, seconds);

        // What isn't sent isn't tested: don't grow far beyond it.
        double limit = acknowledged is { } known ? (known.BitsPerSecond * AboveAcknowledged) + Headroom : double.MaxValue;
        if (increased <= limit || increased < _rate)
        {
            _rate = increased;
        }
        else if (_rate < limit)
        {
            _rate = limit;
        }
    }

    private void Reduce(Instant now, Bitrate? acknowledged, TimeSpan roundTrip)
    {
        bool farTooMuch = acknowledged is { } low && low.BitsPerSecond < _rate / 2;
        if (now - _decreasedAt < roundTrip + s_reaction && !farTooMuch)
        {
            return;
        }

        double came = acknowledged?.BitsPerSecond ?? _rate;
        double lower = Decrease * came;
        if (lower > _rate && _capacity > 0)
        {
            lower = Decrease * _capacity;
        }

        _rate = Math.Min(_rate, lower);
        NoteCapacity(came);
        _decreasedAt = now;
        _increasing = false;
    }

    private void NoteCapacity(double came)
    {
        if (_capacity > 0 && Math.Abs(came - _capacity) > 3 * Deviation)
        {
            _capacity = 0;
        }

        if (_capacity == 0)
        {
            _capacity = came;
            return;
        }

        double error = came - _capacity;
        _capacity += 0.05 * error;
        double normalised = error * error / Math.Max(1, _capacity) / 1000;
        _capacityVariance = Math.Clamp((0.95 * _capacityVariance) + (0.05 * normalised), 0.4, 2.5);
    }
}
