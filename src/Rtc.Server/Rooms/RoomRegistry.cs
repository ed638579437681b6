using Rtc.Inference;
using Rtc.Pipeline;
using Rtc.Server.Metrics;
using Rtc.Server.Hosting;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;
using Rtc.Signaling.Whip;

namespace Rtc.Server.Rooms;

/// <summary>
/// All rooms of the process and everyone in them. It lives on the media loop: requests from the hub and from
/// HTTP are asked of the loop and answered from there, so rooms and peers need no lock.
/// </summary>
internal sealed partial class RoomRegistry : ISessions, IAsyncDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    // Many a WHIP client closes its connection first and its session then; it need not hear that there is none.
    private static readonly TimeSpan s_remembered = TimeSpan.FromSeconds(10);

    // Within this a member makes its first offer. A phone that doesn't leaves then, for it does nothing else; a listener,
    // who is served over the hub as well, stays as long as nobody needs its place.
    private static readonly TimeSpan s_toOffer = TimeSpan.FromSeconds(10);

    // A member that joined and never offered anything holds a place; it loses it after this.
    private static readonly TimeSpan s_idleJoin = TimeSpan.FromMinutes(2);

    // Nobody has come for so long that the pause of a full collection meets nobody.
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(5);

    private int _disposed;
    private Instant? _emptySince;
    private TaskCompletionSource? _drained;
    private readonly MediaLoop _loop;
    private readonly PeerFactory _peers;
    private readonly IModelHost _models;
    private readonly Func<IPipelineOutput, RoomName, RoomPipeline> _pipelines;
    private readonly RoomLimits _limits;
    private readonly BitrateLimits _bitrates;
    private readonly IAdmission _admission;
    private readonly TurnCredentials _turn;
    private readonly RtcMetrics _metrics;
    private readonly RoomMeter _meter;
    private readonly ILogger<RoomRegistry> _log;
    private readonly Dictionary<RoomName, Room> _rooms = [];
    private readonly Dictionary<PeerId, (Room Room, RoomMember Member)> _members = [];
    private readonly Dictionary<PeerId, (SessionAddress Address, Instant At)> _ended = [];
    private readonly Timer _timer;

    public RoomRegistry(
        MediaLoop loop,
        PeerFactory peers,
        IModelHost models,
        Func<IPipelineOutput, RoomName, RoomPipeline> pipelines,
        RoomLimits limits,
        BitrateLimits bitrates,
        TurnCredentials turn,
        IAdmission admission,
        RtcMetrics metrics,
        RoomMeter meter,
        ILogger<RoomRegistry> log)
    {
        _loop = loop;
        _peers = peers;
        _models = models;
        _pipelines = pipelines;
        _limits = limits;
        _bitrates = bitrates;
        _admission = admission;
        _metrics = metrics;
        _meter = meter;
        _log = log;
        _turn = turn;
        _timer = new Timer(_ => _loop.Post(Tick), null, s_tick, s_tick);
    }

    public IReadOnlyList<IceServer> CreateIceServers() => _turn.Create();

    public Task<Outcome<JoinReply>> JoinAsync(JoinRequest request, IMemberLink? link, string remoteAddress) =>
        Telemetry.SpanAsync("join", request.Role is "phone" or "viewer" ? request.Role : null, () => _loop.AskAsync(() => Join(request, link, remoteAddress)));

    public Task<Outcome<OfferReply>> OfferAsync(PeerId peer, string? sdp) =>
        Telemetry.SpanAsync("offer", role: null, () =>
        {
            // Here and not on the loop, where every other room would wait for a library that is loaded the first time.
            _ = PeerFactory.CodecsFor(sdp ?? string.Empty);
            return _loop.AskAsync(() => Offer(peer, sdp));
        });

    public Task<Refusal?> CandidateAsync(PeerId peer, string? candidate, string? mid) => OnMemberAsync(peer, (_, member) =>
    {
        if (member.Port is not { } port)
        {
            return new Refusal("no_offer", "Send an offer before its candidates.", 409);
        }

        if (string.IsNullOrEmpty(candidate))
        {
            return null;
        }

        if (AddCandidate(port, candidate, mid) is { } refusal)
        {
            return refusal;
        }

        _loop.Flush(port);
        return null;
    });

    public Task<Refusal?> FindAsync(SessionAddress address) => _loop.AskAsync(() =>
        _ended.TryGetValue(address.Peer, out (SessionAddress Address, Instant At) ended) && ended.Address == address ? null : Find(address).Refusal);

    public Task<Outcome<TrickleReply>> TrickleAsync(SessionAddress address, TrickleFragment fragment, string? ifMatch) =>
        Telemetry.SpanAsync("trickle", role: null, () => _loop.AskAsync(() => Trickle(address, fragment, ifMatch)));

    public Task<Refusal?> RestartAsync(PeerId peer) => OnMemberAsync(peer, (room, member) =>
    {
        room.Unplug(member);
        return null;
    });

    public Task<Refusal?> SelectAsync(PeerId peer, SelectRequest request) => OnMemberAsync(peer, (room, member) => room.Select(member, request));

    public Task<Refusal?> ReleaseAsync(PeerId peer) => OnMemberAsync(peer, (room, member) => room.Release(member));

    public Task<Refusal?> ConfigureAsync(PeerId peer, SettingsMessage settings) => OnMemberAsync(peer, (room, member) => room.Configure(member, settings));

    public Task LeaveAsync(PeerId peer, IMemberLink? link, bool final) => _loop.AskAsync<object?>(() =>
    {
        _ended.Remove(peer);
        if (_members.TryGetValue(peer, out (Room Room, RoomMember Member) found) && found.Member.Link == link)
        {
            if (final || found.Member.Offered is null)
            {
                RemoveMember(found.Room, found.Member);
            }
            else
            {
                found.Room.LoseLink(found.Member);
            }
        }

        return null;
    }, evenLate: true);

    public bool MayJoin(string room, Role role, string? token) => RoomName.TryParse(room, out RoomName name) && _admission.Knows(name, role, token);

    public Task<RoomSnapshot[]> SnapshotsAsync() =>
        _loop.AskAsync(() => _rooms.Values.Select(room => room.Snapshot()).OrderBy(room => room.Room, StringComparer.Ordinal).ToArray());

    /// <summary>Null where there is no such room.</summary>
    public Task<RoomSnapshot?> SnapshotAsync(string name) =>
        _loop.AskAsync(() => RoomName.TryParse(name, out RoomName parsed) ? _rooms.GetValueOrDefault(parsed)?.Snapshot() : null);

    public Task<Room?> FindRoomAsync(string name) =>
        _loop.AskAsync(() => RoomName.TryParse(name, out RoomName parsed) ? _rooms.GetValueOrDefault(parsed) : null);

    /// <summary>Tells everybody to move to another server, or to this one's successor. The task that comes back ends with the last room.</summary>
    public Task<Task> DrainAsync() => _loop.AskAsync<Task>(() =>
    {
        _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (Room room in _rooms.Values)
        {
            room.OnNotice(new PipelineNotice("server_draining", "The server is about to stop: looking for another.", Recoverable: true));
        }

        if (_rooms.Count == 0)
        {
            _drained.TrySetResult();
        }

        return _drained.Task;
    });

    /// <summary>Says to everybody that the server stops, so that pages begin to look for it again at once. True where anybody was told.</summary>
    public Task<bool> TellStoppingAsync() => _loop.AskAsync(() =>
    {
        foreach (Room room in _rooms.Values)
        {
            room.OnNotice(new PipelineNotice("server_stopping", "The server is stopping.", Recoverable: true));
        }

        return _members.Count > 0;
    });

    /// <summary>The media service calls it before the loop ends, and the container once more after.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _timer.DisposeAsync();
        Room[] rooms = await _loop.AskAsync(() =>
        {
            Room[] all = [.. _rooms.Values];
            _rooms.Clear();
            _members.Clear();
            return all;
        });
        foreach (Room room in rooms)
        {
            await (await _loop.AskAsync(() => room.DisposeAsync()));
        }
    }

    private Task<Refusal?> OnMemberAsync(PeerId peer, Func<Room, RoomMember, Refusal?> act) => _loop.AskAsync(() =>
        _members.TryGetValue(peer, out (Room Room, RoomMember Member) found) ? act(found.Room, found.Member) : Refusal.UnknownSession);

    [LoggerMessage(Level = LogLevel.Information, Message = "A {Role} joined {Room}")]
    private static partial void LogJoined(ILogger log, Role role, RoomName room);

    [LoggerMessage(Level = LogLevel.Information, Message = "A {Role} left {Room}")]
    private static partial void LogLeft(ILogger log, Role role, RoomName room);
}
