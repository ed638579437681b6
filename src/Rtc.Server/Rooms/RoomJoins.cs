using System.Security.Cryptography;
using System.Text;
using Rtc.Inference;
using Rtc.Server.Authorization;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Who is let in, to which room, and what it is told there. Belongs to the media loop.</summary>
internal sealed class RoomJoins(
    RoomDirectory directory,
    RoomCapacity capacity,
    IAdmission admission,
    IModelHost models,
    TurnCredentials turn,
    MediaLoop loop,
    int messagesPerSecond,
    RtcMetrics metrics)
{
    /// <param name="request">What the client said.</param>
    /// <param name="link">Its connection to the hub; null where it came by WHIP or WHEP.</param>
    /// <param name="remoteAddress">Where it is.</param>
    /// <param name="feed">Makes the room one of another node's where it is opened for this join; null makes it this node's own.</param>
    public Outcome<JoinReply> Join(JoinRequest request, IMemberLink? link, string remoteAddress, Func<Room, RoomFeed>? feed = null)
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

        if (admission.Admit(name, role, request.Token, remoteAddress, out Rights rights) is { } turnedAway)
        {
            return turnedAway;
        }

        Room? there = feed is null ? directory.FindOwn(name) : directory.Find(name);

        // Of another node's room that is not open here its owner says it, whatever it was when it was this node's.
        bool isKnownHere = there is not null || feed is null;
        if (view == RoomView.Source && isKnownHere && directory.IsPrivate(name))
        {
            metrics.Refused("rights");
            return Refusal.SourceIsPrivate;
        }

        byte[]? token = rights == Rights.Operator || request.Token is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(request.Token));
        if (there is not null
            && request.Resume is { Length: > 0 and <= 64 } resume
            && there.Members.FindReturning(role, resume) is { } returning)
        {
            (returning.Rights, returning.TokenHash) = (rights, token);
            directory.Return(there, returning, view, link);
            (returning.RemoteAddress, returning.JoinedAt) = (remoteAddress, loop.Clock.Now);
            return Reply(there, returning, resumed: true);
        }

        if (admission.AdmitNew(opensRoom: there is null) is { } busy)
        {
            return busy;
        }

        string? openingFrom = link is null ? null : remoteAddress;
        if (capacity.TakePlace(name, role, token, openingFrom, request.Takeover, isRelayed: feed is not null) is { } full)
        {
            return full;
        }

        RoomMember member = Make(role, view, request.Name, link, remoteAddress);
        (member.Rights, member.TokenHash) = (rights, token);
        Room room = directory.FindOrOpen(name, feed);
        directory.Enter(room, member);
        metrics.Joined(role == Role.Phone ? "phone" : "viewer");
        return Reply(room, member, resumed: false);
    }

    private RoomMember Make(Role role, RoomView view, string? name, IMemberLink? link, string remoteAddress) =>
        new(PeerId.Create(), role, view, Clean(name), RandomNumberGenerator.GetHexString(32, lowercase: true))
        {
            Link = link,
            Messages = new MessageRate(messagesPerSecond),
            CanReturn = link is not null,
            RemoteAddress = remoteAddress,
            JoinedAt = loop.Clock.Now,
        };

    private JoinReply Reply(Room room, RoomMember member, bool resumed) => new()
    {
        PeerId = member.Id.ToString(),
        Resume = member.Resume,
        Resumed = resumed,
        Rights = member.Rights.Name(),
        IceServers = turn.Create(),
        Settings = room.Feed?.News.Settings ?? SettingsMapping.ToMessage(room.Pipeline.Settings),
        Models =
        [
            .. models.Listed.Select(model =>
                new ModelMessage(model.Name, model.Task, model.Licence, model.OnDisk, model.Provider, model.Problem)),
        ],
    };

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
