using System.Globalization;
using System.Security.Cryptography;
using Rtc.Inference;
using Rtc.Peer;
using Rtc.Pipeline;
using Rtc.Server.Hosting;
using Rtc.Server.Metrics;
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

    // A member that joined and never offered anything holds a place; it loses it after this.
    private static readonly TimeSpan s_idleJoin = TimeSpan.FromMinutes(2);

    // Nobody has come for so long that the pause of a full collection meets nobody.
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(5);

    private int _disposed;
    private Instant? _emptySince;
    private readonly MediaLoop _loop;
    private readonly PeerFactory _peers;
    private readonly IModelHost _models;
    private readonly Func<IPipelineOutput, RoomName, RoomPipeline> _pipelines;
    private readonly RoomLimits _limits;
    private readonly BitrateLimits _bitrates;
    private readonly IAdmission _admission;
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
        IReadOnlyList<IceServer> iceServers,
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
        IceServers = iceServers;
        _timer = new Timer(_ => _loop.Post(Tick), null, s_tick, s_tick);
    }

    public IReadOnlyList<IceServer> IceServers { get; }

    public Task<Outcome<JoinReply>> JoinAsync(JoinRequest request, IMemberLink? link, string remoteAddress) =>
        Telemetry.SpanAsync("join", request.Role is "phone" or "viewer" ? request.Role : null, () => _loop.AskAsync(() => Join(request, link, remoteAddress)));

    public Task<Outcome<OfferReply>> OfferAsync(PeerId peer, string? sdp) =>
        Telemetry.SpanAsync("offer", role: null, () => _loop.AskAsync(() => Offer(peer, sdp)));

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

    public Task<Refusal?> SelectAsync(PeerId peer, SelectRequest request) => OnMemberAsync(peer, (room, _) => room.Select(request));

    public Task<Refusal?> ReleaseAsync(PeerId peer) => OnMemberAsync(peer, (room, _) => room.Release());

    public Task<Refusal?> ConfigureAsync(PeerId peer, SettingsMessage settings) => OnMemberAsync(peer, (room, _) => room.Configure(settings));

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
                // The signalling broke but the media may stand: the member is lost only with its media.
                found.Member.Link = null;
                if (!found.Member.IsConnected)
                {
                    found.Member.LostAt = _loop.Clock.Now;
                }

                found.Room.UpdateDemand();
                found.Room.AnnouncePeers();
            }
        }

        return null;
    });

    public bool MayJoin(string room, Role role, string? token) => RoomName.TryParse(room, out RoomName name) && _admission.Knows(name, role, token);

    public Task<RoomSnapshot[]> SnapshotsAsync() =>
        _loop.AskAsync(() => _rooms.Values.Select(room => room.Snapshot()).OrderBy(room => room.Room, StringComparer.Ordinal).ToArray());

    /// <summary>Null where there is no such room.</summary>
    public Task<RoomSnapshot?> SnapshotAsync(string name) =>
        _loop.AskAsync(() => RoomName.TryParse(name, out RoomName parsed) ? _rooms.GetValueOrDefault(parsed)?.Snapshot() : null);

    public Task<Room?> FindRoomAsync(string name) =>
        _loop.AskAsync(() => RoomName.TryParse(name, out RoomName parsed) ? _rooms.GetValueOrDefault(parsed) : null);

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

        if (_admission.Admit(name, role, request.Token, remoteAddress) is { } turnedAway)
        {
            return turnedAway;
        }

        if (Resumable(name, role, request.Resume) is { } returning)
        {
            return Resume(returning.Room, returning.Member, view, link, remoteAddress);
        }

        if (Full(name, role) is { } full)
        {
            return full;
        }

        Room room = FindOrOpen(name);
        var member = new RoomMember(PeerId.Create(), role, view, Clean(request.Name), RandomNumberGenerator.GetHexString(32, lowercase: true))
        {
            Link = link,
            CanReturn = link is not null,
            RemoteAddress = remoteAddress,
            JoinedAt = _loop.Clock.Now,
        };
        room.Members.Add(member);
        _members[member.Id] = (room, member);
        room.UpdateDemand();
        room.AnnouncePeers();
        _metrics.Joined(role == Role.Phone ? "phone" : "viewer");
        LogJoined(_log, role, name);
        return Reply(room, member, resumed: false);
    }

    private Outcome<JoinReply> Resume(Room room, RoomMember member, RoomView view, IMemberLink? link, string remoteAddress)
    {
        bool lives = member is { Port: not null, IsConnected: true };
        _members.Remove(member.Id);
        if (!lives)
        {
            room.Unplug(member);
        }

        member.Rejoin(lives ? member.Id : PeerId.Create(), link);
        member.View = view;
        member.RemoteAddress = remoteAddress;
        member.JoinedAt = _loop.Clock.Now;
        _members[member.Id] = (room, member);
        room.UpdateDemand();
        room.AnnouncePeers();
        return Reply(room, member, resumed: true);
    }

    private JoinReply Reply(Room room, RoomMember member, bool resumed) => new()
    {
        PeerId = member.Id.ToString(),
        Resume = member.Resume,
        Resumed = resumed,
        IceServers = IceServers,
        Settings = SettingsMapping.ToMessage(room.Pipeline.Settings),
        Models = [.. _models.Models.Select(model => new ModelMessage(model.Name, model.Task, model.Licence, model.OnDisk, model.Provider, model.Problem))],
    };

    private (Room Room, RoomMember Member)? Resumable(RoomName name, Role role, string? resume)
    {
        if (resume is not { Length: > 0 and <= 64 } || !_rooms.TryGetValue(name, out Room? room))
        {
            return null;
        }

        byte[] shown = System.Text.Encoding.UTF8.GetBytes(resume);
        RoomMember? member = room.Members.Find(member =>
            member.Role == role && CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(member.Resume), shown));
        return member is null ? null : (room, member);
    }

    private Refusal? Full(RoomName name, Role role)
    {
        if (_members.Count >= _limits.Peers)
        {
            return Limit("Rooms:MaxPeers", _limits.Peers);
        }

        if (!_rooms.TryGetValue(name, out Room? room))
        {
            return _rooms.Count >= _limits.Rooms ? Limit("Rooms:MaxRooms", _limits.Rooms) : null;
        }

        if (role == Role.Viewer)
        {
            return room.Members.Count(member => member.Role == Role.Viewer) >= _limits.ViewersPerRoom ? Limit("Rooms:MaxViewersPerRoom", _limits.ViewersPerRoom) : null;
        }

        if (room.Phones >= _limits.PhonesPerRoom && !_limits.PhoneTakeover)
        {
            return Limit("Rooms:PhonesPerRoom", _limits.PhonesPerRoom);
        }

        MakePlaceForPhone(room);
        return null;
    }

    /// <summary>A phone that dropped gives its place to the next one at once; where takeover is on, so does the one that came first.</summary>
    private void MakePlaceForPhone(Room room)
    {
        RoomMember[] phones = [.. room.Members.Where(member => member.Role == Role.Phone).OrderBy(member => member.LostAt is null).ThenBy(member => member.JoinedAt)];
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
            room = new Room(name, _loop, output => _pipelines(output, name), _bitrates, _limits.MessageBytes, _metrics, OnGone);
            _rooms.Add(name, room);
        }

        return room;
    }

    private Outcome<OfferReply> Offer(PeerId id, string? sdp)
    {
        if (!_members.TryGetValue(id, out (Room Room, RoomMember Member) found))
        {
            return Refusal.UnknownSession;
        }

        if (_admission.AdmitOffer(found.Member.RemoteAddress) is { } turnedAway)
        {
            return turnedAway;
        }

        if (string.IsNullOrWhiteSpace(sdp))
        {
            return new Refusal("bad_sdp", "The offer is empty.");
        }

        if (sdp.Length > _limits.SdpBytes)
        {
            _metrics.Refused("size");
            return Refusal.SdpTooLarge(_limits.SdpBytes);
        }

        (Room room, RoomMember member) = found;
        OfferIdentity offered = OfferIdentity.Of(sdp);
        if (member.Port is not null && member.Offered is { } earlier && !offered.IsSameConnectionAs(earlier))
        {
            // The client began afresh.
            room.Unplug(member);
        }

        bool isNew = member.Port is null;
        WebRtcPeer peer = member.Port?.Peer ?? _peers.Create(_loop.Clock, IsLoopback(member.RemoteAddress));
        var policy = new AnswerPolicy { ReceiveVideo = member.Role == Role.Phone, SendVideo = true, AcceptDataChannels = true };
        if (!peer.TryAnswer(_loop.Clock.Now, sdp, policy, out string answer, out string? problem))
        {
            if (isNew)
            {
                peer.Dispose();
            }

            return new Refusal("bad_sdp", problem ?? "That is not a session description.");
        }

        MediaSection? receives = peer.Sections.FirstOrDefault(section => section.Kind == MediaKind.Video && section.Receives);
        MediaSection? sends = peer.Sections.FirstOrDefault(section => section.Kind == MediaKind.Video && section.Sends);
        bool hasData = peer.Sections.Any(section => section.Kind == MediaKind.Data && !section.Rejected);
        Refusal? missing = member.Role == Role.Phone && receives is null ? new Refusal("no_video", "The offer has no video that could be received.")
            : member.Role == Role.Viewer && sends is null && !hasData ? new Refusal("no_video", "The offer asks for no video and no data channel.")
            : null;
        if (missing is not null)
        {
            if (isNew)
            {
                peer.Dispose();
            }

            return missing;
        }

        member.Offered = offered;
        member.Negotiated = (sdp, answer);
        member.ReceiveMid = receives?.Mid;
        member.SendMid = sends?.Mid;
        member.SendCodec = sends is { Codecs: [var first, ..] } ? first.Codec : VideoCodec.None;
        member.SendCodecs = [.. sends?.Codecs.Select(codec => codec.Codec) ?? []];
        if (isNew)
        {
            room.Attach(member, _loop.Add(peer, room));
        }

        _loop.Flush(member.Port!);
        room.UpdateDemand();
        return new OfferReply(answer);
    }

    private (RoomMember? Member, Refusal? Refusal) Find(SessionAddress address) =>
        _members.TryGetValue(address.Peer, out (Room Room, RoomMember Member) found)
            && found.Member.Role == address.Role
            && found.Room.Name.ToString() == address.Room
            ? (found.Member, null)
            : (null, Refusal.UnknownSession);

    private Outcome<TrickleReply> Trickle(SessionAddress address, TrickleFragment fragment, string? ifMatch)
    {
        if (Find(address) is not { Member: { } member })
        {
            return Refusal.UnknownSession;
        }

        if (member is not { Port: { } port, Negotiated: { } negotiated })
        {
            return new Refusal("no_offer", "The session has no connection.", 409);
        }

        if (string.IsNullOrEmpty(ifMatch))
        {
            return new Refusal("precondition_required", "Name the session's ETag in If-Match, or \"*\" to restart ICE.", 428);
        }

        string tag = IceGeneration.EntityTag(negotiated.Answer);
        if (ifMatch != "*" && ifMatch != tag)
        {
            return new Refusal("precondition_failed", "The session's ICE has moved on.", 412);
        }

        // Before anything is done: a restart cannot be taken back.
        if (!fragment.Candidates.All(candidate => WebRtcPeer.IsCandidate(candidate.Candidate)))
        {
            return BadCandidate(null);
        }

        string? ours = null;
        if (IceGeneration.IsRestart(negotiated.Offer, fragment))
        {
            Outcome<OfferReply> answered = Offer(member.Id, IceGeneration.Restarted(negotiated.Offer, fragment));
            if (answered.Refusal is { } refusal)
            {
                return refusal;
            }

            tag = IceGeneration.EntityTag(answered.Value!.Sdp);
            ours = IceGeneration.Fragment(answered.Value.Sdp);
        }

        foreach ((string candidate, string? mid) in fragment.Candidates)
        {
            if (AddCandidate(port, candidate, mid) is { } refused)
            {
                return refused;
            }
        }

        _loop.Flush(port);
        return new TrickleReply(tag, ours);
    }

    private Refusal? AddCandidate(PeerPort port, string candidate, string? mid) =>
        port.Peer.TryAddRemoteCandidate(_loop.Clock.Now, candidate, mid, out string? problem)
            ? null
            : BadCandidate(problem);

    private static Refusal BadCandidate(string? problem) => new("bad_candidate", problem ?? "That is not a candidate.");

    private Task<Refusal?> OnMemberAsync(PeerId peer, Func<Room, RoomMember, Refusal?> act) => _loop.AskAsync(() =>
        _members.TryGetValue(peer, out (Room Room, RoomMember Member) found) ? act(found.Room, found.Member) : Refusal.UnknownSession);

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
                if (lingered || idle)
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

    /// <summary>A heap that nothing allocates from is never collected: once the last room is gone its share is given back.</summary>
    private void GiveBackMemory(Instant now)
    {
        if (_emptySince is not { } since || now - since < s_quiet)
        {
            return;
        }

        _emptySince = null;
        if (_rooms.Count == 0)
        {
            _ = Task.Run(static () =>
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                NativeHeap.Trim();
            });
        }
    }

    private void RemoveMember(Room room, RoomMember member, bool keepRoom = false)
    {
        _members.Remove(member.Id);
        room.Unplug(member);
        room.Members.Remove(member);
        LogLeft(_log, member.Role, room.Name);
        if (keepRoom || !CloseIfEmpty(room))
        {
            room.UpdateDemand();
            room.AnnouncePeers();
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
        }

        return true;
    }

    private static async Task EndAsync(Room room)
    {
        await room.DisposeAsync();

        // Off the media loop: a room's codecs were tens of megabytes, and the system may have them back.
        await Task.Run(NativeHeap.Trim);
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

    private static bool IsLoopback(string address) => System.Net.IPAddress.TryParse(address, out System.Net.IPAddress? parsed) && System.Net.IPAddress.IsLoopback(parsed);

    private static string Clean(string? name) =>
        name is null ? string.Empty : new string([.. name.Where(c => !char.IsControl(c)).Take(40)]);

    [LoggerMessage(Level = LogLevel.Information, Message = "A {Role} joined {Room}")]
    private static partial void LogJoined(ILogger log, Role role, RoomName room);

    [LoggerMessage(Level = LogLevel.Information, Message = "A {Role} left {Room}")]
    private static partial void LogLeft(ILogger log, Role role, RoomName room);
}
