using Rtc.Cluster.Nodes;
using Rtc.Server.Addresses;
using Rtc.Server.Health;
using Rtc.Server.Load;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Startup;

namespace Rtc.Server.Cluster;

/// <summary>What this node says of itself to the others.</summary>
internal sealed class ClusterReport(RtcOptions options, ServerLoad load, DrainState drain, IHealthFacts health)
{
    public string NodeId { get; } = NodeIdOf(options.Cluster);

    public string PublicUrl { get; } = WithSlash(options.Cluster.PublicUrl ?? JoinAddresses.Configured(options).Phone[0].AbsoluteUri);

    public NodeReport Read(int rooms)
    {
        LoadFacts facts = load.Facts;
        HealthFacts state = health.Read();
        return new NodeReport
        {
            NodeId = NodeId,
            Incarnation = string.Empty,
            PublicUrl = PublicUrl,
            Rooms = rooms,
            MaxRooms = options.Rooms.MaxRooms,
            Peers = state.Peers,
            MaxPeers = options.Rooms.MaxPeers,
            Load = Math.Round(facts.Load, 3),
            FreeCores = Math.Round(facts.Cores * Math.Max(0, 1 - facts.Processor), 2),
            Model = state.Model,
            Draining = drain.IsDraining,
            Full = load.Refusal is not null || rooms >= options.Rooms.MaxRooms || state.Peers >= options.Rooms.MaxPeers,
            Version = BuildInfo.Version,
        };
    }

    /// <summary>The machine's name, which in a StatefulSet is the pod's, and the port, of which a machine has one for each node.</summary>
    internal static string NodeIdOf(ClusterOptions cluster) =>
        cluster.NodeId ?? FormattableString.Invariant($"{Environment.MachineName.ToLowerInvariant()}-{cluster.SiloPort}");

    private static string WithSlash(string url) => url.EndsWith('/') ? url : url + "/";
}
