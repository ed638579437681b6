using Rtc.Peer.Tests.Simulation;
using Xunit;
using Xunit.Abstractions;

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
            output.WriteLine($"seed {seed}: {world.A.When(PeerEventKind.Connected).Milliseconds:F0} ms, {world.B.When(PeerEventKind.Connected).Milliseconds:F0} ms");
        }
    }
}
