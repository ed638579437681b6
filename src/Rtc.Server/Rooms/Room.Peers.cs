using System.Globalization;
using Rtc.Peer;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;
using JsonSerializer = System.Text.Json.JsonSerializer;

namespace Rtc.Server.Rooms;

/// <summary>What peers' events mean for the room.</summary>
internal sealed partial class Room
{
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
            case PeerEventKind.Reconnected:
                member.IsConnected = true;
                member.LostAt = null;
                break;
            case PeerEventKind.Disconnected:
                member.IsConnected = false;
                member.LostAt ??= _loop.Clock.Now;
                _onAir = _onAir == member ? null : _onAir;
                break;
            case PeerEventKind.Closed:
                OnClosed(member);
                break;
            case PeerEventKind.VideoFrame:
                OnFrame(member, happened.Frame!);
                break;
            case PeerEventKind.ChannelOpened when happened.Label == "vision":
                member.VisionChannel = happened.ChannelId;
                if (!member.CanReturn)
                {
                    // A page was told with its join.
                    _audience.Send(member, "settings", SettingsMapping.ToMessage(Pipeline.Settings), WireJson.Default.SettingsMessage);
                }

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
                return;
        }

        if (happened.Kind is not (PeerEventKind.VideoFrame or PeerEventKind.ChannelMessage or PeerEventKind.KeyFrameNeeded))
        {
            UpdateDemand();
        }

        if (happened.Kind is PeerEventKind.Connected or PeerEventKind.Reconnected && member.SendMid is not null)
        {
            // Only now: a pipeline that nobody watches has no encoder to ask.
            OnKeyFrameWanted(member);
        }
    }

    private void OnClosed(RoomMember member)
    {
        Disconnect(member);
        member.LostAt ??= Now;
        member.Link?.Send("notice", new NoticeMessage("peer_closed", "The connection was closed.", Recoverable: true));
        if (!member.CanReturn && Members.Remove(member))
        {
            _gone(this, member);
        }

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
            frame.AddReference();
            Pipeline.TryPush(frame);
        }
    }

    private void OnMessage(RoomMember member, in PeerEvent happened)
    {
        switch (member.Messages.Take(Now, happened.Payload.Length))
        {
            case MessageVerdict.RefusedAloud:
                _metrics.Refused("message_rate");
                Tell(member, TooManyMessages(isClosed: false));
                return;
            case MessageVerdict.Refused:
                return;
            case MessageVerdict.Flood:
                Expel(member);
                return;
        }

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
                ClientMessageKind.Select => Select(member, message.Select!),
                ClientMessageKind.Release => Release(member),
                ClientMessageKind.Configure => Configure(member, message.Settings!),
                ClientMessageKind.Ping => Pong(member, happened.ChannelId, message.PingId),
                _ => null,
            };
        }

        if (refusal is not null)
        {
            Tell(member, new NoticeMessage(refusal.Code, refusal.Message, Recoverable: true));
        }
    }

    /// <summary>It floods: it loses its place with its connection, once the loop is done with what the connection still holds.</summary>
    private void Expel(RoomMember member)
    {
        if (!Members.Remove(member))
        {
            return;
        }

        Tell(member, TooManyMessages(isClosed: true));
        _loop.Post(() =>
        {
            Disconnect(member);
            _gone(this, member);
            UpdateDemand();
            AnnouncePeers();
        });
    }

    private static NoticeMessage TooManyMessages(bool isClosed) => new(
        "too_many_messages", "Too many messages from this client (Limits:MessagesPerSecond); " + (isClosed ? "it is closed." : "those past the limit are not read."), Recoverable: !isClosed);

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
            (member.Route.IsCoded ? ref _thinKeys : ref _sourceKeys).Want();
        }
        else
        {
            _annotatedKeys.Want();
        }

        AskForKeys();
    }

    /// <summary>A viewer of the source goes over to the server's pictures or back: either way it begins with a key frame.</summary>
    internal void OnRouteChanged(in SourceRoute route)
    {
        if (route.AwaitsSource)
        {
            _sourceKeys.Want();
        }
        else if (route.AwaitsCodedKey)
        {
            Pipeline.RequestThinKeyFrame();
        }
    }

    private void AskForKeys()
    {
        if (_thinKeys.TryPass(Now))
        {
            Pipeline.RequestThinKeyFrame();
        }

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
            _loop.Call(port, mid, static (peer, now, mid) =>
            {
                peer.RequestKeyFrame(now, mid);
                return true;
            });
        }
    }
}
