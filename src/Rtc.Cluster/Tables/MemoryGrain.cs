using Rtc.Cluster.Rooms;

namespace Rtc.Cluster.Tables;

/// <summary>Holds <see cref="MemoryRooms"/> for all nodes of one machine.</summary>
internal sealed class MemoryGrain(TimeProvider time) : Grain, IMemoryGrain
{
    private readonly MemoryRooms _rooms = new(time);

    public Task<RoomEntry> FindAsync(string room) => _rooms.FindAsync(room);

    public Task<RoomEntry> ClaimAsync(string room, RoomOwner owner, long epoch) => _rooms.ClaimAsync(room, owner, epoch);

    public Task ReleaseAsync(string room, RoomOwner owner, long epoch, string? snapshot) =>
        _rooms.ReleaseAsync(room, owner, epoch, snapshot);

    public Task SaveAsync(RoomOwner owner, IReadOnlyList<string> rooms, IReadOnlyList<long> epochs, IReadOnlyList<string> snapshots) =>
        _rooms.SaveAsync(owner, [.. rooms.Select((room, at) => new RoomSave(room, epochs[at], snapshots[at]))]);

    public Task<IReadOnlyDictionary<string, long>> HeldAsync(RoomOwner owner) => _rooms.HeldAsync(owner);

    public Task ForgetAsync(TimeSpan unowned) => _rooms.ForgetAsync(unowned);

    public Task<byte[]> KeyAsync() => _rooms.KeyAsync();
}

/// <summary>The same table as any of those nodes reaches it.</summary>
internal sealed class MemoryGrainRooms(Func<IMemoryGrain> grain) : IRoomTable
{
    public Task<RoomEntry> FindAsync(string room) => grain().FindAsync(room);

    public Task<RoomEntry> ClaimAsync(string room, RoomOwner owner, long epoch) => grain().ClaimAsync(room, owner, epoch);

    public Task ReleaseAsync(string room, RoomOwner owner, long epoch, string? snapshot) =>
        grain().ReleaseAsync(room, owner, epoch, snapshot);

    public Task SaveAsync(RoomOwner owner, IReadOnlyList<RoomSave> rooms) => grain().SaveAsync(
        owner, [.. rooms.Select(room => room.Room)], [.. rooms.Select(room => room.Epoch)], [.. rooms.Select(room => room.Snapshot)]);

    public Task<IReadOnlyDictionary<string, long>> HeldAsync(RoomOwner owner) => grain().HeldAsync(owner);

    public Task ForgetAsync(TimeSpan unowned) => grain().ForgetAsync(unowned);

    public Task<byte[]> KeyAsync() => grain().KeyAsync();
}
