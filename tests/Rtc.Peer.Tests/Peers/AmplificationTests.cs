using System.Globalization;
using System.Text;
using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Peers;

/// <summary>What one message makes the peer send to those who never asked.</summary>
public sealed class AmplificationTests(ITestOutputHelper output)
{
    [Fact]
    public void Offer_with_48_strangers_sends_under_three_times_its_bytes()
    {
        using var world = new SimulatedWorld(61, options => options with { LocalCandidates = [] });
        string offer = world.A.Peer.CreateOffer(world.Now, new OfferPlan { DataChannel = true });
        offer = WithCandidates(offer, Enumerable.Range(1, 48).Select(i => $"198.51.100.{i}"));
        Assert.True(world.B.Peer.TryAnswer(world.Now, offer, new AnswerPolicy(), out _, out string? error), error);
        (int checks, long bytes) = Watch(world.B.Peer);
        double factor = bytes / (double)Encoding.UTF8.GetByteCount(offer);
        output.WriteLine($"{checks} checks, {bytes} bytes for {offer.Length}: {factor:F2}");
        Assert.InRange(checks, 1, 10);
        Assert.True(factor < 3, $"{factor:F1} times the offer's bytes");
    }

    [Fact]
    public void Candidates_trickled_after_a_connection_stands_are_limited_as_well()
    {
        using var world = new SimulatedWorld(62);
        world.Connect(new OfferPlan { DataChannel = true });
        world.Run(TimeSpan.FromSeconds(1));
        long before = world.B.Peer.Stats.ChecksSent;
        for (int i = 1; i <= 40; i++)
        {
            Assert.True(
                world.B.Peer.TryAddRemoteCandidate(
                    world.Now, $"candidate:1 1 udp 2130706431 198.51.100.{i} 9 typ host", null, out string? error), error);
        }

        world.Run(TimeSpan.FromSeconds(20));
        long checks = world.B.Peer.Stats.ChecksSent - before;
        output.WriteLine($"{checks} checks in 20 s");
        Assert.True(checks < 40, $"{checks} checks, of which consent needs about five");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("169.254.1.1")]
    [InlineData("fe80::1")]
    [InlineData("224.0.0.251")]
    [InlineData("ff02::fb")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("255.255.255.255")]
    public void Candidate_of_a_place_where_we_do_not_listen_gets_no_check(string address)
    {
        var six = new LocalCandidate(TransportAddress.From(System.Net.IPAddress.Parse("2001:db8::2"), 5002), CandidateKind.Host);
        using var world = new SimulatedWorld(
            63, options => options with { LocalCandidates = [] },
            options => options with { LocalCandidates = [.. options.LocalCandidates, six] });
        string offer = WithCandidates(world.A.Peer.CreateOffer(world.Now, new OfferPlan { DataChannel = true }), [address]);
        Assert.True(world.B.Peer.TryAnswer(world.Now, offer, new AnswerPolicy(), out _, out string? error), error);
        Assert.Equal(0, Watch(world.B.Peer).Checks);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("169.254.1.1", "169.254.7.7")]
    [InlineData("fe80::1", "fe80::7")]
    public void Candidate_of_a_place_where_we_listen_gets_one(string address, string own)
    {
        var local = new LocalCandidate(TransportAddress.From(System.Net.IPAddress.Parse(own), 5002), CandidateKind.Host);
        using var world = new SimulatedWorld(
            64, options => options with { LocalCandidates = [] }, options => options with { LocalCandidates = [local] });
        string offer = WithCandidates(world.A.Peer.CreateOffer(world.Now, new OfferPlan { DataChannel = true }), [address]);
        Assert.True(world.B.Peer.TryAnswer(world.Now, offer, new AnswerPolicy(), out _, out string? error), error);
        Assert.True(Watch(world.B.Peer).Checks > 0);
    }

    private static string WithCandidates(string offer, IEnumerable<string> addresses)
    {
        var text = new StringBuilder(offer);
        foreach ((string address, int index) in addresses.Select((address, index) => (address, index)))
        {
            text.Append(CultureInfo.InvariantCulture, $"a=candidate:{index} 1 udp {2130706431 - index} {address} 9 typ host\r\n");
        }

        return text.ToString();
    }

    /// <summary>Two minutes in which nobody answers.</summary>
    private static (int Checks, long Bytes) Watch(WebRtcPeer peer)
    {
        int checks = 0;
        long bytes = 0;
        while (true)
        {
            while (peer.TryTakeDatagram(out OutgoingDatagram datagram))
            {
                checks++;
                bytes += datagram.Data.Length;
            }

            Instant next = peer.NextDeadline;
            if (next > Instant.FromMilliseconds(120_000))
            {
                return (checks, bytes);
            }

            peer.Advance(next);
        }
    }
}
