using Orleans.Concurrency;

namespace Rtc.Cluster.Nodes;

/// <summary>Keeps the last card of each node for ten seconds. After it moved to another silo it is filled anew within a second.</summary>
[Reentrant]
internal sealed class NodesGrain(TimeProvider time) : Grain, INodesGrain
{
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, (NodeCard Card, long At)> _cards = [];

    public Task<IReadOnlyList<NodeCard>> ReportAsync(NodeCard card)
    {
        long now = time.GetTimestamp();
        _cards[card.Report.NodeId] = (card, now);
        foreach (string gone in _cards.Where(known => time.GetElapsedTime(known.Value.At, now) > Kept).Select(known => known.Key).ToArray())
        {
            _cards.Remove(gone);
        }

        return Task.FromResult<IReadOnlyList<NodeCard>>([.. _cards.Values.Select(known => known.Card)]);
    }

    public Task LeaveAsync(string nodeId, string incarnation)
    {
        if (_cards.TryGetValue(nodeId, out (NodeCard Card, long At) known) && known.Card.Report.Incarnation == incarnation)
        {
            _cards.Remove(nodeId);
        }

        return Task.CompletedTask;
    }
}
