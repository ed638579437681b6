using Rtc.Peer;
using Rtc.Pipeline;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// One room: its members, its pipeline, and who is sent what. Everything here runs on the media loop; the
/// pipeline's own loops reach it by posting. Owned by <see cref="RoomRegistry"/>.
/// </summary>
internal sealed partial class Room : IPeerOwner, IPipelineOutput, IAsyncDisposable
{
    private static readonly TimeSpan s_settingsSpacing = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_peersSpacing = TimeSpan.FromMilliseconds(500);
    private readonly MediaLoop _loop;
    private readonly RoomAudience _audience;
    private readonly RtcMetrics _metrics;
    private readonly Dictionary<PeerPort, RoomMember> _byPort = [];
    private readonly LossMeter _loss = new();
    private readonly int _messageBytes;
    private readonly Action<Room, RoomMember> _gone;
    private readonly ILogger _log;
    private RoomSettings _settingsTold;
    private bool _settingsDue;
    private KeyFrameGate _sourceKeys = new();
    private KeyFrameGate _annotatedKeys = new();
    private KeyFrameGate _thinKeys = new();
    private RoomMember? _onAir;
    private bool _peersChanged;
    private Instant _peersTold;
    private long _statsCoded;
    private long _codedBytes;
    private bool _disposed;

    public Room(
        RoomName name, MediaLoop loop, Func<IPipelineOutput, RoomPipeline> pipeline, BitrateLimits bitrates, int messageBytes, RtcMetrics metrics, Action<Room, RoomMember> gone, ILogger log)
    {
        Name = name;
        _messageBytes = messageBytes;
        _gone = gone;
        _log = log;
        _loop = loop;
        _metrics = metrics;
        Since = DateTimeOffset.UtcNow;
        Pipeline = pipeline(this);
        _settingsTold = Pipeline.Settings;
        _audience = new RoomAudience(this, bitrates, metrics);
    }

    public RoomName Name { get; }

    public DateTimeOffset Since { get; }

    public RoomPipeline Pipeline { get; }

    public List<RoomMember> Members { get; } = [];

    /// <summary>Somebody in it has made an offer, so it counts as one of the server's rooms.</summary>
    public bool IsHeld => Members.Exists(member => member.Offered is not null);

    public bool IsPrivate => Pipeline.Settings.Mode == ViewMode.Privacy;

    public int Phones => Members.Count(member => member.Role == Role.Phone && member.LostAt is null);

    public int Viewers => Members.Count(member => member.Role == Role.Viewer && member.LostAt is null);

    /// <summary>It has ended; nobody is let in any more.</summary>
    public bool IsClosed => _disposed;

    public void Enter(RoomMember member)
    {
        Members.Add(member);
        UpdateDemand();
        AnnouncePeers();
    }

    /// <summary>A member that was away is here again, over another signalling connection. Its peer connection stays where it still stands.</summary>
    public void Return(RoomMember member, RoomView view, IMemberLink? link)
    {
        bool lives = member is { Port: not null, IsConnected: true };
        if (!lives)
        {
            Disconnect(member);
        }

        member.Rejoin(lives ? member.Id : PeerId.Create(), link);
        member.View = view;
        UpdateDemand();
        AnnouncePeers();
    }

    /// <summary>What was negotiated with the peer is on the member: a new peer comes on the loop, and what it has to say is sent.</summary>
    public void Plug(RoomMember member, WebRtcPeer peer)
    {
        if (member.Port is null)
        {
            member.Port = _loop.Add(peer, this);
            _byPort[member.Port] = member;
        }

        _loop.Flush(member.Port);
        UpdateDemand();
    }

    /// <summary>Ends the member's peer connection; the member itself stays.</summary>
    public void Unplug(RoomMember member)
    {
        Disconnect(member);
        UpdateDemand();
    }

    /// <summary>The signalling broke but the media may stand: the member is lost only with its media.</summary>
    public void LoseLink(RoomMember member)
    {
        member.Link = null;
        if (!member.IsConnected)
        {
            member.LostAt = Now;
        }

        UpdateDemand();
        AnnouncePeers();
    }

    public void Leave(RoomMember member)
    {
        Disconnect(member);
        Members.Remove(member);
        UpdateDemand();
        AnnouncePeers();
    }

    /// <summary>Settings from any member but a watcher reach everybody.</summary>
    public Refusal? Configure(RoomMember member, SettingsMessage change)
    {
        if (Forbidden(member) is { } forbidden)
        {
            return forbidden;
        }

        Outcome<RoomSettings> next = SettingsMapping.Apply(Pipeline.Settings, change);
        if (next.Refusal is { } refusal)
        {
            return refusal;
        }

        if (Pipeline.TryConfigure(next.Value!) is { } problem)
        {
            return new Refusal("bad_value", problem);
        }

        if (IsPrivate)
        {
            TakeSourceFromWatchers();
        }

        TellSettings();
        return null;
    }

