using Rtc.Pipeline.Settings;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>What a node makes of a room that another one owns, and of one that was another's until now.</summary>
public sealed class RelayingNodeTests : IAsyncLifetime
{
    private readonly RelayedRoomFixture _relayed = new();

    private Room Room => _relayed.Room;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _relayed.DisposeAsync();

    /// <summary>What the last owner wrote may be a second old, and of before it was private.</summary>
    [Fact]
    public void Room_that_was_heard_to_be_private_is_taken_over_private()
    {
        _relayed.Hear(new { type = "settings", mode = "privacy" });
        Room.EndRelay(new RoomHandover { Settings = new SettingsMessage { Mode = "plain", Confidence = 0.5f } });

        Assert.True(Room.IsPrivate);
        Assert.Equal(0.5f, Room.Pipeline.Settings.Confidence);
    }

    [Fact]
    public void Members_are_told_what_a_room_goes_on_with_that_was_taken_over()
    {
        var link = new RecordingLink();
        _relayed.Enter(link);
        Room.EndRelay(new RoomHandover { Settings = new SettingsMessage { Blur = 0.25f } });

        Assert.Equal(0.25f, link.Settings[^1].Blur);
    }

    [Fact]
    public void Settings_of_before_the_takeover_are_told_again_once_they_change_back()
    {
        float before = Room.Pipeline.Settings.Confidence;
        var link = new RecordingLink();
        RoomMember member = _relayed.Enter(link);
        _relayed.Hear(new { type = "settings", confidence = 0.9f });
        Room.EndRelay(null);
        Assert.Equal(0.9f, Room.Pipeline.Settings.Confidence);

        Assert.Null(Room.Commands.Configure(member, new SettingsMessage { Confidence = before }));
        Assert.Equal(before, link.Settings[^1].Confidence);
    }

    [Fact]
    public void Room_that_begins_with_settings_tells_of_a_change_back()
    {
        Room.EndRelay(null);
        RoomSettings before = Room.Pipeline.Settings;
        Room.Privacy.Begin(new RoomStart(before with { Confidence = 0.9f }, SetBy: null));
        var link = new RecordingLink();
        RoomMember member = _relayed.Enter(link);

        Assert.Null(Room.Commands.Configure(member, new SettingsMessage { Confidence = before.Confidence }));
        Assert.Equal(before.Confidence, link.Settings[^1].Confidence);
    }

    /// <summary>The node need not have the model that the owner runs.</summary>
    [Fact]
    public void Member_is_told_the_settings_as_the_owner_has_them()
    {
        var link = new RecordingLink();
        RoomMember member = _relayed.Enter(link);
        _relayed.Hear(new { type = "settings", model = "elsewhere" });
        Room.SendSettings(member);

        Assert.Equal("elsewhere", link.Settings[^1].Model);
    }

    [Fact]
    public void Crowd_that_comes_hears_once_each_who_is_there()
    {
        _relayed.Hear(new PeersMessage(1, 2, []));
        RecordingLink[] links = [.. Enumerable.Range(0, 10).Select(_ => new RecordingLink())];
        foreach (RecordingLink link in links)
        {
            _relayed.Enter(link);
        }

        Assert.All(links, link => Assert.Single(link.Methods, method => method == "peers"));
    }

    [Fact]
    public async Task Member_that_returned_under_another_id_is_the_same_to_the_owner()
    {
        var link = new RecordingLink();
        RoomMember member = _relayed.Enter(link);
        Room.Commands.Configure(member, new SettingsMessage { Mode = "privacy" });
        PeerId before = member.Id;
        Room.Return(member, RoomView.Annotated, link);
        Assert.NotEqual(before, member.Id);
        Room.Commands.Configure(member, new SettingsMessage { Mode = "plain" });
        Room.Leave(member);

        await _relayed.UntilAskedAsync(3);
        FeedCommand[] commands = [.. _relayed.Commands];
        Assert.Single(commands.Select(command => command.Member).Distinct());
        Assert.Equal([false, false, true], commands.Select(command => command.Leave));
    }

    /// <summary>A WHEP viewer's page that was closed says no more.</summary>
    [Fact]
    public async Task Owner_hears_that_a_member_left_whose_connection_closed()
    {
        RoomMember member = _relayed.EnterConnected();
        Room.Commands.Release(member);
        _relayed.Close(member);

        await _relayed.UntilAskedAsync(2);
        Assert.True(_relayed.Commands.Last().Leave);
    }

    [Fact]
    public async Task Commands_of_a_member_reach_the_owner_one_after_the_other()
    {
        var answering = new TaskCompletionSource();
        _relayed.Answering = answering.Task;
        RoomMember member = _relayed.Enter(new RecordingLink());
        for (int number = 1; number <= 5; number++)
        {
            Room.Commands.Configure(member, new SettingsMessage { Blur = number / 10f });
        }

        await _relayed.UntilAskedAsync(1);
        answering.SetResult();
        await _relayed.UntilAskedAsync(5);
        Assert.Equal([0.1f, 0.2f, 0.3f, 0.4f, 0.5f], _relayed.Commands.Select(command => command.Settings!.Blur!.Value));
    }
}
