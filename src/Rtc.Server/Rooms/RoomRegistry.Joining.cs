using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rtc.Server.Hosting;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Who is let in, to which room, and whose place it takes.</summary>
internal sealed partial class RoomRegistry
{
    private Outcome<JoinReply> Join(JoinRequest request, IMemberLink? link, string remoteAddress)
    {
        if (!RoomName.TryParse(request.Room, out RoomName name))
        {
            return Refusal.BadRoomName;
        }

        if (!TryParse(request.Role, out Role role))
        {
            return new Refusal("bad_role", "\"role\" is \"phone\" or \"viewer\".");
        }

        if (!TryParse(request.View, out RoomView view))
        {
            return new Refusal("bad_view", "\"view\" is \"annotated\" or \"source\".");
        }

        if (_admission.Admit(name, role, request.Token, remoteAddress, out Rights rights) is { } turnedAway)
        {
            return turnedAway;
        }

        if (view == RoomView.Source && rights == Rights.Watcher && _rooms.TryGetValue(name, out Room? shown) && shown.IsPrivate)
        {
            _metrics.Refused("rights");
            return Refusal.SourceIsPrivate;
        }

        byte[]? token = rights == Rights.Operator || request.Token is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(request.Token));
        if (Resumable(name, role, request.Resume) is { } returning)
        {
            (returning.Member.Rights, returning.Member.TokenHash) = (rights, token);
            return Resume(returning.Room, returning.Member, view, link, remoteAddress);
        }

        if (_admission.AdmitNew(opensRoom: !_rooms.ContainsKey(name)) is { } busy)
        {
            return busy;
        }

        if (Full(name, role, token, link is null ? null : remoteAddress) is { } full)
        {
            return full;
        }

