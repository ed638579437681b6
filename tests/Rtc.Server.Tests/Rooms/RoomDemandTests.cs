using Rtc.Peer;
using Rtc.Server.Network;
using Rtc.Server.Rooms;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>What a room's pipeline is told to do follows from who is in the room, after whatever happened to a member.</summary>
public sealed class RoomDemandTests : IAsyncLifetime
{
    private readonly RoomFixture _fixture = new();
    private readonly Room _room;

    public RoomDemandTests() => _room = _fixture.Room;

    [Fact]
    public void A_viewer_that_is_connected_wants_video_until_it_is_not()
    {
        RoomMember viewer = _fixture.Enter(Role.Viewer);
        Assert.False(_room.Pipeline.WantVideo);
        PeerSlot port = _fixture.Plug(viewer);
        Assert.False(_room.Pipeline.WantVideo);
        _fixture.Happens(port, PeerEventKind.Connected);
        Assert.True(_room.Pipeline.WantVideo);
        _fixture.Happens(port, PeerEventKind.Disconnected);
        Assert.False(_room.Pipeline.WantVideo);
        _fixture.Happens(port, PeerEventKind.Reconnected);
        Assert.True(_room.Pipeline.WantVideo);
        _room.Unplug(viewer);
        Assert.False(_room.Pipeline.WantVideo);
    }

    [Fact]
    public void Channel_listener_alone_is_served_until_it_closes()
    {
        PeerSlot port = _fixture.Plug(_fixture.Enter(Role.Viewer, RoomView.Source));
        _fixture.Happens(port, PeerEventKind.Connected);
        Assert.False(_room.Pipeline.WantResults);
        _fixture.Happens(port, PeerEventKind.ChannelOpened);
        Assert.True(_room.Pipeline.WantResults);
        _fixture.Happens(port, PeerEventKind.ChannelClosed);
        Assert.False(_room.Pipeline.WantResults);
    }

    [Fact]
    public void Hub_listener_alone_is_served_until_it_leaves()
    {
        RoomMember listener = _fixture.Enter(Role.Viewer, link: new RecordingLink());
        Assert.True(_room.Pipeline.WantResults);
        _room.LoseLink(listener);
        Assert.False(_room.Pipeline.WantResults);
        _room.Return(listener, RoomView.Annotated, new RecordingLink());
        Assert.True(_room.Pipeline.WantResults);
        _room.Leave(listener);
        Assert.False(_room.Pipeline.WantResults);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_to_whom_the_pipeline_is_told(int seed)
    {
        var random = new Random(seed);
        int changes = 0;
        for (int step = 0; step < 1500; step++)
        {
            bool before = _room.Pipeline.WantVideo;
            string what = Step(random);
            var demand = RoomDemand.Of(_room.Members.All);
            Assert.True(
                (demand.Video, demand.Results) == (_room.Pipeline.WantVideo, _room.Pipeline.WantResults),
                $"seed {seed}, step {step}: not told after {what}");
            changes += before != demand.Video ? 1 : 0;
        }

        Assert.True(changes > 50, $"the demand changed only {changes} times: this tests nothing");
    }

    private string Step(Random random)
    {
        RoomMember? member = _room.Members.All.Count == 0 ? null : _room.Members.All[random.Next(_room.Members.All.Count)];
        if (member is null || (_room.Members.All.Count < 3 && random.Next(4) == 0))
        {
            _fixture.Enter(
                random.Next(3) == 0 ? Role.Phone : Role.Viewer, random.Next(2) == 0 ? RoomView.Annotated : RoomView.Source,
                random.Next(2) == 0 ? new RecordingLink() : null);
            return "an entry";
        }

        switch (random.Next(8))
        {
            case 0:
                _room.Leave(member);
                return "a leave";
            case 1:
                _room.LoseLink(member);
                return "a lost link";
            case 2:
                _room.Return(member, random.Next(2) == 0 ? RoomView.Annotated : RoomView.Source, new RecordingLink());
                return "a return";
            case 3:
                _room.Unplug(member);
                return "a restart";
            default:
                PeerSlot port = member.Port ?? _fixture.Plug(member);
                PeerEventKind[] kinds =
                [
                    PeerEventKind.Connected, PeerEventKind.Connected, PeerEventKind.Disconnected, PeerEventKind.Reconnected,
                    PeerEventKind.ChannelOpened, PeerEventKind.ChannelClosed, PeerEventKind.Closed,
                ];
                PeerEventKind kind = kinds[random.Next(kinds.Length)];
                _fixture.Happens(port, kind);
                return kind.ToString();
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
