using Rtc.Peer.Dtls;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Peers;

public sealed class RandomnessTests
{
    [Fact]
    public void Everything_unguessable_is_drawn_from_the_source_that_was_handed_in()
    {
        using var identity = DtlsIdentity.Create();
        var source = new CountingSource();
        using var peer = new WebRtcPeer(new PeerOptions { Identity = identity, Random = source }, default);
        int atBirth = source.Bytes;
        Assert.True(atBirth >= 8 + 24 + 8, $"{atBirth} bytes for ufrag, password and tie-breaker");
        peer.OpenChannel(default, "x");
        Assert.True(source.Bytes - atBirth >= 16 + 4 + 4, $"{source.Bytes - atBirth} bytes for a cookie key, a tag and a TSN");
        int before = source.Bytes;
        peer.CreateOffer(default, new OfferPlan { Video = [MediaDirection.SendReceive], DataChannel = true });
        Assert.True(source.Bytes - before >= 8 + 4 + 4, $"{source.Bytes - before} bytes for a session id and two SSRCs");
    }

    [Fact]
    public void Transaction_ids_come_from_the_source()
    {
        var source = new CountingSource();
        using var world = new SimulatedWorld(71, options => options with { Random = source });
        world.Connect(new OfferPlan { DataChannel = true });
        int before = source.Bytes;
        long checks = world.A.Peer.Stats.ChecksSent;
        world.Run(TimeSpan.FromSeconds(30));
        Assert.True(world.A.Peer.Stats.ChecksSent > checks);
        Assert.True(source.Bytes - before >= 12 * (world.A.Peer.Stats.ChecksSent - checks));
    }

    private sealed class CountingSource : IRandomSource
    {
        private readonly SeededRandom _random = new(9);

        public int Bytes { get; private set; }

        public void Fill(Span<byte> destination)
        {
            Bytes += destination.Length;
            _random.Fill(destination);
        }
    }
}
