using System.Diagnostics;
using System.Globalization;
using Rtc.Cluster.Nodes;
using Rtc.Cluster.Rooms;

namespace Rtc.Cluster.Tests.Nodes;

/// <summary>Two nodes, a and b, for all tests here: each has rooms of its own, and leaves both nodes as they were.</summary>
public sealed class ClusterNodeTests(NodePair pair, ITestOutputHelper output) : IClassFixture<NodePair>
{
    private ClusterNode[] Nodes => pair.Nodes;

    [Fact]
    public async Task Nodes_hear_of_each_other_and_of_one_owner()
    {
        pair.Second.Given = pair.Second.Given with { Rooms = 7, Draining = true, Model = "yolox-nano" };
        await Nodes[1].ReportAsync();
        await NodePair.UntilAsync(() => Nodes[0].Find("b") is { Rooms: 7 });

        NodeReport heard = Nodes[0].Find("b")!;
        Assert.Equal((true, "yolox-nano", Nodes[1].Self.Incarnation), (heard.Draining, heard.Model, heard.Incarnation));
        Assert.Equal(["a", "b"], Nodes[0].Nodes.Select(node => node.NodeId).Except(["c"]));
        Assert.Equal(Nodes[0].Key, Nodes[1].Key);

        RoomEntry claimed = await Nodes[0].ClaimAsync("demo", (await Nodes[0].FindAsync("demo")).Epoch);
        Assert.Equal(Nodes[0].Self, claimed.Owner);
        Assert.Equal(claimed, await Nodes[1].FindAsync("demo"));
        Assert.Equal(claimed, await Nodes[1].ClaimAsync("demo", 0));
        Assert.True(await Nodes[1].IsAliveAsync(claimed.Owner!));
        Assert.False(await Nodes[1].IsAliveAsync(claimed.Owner! with { Incarnation = "an earlier run" }));
        Assert.False(await Nodes[1].IsAliveAsync(new RoomOwner("nobody", "1")));
    }

    [Fact]
    public async Task Question_and_drain_reach_the_very_node()
    {
        await NodePair.UntilAsync(() => Nodes[0].Find("b") is not null);
        Assert.Equal("demo:hello", await Nodes[0].AskAsync("b", new NodeQuestion("echo", "demo", "hello")));
        Assert.Null(await Nodes[0].AskAsync("b", new NodeQuestion("unknown", "demo")));
        Assert.Null(await Nodes[0].AskAsync("nobody", new NodeQuestion("echo", "demo")));
        Assert.True(await Nodes[0].DrainAsync("b"));
        Assert.Equal((0, 1), (pair.First.Drains, pair.Second.Drains));
        Assert.False(await Nodes[0].DrainAsync("nobody"));
    }

    /// <summary>A recording is ended in seconds: meanwhile the node lives, and its rooms are asked for.</summary>
    [Fact]
    public async Task Slow_answer_holds_up_no_other()
    {
        await NodePair.UntilAsync(() => Nodes[0].Find("b") is not null);
        Task<string?> slow = Nodes[0].AskAsync("b", new NodeQuestion("slow", "demo", "hello"), TimeSpan.FromSeconds(30));

        Assert.Equal("demo:hello", await Nodes[0].AskAsync("b", new NodeQuestion("echo", "demo", "hello")));
        Assert.True(await Nodes[0].IsAliveAsync(Nodes[1].Self));
        Assert.False(slow.IsCompleted);
        pair.Second.Slow.SetResult();
        Assert.Equal("demo:hello", await slow);
    }

    [Fact]
    public async Task Node_that_left_is_forgotten_and_its_room_may_be_claimed()
    {
        await using ClusterNode third = await pair.StartAsync("c", new TestHost());
        RoomEntry claimed = await third.ClaimAsync("left", 0);
        await NodePair.UntilAsync(() => Nodes[0].Find("c") is not null);
        await third.DisposeAsync();

        Assert.False(await Nodes[0].IsAliveAsync(claimed.Owner!));
        RoomEntry taken = await Nodes[0].ClaimAsync("left", claimed.Epoch);
        Assert.Equal(Nodes[0].Self, taken.Owner);
        Assert.True(taken.Epoch > claimed.Epoch);
    }

    /// <summary>
    /// Rooms spread over both silos, asked about from one: half of the calls go over the network. The times are for the page on scale.
    /// </summary>
    [Fact]
    public async Task Hundreds_of_rooms_are_claimed_and_found_from_either_node()
    {
        const int Rooms = 300;
        List<double> claims = await TimedAsync(Rooms, async room =>
            Assert.Equal(Nodes[0].Self, (await Nodes[0].ClaimAsync("room" + room, 0)).Owner));
        List<double> finds = [];
        for (int round = 0; round < 3; round++)
        {
            finds = await TimedAsync(Rooms, async room =>
                Assert.Equal(Nodes[0].Self, (await Nodes[1].FindAsync("room" + room)).Owner));
        }

        var saves = new List<RoomSave>();
        foreach ((string room, long epoch) in (await Nodes[0].HeldAsync())!)
        {
            if (room.StartsWith("room", StringComparison.Ordinal))
            {
                saves.Add(new RoomSave(room, epoch, new string('x', 1500)));
            }
        }

        List<double> saved = await TimedAsync(5, _ => Nodes[0].SaveAsync(saves));
        Assert.Equal(Rooms, saves.Count);
        Assert.Equal(1500, (await Nodes[1].ReadAsync("room7")).Snapshot?.Length);
        output.WriteLine(
            $"find {Median(finds)} ms, claim {Median(claims)} ms, {Rooms} snapshots of 1,500 bytes saved in {Median(saved)} ms (medians)");
    }

    private static async Task<List<double>> TimedAsync(int count, Func<int, Task> work)
    {
        var times = new List<double>();
        for (int number = 0; number < count; number++)
        {
            long began = Stopwatch.GetTimestamp();
            await work(number);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        times.Sort();
        return times;
    }

    private static string Median(List<double> times) => times[times.Count / 2].ToString("0.000", CultureInfo.InvariantCulture);
}
