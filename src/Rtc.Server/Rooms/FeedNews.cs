using System.Text;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// What the owner of a relayed room says of it, passed on to its members here. Belongs to the media loop and to its
/// <see cref="RoomFeed"/>.
/// </summary>
internal sealed class FeedNews(Room room)
{
    /// <summary>Said to the feed alone, or to those who are at the owner.</summary>
    private static readonly HashSet<string> s_notPassedOn =
    [
        "view_changed", "mode_changed", "peer_closed", "no_offer", "too_many_messages", "replaced", "server_draining", "server_stopping",
    ];

    private string? _model;
    private byte[]? _peers;

    /// <summary>As the owner has them.</summary>
    public SettingsMessage Settings
    {
        get
        {
            SettingsMessage here = SettingsMapping.ToMessage(room.Pipeline.Settings);
            return _model is null ? here : here with { Model = _model };
        }
    }

    public void Apply(SettingsMessage settings)
    {
        _model = settings.Model ?? _model;
        room.Privacy.Follow(settings);
    }

    /// <summary>A message of the owner's.</summary>
    public void Hear(ReadOnlyMemory<byte> utf8)
    {
        (string type, string? code) = FeedMessages.Head(utf8.Span);
        switch (type)
        {
            case "settings":
                Apply(FeedMessages.Read<SettingsMessage>(Encoding.UTF8.GetString(utf8.Span)) ?? new SettingsMessage());
                break;
            case "peers":
                _peers = utf8.ToArray();
                break;
            case "notice" when code is null || s_notPassedOn.Contains(code):
                return;
            case not ("notice" or "detections" or "stats"):
                return;
        }

        room.Messages.PassOn(type, utf8.ToArray());
    }

    /// <summary>Who is in the room, as the owner said last, to somebody who came since.</summary>
    public void RepeatPeers(RoomMember member)
    {
        if (_peers is { } last)
        {
            room.Messages.PassOn(member, "peers", last);
        }
    }
}
