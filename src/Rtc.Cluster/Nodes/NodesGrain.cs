using Orleans.Concurrency;

namespace Rtc.Cluster.Nodes;

/// <summary>
/// Keeps the last card of each node for ten seconds. After it moved to another silo it is filled anew within a second. Each node is told
/// of so many a second, the next ones each time, so that what it sends grows with the nodes and not with their square.
/// </summary>
[Reentrant]
internal sealed class NodesGrain(TimeProvider time) : Grain, INodesGrain
{
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);

    /// <summary>Up to here everybody hears of all each second.</summary>
    public const int ToldAtOnce = 100;

    private readonly SortedDictionary<string, (NodeCard Card, long At)> _cards = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _toldUpTo = [];

    public Task<IReadOnlyList<NodeCard>> ReportAsync(NodeCard card)
    {
        long now = time.GetTimestamp();
        _cards[card.Report.NodeId] = (card, now);
        foreach (string gone in _cards.Where(known => time.GetElapsedTime(known.Value.At, now) > Kept).Select(known => known.Key).ToArray())
        {
            _cards.Remove(gone);
            _toldUpTo.Remove(gone);
        }

        return Task.FromResult<IReadOnlyList<NodeCard>>(Next(card));
    }

    /// <summary>How long a node may not hear of another that is there, where there are so many.</summary>
    public static TimeSpan Round(int nodes) => TimeSpan.FromSeconds(nodes / ToldAtOnce * 2);

    private List<NodeCard> Next(NodeCard asker)
    {
        if (_cards.Count <= ToldAtOnce)
        {
            return [.. _cards.Values.Select(known => known.Card)];
        }

        int from = _toldUpTo.GetValueOrDefault(asker.Report.NodeId) % _cards.Count;
        _toldUpTo[asker.Report.NodeId] = from + ToldAtOnce;
        IEnumerable<NodeCard> all = _cards.Values.Select(known => known.Card);
        return [asker, .. all.Skip(from).Concat(all).Take(ToldAtOnce)];
    }

    public Task LeaveAsync(string nodeId, string incarnation)
    {
        if (_cards.TryGetValue(nodeId, out (NodeCard Card, long At) known) && known.Card.Report.Incarnation == incarnation)
        {
            _cards.Remove(nodeId);
            _toldUpTo.Remove(nodeId);
        }

        return Task.CompletedTask;
    }
}
