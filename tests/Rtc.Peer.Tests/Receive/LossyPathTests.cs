using Rtc.Peer.Tests.Rtp;
using Xunit;

namespace Rtc.Peer.Tests.Receive;

public sealed class LossyPathTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0.05, 0, 0)]
    [InlineData(0.10, 0, 0)]
    [InlineData(0.20, 0, 0)]
    [InlineData(0.02, 0.005, 0)]
    [InlineData(0.01, 0, 20)]
    [InlineData(0.05, 0.005, 50)]
    [InlineData(0.00, 0, 200)]
    public void Frames_come_whole_and_in_order_and_keep_coming(double loss, double bursts, int jitter)
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            using MediaPair pair = new(seed);
            foreach (SimulatedPath path in new[] { pair.Forward, pair.Back })
            {
                path.Loss = loss;
                path.BurstBegins = bursts;
                path.Jitter = TimeSpan.FromMilliseconds(jitter);
                path.Duplicates = 0.01;
            }

            pair.Run(TimeSpan.FromSeconds(20));
            output.WriteLine(
                $"seed {seed}: delivered {pair.Delivered} of {pair.Made} (keys {pair.KeysMade}), freeze "
                    + $"{pair.LongestFreeze.TotalMilliseconds:F0} ms, delay {pair.LongestDelay.TotalMilliseconds:F0}, estimate "
                    + $"{pair.Sender.Stats.Estimate.Kilobits:F0}, lost {pair.Forward.Lost} of {pair.Forward.Sent}, nacks "
                    + $"{pair.Viewer.Stats.NacksOut}, plis {pair.Viewer.Stats.PlisOut}, rtt {pair.Sender.RoundTrip.TotalMilliseconds:F0}");
            Assert.Empty(pair.Errors);
            Assert.True(pair.Delivered > pair.Made * 0.8, $"seed {seed}: {pair.Delivered} of {pair.Made}");
            Assert.True(pair.LongestFreeze < TimeSpan.FromMilliseconds(1200), $"seed {seed}: {pair.LongestFreeze.TotalMilliseconds} ms");
        }
    }

    [Fact]
    public void After_five_seconds_of_black_out_the_picture_is_back_within_a_second()
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            using MediaPair pair = new(seed);
            pair.Run(TimeSpan.FromSeconds(5));
            pair.Forward.BlackOut = true;
            pair.Back.BlackOut = true;
            pair.Run(TimeSpan.FromSeconds(5));
            int before = pair.Delivered;
            pair.Forward.BlackOut = false;
            pair.Back.BlackOut = false;
            pair.Run(TimeSpan.FromSeconds(1));
            int atOnce = pair.Delivered - before;
            pair.Run(TimeSpan.FromSeconds(5));
            output.WriteLine(
                $"seed {seed}: {atOnce} frames in the first second, estimate {pair.Sender.Stats.Estimate.Kilobits:F0}, plis "
                    + $"{pair.Viewer.Stats.PlisOut}");
            Assert.Empty(pair.Errors);
            Assert.True(atOnce > 5, $"seed {seed}: {atOnce}");
        }
    }
}
