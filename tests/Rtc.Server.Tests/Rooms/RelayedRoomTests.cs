using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>What an owner makes of a node that relays its room.</summary>
public sealed class RelayedRoomTests : IAsyncLifetime
{
    private readonly RoomFixture _fixture = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public void Viewers_behind_a_feed_are_counted_and_take_no_place_here()
    {
        _fixture.Enter(Role.Viewer);
        RoomMember feed = Feed(new FeedAudience(RoomView.Annotated, 3, ["Ann"], 0, 0));

        RoomMembers members = _fixture.Room.Members;
        Assert.Equal((4, 2, 1), (members.Viewers, members.ViewersHere, members.ViewerPlaces));
        feed.Feed!.Audience = new FeedAudience(RoomView.Annotated, 0, [], 0, 0);
        Assert.Equal(1, members.Viewers);
    }

    [Fact]
    public void Everybody_is_told_the_names_behind_a_feed()
    {
        var link = new RecordingLink();
        _fixture.Enter(Role.Viewer, link: link);
        Feed(new FeedAudience(RoomView.Annotated, 2, ["Ann"], 0, 0));
        _fixture.Room.Messages.TellPeers();

        Assert.Equal(3, link.Peers[^1].Viewers);
        Assert.Equal([new NamedPeer("Ann", "viewer")], link.Peers[^1].Named);
    }

    [Fact]
    public void Privacy_that_a_viewer_behind_a_feed_has_set_is_its_own_to_lift()
    {
        RoomMember feed = Feed(new FeedAudience(RoomView.Annotated, 2, [], 0, 0));
        RoomMember setter = Speaker(feed, "a");
        RoomMember other = Speaker(feed, "b");
        RoomCommands commands = _fixture.Room.Commands;

        Assert.Null(commands.Configure(setter, new SettingsMessage { Mode = "privacy" }));
        Assert.Equal("privacy_guarded", commands.Configure(other, new SettingsMessage { Mode = "plain" })?.Code);
        Assert.Null(commands.Configure(setter, new SettingsMessage { Mode = "plain" }));
    }

    [Fact]
    public void Links_that_waver_are_not_told_again()
    {
        var told = new FeedAudience(RoomView.Annotated, 2, ["Ann"], 1000, 400);

        Assert.True(told.IsLike(told with { Best = 950, Worst = 420 }));
        Assert.False(told.IsLike(told with { Worst = 300 }));
        Assert.False(told.IsLike(told with { Viewers = 3 }));
        Assert.False(told.IsLike(told with { Names = ["Bob"] }));
    }

    private RoomMember Feed(FeedAudience audience)
    {
        var member = new RoomMember(PeerId.Create(), Role.Viewer, audience.View, string.Empty, string.Empty)
        {
            Messages = new MessageRate(1),
            Rights = Rights.Watcher,
            Feed = new FeedSource("feed", "n1", audience, []),
        };
        _fixture.Room.Enter(member);
        return member;
    }

    private static RoomMember Speaker(RoomMember feed, string id)
    {
        var member = new RoomMember(new PeerId(id), Role.Viewer, RoomView.Annotated, id, string.Empty) { Messages = new MessageRate(1) };
        feed.Feed!.Speakers.Add(id, member);
        return member;
    }
}