    private Refusal? Forbidden(RoomMember member)
    {
        if (member.Rights != Rights.Watcher)
        {
            return null;
        }

        _metrics.Refused("rights");
        return Refusal.WatchersOnlyWatch;
    }

    /// <summary>Before the next picture is forwarded: who watched the source of a room that is private now is shown the veiled one.</summary>
    private void TakeSourceFromWatchers()
    {
        foreach (RoomMember watcher in Members.Where(member => member is { Rights: Rights.Watcher, View: RoomView.Source }).ToArray())
        {
            watcher.View = RoomView.Annotated;
            Tell(watcher, new NoticeMessage("view_changed", "The room is private now: you are shown the veiled picture.", Recoverable: true));
            OnKeyFrameWanted(watcher);
        }

        UpdateDemand();
    }

    /// <summary>What is new since the last time, to all: at once, and then at most every tenth of a second however fast somebody moves a slider.</summary>
    private void TellSettings()
    {
        if (_settingsDue)
        {
            return;
        }

        SettingsMessage told = SettingsMapping.Difference(_settingsTold, Pipeline.Settings);
        _settingsTold = Pipeline.Settings;
        _audience.SendToAll("settings", told, WireJson.Default.SettingsMessage);
        _settingsDue = true;
        _ = Task.Delay(s_settingsSpacing).ContinueWith(_ => _loop.Post(OnSettingsSpaced), TaskScheduler.Default);
    }

    private void OnSettingsSpaced()
    {
        _settingsDue = false;
        if (!_disposed && !ReferenceEquals(_settingsTold, Pipeline.Settings))
        {
            TellSettings();
        }
    }

    /// <summary>At once where the last time was a while ago; a crowd that comes or goes is told of with the next tick.</summary>
    private void AnnouncePeers()
    {
        _peersChanged = true;
        if (Now - _peersTold >= s_peersSpacing)
        {
            TellPeers();
        }
    }

    public void TellPeers()
    {
        if (_peersChanged)
        {
            _peersChanged = false;
            _peersTold = Now;
            _audience.SendToAll("peers", new PeersMessage(Phones, Viewers, Named()), WireJson.Default.PeersMessage);
        }
    }

    private List<NamedPeer> Named() =>
    [
        .. Members.Where(member => member.Name.Length > 0 && member.LostAt is null).Take(PeersMessage.MostNamed)
            .Select(member => new NamedPeer(member.Name, member.Role == Role.Phone ? "phone" : "viewer")),
    ];

    public void Tell(RoomMember member, NoticeMessage notice) => _audience.Send(member, "notice", notice, WireJson.Default.NoticeMessage);

    /// <summary>Ends whatever changes a member; nobody outside has to think of it.</summary>
    private void UpdateDemand()
    {
        if (!_disposed)
        {
            RoomDemand.Of(Members).ApplyTo(Pipeline);
            _audience.Adapt();
        }
    }

    private void Disconnect(RoomMember member)
    {
        if (member.Port is not { } port)
        {
            return;
        }

        _byPort.Remove(port);
        member.Unplug();
        _loop.Remove(port);
        if (_onAir == member)
        {
            _onAir = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        foreach (RoomMember member in Members.ToArray())
        {
            Disconnect(member);
        }

        Members.Clear();
        await Pipeline.DisposeAsync();
    }

    /// <summary>Asks something of a member's peer; an error of that peer's ends that peer alone.</summary>
    internal bool Call<T>(PeerPort port, T argument, Func<WebRtcPeer, Instant, T, bool> call) => _loop.Call(port, argument, call);

    internal Instant Now => _loop.Clock.Now;

    public Refusal? Select(RoomMember member, SelectRequest point)
    {
        if (Forbidden(member) is { } forbidden)
        {
            return forbidden;
        }

        if (!(point.X is >= 0 and <= 1 && point.Y is >= 0 and <= 1))
        {
            return new Refusal("bad_value", "\"x\" and \"y\" have to be fractions of the picture, from 0 to 1.");
        }

        if (!Pipeline.Select(point.X.Value, point.Y.Value, point.Slot))
        {
            return new Refusal("bad_value", "\"slot\" is 0 or 1.");
        }

        return null;
    }

    public Refusal? Release(RoomMember member)
    {
        if (Forbidden(member) is { } forbidden)
        {
            return forbidden;
        }

        Pipeline.Release();
        return null;
    }
}
