using System.Diagnostics.CodeAnalysis;
using Rtc.Peer;
using Rtc.Pipeline.Settings;
using Rtc.Server.Native;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// Every room of the process by its name and every member by its id. It opens rooms and ends those that emptied, and
/// gives back what they took. Belongs to the media loop.
/// </summary>
internal sealed partial class RoomDirectory(
    MediaLoop loop, Func<RoomName, Action<Room, RoomMember>, Room> open, TimeSpan linger, ILogger log)
{
    // Many a WHIP client closes its connection first and its session then; it need not hear that there is none.
    private static readonly TimeSpan s_remembered = TimeSpan.FromSeconds(10);

    // Nobody has come for so long that the pause of a full collection meets nobody.
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(5);

    private readonly Dictionary<RoomName, Room> _rooms = [];
    private readonly Dictionary<PeerId, (Room Room, RoomMember Member)> _members = [];
    private readonly Dictionary<PeerId, (SessionAddress Address, Instant At)> _ended = [];
    private readonly Dictionary<RoomName, RoomHandover> _handedOver = [];
    private readonly EmptiedRooms _private = new(linger);
    private Instant? _emptySince;
    private TaskCompletionSource? _drained;

    public IReadOnlyCollection<Room> Rooms => _rooms.Values;

    public IReadOnlyCollection<(Room Room, RoomMember Member)> Members => _members.Values;

    /// <summary>Null where there is no such room.</summary>
    public Room? Find(RoomName name) => _rooms.GetValueOrDefault(name);

    /// <summary>Null where there is no such room, or none could have this name.</summary>
    public Room? Find(string name) => RoomName.TryParse(name, out RoomName parsed) ? Find(parsed) : null;

    /// <summary>Null where there is no such session.</summary>
    public RoomMember? Find(SessionAddress address) =>
        TryFind(address.Peer, out Room? room, out RoomMember? member) && member.Role == address.Role && room.Name.ToString() == address.Room
            ? member
            : null;

    public bool TryFind(PeerId id, [NotNullWhen(true)] out Room? room, [NotNullWhen(true)] out RoomMember? member)
    {
        bool found = _members.TryGetValue(id, out (Room Room, RoomMember Member) place);
        (room, member) = place;
        return found;
    }

    /// <summary>Where it is not open here it is opened, as another node's where <paramref name="feed"/> makes it one.</summary>
    public Room FindOrOpen(RoomName name, Func<Room, RoomFeed>? feed = null)
    {
        if (!_rooms.TryGetValue(name, out Room? room))
        {
            room = open(name, OnGone);
            if (feed is not null)
            {
                room.Relay(feed(room));
            }
            else if (_handedOver.Remove(name, out RoomHandover? handed))
            {
                handed.Begin(room);
            }
            else if (StartOf(name) is { } start)
            {
                room.Privacy.Begin(start);
            }

            _rooms.Add(name, room);
            if (feed is null)
            {
                room.Rules.Tick();
            }
        }

        return room;
    }

    /// <summary>Whether the room is private, or would be from its first moment on.</summary>
    public bool IsPrivate(RoomName name) =>
        Find(name) is { } room ? room.IsPrivate
        : _handedOver.TryGetValue(name, out RoomHandover? handed) ? handed.IsPrivate
        : StartOf(name) is { Settings.Mode: ViewMode.Privacy };

    /// <summary>As what a room begins, or one that is relayed goes on, that another node had before; null forgets it again.</summary>
    public void Prepare(RoomName name, RoomHandover? from)
    {
        _handedOver.Remove(name);
        if (Find(name) is { Feed: not null } relayed)
        {
            relayed.EndRelay(from);
        }
        else if (from is not null)
        {
            _handedOver.Add(name, from);
        }
    }

    /// <summary>The same of a room that is this node's, also where it was opened as another's a moment ago.</summary>
    public Room? FindOwn(RoomName name)
    {
        Room? room = Find(name);
        if (room?.Feed is not null)
        {
            EndRelay(room);
        }

        return room;
    }

    /// <summary>The room, which was opened as another node's, is this one's by now; it goes on as was prepared.</summary>
    public void EndRelay(Room room)
    {
        _handedOver.Remove(room.Name, out RoomHandover? from);
        room.EndRelay(from);
    }

    /// <summary>
    /// As what a new room begins: as it was when it emptied, where it was private a while ago, else as the other cameras of
    /// its name are. Null for one that begins with nothing set.
    /// </summary>
    private RoomStart? StartOf(RoomName name)
    {
        if (_private.Find(name, loop.Clock.Now) is { } itself)
        {
            return itself;
        }

        IEnumerable<RoomName> others = name.Cameras().Where(camera => camera != name);
        return others.Select(camera => Find(camera)?.Privacy.Start ?? _private.Find(camera, loop.Clock.Now))
            .FirstOrDefault(start => start is not null)?.ForAnotherCamera();
    }

    public void Enter(Room room, RoomMember member)
    {
        room.Enter(member);
        _members[member.Id] = (room, member);
        LogJoined(log, member.Role, room.Name);
    }

    /// <summary>A member of the room is here again, perhaps under another id.</summary>
    public void Return(Room room, RoomMember member, RoomView view, IMemberLink? link)
    {
        _members.Remove(member.Id);
        room.Return(member, view, link);
        _members[member.Id] = (room, member);
    }

    public void Remove(Room room, RoomMember member, bool keepRoom = false)
    {
        _members.Remove(member.Id);
        room.Leave(member);
        LogLeft(log, member.Role, room.Name);
        if (!keepRoom)
        {
            CloseIfEmpty(room);
        }
    }

    public bool CloseIfEmpty(Room room)
    {
        if (room.Members.All.Count > 0)
        {
            return false;
        }

        // Another may have opened under its name since.
        if (_rooms.GetValueOrDefault(room.Name) == room)
        {
            _rooms.Remove(room.Name);
            if (room.Feed is null)
            {
                _private.OnEmptied(room, loop.Clock.Now);
            }

            _emptySince = _rooms.Count == 0 ? loop.Clock.Now : null;
            _ = EndAsync(room);
            if (_rooms.Count == 0)
            {
                _drained?.TrySetResult();
            }
        }

        return true;
    }

    /// <summary>Whether the session ended by itself a moment ago.</summary>
    public bool EndedLately(SessionAddress address) =>
        _ended.TryGetValue(address.Peer, out (SessionAddress Address, Instant At) ended) && ended.Address == address;

    public void ForgetEnded(PeerId id) => _ended.Remove(id);

    /// <summary>Once a second: forgets what has ended, and gives memory back once nobody has come for a while.</summary>
    public void Tick(Instant now)
    {
        foreach (PeerId old in _ended.Where(ended => now - ended.Value.At > s_remembered).Select(ended => ended.Key).ToArray())
        {
            _ended.Remove(old);
        }

        if (_emptySince is { } since && now - since >= s_quiet)
        {
            _emptySince = null;
            if (_rooms.Count == 0)
            {
                _ = Task.Run(IdleMemory.GiveBack);
            }
        }
    }

    /// <summary>Ends with the last room.</summary>
    public Task DrainedAsync()
    {
        _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_rooms.Count == 0)
        {
            _drained.TrySetResult();
        }

        return _drained.Task;
    }

    /// <summary>Lets go of all rooms, which are the caller's to end.</summary>
    public Room[] Clear()
    {
        Room[] all = [.. _rooms.Values];
        _rooms.Clear();
        _members.Clear();
        return all;
    }

    /// <summary>The room let somebody go by itself. Where that was the last, it ends as soon as it is done with it.</summary>
    private void OnGone(Room room, RoomMember member)
    {
        _members.Remove(member.Id);
        _ended[member.Id] = (new SessionAddress(room.Name.ToString(), member.Role, member.Id), loop.Clock.Now);
        LogLeft(log, member.Role, room.Name);
        loop.Post(() => CloseIfEmpty(room));
    }

    private static async Task EndAsync(Room room)
    {
        await room.DisposeAsync();

        // Off the media loop: a room's codecs were tens of megabytes, and the system may have them back.
        await Task.Run(NativeHeap.Trim);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A {Role} joined {Room}")]
    private static partial void LogJoined(ILogger log, Role role, RoomName room);

    [LoggerMessage(Level = LogLevel.Information, Message = "A {Role} left {Room}")]
    private static partial void LogLeft(ILogger log, Role role, RoomName room);
}
