using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Peers;

/// <summary>Calls over bad links in virtual time. RTC_SEEDS sets how many seeds each scenario takes.</summary>
public sealed class ImpairedLinkTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_way = TimeSpan.FromMilliseconds(25);

    private static int Seeds => int.TryParse(Environment.GetEnvironmentVariable("RTC_SEEDS"), out int seeds) ? seeds : 6;

    [Theory]
    [InlineData(0.0, 60, 0.99)]
    [InlineData(0.02, 200, 0.98)]
    [InlineData(0.05, 250, 0.98)]
    [InlineData(0.10, 400, 0.95)]
    [InlineData(0.20, 500, 0.95)]
    public void Random_loss(double loss, double longestFreeze, double minFrames) =>
        Check(new LinkConditions { Delay = s_way, Loss = loss }, longestFreeze, minFrames);

    [Fact]
    public void Loss_in_bursts() =>
        Check(new LinkConditions { Delay = s_way, BurstChance = 0.003, BurstLength = 8 }, 600, 0.9);

    [Fact]
    public void Jitter_of_30_ms_loses_no_picture() =>
        Check(new LinkConditions { Delay = s_way, Jitter = TimeSpan.FromMilliseconds(30), Reorders = true }, 120, 0.99);

    [Fact]
    public void Jitter_of_200_ms_with_reordering() =>
        Check(new LinkConditions { Delay = s_way, Jitter = TimeSpan.FromMilliseconds(200), Reorders = true }, 700, 0.9);

    [Fact]
    public void Duplicates_change_nothing() =>
        Check(new LinkConditions { Delay = s_way, Duplication = 0.3, Jitter = TimeSpan.FromMilliseconds(5), Reorders = true }, 150, 0.99);

    [Fact]
    public void Everything_at_once() =>
        Check(
            new LinkConditions
            {
                Delay = s_way,
                Loss = 0.03,
                BurstChance = 0.001,
                Jitter = TimeSpan.FromMilliseconds(60),
                Reorders = true,
                Duplication = 0.02,
                BitsPerSecond = 2_000_000,
            },
            1200,
            0.85);

    [Fact]
    public void H264_is_repaired_as_well() =>
        Check(new LinkConditions { Delay = s_way, Loss = 0.05 }, 400, 0.95, VideoCodec.H264);

    /// <summary>As pion's and libdatachannel's viewers are, which take GCM, ask for lost packets and know no RTX.</summary>
    [Fact]
    public void Loss_is_repaired_without_rtx()
    {
        for (int seed = 0; seed < Seeds; seed++)
        {
            using var world = new SimulatedWorld(seed) { Both = new LinkConditions { Delay = s_way } };
            var plan = new OfferPlan { Video = [MediaDirection.SendOnly], Codecs = [VideoCodec.Vp8] };
            string offer = world.A.Peer.CreateOffer(world.Now, plan);
            IEnumerable<string> lines = offer.Split("\r\n").Where(
                line => !Array.Exists((string[])[" rtx/", "apt=", ":FID"], rtx => line.Contains(rtx, StringComparison.Ordinal)));
            offer = string.Join("\r\n", lines);
            Assert.True(world.B.Peer.TryAnswer(world.Now, offer, new AnswerPolicy(), out string answer, out string? error), error);
            Assert.True(world.A.Peer.TryAcceptAnswer(world.Now, answer, out error), error);
            Assert.True(world.RunUntil(() => world.A.Peer.IsConnected && world.B.Peer.IsConnected, TimeSpan.FromSeconds(30)));
            using var camera = new SyntheticCamera(world, world.A);
            world.Both = new LinkConditions { Delay = s_way, Loss = 0.05 };
            Instant started = world.Now;
            world.Run(TimeSpan.FromSeconds(20));

            PeerStats sent = world.A.Peer.Stats, received = world.B.Peer.Stats;
            output.WriteLine(
                $"seed {seed}: {sent.PacketsResent} sent again, {received.PacketsRepaired} repaired, longest gap "
                    + $"{FrameGaps.Longest(world.B.Frames, started, null):F0} ms, {received.KeyFramesRequested} key frames asked for");
            Assert.Equal("AeadAes128Gcm", received.SrtpProfile);
            Assert.True(received.PacketsRepaired > 20, $"seed {seed}: only {received.PacketsRepaired} packets were repaired");
            Assert.Equal(0, received.KeyFramesRequested);
        }
    }

    [Fact]
    public void A_rate_that_drops_to_a_tenth_is_followed_and_taken_back()
    {
        double worstOver = 0, worstBack = double.PositiveInfinity, worstFreeze = 0;
        for (int seed = 0; seed < Math.Max(3, Seeds / 2); seed++)
        {
            var wide = new LinkConditions { Delay = s_way, BitsPerSecond = 3_000_000 };
            using var call = new CallUnderTest(seed, wide);
            call.World.Run(TimeSpan.FromSeconds(12));
            Instant drop = call.World.Now;
            double before = call.World.A.Peer.Stats.EstimatedBitrate.Kilobits;
            call.World.ToB.Conditions = wide with { BitsPerSecond = 300_000 };
            call.World.Run(TimeSpan.FromSeconds(5));
            double adapted = call.World.A.Peer.Stats.EstimatedBitrate.Kilobits;
            call.World.Run(TimeSpan.FromSeconds(10));
            double settled = call.World.A.Peer.Stats.EstimatedBitrate.Kilobits;
            Instant back = call.World.Now;
            double freeze = call.LongestFreeze(drop + TimeSpan.FromSeconds(5), back);
            call.World.ToB.Conditions = wide;
            call.World.Run(TimeSpan.FromSeconds(20));
            double after = call.World.A.Peer.Stats.EstimatedBitrate.Kilobits;
            output.WriteLine(
                $"seed {seed}: {before:F0} -> {adapted:F0} after 5 s, {settled:F0} after 15 s, {after:F0} 20 s after the cap is gone; "
                    + $"longest gap in between {call.LongestFreeze(drop, back):F0} ms, settled {freeze:F0} ms; {call.DataError()}");
            worstOver = Math.Max(worstOver, Math.Max(adapted, settled));
            worstBack = Math.Min(worstBack, after);
            worstFreeze = Math.Max(worstFreeze, freeze);
            Assert.True(before > 1200, $"seed {seed}: only {before} kbit/s of 3000 before the drop");
        }

        Assert.True(worstOver < 345, $"the estimate stayed at {worstOver} kbit/s under a cap of 300");
        Assert.True(worstBack > 1500, $"only {worstBack} kbit/s came back");
        Assert.True(worstFreeze < 500, $"froze for {worstFreeze} ms after settling");
    }

    [Fact]
    public void Five_seconds_of_blackout_are_survived()
    {
        double worst = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            var link = new LinkConditions { Delay = s_way };
            using var call = new CallUnderTest(seed, link);
            call.World.Run(TimeSpan.FromSeconds(4));
            call.World.Both = link with { Blackout = true };
            call.World.Run(TimeSpan.FromSeconds(5));
            Instant light = call.World.Now;
            call.World.Both = link;
            call.World.Run(TimeSpan.FromSeconds(6));
            double recovery = call.FirstFrameAfter(light);
            output.WriteLine(
                $"seed {seed}: first frame {recovery:F0} ms after the light, longest gap later {call.LongestFreeze(light):F0} ms, "
                    + $"estimate {call.World.A.Peer.Stats.EstimatedBitrate.Kilobits:F0}; {call.DataError()}");
            worst = Math.Max(worst, recovery);
            Assert.False(call.World.A.Saw(PeerEventKind.Disconnected) || call.World.B.Saw(PeerEventKind.Disconnected));
            Assert.Null(call.DataError());
        }

        Assert.True(worst < 1500, $"seed of the worst: first frame {worst} ms after the black-out");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_changed_address_is_followed(bool senderMoves)
    {
        double worst = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            using var call = new CallUnderTest(seed, new LinkConditions { Delay = s_way, Loss = 0.01 });
            call.World.Run(TimeSpan.FromSeconds(3));
            SimulatedEnd mover = senderMoves ? call.World.A : call.World.B;
            mover.Address = TransportAddress.FromIPv4(0x0B000000u + (uint)seed, 4000);
            Instant moved = call.World.Now;
            call.World.Run(TimeSpan.FromMilliseconds(100));
            double recovery = 100 + call.FirstFrameAfter(moved + TimeSpan.FromMilliseconds(100));
            call.World.Run(TimeSpan.FromSeconds(12));
            recovery = 100 + call.FirstFrameAfter(moved + TimeSpan.FromMilliseconds(100));
            output.WriteLine($"seed {seed}: {recovery:F0} ms; {call.DataError()}");
            worst = Math.Max(worst, recovery);
            Assert.Null(call.DataError());
        }

        Assert.True(worst < 3000, $"{worst} ms without a picture");
    }

    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(300, 0.0)]
    [InlineData(2000, 0.05)]
    public void Restart_from_a_new_port_is_followed(int answerAfterMs, double loss)
    {
        double worst = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            using var call = new CallUnderTest(seed, new LinkConditions { Delay = s_way, Loss = loss });
            call.World.Run(TimeSpan.FromSeconds(3));
            for (int round = 0; round < 3; round++)
            {
                Instant moved = call.World.Now;
                var plan = new OfferPlan { Video = [MediaDirection.SendReceive], DataChannel = true };
                call.World.RestartFromNewPort(call.World.A, call.World.B, plan, TimeSpan.FromMilliseconds(answerAfterMs));
                call.World.Run(TimeSpan.FromSeconds(8));
                Assert.Equal(call.World.A.Address, call.World.B.Peer.Stats.RemoteAddress);
                worst = Math.Max(worst, call.LongestFreeze(moved));
            }

            call.World.Both = new LinkConditions();
            call.Camera.Dispose();
            call.World.Run(TimeSpan.FromSeconds(3));
            Assert.Null(call.DataError());
            Assert.False(call.World.A.Saw(PeerEventKind.Disconnected) || call.World.B.Saw(PeerEventKind.Disconnected));
        }

        output.WriteLine($"longest gap {worst:F0} ms");
        Assert.True(worst < 3000, $"{worst} ms without a picture");
    }

    private void Check(LinkConditions link, double longestFreeze, double minFrames, VideoCodec codec = VideoCodec.Vp8)
    {
        double worstFreeze = 0, worstShare = 1;
        for (int seed = 0; seed < Seeds; seed++)
        {
            using var call = new CallUnderTest(seed, link, codec);
            call.World.Run(TimeSpan.FromSeconds(15));
            double freeze = call.LongestFreeze();
            double share = call.Frames.Count / (double)Math.Max(1, call.Camera.Sent);
            call.World.Both = new LinkConditions();
            call.Camera.Dispose();
            call.World.Run(TimeSpan.FromSeconds(3));
            string? error = call.DataError();
            output.WriteLine(
                $"seed {seed}: {call.Frames.Count} of {call.Camera.Sent} frames, longest gap {freeze:F0} ms, estimate "
                    + $"{call.World.A.Peer.Stats.EstimatedBitrate.Kilobits:F0} kbit/s, nacks {call.World.B.Peer.Stats.NacksSent}, plis "
                    + $"{call.World.B.Peer.Stats.KeyFramesRequested}; {error}");
            Assert.Null(error);
            worstFreeze = Math.Max(worstFreeze, freeze);
            worstShare = Math.Min(worstShare, share);
        }

        Assert.True(worstFreeze < longestFreeze, $"froze for {worstFreeze} ms");
        Assert.True(worstShare > minFrames, $"only {worstShare:P0} of the frames came out");
    }
}
