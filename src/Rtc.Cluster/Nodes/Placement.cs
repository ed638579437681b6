namespace Rtc.Cluster.Nodes;

/// <summary>
/// Where a new room is opened: where it was asked for, unless that node takes none or has clearly more to do than another. Pure.
/// </summary>
public static class Placement
{
    /// <summary>A difference below this is not worth sending a client on.</summary>
    public const double Margin = 0.08;

    /// <summary>Null where no node takes a room.</summary>
    public static NodeReport? Choose(NodeReport here, IEnumerable<NodeReport> nodes)
    {
        ArgumentNullException.ThrowIfNull(here);
        ArgumentNullException.ThrowIfNull(nodes);
        NodeReport? best = nodes
            .Where(node => node.NodeId != here.NodeId && Takes(node))
            .OrderBy(node => node.Fill)
            .ThenBy(node => node.Rooms)
            .ThenBy(node => node.NodeId, StringComparer.Ordinal)
            .FirstOrDefault();
        return !Takes(here) ? best : best is not null && here.Fill > best.Fill + Margin ? best : here;
    }

    private static bool Takes(NodeReport node) => !node.Draining && !node.Full;
}
