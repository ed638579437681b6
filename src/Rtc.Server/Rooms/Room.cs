using Rtc.Media.Codecs;
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
    private static readonly TimeSpan s_peersSpacing = TimeSpan.FromMilliseconds(500);
    private readonly MediaLoop _loop;
    private readonly RoomAudience _audience;
    private readonly RtcMetrics _metrics;
    private readonly Dictionary<PeerPort, RoomMember> _byPort = [];
    private readonly LossMeter _loss = new();
    private readonly int _messageBytes;
    private readonly Action<Room, RoomMember> _gone;
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
        RoomName name, MediaLoop loop, Func<IPipelineOutput, RoomPipeline> pipeline, BitrateLimits bitrates, int messageBytes, RtcMetrics metrics, Action<Room, RoomMember> gone)
    {
        Name = name;
        _messageBytes = messageBytes;
        _gone = gone;
        _loop = loop;
        _metrics = metrics;
        Since = DateTimeOffset.UtcNow;
        Pipeline = pipeline(this);
        _audience = new RoomAudience(this, bitrates, metrics);
    }

    public RoomName Name { get; }

    public DateTimeOffset Since { get; }

    public RoomPipeline Pipeline { get; }

    public List<RoomMember> Members { get; } = [];

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

    /// <summary>Settings from any member reach everybody.</summary>
    public Refusal? Configure(SettingsMessage change)
    {
        Outcome<RoomSettings> next = SettingsMapping.Apply(Pipeline.Settings, change);
        if (next.Refusal is { } refusal)
        {
            return refusal;
        }

        if (Pipeline.TryConfigure(next.Value!) is { } problem)
        {
            return new Refusal("bad_value", problem);
        }

        SettingsMessage settings = SettingsMapping.ToMessage(Pipeline.Settings);
        _audience.SendToAll("settings", settings, WireJson.Default.SettingsMessage);
        return null;
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

    internal void Flush(RoomMember member)
    {
        if (member.Port is { } port)
        {
            _loop.Flush(port);
        }
    }

    internal Instant Now => _loop.Clock.Now;

    public Refusal? Select(SelectRequest point)
    {
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

    public Refusal? Release()
    {
        Pipeline.Release();
        return null;
    }
}
