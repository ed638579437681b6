using Rtc.Pipeline.Settings;
using Rtc.Server.Network;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>Whom a private room shows what, and who may make it public again.</summary>
public sealed class RoomPrivacyTests : IAsyncLifetime
{
    private readonly RoomFixture _fixture = new();
    private readonly Room _room;

    public RoomPrivacyTests() => _room = _fixture.Room;

    [Theory]
    [InlineData(Role.Viewer, Rights.Watcher)]
    [InlineData(Role.Viewer, Rights.Operator)]
    [InlineData(Role.Viewer, Rights.Supervisor)]
    [InlineData(Role.Phone, Rights.Camera)]
    public void Privacy_takes_the_source_from_everybody(Role role, Rights rights)
    {
        (RoomMember member, RecordingLink heard) = Enter(role, rights, RoomView.Source);
        (RoomMember phone, _) = Enter(Role.Phone, Rights.Camera);

        Assert.Null(Set(phone, "privacy"));

        Assert.Equal(RoomView.Annotated, member.View);
        Assert.Contains(heard.Notices, notice => notice.Code == "view_changed");
    }

    [Fact]
    public void Operator_does_not_lift_the_privacy_that_the_phone_set()
    {
        (RoomMember phone, _) = Enter(Role.Phone, Rights.Camera);
        (RoomMember operating, RecordingLink heard) = Enter(Role.Viewer, Rights.Operator);
        PeerSlot port = _fixture.Plug(operating);
        Set(phone, "privacy");
        RoomSettings before = _room.Pipeline.Settings;

        Assert.Equal("privacy_guarded", Set(operating, "plain")?.Code);
        Assert.Equal("privacy_guarded", _room.Commands.Configure(operating, new SettingsMessage { Model = "motion" })?.Code);
        _fixture.Says(port, """{"type":"configure","mode":"annotate"}""");

        Assert.Equal("privacy_guarded", heard.Notices[^1].Code);
        Assert.Equal("privacy", heard.Settings[^1].Mode);
        Assert.Same(before, _room.Pipeline.Settings);
        Assert.Null(_room.Commands.Configure(operating, new SettingsMessage { Blur = 1 }));
        Assert.True(_room.IsPrivate);
    }

    [Fact]
    public void Phone_that_set_it_and_a_supervisor_lift_it()
    {
        (RoomMember phone, _) = Enter(Role.Phone, Rights.Camera);
        (RoomMember supervising, _) = Enter(Role.Viewer, Rights.Supervisor);

        Set(phone, "privacy");
        Assert.Null(Set(phone, "annotate"));
        Set(phone, "privacy");
        Assert.Null(Set(supervising, "plain"));

        Assert.False(_room.IsPrivate);
    }

    [Fact]
    public void Phone_takes_the_say_over_from_a_viewer()
    {
        (RoomMember phone, _) = Enter(Role.Phone, Rights.Camera);
        (RoomMember operating, _) = Enter(Role.Viewer, Rights.Operator);
        Set(operating, "privacy");
        Assert.Equal("privacy_guarded", Set(phone, "plain")?.Code);

        Set(phone, "privacy");

        Assert.Equal("privacy_guarded", Set(operating, "plain")?.Code);
        Assert.Null(Set(phone, "plain"));
    }

    [Fact]
    public void Phone_that_crashed_keeps_its_say()
    {
        (RoomMember phone, _) = Enter(Role.Phone, Rights.Camera);
        phone.TokenHash = [1, 2, 3];
        Set(phone, "privacy");
        _room.Leave(phone);
        (RoomMember stranger, _) = Enter(Role.Phone, Rights.Camera);
        stranger.TokenHash = [3, 2, 1];
        (RoomMember back, _) = Enter(Role.Phone, Rights.Camera);
        back.TokenHash = [1, 2, 3];

        Assert.Equal("privacy_guarded", Set(stranger, "plain")?.Code);
        Assert.Null(Set(back, "plain"));
    }

    [Fact]
    public void Phone_on_air_lifts_it_once_the_one_that_set_it_is_gone()
    {
        (RoomMember phone, _) = Enter(Role.Phone, Rights.Operator);
        (RoomMember operating, _) = Enter(Role.Viewer, Rights.Operator);
        (RoomMember other, _) = Enter(Role.Viewer, Rights.Operator);
        Set(operating, "privacy");
        _room.Media.OnFrame(phone, VideoFrames.Vp8(0, isKey: true));
        Assert.Equal("privacy_guarded", Set(phone, "plain")?.Code);
        _room.Leave(operating);

        Assert.Equal("privacy_guarded", Set(other, "plain")?.Code);
        Assert.Null(Set(phone, "plain"));
    }

    [Fact]
    public void Phone_hears_of_every_change_of_mode()
    {
        (RoomMember phone, RecordingLink heard) = Enter(Role.Phone, Rights.Camera);
        (RoomMember operating, _) = Enter(Role.Viewer, Rights.Operator);

        foreach (string mode in (string[])["plain", "focus", "privacy"])
        {
            Assert.Null(Set(operating, mode));
        }

        Assert.Null(_room.Commands.Configure(operating, new SettingsMessage { Blur = 0.5f }));
        string[] told = [.. heard.Notices.Where(notice => notice.Code == "mode_changed").Select(notice => notice.Message)];
        Assert.Equal(
            ["A viewer changed the mode from annotate to plain.", "A viewer changed the mode from plain to focus.",
                "A viewer changed the mode from focus to privacy."],
            told);
        Assert.Equal(phone, _room.Members.All[0]);
    }

    private Refusal? Set(RoomMember member, string mode) => _room.Commands.Configure(member, new SettingsMessage { Mode = mode });

    private (RoomMember Member, RecordingLink Link) Enter(Role role, Rights rights, RoomView view = RoomView.Annotated)
    {
        var link = new RecordingLink();
        return (_fixture.Enter(role, view, link, rights), link);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
