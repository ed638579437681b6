using System.Text.Json;
using Rtc.Pipeline.Settings;
using Rtc.Server.Network;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>Who may change what in a room, and what everybody else is told of it.</summary>
public sealed class RoomRightsTests : IAsyncLifetime
{
    private readonly RoomFixture _fixture = new();
    private readonly Room _room;

    public RoomRightsTests() => _room = _fixture.Room;

    [Fact]
    public void A_watcher_changes_nothing_in_the_room()
    {
        (RoomMember watcher, RecordingLink heard) = Enter(Role.Viewer, Rights.Watcher);
        RoomSettings before = _room.Pipeline.Settings;

        Assert.Equal("forbidden", _room.Commands.Configure(watcher, new SettingsMessage { Mode = "plain" })?.Code);
        Assert.Equal("forbidden", _room.Commands.Select(watcher, new SelectRequest { X = 0.5f, Y = 0.5f })?.Code);
        Assert.Equal("forbidden", _room.Commands.Release(watcher)?.Code);
        Assert.Equal(403, _room.Commands.Release(watcher)?.HttpStatus);
        Assert.Same(before, _room.Pipeline.Settings);
        Assert.DoesNotContain("settings", heard.Methods);
    }

    [Theory]
    [InlineData(Rights.Camera)]
    [InlineData(Rights.Operator)]
    public void Cameras_and_operators_may_set_the_room(Rights rights)
    {
        (RoomMember member, _) = Enter(Role.Viewer, rights);

        Assert.Null(_room.Commands.Configure(member, new SettingsMessage { Mode = "privacy" }));
        Assert.Null(_room.Commands.Select(member, new SelectRequest { X = 0.5f, Y = 0.5f }));
        Assert.Null(_room.Commands.Release(member));
        Assert.True(_room.IsPrivate);
    }

    [Fact]
    public void Watchers_command_on_the_channel_gets_a_notice()
    {
        (RoomMember watcher, RecordingLink heard) = Enter(Role.Viewer, Rights.Watcher);
        PeerSlot port = _fixture.Plug(watcher);

        _fixture.Says(port, """{"type":"configure","mode":"plain"}""");

        Assert.Equal("forbidden", Assert.Single(heard.Notices).Code);
        Assert.Equal(ViewMode.Annotate, _room.Pipeline.Settings.Mode);
    }

    [Fact]
    public void Members_are_told_only_what_changed()
    {
        (RoomMember one, _) = Enter(Role.Phone, Rights.Operator);
        (_, RecordingLink other) = Enter(Role.Viewer, Rights.Operator);

        _room.Commands.Configure(one, new SettingsMessage { Blur = 0.5f, Confidence = _room.Pipeline.Settings.Confidence });

        string told = JsonSerializer.Serialize(Assert.Single(other.Settings), WireJson.Default.SettingsMessage);
        Assert.Equal("""{"type":"settings","blur":0.5}""", told);
    }

    [Fact]
    public void A_hasty_slider_reaches_the_others_as_few_messages()
    {
        (RoomMember one, _) = Enter(Role.Phone, Rights.Operator);
        (_, RecordingLink other) = Enter(Role.Viewer, Rights.Operator);

        for (int step = 1; step <= 50; step++)
        {
            Assert.Null(_room.Commands.Configure(one, new SettingsMessage { Blur = step / 100f }));
        }

        Assert.Single(other.Settings);
        Assert.Equal(0.5f, _room.Pipeline.Settings.Blur);
    }

    [Fact]
    public void A_giant_of_settings_is_refused_and_the_largest_stays_small()
    {
        (RoomMember one, _) = Enter(Role.Phone, Rights.Operator);
        (_, RecordingLink other) = Enter(Role.Viewer, Rights.Operator);
        float[][] Points(int count) => [.. Enumerable.Range(0, count).Select(point => new[] { point / 1234.5f, 0.123456789f })];
        ZoneMessage[] Zones(int count) =>
            [.. Enumerable.Range(0, count).Select(zone => new ZoneMessage { Name = $"{zone}", Points = Points(64) })];
        string[] Labels(int count) => [.. Enumerable.Range(0, count).Select(label => $"{label}".PadRight(60, 'x'))];

        Assert.Equal("bad_value", _room.Commands.Configure(one, new SettingsMessage { Zones = Zones(20) })?.Code);
        Assert.Equal("bad_value", _room.Commands.Configure(one, new SettingsMessage { Classes = Labels(100) })?.Code);
        Assert.Null(_room.Commands.Configure(one, new SettingsMessage { Zones = Zones(4), Classes = Labels(34) }));

        int bytes = JsonSerializer.SerializeToUtf8Bytes(Assert.Single(other.Settings), WireJson.Default.SettingsMessage).Length;
        Assert.InRange(bytes, 5_000, 9_000);
    }

    [Fact]
    public async Task A_flooding_client_is_told_once_and_loses_its_place()
    {
        (RoomMember flooding, RecordingLink heard) = Enter(Role.Viewer, Rights.Operator);
        PeerSlot port = _fixture.Plug(flooding);
        int before = heard.Notices.Count;

        for (int message = 0; message < 6000; message++)
        {
            _fixture.Says(port, """{"type":"select","x":7,"y":7}""");
        }

        string[] told =
            [.. heard.Notices.Skip(before).Where(notice => notice.Code == "too_many_messages").Select(notice => notice.Message)];
        Assert.Equal(2, told.Length);
        Assert.All(told, message => Assert.Contains("Limits:MessagesPerSecond", message, StringComparison.Ordinal));
        Assert.DoesNotContain(flooding, _room.Members.All);
        _fixture.Loop.Start();
        await _fixture.Loop.AskAsync(() => 0);
        Assert.Contains(flooding, _fixture.Gone);
        Assert.Null(flooding.Port);
    }

    private (RoomMember Member, RecordingLink Link) Enter(Role role, Rights rights, RoomView view = RoomView.Annotated)
    {
        var link = new RecordingLink();
        return (_fixture.Enter(role, view, link, rights), link);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
