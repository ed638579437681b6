using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Server.Network;

namespace Rtc.Server.Tests.Network;

/// <summary>A check that was recorded on its way and is sent again under the address of another peer.</summary>
public sealed class SpoofedCheckTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly MediaClock _clock = new();
    private readonly PeerSlots _ports;
    private readonly Queue<(byte[] Data, TransportAddress To)> _sent = new();
    private readonly List<byte[]> _checks = [];

    public SpoofedCheckTests() => _ports = new PeerSlots(_clock, (data, to) => _sent.Enqueue((data.ToArray(), to)), NullLogger.Instance);

    public void Dispose()
    {
        foreach (PeerSlot port in _ports.All.ToArray())
        {
            _ports.Remove(port);
        }

        _identity.Dispose();
    }

    [Fact]
    public void Victim_keeps_its_route()
    {
        TransportAddress victimAt = Ports.Address(1001), otherAt = Ports.Address(1002);
        using WebRtcPeer victim = Client(), other = Client();
        PeerSlot victims = Answer(victim), others = Answer(other);
        RunUntil(
            () => victim.IsConnected && other.IsConnected && victims.Peer.IsConnected && others.Peer.IsConnected, (victim, victimAt),
            (other, otherAt));

        foreach (byte[] check in _checks)
        {
            _ports.Receive(check, victimAt);
        }

        long before = victims.Peer.Stats.DatagramsReceived, stolen = others.Peer.Stats.DatagramsReceived;
        for (int i = 0; i < 20; i++)
        {
            _ports.Receive([0x80, 96, 0, 1, .. new byte[40]], victimAt);
        }

        Assert.NotEmpty(_checks);
        Assert.Equal(20, victims.Peer.Stats.DatagramsReceived - before);
        Assert.Equal(0, others.Peer.Stats.DatagramsReceived - stolen);
    }

    private WebRtcPeer Client() => new(new PeerOptions { Identity = _identity, Random = SystemRandom.Instance }, _clock.Now);

    private PeerSlot Answer(WebRtcPeer client)
    {
        WebRtcPeer peer = Ports.Peer(_identity);
        string offer = client.CreateOffer(_clock.Now, new OfferPlan { DataChannel = true });
        Assert.True(peer.TryAnswer(_clock.Now, offer, new AnswerPolicy(), out string answer, out string? error), error);
        Assert.True(client.TryAcceptAnswer(_clock.Now, answer, out error), error);
        return _ports.Add(peer, new Ports.Deaf());
    }

    /// <summary>The second client's checks are recorded.</summary>
    private void RunUntil(Func<bool> done, params (WebRtcPeer Peer, TransportAddress At)[] clients)
    {
        long began = Stopwatch.GetTimestamp();
        while (!done())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < s_patience, "no connection");
            foreach ((WebRtcPeer peer, TransportAddress at) in clients)
            {
                peer.Advance(_clock.Now);
                while (peer.TryTakeDatagram(out OutgoingDatagram datagram))
                {
                    byte[] data = datagram.Data.ToArray();
                    if (peer == clients[1].Peer && data is [0, 1, ..])
                    {
                        _checks.Add(data);
                    }

                    _ports.Receive(data, at);
                }

                while (peer.TryTakeEvent(out _))
                {
                }
            }

            _ports.AdvanceDue();
            while (_sent.TryDequeue(out (byte[] Data, TransportAddress To) datagram))
            {
                foreach ((WebRtcPeer peer, TransportAddress at) in clients)
                {
                    if (at == datagram.To)
                    {
                        peer.Receive(_clock.Now, datagram.Data, Ports.Home);
                    }
                }
            }
        }
    }
}
