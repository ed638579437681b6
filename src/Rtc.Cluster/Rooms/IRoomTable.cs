namespace Rtc.Cluster.Rooms;

/// <summary>
/// Who owns which room: the truth of it, whichever node asks. A change names the epoch that it follows on and is refused where another
/// came first, so two nodes never have one epoch.
/// </summary>
internal interface IRoomTable
{
    Task<RoomEntry> FindAsync(string room);

    /// <summary>Makes the node the room's owner where the room is still at this epoch. What comes back is the room as it is then.</summary>
    Task<RoomEntry> ClaimAsync(string room, RoomOwner owner, long epoch);

    /// <summary>The owner lets the room go; without a snapshot the next one begins with nothing set.</summary>
    Task ReleaseAsync(string room, RoomOwner owner, long epoch, string? snapshot);

    /// <summary>Writes what the next owners begin with; rooms that are another's by now are left out.</summary>
    Task SaveAsync(RoomOwner owner, IReadOnlyList<RoomSave> rooms);

    /// <summary>The rooms that are this owner's, with their epochs.</summary>
    Task<IReadOnlyDictionary<string, long>> HeldAsync(RoomOwner owner);

    /// <summary>Forgets rooms that nobody has had for this long.</summary>
    Task ForgetAsync(TimeSpan unowned);

    /// <summary>The key that all nodes sign with; made by the first that asks.</summary>
    Task<byte[]> KeyAsync();
}
