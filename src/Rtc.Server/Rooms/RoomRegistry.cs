using Rtc.Inference;
using Rtc.Pipeline;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Results;
using Rtc.Server.Authorization;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Server.Recordings;
using Rtc.Server.Rules;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// All rooms of the process and everyone in them. It lives on the media loop: requests from the hub and from
/// HTTP are asked of the loop and answered from there, so rooms and peers need no lock.
/// </summary>
internal sealed partial class RoomRegistry : ISessions, IAsyncDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    // A member that joined and never offered anything holds a place; it loses it after this.
    private static readonly TimeSpan s_idleJoin = TimeSpan.FromMinutes(2);

    private readonly MediaLoop _loop;
    private readonly IAdmission _admission;
    private readonly TurnCredentials _turn;
    private readonly RoomMeter _meter;
    private readonly ILogger<RoomRegistry> _log;
    private readonly TimeSpan _linger;
    private readonly RoomDirectory _directory;
    private readonly RoomJoins _joins;
    private readonly RoomOffers _offers;
    private readonly Timer _timer;
    private int _disposed;

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
        ILogger<RoomRegistry> log,
        RuleBook? rules = null)
    {
        _loop = loop;
        _admission = admission;
        _turn = turn;
        _meter = meter;
        _log = log;
        _linger = limits.Linger;
        Room Open(RoomName name, Action<Room, RoomMember> gone)
        {
            var room = new Room(name, loop, output => pipelines(output, name), bitrates, limits.MessageBytes, metrics, gone, log, rules);
            if (limits.KeepLast)
            {
                room.Recorder.Clips.Last.KeepAlways();
            }

            return room;
        }

        _directory = new RoomDirectory(loop, Open, limits.Linger, log);
        var capacity = new RoomCapacity(_directory, limits, loop, metrics);
        _joins = new RoomJoins(_directory, capacity, admission, models, turn, loop, limits.MessagesPerSecond, metrics);
        _offers = new RoomOffers(_directory, capacity, peers, admission, loop, limits.SdpBytes, metrics);
        Relays = new RoomRelays(_directory, _joins, _offers, peers, loop, log);
        _timer = new Timer(_ => _loop.Post(Tick), null, s_tick, s_tick);
    }

    /// <summary>Rooms of other nodes, and of this one at others.</summary>
    public RoomRelays Relays { get; }

    public IReadOnlyList<IceServer> CreateIceServers() => _turn.Create();

    public Task<Outcome<JoinReply>> JoinAsync(JoinRequest request, IMemberLink? link, string remoteAddress) =>
        Telemetry.SpanAsync(
            "join",
            request.Role is "phone" or "viewer" ? request.Role : null,
            () => _loop.AskAsync(() => _joins.Join(request, link, remoteAddress)));

    public Task<Outcome<OfferReply>> OfferAsync(PeerId peer, string? sdp) =>
        Telemetry.SpanAsync("offer", role: null, () =>
        {
            // Here and not on the loop, where every other room would wait for a library that is loaded the first time.
            _ = PeerFactory.CodecsFor(sdp ?? string.Empty);
            return _loop.AskAsync(() => _offers.Offer(peer, sdp));
        });

    public Task<Refusal?> CandidateAsync(PeerId peer, string? candidate, string? mid) =>
        OnMemberAsync(peer, (_, member) => _offers.AddCandidate(member, candidate, mid));

    public Task<Refusal?> FindAsync(SessionAddress address) => _loop.AskAsync(() =>
        _directory.EndedLately(address) || _directory.Find(address) is not null ? null : Refusal.UnknownSession);

    public Task<Outcome<TrickleReply>> TrickleAsync(SessionAddress address, TrickleFragment fragment, string? ifMatch) =>
        Telemetry.SpanAsync("trickle", role: null, () => _loop.AskAsync(() => _offers.Trickle(address, fragment, ifMatch)));

    public Task<Refusal?> RestartAsync(PeerId peer) => OnMemberAsync(peer, (room, member) =>
    {
        room.Unplug(member);
        return null;
    });

    public Task<Refusal?> SelectAsync(PeerId peer, SelectRequest request) =>
        OnMemberAsync(peer, (room, member) => room.Commands.Select(member, request));

    public Task<Refusal?> ReleaseAsync(PeerId peer) => OnMemberAsync(peer, (room, member) => room.Commands.Release(member));

    public Task<Refusal?> ConfigureAsync(PeerId peer, SettingsMessage settings) =>
        OnMemberAsync(peer, (room, member) => room.Commands.Configure(member, settings));

    public Task<Refusal?> ReportAsync(PeerId peer, ReportedDetections report) =>
        OnMemberAsync(peer, (room, member) => room.Detections.Report(member, report));

    public Task<Refusal?> HandOverAsync(PeerId peer) => OnMemberAsync(peer, (room, member) => room.Detections.HandOver(member));

    /// <summary>The model that a room is set to; null where there is no such room.</summary>
    public Task<string?> ModelAsync(string name) => _loop.AskAsync(() => Own(name)?.Pipeline.Settings.Model);

    /// <summary>
    /// Sets a room's model for somebody who is no member of it. <paramref name="mayRelax"/>: also where the room is private, for
    /// another model may know people less well.
    /// </summary>
    public Task<Refusal?> SetModelAsync(string name, string model, bool mayRelax) => _loop.AskAsync(
        () => Own(name) is { } room ? room.Commands.SetModel(model, mayRelax) : Refusal.UnknownRoom);

    public Task LeaveAsync(PeerId peer, IMemberLink? link, bool final) => _loop.AskAsync<object?>(() =>
    {
        _directory.ForgetEnded(peer);
        if (_directory.TryFind(peer, out Room? room, out RoomMember? member) && member.Link == link)
        {
            if (final || member.Offered is null)
            {
                _directory.Remove(room, member);
            }
            else
            {
                room.LoseLink(member);
            }
        }

        return null;
    }, evenLate: true);

    public bool MayJoin(string room, Role role, string? token) =>
        RoomName.TryParse(room, out RoomName name) && _admission.Knows(name, role, token);

    public Task<RoomSnapshot[]> SnapshotsAsync() =>
        _loop.AskAsync(
        () => OwnRooms.Select(RoomReport.Snapshot).OrderBy(room => room.Room, StringComparer.Ordinal).ToArray());

    /// <summary>Null where there is no such room.</summary>
    public Task<RoomSnapshot?> SnapshotAsync(string name) =>
        _loop.AskAsync(() => Own(name) is { } room ? RoomReport.Snapshot(room) : null);

    /// <summary>The cameras of a room: its own, and those of the rooms beside it that bear its name.</summary>
    public Task<CameraSnapshot[]> CamerasAsync(string name)
    {
        IEnumerable<RoomName> cameras = RoomName.TryParse(name, out RoomName room) ? room.Cameras() : [];
        return _loop.AskAsync(() => cameras
            .Select(_directory.Find)
            .OfType<Room>()
            .Where(room => room.Feed is null)
            .Select(room => RoomReport.Camera(room, _loop.Clock.Now))
            .ToArray());
    }

    public Task<Room?> FindRoomAsync(string name) => _loop.AskAsync(() => Own(name));

    /// <summary>Null where it has begun; else the recording is still its caller's.</summary>
    public Task<Refusal?> BeginRecordingAsync(string name, RoomRecording recording) => _loop.AskAsync(
        () => Own(name) is { } room ? room.Recorder.Begin(recording) : Refusal.UnknownRoom);

    /// <summary>The clip that goes on for what has happened; null where another has to be begun.</summary>
    public Task<RoomRecording?> ExtendClipAsync(RoomName name, DateTimeOffset happened, TimeSpan after) => _loop.AskAsync(
        () => _directory.Find(name)?.Recorder.Clips.TryExtend(At(happened), after));

    /// <summary>False where the recording is still its caller's.</summary>
    public Task<bool> BeginClipAsync(RoomName name, RoomRecording clip, DateTimeOffset happened, ClipSpan span) => _loop.AskAsync(
        () => _directory.Find(name)?.Recorder.Clips.TryBegin(clip, At(happened), span.Before, span.After) == true);

    /// <summary>A task that ends once the room holds its last seconds.</summary>
    public Task<Outcome<Task>> WantLastAsync(string name, TimeSpan length) => _loop.AskAsync(
        () => Own(name) is { } room ? room.Recorder.Clips.Last.Want(_loop.Clock.Now, length) : Refusal.UnknownRoom);

    /// <summary>Null where the recording has the room's last seconds; else it is still its caller's.</summary>
    public Task<Refusal?> TakeLastAsync(string name, RoomRecording recording, TimeSpan length) => _loop.AskAsync(
        () => Own(name) is { } room ? room.Recorder.Clips.Last.Take(recording, length) : Refusal.UnknownRoom);

    /// <summary>Null where nothing of it is recorded.</summary>
    public Task<RoomRecording?> RecordingAsync(string name) => _loop.AskAsync(() => _directory.Find(name)?.Recorder.Current);

    /// <summary>The recording that it ended; null where there was none.</summary>
    public Task<RoomRecording?> EndRecordingAsync(string name) =>
        _loop.AskAsync(() => _directory.Find(name)?.Recorder.End("request"));

    /// <summary>The rooms that are open, each with what another node would begin it with.</summary>
    public Task<OpenRoom[]> OpenRoomsAsync() => _loop.AskAsync(() => OwnRooms
        .Select(room => new OpenRoom(room.Name, RoomHandover.Of(room), room.Members.All.All(member => member.MayMove)))
        .ToArray());

    /// <summary>As what this room begins, which another node had before.</summary>
    public Task PrepareAsync(RoomName name, RoomHandover? from) => _loop.AskAsync(() =>
    {
        _directory.Prepare(name, from);
        return true;
    });

    /// <summary>The room is another node's now: its members are sent there, and it ends here.</summary>
    public Task MoveAsync(RoomName name, RedirectMessage? to) => _loop.AskAsync(() =>
    {
        foreach (RoomMember member in _directory.Find(name)?.Members.All.ToArray() ?? [])
        {
            if (to is not null)
            {
                member.Link?.Send("redirect", to);
            }

            if (_directory.TryFind(member.Id, out Room? room, out _))
            {
                _directory.Remove(room, member);
            }
        }

        return true;
    });

    /// <summary>Tells everybody to move to another server. The task that comes back ends with the last room.</summary>
    public Task<Task> DrainAsync() => _loop.AskAsync(() =>
    {
        TellAll(new NoticeMessage("server_draining", "The server is about to stop: looking for another.", Recoverable: true));
        return _directory.DrainedAsync();
    });

    /// <summary>Tells everybody that the server stops, so that pages look for it again at once; it was said when the task ends.</summary>
    public async Task TellStoppingAsync()
    {
        await _loop.AskAsync(() =>
        {
            TellAll(new NoticeMessage("server_stopping", "The server is stopping.", Recoverable: true));
            return true;
        });

        // Rooms were told in the loop's next turns, which come before this one.
        await _loop.AskAsync(() => true);
    }

    /// <summary>The media service calls it before the loop ends, and the container once more after.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _timer.DisposeAsync();
        foreach (Room room in await _loop.AskAsync(_directory.Clear))
        {
            await (await _loop.AskAsync(() => room.DisposeAsync()));
        }
    }

    /// <summary>Once a second, on the loop. What one room throws is its own: the others have their turn all the same.</summary>
    internal void Tick()
    {
        Instant now = _loop.Clock.Now;
        _directory.Tick(now);
        Relays.Count = _directory.Rooms.Count(room => room.Feed is not null);
        try
        {
            _meter.Read(_loop, _directory.Rooms);
        }
        catch (Exception error)
        {
            LogMeterFailed(_log, error);
        }

        foreach (Room room in _directory.Rooms.ToArray())
        {
            try
            {
                Tick(room, now);
            }
            catch (Exception error)
            {
                LogTickFailed(_log, error, room.Name);
            }
        }
    }

    /// <summary>Removes members that left or timed out; what is left of the room is told how it fares.</summary>
    private void Tick(Room room, Instant now)
    {
        foreach (RoomMember member in room.Members.All.ToArray())
        {
            bool lingered = member is { Link: null, LostAt: { } lost } && now - lost > _linger;
            bool idle = member is { Port: null, LostAt: null, Link: null } && now - member.JoinedAt > s_idleJoin;
            bool late = member is { Offered: null } and ({ Role: Role.Phone } or { Link: null })
                && now - member.JoinedAt > RoomCapacity.TimeToOffer;
            if (late)
            {
                room.Messages.TellLast(member, RoomCapacity.NoOffer);
            }

            if (lingered || idle || late)
            {
                _directory.Remove(room, member);
            }
        }

        if (!_directory.CloseIfEmpty(room))
        {
            room.Tick();
        }
    }

    private IEnumerable<Room> OwnRooms => _directory.Rooms.Where(room => room.Feed is null);

    /// <summary>Null where there is no such room, or it is another node's.</summary>
    private Room? Own(string name) => _directory.Find(name) is { Feed: null } room ? room : null;

    private Instant At(DateTimeOffset time) =>
        Instant.FromMilliseconds((time - DateTimeOffset.UnixEpoch).TotalMilliseconds - _loop.Clock.OriginUnixMs);

    private void TellAll(NoticeMessage notice)
    {
        foreach (Room room in _directory.Rooms)
        {
            // Each for itself: what one room throws keeps none from hearing it.
            _loop.Post(() => room.Messages.TellAll(notice));
        }
    }

    private Task<Refusal?> OnMemberAsync(PeerId peer, Func<Room, RoomMember, Refusal?> act) => _loop.AskAsync(() =>
        _directory.TryFind(peer, out Room? room, out RoomMember? member) ? act(room, member) : Refusal.UnknownSession);

    [LoggerMessage(Level = LogLevel.Error, Message = "The once-a-second work of {Room} ended with an error; it comes round again")]
    private static partial void LogTickFailed(ILogger log, Exception error, RoomName room);

    [LoggerMessage(Level = LogLevel.Error, Message = "The counts of peers and rooms could not be read; they are read again in a second")]
    private static partial void LogMeterFailed(ILogger log, Exception error);
}
