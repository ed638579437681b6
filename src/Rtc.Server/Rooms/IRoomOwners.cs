using Rtc.Signaling;

namespace Rtc.Server.Rooms;

/// <summary>The nodes that own the rooms which are relayed here, as those ask them. From any thread.</summary>
internal interface IRoomOwners
{
    /// <summary>
    /// The node that has the room by now, another than this one. Null where it is this one's, which then has ended the room's feed, or
    /// nobody can say.
    /// </summary>
    Task<string?> FindAsync(RoomName room);

    /// <summary>The node's answer; null where it has none, or does not have the room.</summary>
    Task<string?> AskAsync(string owner, RoomName room, string kind, string body);
}
