using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Peer.Sdp;
using Rtc.Pipeline.Settings;
using Rtc.Server.Network;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Hosting;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>The owner of a room and a node that relays it, as each comes to know what the other does.</summary>
public sealed class RelayStateTests : IAsyncLifetime, IRoomOwners
{
    private static readonly JoinRequest s_phone = new() { Room = "place", Role = "phone" };
    private static readonly JoinRequest s_viewer = new() { Room = "place", Role = "viewer" };

    private readonly RegistryFixture _owner = new();
    private readonly RegistryFixture _node = new(new RoomLimits { Rooms = 1 });
    private readonly ConcurrentQueue<string> _asked = [];
    private readonly RecordingLink _phone = new();
    private readonly RecordingLink _link = new();
    private Room _room = null!;
    private Task _answering = Task.CompletedTask;
    private bool _isSilent;
    private int _timeouts;

    public async ValueTask InitializeAsync()
    {
        Assert.Null((await _owner.Registry.JoinAsync(s_phone, _phone, "127.0.0.1")).Refusal);
        _room = (await _owner.Registry.FindRoomAsync("place"))!;

        // One that makes no offer within ten seconds is sent away.
        await _owner.Loop.AskAsync(() => _room.Members.All[0].Offered = OfferIdentity.Of(string.Empty));
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _owner.DisposeAsync();
    }

    Task<string?> IRoomOwners.FindAsync(RoomName room) =>
        Interlocked.Decrement(ref _timeouts) >= 0 ? throw new LoopTimeoutException() : Task.FromResult<string?>("owner");

    async Task<string?> IRoomOwners.AskAsync(string owner, RoomName room, string kind, string body)
    {
        _asked.Enqueue(kind);
        await _answering;
        return Volatile.Read(ref _isSilent) ? null : await _owner.Registry.Relays.AnswerAsync(room, "node", kind, body);
    }

    /// <summary>All copies are made anew where a room turns private: to the owner the viewers behind them are the same.</summary>
    [Fact]
    public async Task Viewer_that_made_a_relayed_room_private_may_lift_that()
    {
        PeerId viewer = await WatchAsync(s_viewer);
        await UntilSpeaksAsync();
        Assert.Null(await _node.Registry.ConfigureAsync(viewer, new SettingsMessage { Mode = "privacy" }));
        await Patience.UntilAsync(() => _asked.Count(kind => kind == FeedMessages.Open) == 2);
        await UntilSpeaksAsync();
        Assert.Null(await _node.Registry.ConfigureAsync(viewer, new SettingsMessage { Mode = "plain" }));
        await Patience.UntilAsync(async () =>
            await _node.Loop.AskAsync(() => _link.Notices.Count > 0) || await _owner.Loop.AskAsync(() => !_room.IsPrivate));

        Assert.DoesNotContain("privacy_guarded", _link.Notices.Select(notice => notice.Code));
    }

    /// <param name="isLate">Its camera comes after this node has looked for such rooms, which it does once a second.</param>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Room_opened_as_anothers_as_it_became_this_nodes_begins_as_handed_over(bool isLate)
    {
        var answering = new TaskCompletionSource();
        _answering = answering.Task;
        var handover = new RoomHandover { Settings = new SettingsMessage { Mode = "privacy" } };
        await _node.Registry.PrepareAsync(_room.Name, handover);
        Task<Outcome<JoinReply>> viewer = _node.Registry.Relays.JoinAsync(s_viewer, _link, "127.0.0.1", "gone", this);
        await Patience.UntilAsync(() => !_asked.IsEmpty);
        await _node.Registry.Relays.EndHeldAsync(_ => isLate);
        Outcome<JoinReply> phone = await _node.Registry.JoinAsync(s_phone, new RecordingLink(), "127.0.0.1");
        answering.SetResult();
        await viewer;

        Assert.Equal("privacy", phone.Value!.Settings.Mode);
    }

    /// <summary>Another node has had it since, where it was made public.</summary>
    [Fact]
    public async Task Source_of_a_room_that_was_private_here_before_is_the_owners_to_refuse()
    {
        var request = new JoinRequest { Room = "place", Role = "viewer" };
        var before = new PeerId((await _node.Registry.JoinAsync(request, _link, "127.0.0.1")).Value!.PeerId);
        Assert.Null(await _node.Registry.ConfigureAsync(before, new SettingsMessage { Mode = "privacy" }));
        await _node.Registry.LeaveAsync(before, _link, final: true);

        await WatchAsync(new JoinRequest { Room = "place", Role = "viewer", View = "source" });
    }

    /// <summary>Settings are told ten times a second at most: privacy that was lifted at once is none of these.</summary>
    [Fact]
    public async Task Source_is_taken_anew_where_its_privacy_was_not_heard_of()
    {
        await WatchAsync(new JoinRequest { Room = "place", Role = "viewer", View = "source" });
        await UntilSpeaksAsync();
        string before = await FeedAsync();
        await _owner.Loop.AskAsync(() =>
        {
            RoomMember phone = _room.Members.All[0];
            foreach (SettingsMessage change in (SettingsMessage[])
                [new() { Blur = 0.3f }, new() { Mode = "privacy" }, new() { Mode = "plain" }])
            {
                Assert.Null(_room.Commands.Configure(phone, change));
            }

            return true;
        });

        await Patience.UntilAsync(() => _owner.Loop.AskAsync(() => _room.Members.All.Any(
            member => member.Feed is { Name: var name } && name != before && member.View == RoomView.Source)));
    }

