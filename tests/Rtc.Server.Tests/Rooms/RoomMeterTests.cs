using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Server.Load;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Load;
using Rtc.Server.Tests.Network;

namespace Rtc.Server.Tests.Rooms;

/// <summary>What peers count comes into the metrics once, tick by tick.</summary>
public sealed class RoomMeterTests : IDisposable
{
    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly MediaLoop _loop = new(new MediaClock(), IPAddress.Loopback, 0, NullLogger<MediaLoop>.Instance);
    private readonly ModelHost _models = new(new ModelHostOptions { Directory = AppContext.BaseDirectory });
    private readonly PicturePool _pictures = new();
    private readonly RtcMetrics _metrics = new();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _dropped = [];

    public RoomMeterTests()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter, _metrics.Meter) && instrument.Name == "rtc.datagrams.dropped")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            string reason = (string)tags[0].Value!;
            _dropped[reason] = _dropped.GetValueOrDefault(reason) + value;
        });
        _listener.Start();
    }

    [Fact]
    public void Drops_grow_with_every_tick_by_what_came_since()
    {
        using var watchdog = new LoopWatchdog(
            () => 0, TimeSpan.MaxValue, TimeSpan.Zero, static _ => { }, NullLogger<LoopWatchdog>.Instance);
        var machine = new FakeLoad();
        using var load = new ServerLoad(new RtcOptions(), machine, machine, new PictureMemory(1 << 20), _metrics);
        var meter = new RoomMeter(_metrics, new RoomFacts(_models, _metrics, load, new DrainState(), watchdog), _models, _pictures);
        PeerSlot port = _loop.Add(Ports.Peer(_identity), new Ports.Deaf());
        byte[] check = StunCheck.For(port.Peer.LocalUfrag);
        var seen = new List<long>();
        foreach (int strangers in (int[])[3, 2, 0, 7])
        {
            for (int i = 0; i < strangers; i++)
            {
                _loop.OnTcpDatagram(check, Ports.Address(9));
            }

            meter.Read(_loop, []);
            seen.Add(_dropped.GetValueOrDefault("stun_unauthenticated"));
        }

        Assert.Equal([3, 5, 5, 12], seen);
    }

    [Fact]
    public void Statistics_of_a_peer_stay_as_they_were_when_taken()
    {
        PeerSlot port = _loop.Add(Ports.Peer(_identity), new Ports.Deaf());
        PeerStats before = port.Peer.Stats;
        _loop.OnTcpDatagram(StunCheck.For(port.Peer.LocalUfrag), Ports.Address(9));
        PeerStats after = port.Peer.Stats;
        Assert.Equal((0, 1), (before.Drops.Total, after.Drops.Total));
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (PeerSlot port in _loop.Ports.ToArray())
        {
            _loop.Remove(port);
        }

        _loop.Dispose();
        _metrics.Dispose();
        _models.Dispose();
        _identity.Dispose();
    }
}
