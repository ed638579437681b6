namespace Rtc.Peer.Send;

/// <summary>
/// Spreads packets over time: a bucket that fills at the pacing rate. A frame of usual size finds it full
/// and goes at once; only what is larger is spread, in steps of five milliseconds.
/// </summary>
internal sealed class Pacer
{
    private const double BurstSeconds = 0.04;
    private const double MinBurstBits = 8 * 1200 * 8;
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(5);

    private double _bitsPerSecond = 2_500_000;
    private double _bits;
    private Instant _filledAt;

    public Bitrate Rate => new((long)_bitsPerSecond);

    private double Burst => Math.Max(MinBurstBits, _bitsPerSecond * BurstSeconds);

    public void SetRate(Instant now, Bitrate rate)
    {
        Fill(now);
        _bitsPerSecond = Math.Max(50_000, rate.BitsPerSecond);
        _bits = Math.Min(_bits, Burst);
    }

    public bool CanSend(Instant now)
    {
        Fill(now);
        return _bits > 0;
    }

    public void OnSent(int bytes) => _bits -= bytes * 8.0;

    /// <summary>When <see cref="CanSend"/> will be true again.</summary>
    public Instant NextSend(Instant now)
    {
        Fill(now);
        if (_bits > 0)
        {
            return now;
        }

        TimeSpan wait = TimeSpan.FromSeconds(-_bits / _bitsPerSecond) + TimeSpan.FromMicroseconds(1);
        return now + (wait > s_step ? wait : s_step);
    }

    private void Fill(Instant now)
    {
        if (now <= _filledAt)
        {
            return;
        }

        _bits = Math.Min(Burst, _bits + ((now - _filledAt).TotalSeconds * _bitsPerSecond));
        _filledAt = now;
    }
}
