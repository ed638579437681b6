namespace Rtc.Peer.Congestion;

/// <summary>
/// Decides when to probe: soon after the start, again at once while probes succeed, and now and then
/// while the estimate is below what could be used; never while a queue grows or packets are being lost.
/// </summary>
internal sealed class ProbePlan
{
    private const double Step = 2.0;
    private const double Success = 0.7;
    private const double MaxLoss = 0.25;
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(1000);
    private static readonly TimeSpan s_afterSuccess = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1500);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(6);

    private TimeSpan _interval = s_shortest;
    private Instant _next;

    /// <summary>When to probe as things stand; <see cref="Instant.Never"/> while losses forbid it.</summary>
    public Instant Next(Instant lastOveruse, double loss)
    {
        Instant calm = lastOveruse + s_quiet;
        return loss >= MaxLoss ? Instant.Never : calm > _next ? calm : _next;
    }

    public static Bitrate RateFor(Bitrate estimate, Bitrate most) =>
        new((long)Math.Min(estimate.BitsPerSecond * Step, most.BitsPerSecond * 1.1));

    /// <summary>The path's state changed for the worse: it may change back soon.</summary>
    public void OnDecrease(Instant now)
    {
        _interval = s_shortest;
        Instant soon = now + s_quiet;
        _next = _next < soon ? soon : _next;
    }

    public void OnStarted(Instant now) => _next = now + _interval;

    public void OnResult(Instant now, Bitrate probed, Bitrate? measured, Bitrate estimateBefore)
    {
        if (measured is { } rate && rate.BitsPerSecond >= probed.BitsPerSecond * Success)
        {
            _interval = s_shortest;
            _next = now + s_afterSuccess;
            return;
        }

        // Nothing gained: ask less and less often, the path seems to be what we think it is.
        bool gained = measured is { } some && some > estimateBefore;
        _interval = gained ? s_shortest : _interval * 1.5 > s_longest ? s_longest : _interval * 1.5;
        _next = now + _interval;
    }
}
