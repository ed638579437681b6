namespace Rtc.Peer.Sctp;

/// <summary>The RTO out of measured round trips (RFC 9260 section 6.3.1), doubled for every time-out in a row.</summary>
internal sealed class RetransmissionTimeout(SctpOptions options)
{
    // For a peer's timers and a busy machine.
    private const double SlackMilliseconds = 10;

    private double _smoothed;
    private double _variation;
    private double _milliseconds = options.InitialRto.TotalMilliseconds;

    public TimeSpan Value => TimeSpan.FromMilliseconds(_milliseconds);

    public TimeSpan SmoothedRoundTrip => TimeSpan.FromMilliseconds(_smoothed);

    /// <summary>
    /// After this a chunk is late whose successors have come (RFC 8985's reordering window, widened by what the round trip
    /// varies); zero while nothing was measured.
    /// </summary>
    public TimeSpan LateAfter => TimeSpan.FromMilliseconds(_smoothed + Math.Max(_smoothed / 4, 2 * _variation));

    /// <summary>After this much silence the last chunk goes again, to be told what is missing (RFC 8985 section 7.2).</summary>
    public TimeSpan ProbeAfter => TimeSpan.FromMilliseconds(Math.Max(2 * _smoothed, _smoothed + (4 * _variation)) + SlackMilliseconds);

    public bool IsMeasured => _smoothed > 0;

    public void Measured(TimeSpan roundTrip)
    {
        double sample = Math.Max(roundTrip.TotalMilliseconds, 0.1);
        if (_smoothed == 0)
        {
            _smoothed = sample;
            _variation = sample / 2;
        }
        else
        {
            _variation = (0.75 * _variation) + (0.25 * Math.Abs(_smoothed - sample));
            _smoothed = (0.875 * _smoothed) + (0.125 * sample);
        }

        _milliseconds = Clamp(_smoothed + (4 * _variation));
    }

    public void BackOff() => _milliseconds = Clamp(_milliseconds * 2);

    /// <summary>
    /// Something new was acknowledged: the doubling ends, also when only repeated chunks were acknowledged and
    /// nothing could be measured. Otherwise a lossy minute would leave the wait at its longest.
    /// </summary>
    public void Progressed() =>
        _milliseconds = _smoothed == 0 ? options.InitialRto.TotalMilliseconds : Clamp(_smoothed + (4 * _variation));

    private double Clamp(double milliseconds) =>
        Math.Clamp(milliseconds, options.MinRto.TotalMilliseconds, options.MaxRto.TotalMilliseconds);
}
