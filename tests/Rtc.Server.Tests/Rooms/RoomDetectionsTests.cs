using System.Text;
using Rtc.Peer;
using Rtc.Pipeline.Settings;
using Rtc.Server.Network;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>Who may detect for a room, and what everybody else is told.</summary>
public sealed class RoomDetectionsTests : IAsyncLifetime
{
    private const string Report = """{"type":"detections","rtp_timestamp":7,"source":"browser","detections":[]}""";

    private readonly RoomFixture _fixture = new();

    [Fact]
    public void A_watcher_detects_nothing_for_the_room()
    {
        (PeerSlot port, RecordingLink heard) = Enter(Role.Viewer, Rights.Watcher);
        _fixture.Says(port, Report);
        Assert.Equal("forbidden", Assert.Single(heard.Notices).Code);
    }

    [Fact]
    public void Picture_that_the_room_never_got_is_answered_with_one_notice()
    {
        (PeerSlot port, RecordingLink heard) = Enter(Role.Viewer, Rights.Operator);
        for (int i = 0; i < 50; i++)
        {
            _fixture.Says(port, Report);
        }

        Assert.Equal("unknown_picture", Assert.Single(heard.Notices).Code);
    }

    [Fact]
    public void Private_room_says_that_only_the_server_detects()
    {
        (PeerSlot port, RecordingLink heard) = Enter(Role.Viewer, Rights.Operator);
        Assert.Null(_fixture.Room.Pipeline.TryConfigure(_fixture.Room.Pipeline.Settings with { Mode = ViewMode.Privacy }));
        _fixture.Says(port, Report);
        _fixture.Says(port, Report);
        Assert.Equal("privacy_server_only", Assert.Single(heard.Notices).Code);
    }

    [Fact]
    public void Camera_that_is_not_on_air_is_refused()
    {
        (PeerSlot port, RecordingLink heard) = Enter(Role.Phone, Rights.Camera);
        _fixture.Says(port, Report);
        Assert.Equal("not_on_air", Assert.Single(heard.Notices).Code);
    }

    [Fact]
    public void Handover_is_always_taken()
    {
        (PeerSlot port, RecordingLink heard) = Enter(Role.Viewer, Rights.Watcher);
        _fixture.Says(port, """{"type":"handover"}""");
        Assert.Empty(heard.Notices);
    }

    [Fact]
    public void A_thousand_hostile_messages_get_nothing_but_notices()
    {
        (PeerSlot port, RecordingLink heard) = Enter(Role.Viewer, Rights.Operator);
        (_, RecordingLink other) = Enter(Role.Viewer, Rights.Operator);
        var random = new Random(17);
        for (int kind = 0; kind < 1000; kind++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(Report);
            for (int flip = 0; flip <= kind % 5; flip++)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(32, 127);
            }

            var happened = new PeerEvent { Kind = PeerEventKind.ChannelMessage, ChannelId = 1, Payload = bytes };
            _fixture.Room.OnEvent(port, ref happened);
        }

        Assert.NotEmpty(heard.Notices);
        Assert.DoesNotContain("notice", other.Methods);
        Assert.False(_fixture.Room.Pipeline.RestsForRemote);
        Assert.Equal(2, _fixture.Room.Members.All.Count);
    }

    private (PeerSlot Port, RecordingLink Heard) Enter(Role role, Rights rights)
    {
        var link = new RecordingLink();
        RoomMember member = _fixture.Enter(role, link: link, rights: rights);
        PeerSlot port = _fixture.Plug(member);
        link.Notices.Clear();
        return (port, link);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
