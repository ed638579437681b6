using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Pipeline;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>What a room's pipeline is told to do follows from who is in the room, after whatever happened to a member.</summary>
public sealed class RoomDemandTests : IAsyncLifetime
{
    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly MediaLoop _loop = new(new MediaClock(), IPAddress.Loopback, 0, NullLogger<MediaLoop>.Instance);
    private readonly ModelHost _models = new(new ModelHostOptions { Directory = AppContext.BaseDirectory });
    private readonly PicturePool _pictures = new();
    private readonly RtcMetrics _metrics = new();
    private readonly Room _room;

    // The loop is never started: the test is its thread.
    public RoomDemandTests() => _room = new Room(
        Name(),
        _loop,
        output => new RoomPipeline(new RoomPipelineOptions(), _models, _pictures, output, TimeProvider.System, new MediaCodecs()),
        new BitrateLimits(100, 1000, 2000),
        64 * 1024,
        _metrics,
        static (_, _) => { },
        NullLogger.Instance);

    [Fact]
    public void A_viewer_that_is_connected_wants_video_until_it_is_not()
    {
        RoomMember viewer = Enter(Role.Viewer);
        Assert.False(_room.Pipeline.WantVideo);
        PeerPort port = Plug(viewer);
        Assert.False(_room.Pipeline.WantVideo);
        Happens(port, PeerEventKind.Connected);
        Assert.True(_room.Pipeline.WantVideo);
        Happens(port, PeerEventKind.Disconnected);
        Assert.False(_room.Pipeline.WantVideo);
        Happens(port, PeerEventKind.Reconnected);
        Assert.True(_room.Pipeline.WantVideo);
        _room.Unplug(viewer);
        Assert.False(_room.Pipeline.WantVideo);
    }

    [Fact]
    public void Who_listens_on_the_channel_alone_is_worked_for_until_it_closes()
    {
        PeerPort port = Plug(Enter(Role.Viewer, RoomView.Source));
        Happens(port, PeerEventKind.Connected);
        Assert.False(_room.Pipeline.WantResults);
        Happens(port, PeerEventKind.ChannelOpened);
        Assert.True(_room.Pipeline.WantResults);
        Happens(port, PeerEventKind.ChannelClosed);
        Assert.False(_room.Pipeline.WantResults);
    }

    [Fact]
    public void Who_listens_over_the_hub_alone_is_worked_for_until_it_goes()
    {
        RoomMember listener = Enter(Role.Viewer, link: new Silent());
        Assert.True(_room.Pipeline.WantResults);
        _room.LoseLink(listener);
        Assert.False(_room.Pipeline.WantResults);
        _room.Return(listener, RoomView.Annotated, new Silent());
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
            var demand = RoomDemand.Of(_room.Members);
            Assert.True((demand.Video, demand.Results) == (_room.Pipeline.WantVideo, _room.Pipeline.WantResults), $"seed {seed}, step {step}: not told after {what}");
            changes += before != demand.Video ? 1 : 0;
        }

        Assert.True(changes > 50, $"the demand changed only {changes} times: this tests nothing");
    }

    private string Step(Random random)
    {
        RoomMember? member = _room.Members.Count == 0 ? null : _room.Members[random.Next(_room.Members.Count)];
        if (member is null || (_room.Members.Count < 3 && random.Next(4) == 0))
        {
            Enter(random.Next(3) == 0 ? Role.Phone : Role.Viewer, random.Next(2) == 0 ? RoomView.Annotated : RoomView.Source, random.Next(2) == 0 ? new Silent() : null);
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
                _room.Return(member, random.Next(2) == 0 ? RoomView.Annotated : RoomView.Source, new Silent());
                return "a return";
            case 3:
                _room.Unplug(member);
                return "a restart";
            default:
                PeerPort port = member.Port ?? Plug(member);
                PeerEventKind[] kinds =
                    [PeerEventKind.Connected, PeerEventKind.Connected, PeerEventKind.Disconnected, PeerEventKind.Reconnected, PeerEventKind.ChannelOpened, PeerEventKind.ChannelClosed, PeerEventKind.Closed];
                PeerEventKind kind = kinds[random.Next(kinds.Length)];
                Happens(port, kind);
                return kind.ToString();
        }
    }

    private static RoomName Name() => RoomName.TryParse("demand", out RoomName name) ? name : throw new InvalidOperationException();

    private RoomMember Enter(Role role, RoomView view = RoomView.Annotated, IMemberLink? link = null)
    {
        var member = new RoomMember(PeerId.Create(), role, view, string.Empty, "resume") { Link = link, CanReturn = link is not null, Messages = new MessageRate(200) };
        _room.Enter(member);
        return member;
    }

    /// <summary>As after an offer that asks for video.</summary>
    private PeerPort Plug(RoomMember member)
    {
        member.SendMid = "0";
        member.SendCodec = VideoCodec.Vp8;
        _room.Plug(member, Ports.Peer(_identity));
        return member.Port!;
    }

    private void Happens(PeerPort port, PeerEventKind kind)
    {
        var happened = new PeerEvent { Kind = kind, ChannelId = 1, Label = "vision" };
        _room.OnEvent(port, ref happened);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _room.DisposeAsync();
        _loop.Dispose();
        _metrics.Dispose();
        _models.Dispose();
        _identity.Dispose();
    }

    private sealed class Silent : IMemberLink
    {
        public void Send(string method, object message)
        {
        }
    }
}
