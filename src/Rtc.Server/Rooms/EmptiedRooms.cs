using Rtc.Signaling;

namespace Rtc.Server.Rooms;

/// <summary>
/// Private rooms that emptied a while ago: who comes back finds them private. Public ones are forgotten at once. Belongs to
/// the media loop.
/// </summary>
/// <param name="linger">How long a room waits for its phone.</param>
internal sealed class EmptiedRooms(TimeSpan linger)
{
    /// <summary>A phone that has to start anew, or whose WHIP encoder has to be looked after, is back by then.</summary>
    private static readonly TimeSpan s_minKept = TimeSpan.FromMinutes(10);

    /// <summary>The oldest goes where more than these were left behind.</summary>
    private const int MaxKept = 1024;

    private readonly OrderedDictionary<RoomName, (RoomStart Start, Instant At)> _left = [];
    private readonly TimeSpan _kept = linger > s_minKept ? linger : s_minKept;

    public void OnEmptied(Room room, Instant now)
    {
        _left.Remove(room.Name);
        if (!room.IsPrivate)
        {
            return;
        }

        if (_left.Count == MaxKept)
        {
            _left.RemoveAt(0);
        }

        RoomStart start = room.Privacy.Start;
        if (start.SetBy is { } gone)
        {
            // What it was reached by is not kept with it.
            gone.Link = null;
        }

        _left.Add(room.Name, (start, now));
    }

    /// <summary>Null where the room was public, or is forgotten by now.</summary>
    public RoomStart? Find(RoomName name, Instant now)
    {
        // The oldest come first.
        while (_left.Count > 0 && now - _left.GetAt(0).Value.At > _kept)
        {
            _left.RemoveAt(0);
        }

        return _left.TryGetValue(name, out (RoomStart Start, Instant At) left) ? left.Start : null;
    }
}
