namespace Rtc.Cluster.Nodes;

/// <summary>What one node says of itself once a second.</summary>
[GenerateSerializer]
public sealed record NodeReport
{
    /// <summary>Below this, how busy the machine is says more of the last seconds than of what it can take.</summary>
    private const double Busy = 0.7;

    [Id(0)]
    public required string NodeId { get; init; }

    /// <summary>Names this run of the node.</summary>
    [Id(1)]
    public required string Incarnation { get; init; }

    /// <summary>How clients reach it.</summary>
    [Id(2)]
    public required string PublicUrl { get; init; }

    /// <summary>Rooms that it owns.</summary>
    [Id(4)]
    public int Rooms { get; init; }

    [Id(5)]
    public int MaxRooms { get; init; }

    [Id(6)]
    public int Peers { get; init; }

    [Id(7)]
    public int MaxPeers { get; init; }

    /// <summary>What is used of what it may use: 1 is all.</summary>
    [Id(8)]
    public double Load { get; init; }

    [Id(9)]
    public double FreeCores { get; init; }

    /// <summary>Rooms of other nodes that it takes a copy of for its viewers.</summary>
    [Id(10)]
    public int Copies { get; init; }

    [Id(11)]
    public string Model { get; init; } = string.Empty;

    [Id(12)]
    public bool Draining { get; init; }

    /// <summary>It opens no new room just now.</summary>
    [Id(13)]
    public bool Full { get; init; }

    [Id(14)]
    public string Version { get; init; } = string.Empty;

    /// <summary>How much of its capacity is taken, by whatever is scarcest.</summary>
    public double Fill => Math.Max(
        Load < Busy ? 0 : Load, Math.Max(MaxRooms == 0 ? 0 : (double)Rooms / MaxRooms, MaxPeers == 0 ? 0 : (double)Peers / MaxPeers));
}
