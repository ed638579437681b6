using Rtc.Cluster.Nodes;

namespace Rtc.Cluster.Tests.Nodes;

public sealed class PlacementTests
{
    [Fact]
    public void Room_is_opened_where_it_was_asked_for()
    {
        NodeReport here = Node("a", rooms: 5);
        Assert.Same(here, Placement.Choose(here, [here, Node("b", rooms: 0), Node("c", rooms: 3)]));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Node_that_takes_none_sends_to_the_least_filled(bool draining, bool full)
    {
        NodeReport here = Node("a") with { Draining = draining, Full = full };
        NodeReport? chosen = Placement.Choose(
            here, [here, Node("b", rooms: 3), Node("c", rooms: 1), Node("d") with { Draining = true }, Node("e") with { Full = true }]);
        Assert.Equal("c", chosen?.NodeId);
    }

    [Fact]
    public void No_node_takes_a_room_where_all_are_full()
    {
        NodeReport here = Node("a") with { Full = true };
        Assert.Null(Placement.Choose(here, [here, Node("b") with { Draining = true }]));
    }

    [Fact]
    public void Loaded_node_sends_to_one_with_clearly_less_to_do()
    {
        NodeReport here = Node("a") with { Load = 0.9 };
        Assert.Equal("b", Placement.Choose(here, [here, Node("b") with { Load = 0.75 }])?.NodeId);
        Assert.Equal("a", Placement.Choose(here, [here, Node("b") with { Load = 0.85 }])?.NodeId);
    }

    [Fact]
    public void Passing_load_of_a_node_with_time_left_moves_no_room()
    {
        NodeReport here = Node("a") with { Load = 0.6 };
        Assert.Equal("a", Placement.Choose(here, [here, Node("b") with { Load = 0.1 }])?.NodeId);
    }

    /// <summary>However clients are spread over the nodes, rooms are spread within a fifth of the mean.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Two_hundred_rooms_are_balanced_within_a_fifth(int landings)
    {
        int[] rooms = new int[3];
        for (int room = 0; room < 200; room++)
        {
            NodeReport[] nodes = [.. rooms.Select((count, at) => Node("n" + at, count))];
            NodeReport? chosen = Placement.Choose(nodes[room % landings], nodes);
            rooms[chosen!.NodeId[1] - '0']++;
        }

        Assert.All(rooms, count => Assert.InRange(count, 200 / 3.0 * 0.8, 200 / 3.0 * 1.2));
    }

    private static NodeReport Node(string id, int rooms = 0) => new()
    {
        NodeId = id,
        Incarnation = id,
        PublicUrl = "http://127.0.0.1/",
        Rooms = rooms,
        MaxRooms = 100,
        MaxPeers = 1000,
    };
}