        Room room = FindOrOpen(name);
        var member = new RoomMember(PeerId.Create(), role, view, Clean(request.Name), RandomNumberGenerator.GetHexString(32, lowercase: true))
        {
            Link = link,
            Rights = rights,
            TokenHash = token,
            Messages = new MessageRate(_limits.MessagesPerSecond),
            CanReturn = link is not null,
            RemoteAddress = remoteAddress,
            JoinedAt = _loop.Clock.Now,
        };
        room.Enter(member);
        _members[member.Id] = (room, member);
        _metrics.Joined(role == Role.Phone ? "phone" : "viewer");
        LogJoined(_log, role, name);
        return Reply(room, member, resumed: false);
    }

    private Outcome<JoinReply> Resume(Room room, RoomMember member, RoomView view, IMemberLink? link, string remoteAddress)
    {
        _members.Remove(member.Id);
        room.Return(member, view, link);
        member.RemoteAddress = remoteAddress;
        member.JoinedAt = _loop.Clock.Now;
        _members[member.Id] = (room, member);
        return Reply(room, member, resumed: true);
    }

    private JoinReply Reply(Room room, RoomMember member, bool resumed) => new()
    {
        PeerId = member.Id.ToString(),
        Resume = member.Resume,
        Resumed = resumed,
        Rights = member.Rights.Name(),
        IceServers = CreateIceServers(),
        Settings = SettingsMapping.ToMessage(room.Pipeline.Settings),
        Models = [.. _models.Listed.Select(model => new ModelMessage(model.Name, model.Task, model.Licence, model.OnDisk, model.Provider, model.Problem))],
    };

    private (Room Room, RoomMember Member)? Resumable(RoomName name, Role role, string? resume)
    {
        if (resume is not { Length: > 0 and <= 64 } || !_rooms.TryGetValue(name, out Room? room))
        {
            return null;
        }

        byte[] shown = Encoding.UTF8.GetBytes(resume);
        RoomMember? member = room.Members.Find(member =>
            member.Role == role && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(member.Resume), shown));
        return member is null ? null : (room, member);
    }

    /// <summary><paramref name="openingFrom"/> is the address of a client that joins before it offers; a WHIP client brings its offer.</summary>
    private Refusal? Full(RoomName name, Role role, byte[]? token, string? openingFrom)
    {
        if (_members.Count >= _limits.Peers && !TryMakePlace())
        {
            return Limit("Rooms:MaxPeers", _limits.Peers);
        }

        if (!_rooms.TryGetValue(name, out Room? room))
        {
            return RoomsFull() ?? (openingFrom is { } from && Pending(from) >= _limits.PendingRooms ? Limit("Limits:MaxPendingRooms", _limits.PendingRooms) : null);
        }

        if (role == Role.Viewer)
        {
            return room.Members.Count(member => member.Role == Role.Viewer) >= _limits.ViewersPerRoom ? Limit("Rooms:MaxViewersPerRoom", _limits.ViewersPerRoom) : null;
        }

        // The same token again is the same camera, which crashed and came back before anybody noticed.
        RoomMember? same = token is null ? null : room.Members.Find(member => member.Role == Role.Phone && member.TokenHash is { } hash && hash.AsSpan().SequenceEqual(token));
        if (room.Phones >= _limits.PhonesPerRoom && !_limits.PhoneTakeover && same is null)
        {
            return Limit("Rooms:PhonesPerRoom", _limits.PhonesPerRoom);
        }

        MakePlaceForPhone(room, same);
        return null;
    }

    /// <summary>Only rooms in which somebody offered count: the others have no pipeline at work and cost next to nothing.</summary>
    private Refusal? RoomsFull() => _rooms.Values.Count(room => room.IsHeld) >= _limits.Rooms ? Limit("Rooms:MaxRooms", _limits.Rooms) : null;

    private int Pending(string remoteAddress)
    {
        UInt128 bucket = ClientLimits.BucketOf(remoteAddress);
        return _rooms.Values.Count(room => !room.IsHeld && room.Members.Exists(member => ClientLimits.BucketOf(member.RemoteAddress) == bucket));
    }

    /// <summary>The one who has waited longest with its offer goes, once its time is over.</summary>
    private bool TryMakePlace()
    {
        Instant late = _loop.Clock.Now - s_toOffer;
        if (_members.Values.Where(found => found.Member.Offered is null && found.Member.JoinedAt < late).OrderBy(found => found.Member.JoinedAt).FirstOrDefault() is not { Room: { } room, Member: { } member })
        {
            return false;
        }

        room.Tell(member, NoOffer);
        RemoveMember(room, member);
        return true;
    }

    /// <summary>A phone that dropped gives its place to the next one at once; where takeover is on, so does the one that came first.</summary>
    private void MakePlaceForPhone(Room room, RoomMember? same)
    {
        RoomMember[] phones = [.. room.Members.Where(member => member.Role == Role.Phone).OrderBy(member => member != same).ThenBy(member => member.LostAt is null).ThenBy(member => member.JoinedAt)];
        foreach (RoomMember last in phones.Take(phones.Length - _limits.PhonesPerRoom + 1))
        {
            if (last.LostAt is null)
            {
                room.Tell(last, new NoticeMessage("replaced", "Another phone took this one's place in the room.", Recoverable: false));
            }

            RemoveMember(room, last, keepRoom: true);
        }
    }

    private Refusal Limit(string option, int value)
    {
        _metrics.Refused("limit");
        return new Refusal("limit_reached", string.Create(CultureInfo.InvariantCulture, $"The server's limit {option}={value} is reached."), 503);
    }

    private Room FindOrOpen(RoomName name)
    {
        if (!_rooms.TryGetValue(name, out Room? room))
        {
            room = new Room(name, _loop, output => _pipelines(output, name), _bitrates, _limits.MessageBytes, _metrics, OnGone, _log);
            _rooms.Add(name, room);
        }

        return room;
    }

    private static bool TryParse(string? text, out Role role)
    {
        role = text == "viewer" ? Role.Viewer : Role.Phone;
        return text is "phone" or "viewer";
    }

    private static bool TryParse(string? text, out RoomView view)
    {
        view = text == "source" ? RoomView.Source : RoomView.Annotated;
        return text is null or "" or "annotated" or "source";
    }

    private static string Clean(string? name) =>
        name is null ? string.Empty : new string([.. name.Where(c => !char.IsControl(c)).Take(40)]);
}