    [Fact]
    public async Task Owner_that_gives_no_copy_is_not_asked_all_the_time()
    {
        await WatchAsync(s_viewer);
        await UntilSpeaksAsync();
        string feed = await FeedAsync();
        Volatile.Write(ref _isSilent, true);
        await _owner.Registry.Relays.AnswerAsync(_room.Name, "node", FeedMessages.End, FeedMessages.Write(new FeedEnd(feed)));
        await Patience.UntilAsync(() => _asked.Count(kind => kind == FeedMessages.Open) > 1);
        int asked = _asked.Count;
        Instant since = _node.Loop.Clock.Now;
        await Task.Delay(TimeSpan.FromSeconds(1));

        double seconds = (_node.Loop.Clock.Now - since).TotalSeconds;
        Assert.InRange(_asked.Count - asked, 0, 30 * seconds);
    }

    [Fact]
    public async Task Owner_is_sought_again_where_this_nodes_loop_did_not_answer()
    {
        await WatchAsync(s_viewer);
        await UntilSpeaksAsync();
        string before = await FeedAsync();
        _timeouts = 1;
        await _owner.Registry.Relays.AnswerAsync(_room.Name, "node", FeedMessages.End, FeedMessages.Write(new FeedEnd(before)));

        await Patience.UntilAsync(() => _owner.Loop.AskAsync(
            () => _room.Members.All.Any(member => member.Feed is { Name: var name } && name != before)));
    }

    [Fact]
    public async Task What_was_said_of_an_earlier_copy_is_not_taken_for_the_next()
    {
        await WatchAsync(s_viewer);
        await UntilSpeaksAsync();
        var told = new FeedAudience(RoomView.Annotated, 7, [], 0, 0) { Feed = "earlier" };
        await _owner.Registry.Relays.AnswerAsync(_room.Name, "node", FeedMessages.Audience, FeedMessages.Write(told));

        Assert.Equal(1, await _owner.Loop.AskAsync(() => _room.Members.Viewers));
    }

    /// <summary>Everybody is told of everybody: not as often as a link's width wavers.</summary>
    [Fact]
    public async Task Nobody_is_told_who_is_there_where_only_a_link_has_changed()
    {
        await WatchAsync(s_viewer);
        await UntilSpeaksAsync();
        var told = new FeedAudience(RoomView.Annotated, 1, [], 900, 400) { Feed = await FeedAsync() };
        int before = await TellAsync(told);

        Assert.Equal(before, await TellAsync(told with { Worst = 300 }));
        Assert.Equal(before + 1, await TellAsync(told with { Viewers = 2 }));
        Assert.Equal(before + 2, await TellAsync(told with { Viewers = 2, Names = ["Ann"] }));
    }

    private async Task<int> TellAsync(FeedAudience audience)
    {
        await _owner.Registry.Relays.AnswerAsync(_room.Name, "node", FeedMessages.Audience, FeedMessages.Write(audience));
        return await _owner.Loop.AskAsync(() =>
        {
            _room.Messages.TellPeers();
            return _phone.Peers.Count;
        });
    }

    [Fact]
    public async Task Rooms_of_other_nodes_take_no_rooms_place()
    {
        using var peer = new LoopbackPeer(echoes: false, NullLogger<MediaLoop>.Instance);
        PeerId viewer = await WatchAsync(s_viewer);
        string offer = await peer.OfferAsync(
            new OfferPlan { Video = [MediaDirection.ReceiveOnly], Codecs = [VideoCodec.Vp8] });
        Assert.Null((await _node.Registry.OfferAsync(viewer, offer)).Refusal);

        var own = new JoinRequest { Room = "own", Role = "phone" };
        Assert.Null((await _node.Registry.JoinAsync(own, new RecordingLink(), "127.0.0.1")).Refusal);
    }

    private async Task<PeerId> WatchAsync(JoinRequest request)
    {
        Outcome<JoinReply> joined = await _node.Registry.Relays.JoinAsync(request, _link, "127.0.0.1", "owner", this);
        Assert.Null(joined.Refusal);
        return new PeerId(joined.Value!.PeerId);
    }

    private Task<string> FeedAsync() =>
        _owner.Loop.AskAsync(() => _room.Members.All.Single(member => member.Feed is not null).Feed!.Name);

    /// <summary>Every copy stands, and the owner speaks over one of them.</summary>
    private Task UntilSpeaksAsync() => Patience.UntilAsync(() => _owner.Loop.AskAsync(() =>
        _room.Members.All.Where(member => member.Feed is not null).ToArray() is { Length: > 0 } feeds
            && feeds.All(feed => feed.IsConnected) && feeds.Any(feed => feed.VisionChannel is not null)));
}
