using System.Globalization;
using System.Text.Json;
using Rtc.Peer;
using Rtc.Pipeline.Settings;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// What members ask of their room, over the hub or on the data channel, within their rights and limits. Belongs to the
/// media loop.
/// </summary>
internal sealed class RoomCommands(Room room, MediaLoop loop, int maxMessageBytes, RtcMetrics metrics)
{
    /// <summary>Settings from any member but a watcher reach everybody; privacy has a guard of its own.</summary>
    public Refusal? Configure(RoomMember member, SettingsMessage change)
    {
        if (room.Members.RefuseWatcher(member) is { } forbidden)
        {
            return forbidden;
        }

        Outcome<RoomSettings> next = SettingsMapping.Apply(room.Pipeline.Settings, change);
        if (next.Refusal is { } refusal)
        {
            return refusal;
        }

        if (room.Feed is { } feed)
        {
            feed.Commands.Pass(member, command => command with { Settings = change });
            return null;
        }

        if (room.Privacy.RefuseRelaxing(member, next.Value!) is { } guarded)
        {
            // Its page shows what it asked for.
            room.SendSettings(member);
            return guarded;
        }

        RoomSettings before = room.Pipeline.Settings;
        if (room.Pipeline.TryConfigure(next.Value!) is { } problem)
        {
            return new Refusal("bad_value", problem);
        }

        room.Privacy.OnConfigured(member, before, wantsPrivacy: change.Mode is not null);
        room.Messages.TellSettings();
        return null;
    }

    /// <summary>From outside of the room.</summary>
    public Refusal? SetModel(string model, bool mayRelax)
    {
        Outcome<RoomSettings> next = SettingsMapping.Apply(room.Pipeline.Settings, new SettingsMessage { Model = model });
        if (next.Refusal is { } refusal)
        {
            return refusal;
        }

        if (room.IsPrivate && !mayRelax && model != room.Pipeline.Settings.Model)
        {
            metrics.Refused("rights");
            return Refusal.PrivacyIsAnothers;
        }

        if (room.Pipeline.TryConfigure(next.Value!) is { } problem)
        {
            return new Refusal("bad_value", problem);
        }

        room.Messages.TellSettings();
        return null;
    }

    public Refusal? Select(RoomMember member, SelectRequest point)
    {
        if (room.Members.RefuseWatcher(member) is { } forbidden)
        {
            return forbidden;
        }

        if (!(point.X is >= 0 and <= 1 && point.Y is >= 0 and <= 1))
        {
            return new Refusal("bad_value", "\"x\" and \"y\" have to be fractions of the picture, from 0 to 1.");
        }

        if (room.Feed is { } feed)
        {
            feed.Commands.Pass(member, command => command with { Select = point });
            return null;
        }

        return room.Pipeline.Select(point.X.Value, point.Y.Value, point.Slot) ? null : new Refusal("bad_value", "\"slot\" is 0 or 1.");
    }

    public Refusal? Release(RoomMember member)
    {
        if (room.Members.RefuseWatcher(member) is { } forbidden)
        {
            return forbidden;
        }

        if (room.Feed is { } feed)
        {
            feed.Commands.Pass(member, command => command with { Release = true });
        }
        else
        {
            room.Pipeline.Release();
        }

        return null;
    }

    /// <summary>A message on one of the member's data channels; what is refused is answered with a notice.</summary>
    public void OnMessage(RoomMember member, in PeerEvent received)
    {
        switch (member.Messages.Take(TimeSpan.FromMicroseconds(loop.Clock.Now.Microseconds), received.Payload.Length))
        {
            case MessageVerdict.RefusedAloud:
                metrics.Refused("message_rate");
                room.Messages.Tell(member, TooManyMessages(isClosed: false));
                return;
            case MessageVerdict.Refused:
                return;
            case MessageVerdict.Flood:
                if (room.Members.All.Contains(member))
                {
                    room.Messages.TellLast(member, TooManyMessages(isClosed: true));
                    room.Expel(member);
                }

                return;
        }

        if (Run(member, received) is { } refusal)
        {
            room.Messages.Tell(member, new NoticeMessage(refusal.Code, refusal.Message, Recoverable: true));
        }
    }

    private Refusal? Run(RoomMember member, in PeerEvent received)
    {
        if (received.Payload.Length > maxMessageBytes)
        {
            metrics.Refused("size");
            return new Refusal(
                "message_too_large",
                string.Create(CultureInfo.InvariantCulture, $"A message may have {maxMessageBytes} bytes (Limits:MessageBytes)."));
        }

        if (!ClientMessage.TryParse(received.Payload.Span, out ClientMessage message, out string? problem))
        {
            return new Refusal("bad_message", problem!);
        }

        switch (message.Kind)
        {
            case ClientMessageKind.Select:
                return Select(member, message.Select!);
            case ClientMessageKind.Release:
                return Release(member);
            case ClientMessageKind.Configure:
                return Configure(member, message.Settings!);
            case ClientMessageKind.Detections:
                return room.Detections.Hear(member, message.Detections!);
            case ClientMessageKind.Handover:
                return room.Detections.HandOver(member);
            case ClientMessageKind.Ping:
                Pong(member, received.ChannelId, message.PingId);
                return null;
            default:
                return null;
        }
    }

    private void Pong(RoomMember member, int channel, double? id)
    {
        byte[] pong = JsonSerializer.SerializeToUtf8Bytes(new PongMessage(id, loop.Clock.UnixMsNow), WireJson.Default.PongMessage);
        member.Port?.Peer.SendMessage(loop.Clock.Now, channel, pong, isText: true);
    }

    private static NoticeMessage TooManyMessages(bool isClosed) => new(
        "too_many_messages",
        "Too many messages from this client (Limits:MessagesPerSecond); "
            + (isClosed ? "it is closed." : "those past the limit are not read."),
        Recoverable: !isClosed);
}
