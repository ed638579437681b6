using System.Collections.Concurrent;
using Rtc.Cluster;
using Rtc.Cluster.Nodes;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Cluster;

/// <summary>
/// Rooms of other nodes that this one serves viewers of, and feeds of its own rooms to those: what is asked from node to node, signed.
/// </summary>
internal sealed class ClusterRelay(
    ClusterNode node, ClusterRooms rooms, RoomRegistry registry, RoomRequests requests, DrainState drain, RtcOptions options,
    TimeProvider time, RtcMetrics metrics)
    : IRoomOwners
{
    // A crowd that comes in together asks once where the room is.
    private static readonly TimeSpan s_known = TimeSpan.FromSeconds(1);
    private const int MaxKnown = 10_000;

    private readonly ConcurrentDictionary<string, (Refusal Place, long At)> _places = [];

    /// <summary>Whether who asks for this is served here although the room is another node's.</summary>
    public bool Serves(JoinRequest request, Refusal? place) =>
        place?.Elsewhere is not null && request.Role == "viewer" && options.Cluster.Relay && !drain.IsDraining;

    /// <summary>Where the room is, as somebody was told a moment ago; null where nobody was.</summary>
    public Refusal? PlaceOf(JoinRequest request) =>
        _places.TryGetValue(request.Room ?? string.Empty, out (Refusal Place, long At) known)
            && time.GetElapsedTime(known.At) < s_known
            && Serves(request, known.Place)
            ? known.Place
            : null;

    public void Remember(JoinRequest request, Refusal place)
    {
        if (_places.Count >= MaxKnown)
        {
            _places.Clear();
        }

        _places[request.Room!] = (place, time.GetTimestamp());
    }

    /// <summary>A refusal with 503 where this node cannot serve it.</summary>
    public async Task<Outcome<JoinReply>> JoinAsync(JoinRequest request, IMemberLink? link, string remoteAddress, Refusal place)
    {
        Outcome<JoinReply> joined = await registry.Relays.JoinAsync(request, link, remoteAddress, place.Elsewhere!.NodeId, this);
        if (joined.Value is null)
        {
            _places.TryRemove(request.Room!, out _);
        }

        return joined;
    }

    /// <summary>
    /// A viewer here of another node's room that can be shown nothing of it in a codec of its own is told where the owner is. Null for all
    /// others.
    /// </summary>
    /// <param name="peer">The viewer.</param>
    /// <param name="isAnswered">False where this node could make nothing of its offer.</param>
    public async Task<Refusal?> RefuseAsync(PeerId peer, bool isAnswered) =>
        await registry.Relays.UnservedAsync(peer, isAnswered) is { } room ? await rooms.PlaceAsync(room, wasSent: true) : null;

    public async Task<string?> FindAsync(RoomName room) => (await rooms.PlaceAsync(room, wasSent: true))?.Elsewhere?.NodeId;

    public Task<string?> AskAsync(string owner, RoomName room, string kind, string body) => AskAsync(owner, room, kind, body, null);

    /// <summary>The same, with more patience than the cluster's own questions need.</summary>
    public Task<string?> AskAsync(string owner, RoomName room, string kind, string body, TimeSpan? patience) =>
        node.AskAsync(owner, NodeSeal.Close(node.Key, node.NodeId, owner, kind, room.ToString(), body, time.GetUtcNow()), patience);

    /// <summary>The other node that has the room; null where it is this one's or nobody's.</summary>
    /// <exception cref="ClusterUnavailableException">Nobody can say.</exception>
    public async Task<string?> OwnerElsewhereAsync(RoomName room)
    {
        string name = room.ToString();
        if (rooms.Holds(name))
        {
            return null;
        }

        return (await node.FindAsync(name)).Owner is { } owner && owner != node.Self ? owner.NodeId : null;
    }

    /// <summary>What another node asks of one of this node's rooms; null where it may not, or has no answer.</summary>
    public async Task<string?> AnswerAsync(NodeQuestion question)
    {
        if (NodeSeal.Open(node.Key, node.NodeId, question, time.GetUtcNow()) is not (var from, var body)
            || !RoomName.TryParse(question.Room, out RoomName room))
        {
            metrics.Refused("relay");
            return null;
        }

        return !rooms.Holds(question.Room) ? null
            : question.Kind == RoomRequests.Kind ? await requests.AnswerAsync(body)
            : await registry.Relays.AnswerAsync(room, from, question.Kind, body);
    }
}
