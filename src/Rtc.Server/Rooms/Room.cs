using Rtc.Peer;
using Rtc.Pipeline;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Server.Rules;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// One room: ties its members, their media, what is said among them and its pipeline together. Everything here runs on
/// the media loop. Owned by <see cref="RoomDirectory"/>, which is told of members that the room let go by itself.
/// </summary>
internal sealed class Room : IPeerOwner, IAsyncDisposable
{
    private readonly MediaLoop _loop;
    private readonly Action<Room, RoomMember> _gone;

    public Room(
        RoomName name,
        MediaLoop loop,
        Func<IPipelineOutput, RoomPipeline> pipeline,
        BitrateLimits bitrates,
        int messageBytes,
        RtcMetrics metrics,
        Action<Room, RoomMember> gone,
        ILogger log,
        RuleBook? rules = null)
    {
        Name = name;
        _loop = loop;
        _gone = gone;
        Members = new RoomMembers(loop, metrics);
        Pipeline = pipeline(new RoomOutput(this, loop, metrics, log));
        Messages = new RoomMessages(loop, Members, Pipeline);
        Commands = new RoomCommands(this, loop, messageBytes, metrics);
        Recorder = new RoomRecorder(this);
        Rules = new RoomRules(this, rules);
        Media = new RoomMedia(loop, Pipeline, Members, Recorder, bitrates, metrics);
        Privacy = new RoomPrivacy(this, metrics);
        Detections = new RoomDetections(this, loop, metrics);
    }

    public RoomName Name { get; }

    public DateTimeOffset Since { get; } = DateTimeOffset.UtcNow;

    public RoomPipeline Pipeline { get; }

    public RoomMembers Members { get; }

    public RoomMedia Media { get; }

    public RoomMessages Messages { get; }

    public RoomCommands Commands { get; }

    public RoomPrivacy Privacy { get; }

    public RoomRecorder Recorder { get; }

    public RoomDetections Detections { get; }

    public RoomRules Rules { get; }

    /// <summary>Those behind nodes that relay it who have asked for something.</summary>
    public FeedSpeakers Speakers { get; } = new();

    /// <summary>Where pictures and messages come from while another node owns the room; null where it is this node's own.</summary>
    public RoomFeed? Feed { get; private set; }

    public bool IsPrivate => Pipeline.Settings.Mode == ViewMode.Privacy;

    /// <summary>It has ended; nobody is let in any more.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Before anybody is in it: the room is another node's.</summary>
    public void Relay(RoomFeed feed)
    {
        Feed = feed;
        Media.Feed = feed;
        UpdateDemand();
    }

    /// <summary>The room is this node's own by now; who watches it stays. It goes on from what the last owner wrote.</summary>
    public void EndRelay(RoomHandover? from)
    {
        Feed?.Dispose();
        (Feed, Media.Feed) = (null, null);
        bool wasPrivate = IsPrivate;
        if (from is not null)
        {
            (wasPrivate ? from.AsPrivate() : from).Begin(this);
        }
        else
        {
            Messages.BeginSettings();
        }

        if (IsPrivate && !wasPrivate)
        {
            Privacy.HideSource();
        }

        Rules.Tick();
        OnMembersChanged();
    }

    public void Enter(RoomMember member)
    {
        Members.Add(member);
        OnMembersChanged();
        Feed?.News.RepeatPeers(member);
    }

    /// <summary>
    /// A member that was away is here again, over another signalling connection. Its peer connection stays where it still
    /// stands.
    /// </summary>
    public void Return(RoomMember member, RoomView view, IMemberLink? link)
    {
        bool lives = member is { Port: not null, IsConnected: true };
        if (!lives)
        {
            Disconnect(member);
        }

        member.Rejoin(lives ? member.Id : PeerId.Create(), link);
        member.View = view;
        OnMembersChanged();
        Feed?.News.RepeatPeers(member);
    }

    /// <summary>What was negotiated with the peer is on the member: a new peer comes on the loop, and what it has to say is sent.</summary>
    public void Plug(RoomMember member, WebRtcPeer peer)
    {
        Members.Connect(member, peer, this);
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
            member.LostAt = _loop.Clock.Now;
        }

