using Rtc.Server.Metrics;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Cluster;

/// <summary>
/// The rooms of this node as clients reach them in a cluster: a camera of a room that is another node's is sent there, a viewer of one
/// is served here.
/// </summary>
internal sealed class ClusterSessions(
    RoomRegistry inner, ClusterRooms rooms, ClusterRelay relay, IAdmission admission, RtcMetrics metrics)
    : ISessions
{
    public async Task<Refusal?> PlaceAsync(JoinRequest request, string remoteAddress)
    {
        Refusal? place = await FindAsync(request, remoteAddress);
        return relay.Serves(request, place) ? null : place;
    }

    private async Task<Refusal?> FindAsync(JoinRequest request, string remoteAddress)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!RoomName.TryParse(request.Room, out RoomName room) || request.Role is not ("phone" or "viewer"))
        {
            // The rooms say what is wrong with it.
            return null;
        }

        bool wasSent = false;
        if (request.Node is { Length: > 0 } hint && !rooms.CheckHint(hint, request.Room, out wasSent))
        {
            metrics.Refused("hint");
            return new Refusal("bad_hint", "The address names a node, but not by a hint of this cluster that still lasts.", 403);
        }

        // A stranger learns nothing of where a room is; the rooms refuse it.
        Role role = request.Role == "phone" ? Role.Phone : Role.Viewer;
        if (rooms.Holds(request.Room) || !admission.Knows(room, role, request.Token))
        {
            return null;
        }

        if (relay.PlaceOf(request) is { } known)
        {
            return known;
        }

        // To ask for a place costs the cluster more than a look: it counts as a join.
        Refusal? place = admission.Admit(room, role, request.Token, remoteAddress, out _) ?? await rooms.PlaceAsync(room, wasSent);
        if (relay.Serves(request, place))
        {
            relay.Remember(request, place!);
        }

        return place;
    }

    public async Task<Outcome<JoinReply>> JoinAsync(JoinRequest request, IMemberLink? link, string remoteAddress)
    {
        Refusal? place = await FindAsync(request, remoteAddress);
        Outcome<JoinReply> joined = await JoinAsync(request, link, remoteAddress, place);
        if (joined.Refusal == RoomRelays.OwnerIsSilent)
        {
            // Where the room was a moment ago it may be no more.
            place = await rooms.PlaceAsync(NameOf(request), wasSent: false);
            joined = await JoinAsync(request, link, remoteAddress, place);
        }

        if (place is not null && relay.Serves(request, place) && joined.Refusal is { HttpStatus: 503 })
        {
            // This node is full, or that one does not agree: there the client may be served.
            return place;
        }

        return joined.Value is { } reply ? reply with { Node = rooms.HintTo(request.Room!), Nodes = rooms.OtherAddresses() } : joined;
    }

    private Task<Outcome<JoinReply>> JoinAsync(JoinRequest request, IMemberLink? link, string remoteAddress, Refusal? place) =>
        place is null ? inner.JoinAsync(request, link, remoteAddress)
        : relay.Serves(request, place) ? relay.JoinAsync(request, link, remoteAddress, place)
        : Task.FromResult<Outcome<JoinReply>>(place);

    private static RoomName NameOf(JoinRequest request) => RoomName.TryParse(request.Room, out RoomName room) ? room : default;

    public async Task<Outcome<OfferReply>> OfferAsync(PeerId peer, string? sdp)
    {
        Outcome<OfferReply> answered = await inner.OfferAsync(peer, sdp);
        bool isAnswered = answered.Value is not null;
        bool mayBeReadElsewhere = answered.Refusal?.Code == "bad_sdp" && PeerFactory.IsBeyond(sdp ?? string.Empty);
        return (isAnswered || mayBeReadElsewhere) && await relay.RefuseAsync(peer, isAnswered) is { } elsewhere ? elsewhere : answered;
    }

    public Task<Refusal?> CandidateAsync(PeerId peer, string? candidate, string? mid) => inner.CandidateAsync(peer, candidate, mid);

    public Task<Refusal?> RestartAsync(PeerId peer) => inner.RestartAsync(peer);

    public Task<Refusal?> SelectAsync(PeerId peer, SelectRequest request) => inner.SelectAsync(peer, request);

    public Task<Refusal?> ReleaseAsync(PeerId peer) => inner.ReleaseAsync(peer);

    public Task<Refusal?> ConfigureAsync(PeerId peer, SettingsMessage settings) => inner.ConfigureAsync(peer, settings);

    public Task<Refusal?> ReportAsync(PeerId peer, ReportedDetections report) => inner.ReportAsync(peer, report);

    public Task<Refusal?> HandOverAsync(PeerId peer) => inner.HandOverAsync(peer);

    public Task LeaveAsync(PeerId peer, IMemberLink? link, bool final) => inner.LeaveAsync(peer, link, final);

    public Task<Refusal?> FindAsync(SessionAddress address) => inner.FindAsync(address);

    public Task<Outcome<TrickleReply>> TrickleAsync(SessionAddress address, TrickleFragment fragment, string? ifMatch) =>
        inner.TrickleAsync(address, fragment, ifMatch);

    public bool MayJoin(string room, Role role, string? token) => inner.MayJoin(room, role, token);

    public IReadOnlyList<IceServer> CreateIceServers() => inner.CreateIceServers();
}
