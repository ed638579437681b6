using Rtc.Peer.Tests.Rtp;
using Xunit;
using Xunit.Abstractions;

namespace Rtc.Peer.Tests.Congestion;

public sealed class RateCapTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.01)]
    public void Estimate_goes_under_a_sudden_cap_within_3_s_and_back_over_70_percent_within_10_s(double loss)
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            using MediaPair pair = new(seed);
            pair.Forward.Loss = loss;
            pair.Forward.Cap = 3_000_000;
            pair.Run(TimeSpan.FromSeconds(10));
            Say(pair, seed, "at 3 Mbit/s");
            Assert.True(pair.Sender.Stats.Estimate.Kilobits > 2100, $"seed {seed}: {pair.Sender.Stats.Estimate.Kilobits} after 10 s at 3 Mbit/s");

            pair.Forward.Cap = 300_000;
            double under = -1;
            for (int i = 1; i <= 30; i++)
            {
                pair.Run(TimeSpan.FromMilliseconds(100));
                under = under < 0 && pair.Sender.Stats.Estimate.Kilobits < 300 ? i / 10.0 : under;
            }

            Say(pair, seed, $"under the cap after {under} s");
            Assert.InRange(under, 0, 3);
            double sum = 0;
            for (int i = 0; i < 100; i++)
            {
                pair.Run(TimeSpan.FromMilliseconds(100));
                sum += pair.Sender.Stats.Estimate.Kilobits / 100;
            }

            Say(pair, seed, $"after 10 s more, mean {sum:F0}");
            Assert.InRange(sum, 200, 300);

            pair.Forward.Cap = 3_000_000;
            pair.Run(TimeSpan.FromSeconds(10));
            Say(pair, seed, "10 s after the return");
            Assert.True(pair.Sender.Stats.Estimate.Kilobits > 2100, $"seed {seed}: {pair.Sender.Stats.Estimate.Kilobits} 10 s after the return");
            Assert.Empty(pair.Faults);
            Assert.True(pair.LongestFreeze < TimeSpan.FromSeconds(2), $"seed {seed}: froze {pair.LongestFreeze.TotalMilliseconds} ms");
        }
    }

    private void Say(MediaPair pair, int seed, string when) => output.WriteLine(
        $"seed {seed} {when}: estimate {pair.Sender.Stats.Estimate.Kilobits:F0}, acknowledged {pair.Sender.Estimator.Acknowledged?.Kilobits:F0}, loss {pair.Sender.Estimator.Loss:P1}, freeze {pair.LongestFreeze.TotalMilliseconds:F0} ms, delivered {pair.Delivered} of {pair.Made}, lost {pair.Forward.Lost} of {pair.Forward.Sent}");
}