        OnMembersChanged();
    }

    public void Leave(RoomMember member)
    {
        Disconnect(member);
        Members.Remove(member);
        Feed?.Commands.OnLeft(member);
        OnMembersChanged();
    }

    /// <summary>The member loses its place with its connection, once the loop is done with what the connection still holds.</summary>
    public void Expel(RoomMember member)
    {
        if (!Members.Remove(member))
        {
            return;
        }

        _loop.Post(() =>
        {
            Disconnect(member);
            Feed?.Commands.OnLeft(member);
            _gone(this, member);
            OnMembersChanged();
        });
    }

    /// <summary>Ends whatever changes a member; nobody outside has to think of it.</summary>
    public void UpdateDemand()
    {
        if (!IsClosed)
        {
            (Feed is null ? RoomDemand.Of(Members.All, Recorder, Rules.IsAwake) : RoomDemand.Relayed).ApplyTo(Pipeline);
            Media.Adapt();
            Feed?.Update();
        }
    }

    /// <summary>Once a second: what the room says of itself.</summary>
    public void Tick()
    {
        if (Feed is not null)
        {
            // Its owner says it all.
            return;
        }

        StatsMessage stats = RoomReport.Stats(this, Media.TakeKilobits(), Media.TakeLoss());
        Messages.SendToAll("stats", stats, WireJson.Default.StatsMessage);
        Messages.TellPeers();
        Rules.Tick();
        Recorder.Tick(_loop.Clock.Now);
    }

    public void OnEvent(PeerSlot port, ref PeerEvent happened)
    {
        if (!Members.TryFind(port, out RoomMember? member))
        {
            happened.Frame?.Dispose();
            return;
        }

        // These come at the rate of packets and change no member.
        switch (happened.Kind)
        {
            case PeerEventKind.VideoFrame:
                Media.OnFrame(member, happened.Frame!);
                return;
            case PeerEventKind.ChannelMessage:
                Commands.OnMessage(member, happened);
                return;
            case PeerEventKind.KeyFrameNeeded:
                Media.WantKeyFrame(member);
                return;
            case PeerEventKind.BitrateChanged:
                member.Estimate = happened.Bitrate;
                Media.Adapt();
                return;
            default:
                OnStateChanged(member, happened);
                return;
        }
    }

    private void OnStateChanged(RoomMember member, in PeerEvent happened)
    {
        switch (happened.Kind)
        {
            case PeerEventKind.Connected:
            case PeerEventKind.Reconnected:
                member.IsConnected = true;
                member.LostAt = null;
                break;
            case PeerEventKind.Disconnected:
                member.IsConnected = false;
                member.LostAt ??= _loop.Clock.Now;
                Media.Forget(member);
                break;
            case PeerEventKind.Closed:
                Close(member);
                break;
            case PeerEventKind.ChannelOpened when happened.Label == "vision":
                member.VisionChannel = happened.ChannelId;
                OnChannelOpened(member);
                break;
            case PeerEventKind.ChannelClosed when happened.ChannelId == member.VisionChannel:
                member.VisionChannel = null;
                break;
        }

        UpdateDemand();
        if (happened.Kind is PeerEventKind.Connected or PeerEventKind.Reconnected && member.SendMid is not null)
        {
            // Only now: a pipeline that nobody watches has no encoder to ask.
            Media.WantKeyFrame(member);
        }
    }

    private void OnChannelOpened(RoomMember member)
    {
        if (!member.CanReturn)
        {
            // A page was told with its join.
            SendSettings(member);
        }

        if (Feed is { } feed)
        {
            feed.News.RepeatPeers(member);
        }
        else if (member.Feed is not null)
        {
            AnnouncePeers();
        }
    }

    /// <summary>Its peer connection is over: a page makes another one, and who came by WHIP or WHEP is gone.</summary>
    public void Close(RoomMember member)
    {
        Disconnect(member);
        member.LostAt ??= _loop.Clock.Now;
        member.Link?.Send("notice", new NoticeMessage("peer_closed", "The connection was closed.", Recoverable: true));
        if (!member.CanReturn && Members.Remove(member))
        {
            Feed?.Commands.OnLeft(member);
            _gone(this, member);
        }

        AnnouncePeers();
    }

    private void OnMembersChanged()
    {
        UpdateDemand();
        AnnouncePeers();
    }

    /// <summary>Who is there, or behind a feed, has changed. Of a room of another node that one says it.</summary>
    public void AnnouncePeers()
    {
        if (Feed is null)
        {
            Messages.AnnouncePeers();
        }
    }

    /// <summary>All of the settings, as the room's owner has them, to one that was not told with its join.</summary>
    public void SendSettings(RoomMember member) => Messages.Send(
        member, "settings", Feed?.News.Settings ?? SettingsMapping.ToMessage(Pipeline.Settings), WireJson.Default.SettingsMessage);

    private void Disconnect(RoomMember member)
    {
        Detections.Forget(member);
        if (Members.Disconnect(member))
        {
            Media.Forget(member);
        }
    }

    public async ValueTask DisposeAsync()
    {
        IsClosed = true;
        Feed?.Dispose();
        Recorder.Close();
        Messages.Close();
        foreach (RoomMember member in Members.All.ToArray())
        {
            Disconnect(member);
        }

        Members.Clear();
        await Pipeline.DisposeAsync();
    }
}
