using Rtc.Peer.Sdp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Peers;

public sealed class AllocationTests(ITestOutputHelper output)
{
    /// <summary>
    /// The whole way of a packet, both directions: protect and send, receive and assemble, feedback and reports. Frames
    /// come from the pool; the simulated link is not in the count.
    /// </summary>
    [Fact]
    public void A_running_call_allocates_nothing()
    {
        using var world = new SimulatedWorld(41);
        world.Connect(new OfferPlan { Video = [MediaDirection.SendReceive] });
        string mid = world.A.Peer.Sections[0].Mid;
        var random = new Random(1);
        using EncodedFrame key = world.Pool.Rent();
        SyntheticFrame.Fill(key, VideoCodec.Vp8, key: true, 6000, random);
        using EncodedFrame delta = world.Pool.Rent();
        SyntheticFrame.Fill(delta, VideoCodec.Vp8, key: false, 4000, random);
        byte[][] toA = Buffers(), toB = Buffers();
        Instant now = world.Now;
        long packets = 0;

        void Frame(int number)
        {
            EncodedFrame frame = number == 0 ? key : delta;
            frame.RtpTimestamp = (uint)(number * 3000);
            world.A.Peer.SendVideo(now, mid, frame);
            for (int step = 0; step < 7; step++)
            {
                packets += Pass(world.A, world.B, toB, now) + Pass(world.B, world.A, toA, now);
                now += TimeSpan.FromMilliseconds(4.76);
                if (world.A.Peer.NextDeadline <= now)
                {
                    world.A.Peer.Advance(now);
                }

                if (world.B.Peer.NextDeadline <= now)
                {
                    world.B.Peer.Advance(now);
                }
            }
        }

        int next = 0;
        for (; next < 300; next++)
        {
            Frame(next);
        }

        packets = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (; next < 900; next++)
        {
            Frame(next);
        }

        double each = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)packets;
        output.WriteLine($"{packets} packets, {each:F2} bytes each");
        Assert.True(packets > 2000);
        Assert.True(each < 0.1, $"{each} bytes a packet");
    }

    private static byte[][] Buffers() => [.. Enumerable.Range(0, 64).Select(_ => new byte[1500])];

    private static int Pass(SimulatedEnd from, SimulatedEnd to, byte[][] buffers, Instant now)
    {
        int count = 0;
        Span<int> lengths = stackalloc int[64];
        while (count < buffers.Length && from.Peer.TryTakeDatagram(out OutgoingDatagram datagram))
        {
            datagram.Data.Span.CopyTo(buffers[count]);
            lengths[count++] = datagram.Data.Length;
        }

        for (int i = 0; i < count; i++)
        {
            to.Peer.Receive(now, buffers[i].AsSpan(0, lengths[i]), from.Address);
            while (to.Peer.TryTakeEvent(out PeerEvent happened))
            {
                happened.Frame?.Dispose();
            }
        }

        return count;
    }
}
