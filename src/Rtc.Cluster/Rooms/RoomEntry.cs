using System.Net;

namespace Rtc.Cluster.Rooms;

/// <summary>One run of one node: a node that was started anew holds nothing of what its last run held.</summary>
/// <param name="NodeId">The node.</param>
/// <param name="Incarnation">A name of the run, an @, and where its silo listens: there it is tried whether it lives.</param>
[GenerateSerializer]
public sealed record RoomOwner([property: Id(0)] string NodeId, [property: Id(1)] string Incarnation)
{
    internal IPEndPoint? Silo =>
        IPEndPoint.TryParse(Incarnation.AsSpan(Incarnation.LastIndexOf('@') + 1), out IPEndPoint? silo) ? silo : null;
}

/// <summary>Which node has a room. The epoch grows with every owner, so an earlier one knows that its time is over.</summary>
/// <param name="Room">The room's name.</param>
/// <param name="Owner">Null where no node has it.</param>
/// <param name="Epoch">0 where no node ever had it.</param>
/// <param name="Snapshot">What the next owner begins with, as the last one wrote it; null where nothing was set.</param>
[GenerateSerializer]
public sealed record RoomEntry(
    [property: Id(0)] string Room, [property: Id(1)] RoomOwner? Owner, [property: Id(2)] long Epoch, [property: Id(3)] string? Snapshot)
{
    public static RoomEntry Unknown(string room) => new(room, null, 0, null);
}

/// <summary>What an owner writes of one of its rooms for whoever follows on it.</summary>
public readonly record struct RoomSave(string Room, long Epoch, string Snapshot);
