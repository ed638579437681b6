using System.Globalization;
using Rtc.Media.Codecs;
using Rtc.Peer;
using Rtc.Pipeline;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;
using JsonSerializer = System.Text.Json.JsonSerializer;

namespace Rtc.Server.Rooms;

/// <summary>
/// One room: its members, its pipeline, and who is sent what. Everything here runs on the media loop; the
/// pipeline's own loops reach it by posting. Owned by <see cref="RoomRegistry"/>.
/// </summary>
internal sealed class Room : IPeerOwner, IPipelineOutput, IAsyncDisposable
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

    public void Attach(RoomMember member, PeerPort port)
    {
        member.Port = port;
        _byPort[port] = member;
    }

    /// <summary>Ends the member's peer connection; the member itself stays.</summary>
    public void Unplug(RoomMember member)
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

        UpdateDemand();
    }

    public void OnEvent(PeerPort port, ref PeerEvent happened)
    {
        if (!_byPort.TryGetValue(port, out RoomMember? member))
        {
            happened.Frame?.Dispose();
            return;
        }

        switch (happened.Kind)
        {
            case PeerEventKind.Connected:
                OnConnected(member);
                break;
            case PeerEventKind.Disconnected:
                member.IsConnected = false;
                member.LostAt ??= _loop.Clock.Now;
                _onAir = _onAir == member ? null : _onAir;
                UpdateDemand();
                break;
            case PeerEventKind.Reconnected:
                OnConnected(member);
                break;
            case PeerEventKind.Closed:
                OnClosed(member);
                break;
            case PeerEventKind.VideoFrame:
                OnFrame(member, happened.Frame!);
                break;
            case PeerEventKind.ChannelOpened when happened.Label == "vision":
                member.VisionChannel = happened.ChannelId;
                UpdateDemand();
                break;
            case PeerEventKind.ChannelClosed when happened.ChannelId == member.VisionChannel:
                member.VisionChannel = null;
                break;
            case PeerEventKind.ChannelMessage:
                OnMessage(member, happened);
                break;
            case PeerEventKind.KeyFrameNeeded:
                OnKeyFrameWanted(member);
                break;
            case PeerEventKind.BitrateChanged:
                member.Estimate = happened.Bitrate;
                _audience.Adapt();
                break;
        }
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
        UpdateDemand();
        return null;
    }

    /// <summary>At once where the last time was a while ago; a crowd that comes or goes is told of with the next tick.</summary>
    public void AnnouncePeers()
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

    /// <summary>Who watches decides what is worked on: nobody watching means nothing coded, nobody listening nothing detected.</summary>
    public void UpdateDemand()
    {
        if (_disposed)
        {
            return;
        }

        Pipeline.WantVideo = Members.Exists(member => member.Watches(RoomView.Annotated));
        Pipeline.WantResults = Members.Exists(member => member.VisionChannel is not null || (member.Link is not null && member.LostAt is null));
        bool needsH264 = Members.Exists(member => member.Watches(RoomView.Annotated) && member.SendCodec == VideoCodec.H264);
        Pipeline.SetOutputFormat(needsH264 ? VideoFormat.H264 : VideoFormat.Vp8);
        _audience.Adapt();
    }

    public void SendStats()
    {
        PipelineStats stats = Pipeline.Stats;
        double kilobits = (_codedBytes - _statsCoded) * 8 / 1000.0;
        _statsCoded = _codedBytes;
        var message = new StatsMessage
        {
            Room = Name.ToString(),
            Level = stats.Level.Name(),
            Model = stats.Model,
            Provider = stats.Provider,
            ReceivedFps = Math.Round(stats.ReceivedPerSecond, 1),
            DetectedFps = Math.Round(stats.ProcessedPerSecond, 1),
            RenderedFps = Math.Round(stats.RenderedPerSecond, 1),
            AgeMs = Math.Round(stats.ResultAge.Median, 1),
            QueueMs = Math.Round(stats.QueueTime.Median, 1),
            DetectMs = Math.Round(stats.DetectTime.Median, 1),
            BitrateKbps = Math.Round(kilobits),
            Loss = Math.Round(_loss.Share(_onAir?.Port?.Peer.Stats), 4),
            Dropped = Dropped(stats),
            Viewers = Viewers,
            Phones = Phones,
            Zones = ZoneMessages.From(stats),
        };
        _audience.SendToAll("stats", message, WireJson.Default.StatsMessage);
    }

    public RoomSnapshot Snapshot()
    {
        PipelineStats stats = Pipeline.Stats;
        return new RoomSnapshot
        {
            Room = Name.ToString(),
            Phones = Phones,
            Viewers = Viewers,
            Width = stats.Width,
            Height = stats.Height,
            Fps = Math.Round(stats.ReceivedPerSecond, 1),
            DetectedFps = Math.Round(stats.ProcessedPerSecond, 1),
            RenderedFps = Math.Round(stats.RenderedPerSecond, 1),
            AgeMs = Math.Round(stats.ResultAge.Median, 1),
            Level = stats.Level.Name(),
            Model = stats.Model,
            Provider = stats.Provider,
            Received = stats.Received,
            Decoded = stats.Decoded,
            Detected = stats.Detected,
            Dropped = Dropped(stats),
            Coded = stats.Coded,
            Rendered = stats.Rendered,
            StagesMs = new Dictionary<string, StageTime>
            {
                ["arrival"] = Rounded(stats.ArrivalTime),
                ["decode"] = Rounded(stats.DecodeTime),
                ["render"] = Rounded(stats.RenderTime),
                ["encode"] = Rounded(stats.EncodeTime),
                ["turnaround"] = Rounded(stats.TurnaroundTime),
                ["queue"] = Rounded(stats.QueueTime),
                ["detect"] = Rounded(stats.DetectTime),
                ["track"] = Rounded(stats.TrackTime),
                ["mask"] = Rounded(stats.MaskTime),
                ["result_age"] = Rounded(stats.ResultAge),
            },
            Since = Since,
        };
    }

    public void OnCoded(CodedPicture picture) => _loop.Post(() =>
    {
        using (picture)
        {
            if (!_disposed)
            {
                _codedBytes += picture.Length;
                _metrics.PictureRendered();
                _metrics.StageTook("encode", picture.Stats.Milliseconds);
                _audience.SendVideo(picture);
                if (picture.IsKey)
                {
                    _annotatedKeys.Served();
                }
            }
        }
    });

    public void OnResult(VisionResult result)
    {
        _metrics.PictureDetected();
        _metrics.ResultAged(result.InferenceMs - result.ReceivedMs);
        _metrics.StageTook("queue", result.QueueTime);
        _metrics.StageTook("detect", result.DetectTime);
        _metrics.StageTook("track", result.TrackTime);
        _metrics.StageTook("mask", result.MaskTime);
        DetectionsMessage message = ResultMessages.From(Name, result);
        byte[] utf8 = JsonSerializer.SerializeToUtf8Bytes(message, WireJson.Default.DetectionsMessage);
        _loop.Post(() => _audience.SendDetections(message, utf8));
    }

    public void OnStage(string stage, double milliseconds) => _metrics.StageTook(stage, milliseconds);

    public void OnKeyFrameNeeded() => _loop.Post(AskPhoneForKeyFrame);

    public void OnNotice(PipelineNotice notice) => _loop.Post(() =>
        _audience.SendToAll("notice", new NoticeMessage(notice.Code, notice.Message, notice.Recoverable), WireJson.Default.NoticeMessage));

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        foreach (RoomMember member in Members.ToArray())
        {
            Unplug(member);
        }

        Members.Clear();
        await Pipeline.DisposeAsync();
    }

    private static StageTime Rounded(StageTime time) => new(Math.Round(time.Median, 3), Math.Round(time.P95, 3));

    private static long Dropped(PipelineStats stats) =>
        stats.DroppedCoded + stats.DroppedLate + stats.DroppedBeforeDetection + stats.DroppedByEncoder;

    internal void Flush(RoomMember member)
    {
        if (member.Port is { } port)
        {
            _loop.Flush(port);
        }
    }

    internal Instant Now => _loop.Clock.Now;

    private void OnConnected(RoomMember member)
    {
        member.IsConnected = true;
        member.LostAt = null;
        UpdateDemand();
        if (member.SendMid is not null)
        {
            OnKeyFrameWanted(member);
        }
    }

    private void OnClosed(RoomMember member)
    {
        Unplug(member);
        member.LostAt ??= Now;
        member.Link?.Send("notice", new NoticeMessage("peer_closed", "The connection was closed.", Recoverable: true));
        if (!member.CanReturn && Members.Remove(member))
        {
            _gone(this, member);
        }

        UpdateDemand();
        AnnouncePeers();
    }

    private void OnFrame(RoomMember member, EncodedFrame frame)
    {
        using (frame)
        {
            if (member.Role != Role.Phone)
            {
                return;
            }

            // One phone is on air until it goes; another one's pictures would be nonsense to the decoder, and begin with a key frame.
            if (_onAir is null && frame.IsKey)
            {
                _onAir = member;
            }

            if (_onAir != member)
            {
                AskForFirstPicture(member);
                return;
            }

            _audience.Forward(frame);
            if (frame.IsKey)
            {
                _sourceKeys.Served();
            }

            AskForKeys();
            _metrics.PictureReceived();
            Pipeline.TryPush(CodedPicture.From(
                frame.Codec == VideoCodec.H264 ? VideoFormat.H264 : VideoFormat.Vp8,
                frame.Data,
                frame.RtpTimestamp,
                frame.IsKey,
                (Rotation)frame.Rotation,
                MediaClock.NtpToUnixMs(frame.CaptureNtp),
                _loop.Clock.UnixMs(frame.Arrival)));
        }
    }

    private void OnMessage(RoomMember member, in PeerEvent happened)
    {
        Refusal? refusal = null;
        if (happened.Payload.Length > _messageBytes)
        {
            refusal = new Refusal("message_too_large", string.Create(CultureInfo.InvariantCulture, $"A message may have {_messageBytes} bytes (Limits:MessageBytes)."));
            _metrics.Refused("size");
        }
        else if (!ClientMessage.TryParse(happened.Payload.Span, out ClientMessage message, out string? problem))
        {
            refusal = new Refusal("bad_message", problem!);
        }
        else
        {
            refusal = message.Kind switch
            {
                ClientMessageKind.Select => Select(message.Select!),
                ClientMessageKind.Release => Release(),
                ClientMessageKind.Configure => Configure(message.Settings!),
                ClientMessageKind.Ping => Pong(member, happened.ChannelId, message.PingId),
                _ => null,
            };
        }

        if (refusal is not null)
        {
            Tell(member, new NoticeMessage(refusal.Code, refusal.Message, Recoverable: true));
        }
    }

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

    private Refusal? Pong(RoomMember member, int channel, double? id)
    {
        byte[] pong = JsonSerializer.SerializeToUtf8Bytes(new PongMessage(id, _loop.Clock.UnixMsNow), WireJson.Default.PongMessage);
        member.Port?.Peer.SendMessage(Now, channel, pong, isText: true);
        return null;
    }

    private void OnKeyFrameWanted(RoomMember member)
    {
        if (member.View == RoomView.Source && member.Role == Role.Viewer)
        {
            _sourceKeys.Want();
        }
        else
        {
            _annotatedKeys.Want();
        }

        AskForKeys();
    }

    private void AskForKeys()
    {
        if (_sourceKeys.TryPass(Now))
        {
            AskPhoneForKeyFrame();
        }

        if (_annotatedKeys.TryPass(Now))
        {
            Pipeline.RequestKeyFrame();
        }
    }

    private void AskForFirstPicture(RoomMember phone)
    {
        if (_onAir is null)
        {
            AskForKeyFrame(phone);
        }
    }

    private void AskPhoneForKeyFrame()
    {
        if (_onAir is { } phone)
        {
            AskForKeyFrame(phone);
        }
    }

    private void AskForKeyFrame(RoomMember phone)
    {
        if (phone is { Port: { } port, ReceiveMid: { } mid })
        {
            port.Peer.RequestKeyFrame(Now, mid);
            _loop.Flush(port);
        }
    }
}
