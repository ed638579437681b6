namespace Rtc.Cluster.Nodes;

/// <summary>All nodes and how loaded they are: one grain, written by each node once a second.</summary>
internal interface INodesGrain : IGrainWithIntegerKey
{
    /// <summary>Puts the node's card in; what comes back is everybody's.</summary>
    Task<IReadOnlyList<NodeCard>> ReportAsync(NodeCard card);

    Task LeaveAsync(string nodeId, string incarnation);
}
