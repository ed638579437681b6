using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// Relayed rooms from outside of the media loop: joins of those that another node owns, and what other nodes ask that relay a room of
/// this one.
/// </summary>
internal sealed class RoomRelays(
    RoomDirectory directory, RoomJoins joins, RoomOffers offers, PeerFactory peers, MediaLoop loop, ILogger log)
{
    /// <summary>The owner does not answer, or has the room no more.</summary>
    public static readonly Refusal OwnerIsSilent = new("cluster_unavailable", "The room's node does not answer.", 503);

    private readonly RoomFeeds _feeds = new(directory, offers, loop);
    private readonly FeedReach _reach = new(log);
    private int _count;

    /// <summary>Rooms of other nodes that this one takes a copy of, as they were counted within the last second.</summary>
    public int Count
    {
        get => Volatile.Read(ref _count);
        set => Volatile.Write(ref _count, value);
    }

    /// <summary>
    /// A viewer of a room that <paramref name="owner"/> has. A refusal with 503 where it cannot be served here: by this node's limits, or
    /// because that node does not agree.
    /// </summary>
    public async Task<Outcome<JoinReply>> JoinAsync(
        JoinRequest request, IMemberLink? link, string remoteAddress, string owner, IRoomOwners owners)
    {
        RoomFeed Feed(Room room) => new(room, loop, peers, _reach, owners, owner);
        Outcome<JoinReply> joined = await loop.AskAsync(() => joins.Join(request, link, remoteAddress, Feed));
        if (joined.Value is not { } reply)
        {
            return joined;
        }

        var peer = new PeerId(reply.PeerId);
        bool isOpen = await await loop.AskAsync(() => OpenFeed(peer));
        return await loop.AskAsync(() => Settle(peer, reply, isOpen, request.View));
    }

    /// <summary>What another node asks that relays a room of this one. Null where there is no answer.</summary>
    public Task<string?> AnswerAsync(RoomName room, string node, string kind, string body) => loop.AskAsync(() =>
    {
        switch (kind)
        {
            case FeedMessages.Open when FeedMessages.Read<FeedOffer>(body) is { } offer:
                return _feeds.Open(room, node, offer) is { } answer ? FeedMessages.Write(answer) : null;
            case FeedMessages.Audience when FeedMessages.Read<FeedAudience>(body) is { } audience:
                _feeds.Update(room, node, audience);
                return string.Empty;
            case FeedMessages.End when FeedMessages.Read<FeedEnd>(body) is { } end:
                _feeds.End(room, node, end);
                return string.Empty;
            case FeedMessages.Command when FeedMessages.Read<FeedCommand>(body) is { } command:
                return _feeds.Run(room, node, command) is { } done ? FeedMessages.Write(done) : null;
            default:
                return null;
        }
    });

    /// <summary>The room of another node's in which this viewer can be shown nothing; null where it is none of these.</summary>
    /// <param name="peer">The viewer.</param>
    /// <param name="isAnswered">False where this node could make nothing of its offer.</param>
    public async Task<RoomName?> UnservedAsync(PeerId peer, bool isAnswered)
    {
        Room? relayed = null;
        bool isServed = await await loop.AskAsync(() =>
        {
            bool isHere = directory.TryFind(peer, out Room? room, out RoomMember? member);
            relayed = room;
            return !isHere || room!.Feed is not { } feed ? Task.FromResult(true)
                : isAnswered ? feed.CanServeAsync(member!)
                : Task.FromResult(false);
        });
        return isServed ? null : relayed?.Name;
    }

    /// <summary>Whoever joined as the room became this node's own may have opened it as the other's still.</summary>
    public Task EndHeldAsync(Func<string, bool> holds) => loop.AskAsync(() =>
    {
        foreach (Room room in directory.Rooms.Where(room => room.Feed is not null && holds(room.Name.ToString())).ToArray())
        {
            directory.EndRelay(room);
        }

        return true;
    });

    private Task<bool> OpenFeed(PeerId peer) =>
        directory.TryFind(peer, out Room? room, out RoomMember? member) && room.Feed is { } feed
            ? feed.OpenAsync(member.View)
            : Task.FromResult(true);

    private Outcome<JoinReply> Settle(PeerId peer, JoinReply reply, bool isOpen, string? view)
    {
        if (!directory.TryFind(peer, out Room? room, out RoomMember? member))
        {
            return Refusal.UnknownSession;
        }

        bool isHidden = view == "source" && member.View != RoomView.Source;
        if (isOpen && !isHidden)
        {
            return reply with { Settings = room.Feed?.News.Settings ?? SettingsMapping.ToMessage(room.Pipeline.Settings) };
        }

        directory.Remove(room, member);
        return isHidden ? Refusal.SourceIsPrivate : OwnerIsSilent;
    }
}
