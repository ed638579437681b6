using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>A member's signalling connection that keeps what it was sent, or throws at one kind of message.</summary>
internal sealed class RecordingLink(string? throwsAt = null) : IMemberLink
{
    public List<string> Methods { get; } = [];

    public List<NoticeMessage> Notices { get; } = [];

    public List<SettingsMessage> Settings { get; } = [];

    public List<StatsMessage> Stats { get; } = [];

    public List<PeersMessage> Peers { get; } = [];

    public void Send(string method, object message)
    {
        if (method == throwsAt)
        {
            throw new InvalidOperationException("This link is broken.");
        }

        Methods.Add(method);
        switch (message)
        {
            case NoticeMessage notice:
                Notices.Add(notice);
                break;
            case SettingsMessage settings:
                Settings.Add(settings);
                break;
            case StatsMessage stats:
                Stats.Add(stats);
                break;
            case PeersMessage peers:
                Peers.Add(peers);
                break;
        }
    }
}
