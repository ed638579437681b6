using Rtc.Server.Hosting;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Who goes, by word or by silence, and what is given back then.</summary>
internal sealed partial class RoomRegistry
{
    private void Tick()
    {
        Instant now = _loop.Clock.Now;
        GiveBackMemory(now);
        _meter.Read(_loop, _rooms.Values);
        foreach (PeerId old in _ended.Where(ended => now - ended.Value.At > s_remembered).Select(ended => ended.Key).ToArray())
        {
            _ended.Remove(old);
        }

        foreach (Room room in _rooms.Values.ToArray())
        {
            foreach (RoomMember member in room.Members.ToArray())
            {
                bool lingered = member is { Link: null, LostAt: { } lost } && now - lost > _limits.Linger;
                bool idle = member is { Port: null, LostAt: null, Link: null } && now - member.JoinedAt > s_idleJoin;
                bool late = member is { Offered: null } and ({ Role: Role.Phone } or { Link: null }) && now - member.JoinedAt > s_toOffer;
                if (late)
                {
                    room.Tell(member, NoOffer);
                }

                if (lingered || idle || late)
                {
                    RemoveMember(room, member);
                }
            }

            if (!CloseIfEmpty(room))
            {
                room.SendStats();
                room.TellPeers();
            }
        }
    }

    private static NoticeMessage NoOffer { get; } = new("no_offer", "No offer came within ten seconds of the join; join again.", Recoverable: true);

    private void GiveBackMemory(Instant now)
    {
        if (_emptySince is not { } since || now - since < s_quiet)
        {
            return;
        }

        _emptySince = null;
        if (_rooms.Count == 0)
        {
            _ = Task.Run(IdleMemory.GiveBack);
        }
    }

    private void RemoveMember(Room room, RoomMember member, bool keepRoom = false)
    {
        _members.Remove(member.Id);
        room.Leave(member);
        LogLeft(_log, member.Role, room.Name);
        if (!keepRoom)
        {
            CloseIfEmpty(room);
        }
    }

    /// <summary>The room let somebody go by itself. Where that was the last, it ends as soon as it is done with it.</summary>
    private void OnGone(Room room, RoomMember member)
    {
        _members.Remove(member.Id);
        _ended[member.Id] = (new SessionAddress(room.Name.ToString(), member.Role, member.Id), _loop.Clock.Now);
        LogLeft(_log, member.Role, room.Name);
        _loop.Post(() => CloseIfEmpty(room));
    }

    private bool CloseIfEmpty(Room room)
    {
        if (room.Members.Count > 0)
        {
            return false;
        }

        // Another may have opened under its name since.
        if (_rooms.GetValueOrDefault(room.Name) == room)
        {
            _rooms.Remove(room.Name);
            _emptySince = _rooms.Count == 0 ? _loop.Clock.Now : null;
            _ = EndAsync(room);
            if (_rooms.Count == 0)
            {
                _drained?.TrySetResult();
            }
        }

        return true;
    }

    private static async Task EndAsync(Room room)
    {
        await room.DisposeAsync();

        // Off the media loop: a room's codecs were tens of megabytes, and the system may have them back.
        await Task.Run(NativeHeap.Trim);
    }
}
