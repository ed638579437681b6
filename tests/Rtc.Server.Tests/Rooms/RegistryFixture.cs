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

/// <summary>All rooms of a server, on a media loop that runs, and nobody refused.</summary>
internal sealed class RegistryFixture : IAsyncDisposable
{
    private readonly RoomFixture _room = new();
    private readonly LoopWatchdog _watchdog = new(
        () => 0, TimeSpan.MaxValue, TimeSpan.Zero, static _ => { }, NullLogger<LoopWatchdog>.Instance);
    private readonly ServerLoad _load;
    private readonly PeerFactory _peers;

    public RegistryFixture(RoomLimits? limits = null)
    {
        var machine = new FakeLoad();
        _load = new ServerLoad(new RtcOptions(), machine, machine, new PictureMemory(1 << 20), _room.Metrics);
        _peers = new PeerFactory(Loop, IPAddress.Loopback, [], RoomFixture.Bitrates);
        var facts = new RoomFacts(_room.Models, _room.Metrics, _load, new DrainState(), _watchdog);
        Registry = new RoomRegistry(
            Loop,
            _peers,
            _room.Models,
            (output, _) => _room.OpenPipeline(output),
            limits ?? new RoomLimits(),
            RoomFixture.Bitrates,
            new TurnCredentials([], TimeProvider.System),
            new OpenDoor(),
            _room.Metrics,
            new RoomMeter(_room.Metrics, facts, _room.Models, _room.Pictures),
            NullLogger<RoomRegistry>.Instance);
        Loop.Start();
    }

    public MediaLoop Loop => _room.Loop;

    public RoomRegistry Registry { get; }

    public async ValueTask DisposeAsync()
    {
        await Registry.DisposeAsync();
        _peers.Dispose();
        _load.Dispose();
        _watchdog.Dispose();
        await _room.DisposeAsync();
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
