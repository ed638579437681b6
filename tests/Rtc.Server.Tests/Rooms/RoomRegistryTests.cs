using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Media;
using Rtc.Server.Authorization;
using Rtc.Server.Load;
using Rtc.Server.Network;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Load;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>What the registry does for its rooms once a second.</summary>
public sealed class RoomRegistryTests : IAsyncLifetime
{
    private readonly RoomFixture _fixture = new();
    private readonly LoopWatchdog _watchdog = new(
        () => 0, TimeSpan.MaxValue, TimeSpan.Zero, static _ => { }, NullLogger<LoopWatchdog>.Instance);
    private readonly ServerLoad _load;
    private readonly PeerFactory _peers;
    private readonly RoomRegistry _registry;

    public RoomRegistryTests()
    {
        var machine = new FakeLoad();
        _load = new ServerLoad(new RtcOptions(), machine, machine, new PictureMemory(1 << 20), _fixture.Metrics);
        _peers = new PeerFactory(_fixture.Loop, IPAddress.Loopback, [], RoomFixture.Bitrates);
        var facts = new RoomFacts(_fixture.Models, _fixture.Metrics, _load, new DrainState(), _watchdog);
        _registry = new RoomRegistry(
            _fixture.Loop,
            _peers,
            _fixture.Models,
            (output, _) => _fixture.OpenPipeline(output),
            new RoomLimits(),
            RoomFixture.Bitrates,
            new TurnCredentials([], TimeProvider.System),
            new OpenDoor(),
            _fixture.Metrics,
            new RoomMeter(_fixture.Metrics, facts, _fixture.Models, _fixture.Pictures),
            NullLogger<RoomRegistry>.Instance);
        _fixture.Loop.Start();
    }

    [Fact]
    public async Task A_room_that_throws_in_its_tick_leaves_the_others_theirs()
    {
        var broken = new RecordingLink(throwsAt: "stats");
        var whole = new RecordingLink();
        await JoinAsync("first", broken);
        await JoinAsync("second", whole);

        await TickAsync();

        Assert.Contains("stats", whole.Methods);
        Assert.DoesNotContain("stats", broken.Methods);
    }

    [Fact]
    public async Task A_room_that_throws_in_its_tick_stays_and_is_left_in_order()
    {
        PeerId id = await JoinAsync("only", new RecordingLink(throwsAt: "stats"));

        await TickAsync();

        Assert.NotNull(await _registry.SnapshotAsync("only"));
        Assert.Null(await _registry.ReleaseAsync(id));
    }

    private async Task<PeerId> JoinAsync(string room, IMemberLink link)
    {
        Outcome<JoinReply> joined = await _registry.JoinAsync(new JoinRequest { Room = room, Role = "viewer" }, link, "127.0.0.1");
        Assert.Null(joined.Refusal);
        return new PeerId(joined.Value!.PeerId);
    }

    private Task<bool> TickAsync() => _fixture.Loop.AskAsync(() =>
    {
        _registry.Tick();
        return true;
    });

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _peers.Dispose();
        _load.Dispose();
        _watchdog.Dispose();
        await _fixture.DisposeAsync();
    }

    private sealed class OpenDoor : IAdmission
    {
        public Refusal? Admit(RoomName room, Role role, string? token, string remoteAddress, out Rights rights)
        {
            rights = Rights.Operator;
            return null;
        }

        public Refusal? AdmitNew(bool opensRoom) => null;

        public bool Knows(RoomName room, Role role, string? token) => true;

        public Refusal? AdmitOffer(string remoteAddress) => null;
    }
}
