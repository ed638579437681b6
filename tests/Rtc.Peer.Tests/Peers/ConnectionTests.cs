using Rtc.Peer.Sdp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Peers;

public sealed class ConnectionTests(ITestOutputHelper output)
{
    private static readonly OfferPlan s_plan = new() { Video = [MediaDirection.SendReceive], DataChannel = true };

    [Fact]
    public void Two_peers_connect_in_a_few_round_trips()
    {
        using var world = new SimulatedWorld(1);
        world.Connect(s_plan);
        output.WriteLine($"A connected at {world.A.When(PeerEventKind.Connected).Milliseconds} ms");
        Assert.True(world.A.When(PeerEventKind.Connected) < Instant.FromMilliseconds(200));
    }

    [Fact]
    public void Two_peers_connect_over_a_link_that_loses_a_fifth()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            using var world = new SimulatedWorld(seed)
            {
                Both = new LinkConditions { Loss = 0.2, Jitter = TimeSpan.FromMilliseconds(30), Reorders = true, Duplication = 0.05 },
            };
            world.Connect(s_plan);
            output.WriteLine(
                $"seed {seed}: {world.A.When(PeerEventKind.Connected).Milliseconds:F0} ms, "
                    + $"{world.B.When(PeerEventKind.Connected).Milliseconds:F0} ms");
        }
    }

    /// <summary>
    /// The server's last flight is lost, so that its first pictures meet a viewer without keys; and the viewer is one who never
    /// asks for a key frame: all of its RTCP is lost.
    /// </summary>
    [Fact]
    public void Peer_that_got_the_keys_late_is_sent_a_key_frame_unasked()
    {
        const byte ChangeCipherSpec = 20;
        using var world = new SimulatedWorld(1);
        int lost = 0;
        world.Meddle = datagram =>
        {
            bool lastFlight = datagram.Data[0] == ChangeCipherSpec && lost++ == 0;
            bool rtcp = datagram.Data[0] is >= 128 and <= 191 && (datagram.Data[1] & 0x7F) is >= 64 and <= 95;
            return lastFlight || (rtcp && datagram.To == world.B.Address) ? null : datagram;
        };
        world.Negotiate(world.A, world.B, s_plan);
        using var camera = new SyntheticCamera(world, world.B);
        Assert.True(world.RunUntil(() => world.B.Peer.IsConnected, TimeSpan.FromSeconds(5)));
        Assert.False(world.A.Peer.IsConnected);
        Assert.True(world.RunUntil(() => world.A.Frames.Count > 0, TimeSpan.FromSeconds(5)), "no picture in five seconds");
        double after = (world.A.Frames[0].At - world.A.When(PeerEventKind.Connected)).TotalMilliseconds;
        output.WriteLine($"{lost - 1} flights repeated, first picture {after:0} ms after the viewer's keys");
        Assert.True(world.A.Frames[0].IsKey);
        Assert.InRange(after, 0, 300);
    }
}
