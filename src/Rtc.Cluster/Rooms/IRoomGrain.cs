using Orleans.Concurrency;

namespace Rtc.Cluster.Rooms;

/// <summary>One room's entry in the directory.</summary>
internal interface IRoomGrain : IGrainWithStringKey
{
    Task<RoomEntry> FindAsync();

    Task<RoomEntry> ClaimAsync(RoomOwner owner, long epoch);

    Task ReleaseAsync(RoomOwner owner, long epoch, string? snapshot);

    /// <summary>The room was changed in the table past this grain. Nobody waits for it: it was silent a moment ago.</summary>
    [OneWay]
    Task ForgetAsync();
}

/// <summary>The table of nodes without a database, in the memory of one of them.</summary>
internal interface IMemoryGrain : IGrainWithIntegerKey
{
    Task<RoomEntry> FindAsync(string room);

    Task<RoomEntry> ClaimAsync(string room, RoomOwner owner, long epoch);

    Task ReleaseAsync(string room, RoomOwner owner, long epoch, string? snapshot);

    Task SaveAsync(RoomOwner owner, IReadOnlyList<string> rooms, IReadOnlyList<long> epochs, IReadOnlyList<string> snapshots);

    Task<IReadOnlyDictionary<string, long>> HeldAsync(RoomOwner owner);

    Task ForgetAsync(TimeSpan unowned);

    Task<byte[]> KeyAsync();
}
