namespace Rtc.Peer.Tests.Simulation;

/// <summary>What one direction of a simulated network does to datagrams. Changed at any time during a run.</summary>
public sealed record LinkConditions
{
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>Up to this much more, evenly spread. Order is kept unless <see cref="Reorders"/>.</summary>
    public TimeSpan Jitter { get; init; }

    public double Loss { get; init; }

    /// <summary>Chance that a loss begins a burst, and how many datagrams the burst takes on average.</summary>
    public double BurstChance { get; init; }

    public int BurstLength { get; init; } = 5;

    public double Duplication { get; init; }

    public bool Reorders { get; init; }

    public long? BitsPerSecond { get; init; }

    /// <summary>A bottleneck's queue: what would wait longer is dropped.</summary>
    public TimeSpan MaxQueue { get; init; } = TimeSpan.FromMilliseconds(300);

    public bool Blackout { get; init; }
}
