using Rtc.Peer;
using Rtc.Pipeline.Settings;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// The other side of <see cref="RoomFeed"/>: nodes that relay a room of this one, each as a viewer of it that others stand behind.
/// Belongs to the media loop. Only rooms that this node owns are asked for here, so no feed leads on to a third node.
/// </summary>
internal sealed class RoomFeeds(RoomDirectory directory, RoomOffers offers, MediaLoop loop)
{
    /// <summary>Members of one node that have asked for something and are not known to have left.</summary>
    public const int MaxSpeakers = 1000;

    /// <summary>Null where it cannot be.</summary>
    public FeedAnswer? Open(RoomName name, string node, FeedOffer offer)
    {
        if (!offer.Audience.IsKnown)
        {
            return null;
        }

        Room room = directory.FindOwn(name) ?? directory.FindOrOpen(name);
        SettingsMessage settings = SettingsMapping.ToMessage(room.Pipeline.Settings);
        if (room.IsPrivate && offer.Audience.View == RoomView.Source)
        {
            directory.CloseIfEmpty(room);
            return new FeedAnswer(null, settings);
        }

        RoomMember? before = Find(room, node, offer.Audience);
        Dictionary<string, RoomMember> speakers = room.Speakers.Of(node, offer, isFirst: Find(room, node) is null);
        var member = new RoomMember(PeerId.Create(), Role.Viewer, offer.Audience.View, string.Empty, string.Empty)
        {
            Messages = new MessageRate(1),
            Rights = Rights.Watcher,
            JoinedAt = loop.Clock.Now,
            AwaitsFirstPicture = false,
            Feed = new FeedSource(offer.Feed, node, offer.Audience, speakers),
        };
        directory.Enter(room, member);
        if (before is not null)
        {
            directory.Remove(room, before);
        }

        if (offers.Offer(member.Id, offer.Sdp).Value is { } answer)
        {
            Restrict(room, member);
            return new FeedAnswer(answer.Sdp, settings);
        }

        directory.Remove(room, member);
        return null;
    }

    public void Update(RoomName name, string node, FeedAudience audience)
    {
        if (audience.IsKnown && directory.Find(name) is { } room && Find(room, node, audience) is { Feed: { } feed } member
            && feed.Name == audience.Feed)
        {
            bool isSame = feed.Audience.Viewers == audience.Viewers && feed.Audience.Names.SequenceEqual(audience.Names);
            feed.Audience = audience;
            Restrict(room, member);
            room.Media.Adapt();
            if (!isSame)
            {
                room.AnnouncePeers();
            }
        }
    }

    public void End(RoomName name, string node, FeedEnd end)
    {
        if (directory.Find(name) is { } room
            && room.Members.All.FirstOrDefault(member => member.Feed?.Node == node && member.Feed.Name == end.Feed) is { } member)
        {
            directory.Remove(room, member);
        }
    }

    /// <summary>Null where the node relays no such room.</summary>
    public FeedRefusal? Run(RoomName name, string node, FeedCommand command)
    {
        if (directory.Find(name) is not { } room || Find(room, node)?.Feed is not { } feed)
        {
            return null;
        }

        RoomMember member = Speaker(feed, command);
        Refusal? refusal =
            command.Select is { } select ? room.Commands.Select(member, select)
            : command.Release ? room.Commands.Release(member)
            : command.Settings is { } settings ? room.Commands.Configure(member, settings)
            : command.Report is { } report ? room.Detections.Hear(member, report)
            : command.HandOver ? room.Detections.HandOver(member)
            : null;
        if (command.Leave)
        {
            room.Detections.Forget(member);
            feed.Speakers.Remove(command.Member);
        }

        return new FeedRefusal(refusal?.Code, refusal?.Message);
    }

    /// <summary>Who asks, with what the other node knows of it.</summary>
    private static RoomMember Speaker(FeedSource feed, FeedCommand command)
    {
        if (!feed.Speakers.TryGetValue(command.Member, out RoomMember? member))
        {
            member = new RoomMember(new PeerId(command.Member), Role.Viewer, RoomView.Annotated, command.Name, string.Empty)
            {
                Messages = new MessageRate(1),
            };
            if (feed.Speakers.Count >= MaxSpeakers)
            {
                feed.Speakers.Clear();
            }

            feed.Speakers.Add(command.Member, member);
        }

        member.Rights = command.Rights;
        return member;
    }

    /// <summary>To what those behind the feed take, of what it can bring. It is sent that as any viewer is.</summary>
    private static void Restrict(Room room, RoomMember member)
    {
        if (member.TakeForAudience(room.Media.CameraCodec))
        {
            room.UpdateDemand();
        }
    }

    /// <summary>The feed of this node that brings the same copy.</summary>
    private static RoomMember? Find(Room room, string node, FeedAudience audience) => room.Members.All.FirstOrDefault(
        member => member.Feed is { } feed && feed.Node == node
            && (feed.Audience.View, feed.Audience.IsSecond) == (audience.View, audience.IsSecond));

    private static RoomMember? Find(Room room, string node) => room.Members.All.FirstOrDefault(member => member.Feed?.Node == node);
}
