using System.Diagnostics.CodeAnalysis;
using Rtc.Server.Rooms;

namespace Rtc.Server.Cluster;

/// <summary>A room that this node owns, since when, and what the next owner is to begin it with.</summary>
internal sealed record HeldRoom(string Room, long Epoch, long Since)
{
    /// <summary>As the room was when it was last looked at, or as the owner before has left it.</summary>
    public string? Snapshot { get; set; }

    /// <summary>What of it is known to be in the table.</summary>
    public string? Saved { get; set; }

    /// <summary>What is left of it when it is empty: that it is private.</summary>
    public string? Remains => RoomHandover.Read(Snapshot) is { IsPrivate: true } ? Snapshot : null;
}

/// <summary>The rooms that this node owns by what it knows. Used from any thread.</summary>
internal sealed class HeldRooms
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HeldRoom> _rooms = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _rooms.Count;
            }
        }
    }

    public HeldRoom[] All
    {
        get
        {
            lock (_gate)
            {
                return [.. _rooms.Values];
            }
        }
    }

    public bool TryFind(string room, [NotNullWhen(true)] out HeldRoom? held)
    {
        lock (_gate)
        {
            return _rooms.TryGetValue(room, out held);
        }
    }

    public void Add(HeldRoom held)
    {
        lock (_gate)
        {
            _rooms[held.Room] = held;
        }
    }

    /// <summary>False where it is held at another epoch by now, or not at all.</summary>
    public bool Remove(HeldRoom held)
    {
        lock (_gate)
        {
            return _rooms.TryGetValue(held.Room, out HeldRoom? known) && known.Epoch == held.Epoch && _rooms.Remove(held.Room);
        }
    }
}
