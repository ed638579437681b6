using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Peers;

/// <summary>What arrives from those who mean no good, and what it costs.</summary>
public sealed class HostileInputTests
{
    [Fact]
    public void Garbage_from_the_peer_itself_is_dropped_by_reason_and_the_call_goes_on()
    {
        const int Seed = 31;
        using var call = new CallUnderTest(Seed, new LinkConditions());
        var random = new Random(Seed);
        SimulatedWorld world = call.World;
        var recorded = new List<byte[]>();
        world.Meddle = datagram =>
        {
            if (recorded.Count < 400)
            {
                recorded.Add(datagram.Data);
            }

            return datagram;
        };
        world.Run(TimeSpan.FromSeconds(2));
        world.Meddle = null;
        int frames = call.Frames.Count;
        world.Every(TimeSpan.FromMilliseconds(5), now =>
        {
            for (int i = 0; i < 10; i++)
            {
                byte[] input = Fuzz.Mutate(recorded[random.Next(recorded.Count)], random);
                world.B.Peer.Receive(now, input, world.A.Address);
                world.A.Peer.Receive(now, input, world.B.Address);
            }
        });
        world.Run(TimeSpan.FromSeconds(3));
        Assert.False(world.B.Saw(PeerEventKind.Closed), world.B.Events.Find(e => e.Event.Kind == PeerEventKind.Closed).Event.Reason);
        Assert.False(world.A.Saw(PeerEventKind.Closed), world.A.Events.Find(e => e.Event.Kind == PeerEventKind.Closed).Event.Reason);
        Assert.True(call.Frames.Count - frames > 80, $"{call.Frames.Count - frames} frames in three seconds");
        Assert.True(world.B.Peer.Stats.Drops.Total > 1000);
    }

    [Fact]
    public void Strangers_get_no_answer_and_leave_no_trace()
    {
        const int Seed = 32;
        using var call = new CallUnderTest(Seed, new LinkConditions());
        var random = new Random(Seed);
        SimulatedWorld world = call.World;
        world.Run(TimeSpan.FromSeconds(1));
        WebRtcPeer peer = world.B.Peer;
        byte[] noise = new byte[1200];
        long checks = peer.Stats.ChecksSent;
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(noise);
            noise[0] = (i % 4) switch { 0 => 0, 1 => 22, 2 => 0x80, _ => 70 };
            peer.Receive(world.Now, noise.AsSpan(0, random.Next(1, noise.Length)), TransportAddress.FromIPv4((uint)random.Next(), 7));
            while (peer.TryTakeDatagram(out OutgoingDatagram datagram))
            {
                Assert.Equal(world.A.Address, datagram.To);
            }
        }

        Assert.Equal(checks, peer.Stats.ChecksSent);
        Assert.True(peer.Stats.Drops[DropReason.UnknownAddress] > 9_000);
        Assert.True(peer.Stats.Drops[DropReason.UnknownProtocol] > 4_000);
    }

    [Fact]
    public void A_handshake_to_an_unproven_address_never_answers_with_more_than_it_got()
    {
        using var world = new SimulatedWorld(33);
        string offer = world.A.Peer.CreateOffer(world.Now, new OfferPlan { DataChannel = true });
        Assert.True(world.B.Peer.TryAnswer(world.Now, offer, new AnswerPolicy(), out string answer, out _));
        Assert.True(world.A.Peer.TryAcceptAnswer(world.Now, answer, out _));

        // B's own checks never get an answer, so A's address stays unproven while A goes on talking.
        long toB = 0, toA = 0;
        world.Meddle = datagram =>
        {
            if (datagram.To == world.B.Address)
            {
                toB += datagram.Data.Length;
                return datagram;
            }

            bool isDtls = datagram.Data[0] is >= 20 and <= 63;
            toA += isDtls ? datagram.Data.Length : 0;
            return isDtls ? null : datagram.Data[0] == 0 && datagram.Data[1] == 1 && (datagram.Data[0] & 1) == 0 ? null : datagram;
        };
        world.Run(TimeSpan.FromSeconds(10));
        Assert.True(toB > 0);
        Assert.True(toA <= toB, $"{toA} bytes of DTLS for {toB}");
    }

    [Fact]
    public void Sections_that_come_and_go_leave_no_frames_behind()
    {
        using var world = new SimulatedWorld(34);
        world.Connect(new OfferPlan { Video = [MediaDirection.SendReceive], DataChannel = true });
        for (int round = 0; round < 20; round++)
        {
            using var camera = new SyntheticCamera(world, world.A);
            world.Run(TimeSpan.FromMilliseconds(400));
            camera.Dispose();
            MediaDirection next = round % 2 == 0 ? MediaDirection.ReceiveOnly : MediaDirection.SendReceive;
            world.Negotiate(world.A, world.B, new OfferPlan { Video = [next], DataChannel = true, IceRestart = round % 5 == 0 });
            world.Run(TimeSpan.FromMilliseconds(400));
            if (next == MediaDirection.ReceiveOnly)
            {
                world.Negotiate(world.A, world.B, new OfferPlan { Video = [MediaDirection.SendReceive], DataChannel = true });
            }
        }

        Assert.True(world.B.Frames.Count > 150, $"{world.B.Frames.Count} frames");
        world.A.Peer.Dispose();
        world.B.Peer.Dispose();
        Assert.Equal(0, world.Pool.Outstanding);
    }
}
