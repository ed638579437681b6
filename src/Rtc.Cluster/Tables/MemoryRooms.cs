using System.Security.Cryptography;
using Rtc.Cluster.Rooms;

namespace Rtc.Cluster.Tables;

/// <summary>The owners of rooms in this process's memory, for nodes of one machine without a database: gone with the process.</summary>
internal sealed class MemoryRooms(TimeProvider time) : IRoomTable
{
    private const int KeyBytes = 32;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (RoomEntry Entry, DateTimeOffset At)> _rooms = [];
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(KeyBytes);

    public Task<RoomEntry> FindAsync(string room)
    {
        lock (_gate)
        {
            return Task.FromResult(Of(room));
        }
    }

    public Task<RoomEntry> ClaimAsync(string room, RoomOwner owner, long epoch)
    {
        lock (_gate)
        {
            RoomEntry known = Of(room);
            if (known.Epoch == epoch)
            {
                DateTimeOffset now = time.GetUtcNow();
                _rooms[room] = (known with { Owner = owner, Epoch = Math.Max(epoch + 1, now.ToUnixTimeMilliseconds()) }, now);
            }

            return Task.FromResult(Of(room));
        }
    }

    public Task ReleaseAsync(string room, RoomOwner owner, long epoch, string? snapshot)
    {
        lock (_gate)
        {
            if (IsHeld(room, owner, epoch))
            {
                _rooms[room] = (Of(room) with { Owner = null, Snapshot = snapshot }, time.GetUtcNow());
            }
        }

        return Task.CompletedTask;
    }

    public Task SaveAsync(RoomOwner owner, IReadOnlyList<RoomSave> rooms)
    {
        lock (_gate)
        {
            foreach (RoomSave saved in rooms.Where(saved => IsHeld(saved.Room, owner, saved.Epoch)))
            {
                _rooms[saved.Room] = (Of(saved.Room) with { Snapshot = saved.Snapshot }, time.GetUtcNow());
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyDictionary<string, long>> HeldAsync(RoomOwner owner)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyDictionary<string, long>>(
                _rooms.Values.Where(room => room.Entry.Owner == owner).ToDictionary(room => room.Entry.Room, room => room.Entry.Epoch));
        }
    }

    public Task ForgetAsync(TimeSpan unowned)
    {
        lock (_gate)
        {
            DateTimeOffset before = time.GetUtcNow() - unowned;
            foreach (string room in _rooms.Where(room => room.Value.Entry.Owner is null && room.Value.At < before)
                .Select(room => room.Key).ToArray())
            {
                _rooms.Remove(room);
            }
        }

        return Task.CompletedTask;
    }

    public Task<byte[]> KeyAsync() => Task.FromResult(_key);

    private RoomEntry Of(string room) => _rooms.TryGetValue(room, out (RoomEntry Entry, DateTimeOffset At) known)
        ? known.Entry
        : RoomEntry.Unknown(room);

    private bool IsHeld(string room, RoomOwner owner, long epoch) => Of(room) is var known && known.Owner == owner && known.Epoch == epoch;
}
