namespace Rtc.Peer.Receive;

/// <summary>
/// How long it is worth waiting for what is missing, learnt from the packets that came late or were sent again. All of
/// it grows with the round trip, within bounds. Owned by <see cref="VideoReceiver"/>.
/// </summary>
internal sealed class RepairTiming
{
    private const double LossyAbove = 0.03;
    private const double LossWeight = 1 / 128.0;

    private static readonly TimeSpan s_shortestKeyPatience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_longestKeyPatience = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan s_shortestGiveUp = TimeSpan.FromMilliseconds(500);

    // A full queue makes round trips of any length; what waited this long is of no use any more.
    private static readonly TimeSpan s_longestGiveUp = TimeSpan.FromMilliseconds(1000);
    private static readonly TimeSpan s_maxReorderWait = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan s_onTop = TimeSpan.FromMilliseconds(20);

    // What comes sooner than this may be no answer but a copy that was sent unasked.
    private static readonly TimeSpan s_copyWithin = TimeSpan.FromMilliseconds(15);

    private double _loss;

    public TimeSpan RoundTrip { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>So much is lost that a NACK is sent twice.</summary>
    public bool IsLossy => _loss > LossyAbove;

    /// <summary>How long a missing packet may be merely late before it is asked for.</summary>
    public TimeSpan ReorderWait { get; private set; }

    /// <summary>One NACK and its answer: a stream that can go on without what is missing does so then.</summary>
    public TimeSpan JumpPatience => Shorter(KeyPatience, (2 * RoundTrip) + s_onTop);

    /// <summary>Then a key frame is asked for.</summary>
    public TimeSpan KeyPatience => Shorter(s_longestKeyPatience, Longer(s_shortestKeyPatience, 7 * RoundTrip));

    /// <summary>Then what is missing is given up.</summary>
    public TimeSpan GiveUpAfter => Shorter(s_longestGiveUp, Longer(s_shortestGiveUp, 14 * RoundTrip));

    /// <summary>A packet came in its turn.</summary>
    public void OnPacket() => _loss -= _loss * LossWeight;

    /// <summary>A packet came that was sent again.</summary>
    /// <param name="now">When it came.</param>
    /// <param name="askedAt">When it was asked for; null where it is not known which question this answers.</param>
    public void OnRepaired(Instant now, Instant? askedAt)
    {
        ReorderWait *= 0.9;
        _loss += (1 - _loss) * LossWeight;
        if (askedAt is { } asked)
        {
            TimeSpan took = now - asked;
            bool copy = took < s_copyWithin && took < RoundTrip / 2;
            RoundTrip += (took - RoundTrip) / (copy ? 64 : 8);
        }
    }

    /// <summary>A packet that was asked for turned out to have been late only: wait a little before asking, next time.</summary>
    public void OnMerelyLate(Instant now, Instant? askedAt)
    {
        TimeSpan late = askedAt is { } asked ? now - asked + ReorderWait : ReorderWait;
        ReorderWait = Longer(ReorderWait, Shorter(s_maxReorderWait, late));
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
