using System.Globalization;
using Rtc.Peer;
using Rtc.Server.Limits;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Whether the server's limits leave a place for one more, and whose place it takes. Belongs to the media loop.</summary>
internal sealed class RoomCapacity(RoomDirectory directory, RoomLimits limits, MediaLoop loop, RtcMetrics metrics)
{
    /// <summary>
    /// Within this a member makes its first offer. A phone that doesn't leaves then, for it does nothing else; a listener,
    /// who is served over the hub as well, stays as long as nobody needs its place.
    /// </summary>
    public static readonly TimeSpan TimeToOffer = TimeSpan.FromSeconds(10);

    /// <summary>What a member is told that made none.</summary>
    public static NoticeMessage NoOffer { get; } = new(
        "no_offer", "No offer came within ten seconds of the join; join again.", Recoverable: true);

    /// <summary>
    /// Null where one more may join, for whom a place was made then. <paramref name="openingFrom"/> is the address of a
    /// client that joins before it offers; a WHIP client brings its offer. <paramref name="isRelayed"/>: the room is another node's.
    /// </summary>
    public Refusal? TakePlace(
        RoomName name, Role role, byte[]? token, string? openingFrom, bool takeover = false, bool isRelayed = false)
    {
        if (directory.Members.Count >= limits.Peers && !TryMakePlace())
        {
            return Limit("Rooms:MaxPeers", limits.Peers);
        }

        if (directory.Find(name) is not { } room)
        {
            bool tooManyPending = openingFrom is not null && Pending(openingFrom) >= limits.PendingRooms;
            return (isRelayed ? null : RoomsFull()) ?? (tooManyPending ? Limit("Limits:MaxPendingRooms", limits.PendingRooms) : null);
        }

        if (role == Role.Viewer)
        {
            return room.Members.ViewerPlaces >= limits.ViewersPerRoom ? Limit("Rooms:MaxViewersPerRoom", limits.ViewersPerRoom) : null;
        }

        // The same token again is the same camera, which crashed and came back before anybody noticed.
        RoomMember? same = room.Members.FindPhone(token);
        if (room.Members.PhonesAt(loop.Clock.Now) >= limits.PhonesPerRoom && !limits.PhoneTakeover && !takeover && same is null)
        {
            string who = room.Members.OnAir(loop.Clock.Now)?.Name ?? string.Empty;
            string named = who.Length > 0 ? $"\"{who}\"" : "a camera";
            string free = Further(name);
            return Limit(
                "Rooms:PhonesPerRoom", limits.PhonesPerRoom,
                $" On air is {named}: take its place (takeover=true), or join beside it as {free}.") with
            {
                OnAir = new CameraOnAir(who, free),
            };
        }

        MakePlaceForPhone(room, same);
        return null;
    }

    /// <summary>
    /// Only this node's own rooms in which somebody offered count: the others have no pipeline at work and cost next to nothing.
    /// </summary>
    public Refusal? RoomsFull() =>
        directory.Rooms.Count(room => room.Feed is null && room.Members.IsHeld) >= limits.Rooms
            ? Limit("Rooms:MaxRooms", limits.Rooms)
            : null;

    private int Pending(string remoteAddress)
    {
        UInt128 bucket = ClientLimits.BucketOf(remoteAddress);
        return directory.Rooms.Count(room =>
            !room.Members.IsHeld && room.Members.All.Any(member => ClientLimits.BucketOf(member.RemoteAddress) == bucket));
    }

    /// <summary>The one who has waited longest with its offer goes, once its time is over.</summary>
    private bool TryMakePlace()
    {
        Instant late = loop.Clock.Now - TimeToOffer;
        (Room Room, RoomMember Member) oldest = directory.Members
            .Where(place => place.Member.Offered is null && place.Member.JoinedAt < late)
            .OrderBy(place => place.Member.JoinedAt)
            .FirstOrDefault();
        if (oldest.Member is null)
        {
            return false;
        }

        oldest.Room.Messages.TellLast(oldest.Member, NoOffer);
        directory.Remove(oldest.Room, oldest.Member);
        return true;
    }

    /// <summary>A phone that dropped gives its place to the next one at once; with takeover, so does the one that came first.</summary>
    private void MakePlaceForPhone(Room room, RoomMember? same)
    {
        foreach (RoomMember last in room.Members.PhonesOver(limits.PhonesPerRoom, same, loop.Clock.Now))
        {
            if (last.LostAt is null)
            {
                room.Messages.TellLast(
                    last, new NoticeMessage("replaced", "Another phone took this one's place in the room.", Recoverable: false));
            }

            directory.Remove(room, last, keepRoom: true);
        }
    }

    /// <summary>The name of a further camera's room that is free.</summary>
    private string Further(RoomName name)
    {
        RoomName[] further = [.. name.Cameras().Skip(1)];
        return further.FirstOrDefault(room => directory.Find(room) is null, further.FirstOrDefault(name)).ToString();
    }

    private Refusal Limit(string option, int value, string advice = "")
    {
        metrics.Refused("limit");
        string reached = string.Create(CultureInfo.InvariantCulture, $"The server's limit {option}={value} is reached.{advice}");
        return new Refusal("limit_reached", reached, 503);
    }
}
