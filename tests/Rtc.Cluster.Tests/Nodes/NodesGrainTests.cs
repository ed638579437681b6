using Rtc.Cluster.Nodes;

namespace Rtc.Cluster.Tests.Nodes;

public sealed class NodesGrainTests
{
    private readonly NodesGrain _grain = new(TimeProvider.System);

    [Fact]
    public async Task Few_nodes_are_all_told_at_once()
    {
        await _grain.ReportAsync(Card(0));

        Assert.Equal(["n0", "n1"], Names(await _grain.ReportAsync(Card(1))));
    }

    [Fact]
    public async Task Of_many_nodes_each_hears_of_all_in_turn()
    {
        const int Nodes = (NodesGrain.ToldAtOnce * 2) + 30;
        for (int number = 0; number < Nodes; number++)
        {
            await _grain.ReportAsync(Card(number));
        }

        var heard = new HashSet<string>();
        for (int second = 0; second < 3; second++)
        {
            IReadOnlyList<NodeCard> told = await _grain.ReportAsync(Card(7));
            Assert.InRange(told.Count, 1, NodesGrain.ToldAtOnce + 1);
            Assert.Contains("n7", Names(told));
            heard.UnionWith(Names(told));
        }

        Assert.Equal(Nodes, heard.Count);
        await _grain.LeaveAsync("n8", "run");
        Assert.DoesNotContain("n8", Names(await _grain.ReportAsync(Card(7))));
    }

    private static IEnumerable<string> Names(IEnumerable<NodeCard> cards) => cards.Select(card => card.Report.NodeId);

    private static NodeCard Card(int number) =>
        new(new NodeReport { NodeId = "n" + number, Incarnation = "run", PublicUrl = "http://127.0.0.1/" }, null!);
}
