using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rtc.Peer;
using Rtc.Pipeline;
using Rtc.Pipeline.Settings;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// What is said to a room's members, over the data channel where one is open, else over the hub: results, notices,
/// settings as differences and who is there. Belongs to the media loop.
/// </summary>
internal sealed class RoomMessages(MediaLoop loop, RoomMembers members, RoomPipeline pipeline)
{
    private static readonly TimeSpan s_settingsSpacing = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_peersSpacing = TimeSpan.FromMilliseconds(500);

    private RoomSettings _settingsTold = pipeline.Settings;
    private bool _settingsDue;
    private bool _peersChanged;
    private Instant _peersTold;
    private bool _closed;

    public void Send<T>(RoomMember member, string method, T message, JsonTypeInfo<T> type)
        where T : class => Deliver(member, method, message, JsonSerializer.SerializeToUtf8Bytes(message, type));

    /// <summary>Serialized once, however many there are.</summary>
    public void SendToAll<T>(string method, T message, JsonTypeInfo<T> type)
        where T : class
    {
        byte[] utf8 = JsonSerializer.SerializeToUtf8Bytes(message, type);
        for (int i = 0; i < members.All.Count; i++)
        {
            Deliver(members.All[i], method, message, utf8);
        }
    }

    public void SendDetections(DetectionsMessage message, byte[] utf8)
    {
        for (int i = 0; i < members.All.Count; i++)
        {
            RoomMember member = members.All[i];

            // A page whose media broke gets no results over the hub: it has nothing to draw them on.
            if (member.VisionChannel is not null || member.LostAt is null)
            {
                Deliver(member, "detections", message, utf8);
            }
        }
    }

    /// <summary>What the owner of a relayed room said to all, as it said it.</summary>
    public void PassOn(string method, byte[] utf8)
    {
        JsonElement? read = null;
        for (int i = 0; i < members.All.Count; i++)
        {
            PassOn(members.All[i], method, utf8, ref read);
        }
    }

    /// <summary>The same, to one member.</summary>
    public void PassOn(RoomMember member, string method, byte[] utf8)
    {
        JsonElement? read = null;
        PassOn(member, method, utf8, ref read);
    }

    private void PassOn(RoomMember member, string method, byte[] utf8, ref JsonElement? read)
    {
        if (member.VisionChannel is not null)
        {
            Deliver(member, method, utf8, utf8);
        }
        else if (member.Link is { } link && (method != "detections" || member.LostAt is null))
        {
            link.Send(method, read ??= JsonElement.Parse(utf8));
        }
    }

    public void Tell(RoomMember member, NoticeMessage notice) => Send(member, "notice", notice, WireJson.Default.NoticeMessage);

    /// <summary>
    /// The last that it hears, over the hub where it came so: its peer connection ends at once, and with it what a data channel has not
    /// delivered.
    /// </summary>
    public void TellLast(RoomMember member, NoticeMessage notice)
    {
        if (member.Link is { } link)
        {
            link.Send("notice", notice);
        }
        else
        {
            Tell(member, notice);
        }
    }

    public void TellAll(NoticeMessage notice) => SendToAll("notice", notice, WireJson.Default.NoticeMessage);

    /// <summary>The room goes on with other settings than it was made with: all of them, to those who are there already.</summary>
    public void BeginSettings()
    {
        _settingsTold = pipeline.Settings;
        SendToAll("settings", SettingsMapping.ToMessage(_settingsTold), WireJson.Default.SettingsMessage);
    }

    /// <summary>
    /// What is new since the last time, to all: at once, and then at most every tenth of a second however fast somebody
    /// moves a slider.
    /// </summary>
    public void TellSettings()
    {
        if (_settingsDue)
        {
            return;
        }

        SettingsMessage told = SettingsMapping.Difference(_settingsTold, pipeline.Settings);
        _settingsTold = pipeline.Settings;
        SendToAll("settings", told, WireJson.Default.SettingsMessage);
        _settingsDue = true;
        _ = Task.Delay(s_settingsSpacing).ContinueWith(_ => loop.Post(OnSettingsSpaced), TaskScheduler.Default);
    }

    /// <summary>At once where the last time was a while ago; a crowd that comes or goes is told of with the next tick.</summary>
    public void AnnouncePeers()
    {
        _peersChanged = true;
        if (loop.Clock.Now - _peersTold >= s_peersSpacing)
        {
            TellPeers();
        }
    }

    /// <summary>Who is there, to all, where that changed since they were told.</summary>
    public void TellPeers()
    {
        if (_peersChanged)
        {
            _peersChanged = false;
            _peersTold = loop.Clock.Now;
            SendToAll("peers", new PeersMessage(members.Phones, members.Viewers, Named()), WireJson.Default.PeersMessage);
        }
    }

    /// <summary>The room has ended: settings that were still to be told are not.</summary>
    public void Close() => _closed = true;

    private List<NamedPeer> Named() =>
    [
        .. members.All.Where(member => member.LostAt is null)
            .SelectMany(member => member.Feed?.Audience.Names ?? [member.Name], (member, name) => (member.Role, Name: name))
            .Where(named => named.Name.Length > 0).Take(PeersMessage.MaxNamed)
            .Select(named => new NamedPeer(named.Name, named.Role == Role.Phone ? "phone" : "viewer")),
    ];

    private void OnSettingsSpaced()
    {
        _settingsDue = false;
        if (!_closed && !ReferenceEquals(_settingsTold, pipeline.Settings))
        {
            TellSettings();
        }
    }

    private void Deliver(RoomMember member, string method, object message, byte[] utf8)
    {
        if (member is { VisionChannel: { } channel, Port: { } port })
        {
            loop.Call(
                port, (channel, utf8), static (peer, now, message) => peer.SendMessage(now, message.channel, message.utf8, isText: true));
        }
        else
        {
            member.Link?.Send(method, message);
        }
    }
}
