using System.Net;
using Orleans.Hosting;
using Rtc.Cluster.Rooms;

namespace Rtc.Cluster.Silo;

/// <summary>How a node takes part in a cluster.</summary>
public sealed record ClusterSettings
{
    /// <summary>In place of a connection string: nodes of this machine alone, which find each other by the first one's port.</summary>
    public const string Localhost = "localhost";

    /// <summary>PostgreSQL, or <see cref="Localhost"/>.</summary>
    public required string Connection { get; init; }

    public string ClusterId { get; init; } = "rtc";

    /// <summary>The same over restarts, and another on each node.</summary>
    public required string NodeId { get; init; }

    /// <summary>Names this run.</summary>
    public string Run { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>Where other nodes reach this one's silo.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    public int SiloPort { get; init; } = 11111;

    /// <summary>0 opens none: every node has a silo of its own and needs no way in from outside.</summary>
    public int GatewayPort { get; init; }

    /// <summary>With <see cref="Localhost"/>: the silo port of the node that was started first.</summary>
    public int PrimarySiloPort { get; init; } = 11111;

    /// <summary>What else the silo has, if anything.</summary>
    public Action<ISiloBuilder>? Extend { get; init; }

    internal bool IsLocalhost => Connection == Localhost;

    internal RoomOwner Self => new(NodeId, $"{Run}@{new IPEndPoint(IsLocalhost ? IPAddress.Loopback : Address, SiloPort)}");
}
