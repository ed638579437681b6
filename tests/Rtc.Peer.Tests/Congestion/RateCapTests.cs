using Rtc.Peer.Tests.Rtp;
using Xunit;

namespace Rtc.Peer.Tests.Congestion;

public sealed class RateCapTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.01)]
    public void Estimate_follows_a_sudden_cap_in_3_s_and_recovers_in_10_s(double loss)
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            using MediaPair pair = new(seed);
            pair.Forward.Loss = loss;
            pair.Forward.Cap = 3_000_000;
            pair.Run(TimeSpan.FromSeconds(10));
            Say(pair, seed, "at 3 Mbit/s");
            Assert.True(
                pair.Sender.Stats.Estimate.Kilobits > 2100, $"seed {seed}: {pair.Sender.Stats.Estimate.Kilobits} after 10 s at 3 Mbit/s");

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
            Assert.True(
                pair.Sender.Stats.Estimate.Kilobits > 2100, $"seed {seed}: {pair.Sender.Stats.Estimate.Kilobits} 10 s after the return");
            Assert.Empty(pair.Errors);
            Assert.True(pair.LongestFreeze < TimeSpan.FromSeconds(2), $"seed {seed}: froze {pair.LongestFreeze.TotalMilliseconds} ms");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void With_the_receivers_word_alone_a_cap_is_found_within_a_second(bool fromTheStart)
    {
        const int Cap = 500;
        for (int seed = 1; seed <= 15; seed++)
        {
            using MediaPair pair = new(seed, transportCc: false, remb: true);
            pair.Forward.Cap = fromTheStart ? Cap * 1000 : 3_000_000;
            if (!fromTheStart)
            {
                pair.Run(TimeSpan.FromSeconds(10));
                pair.ForgetFreezes();
                pair.Forward.Cap = Cap * 1000;
            }

            double under = -1;
            for (int i = 1; i <= 80; i++)
            {
                pair.Run(TimeSpan.FromMilliseconds(100));
                under = under < 0 && pair.Sender.TargetBitrate.Kilobits < Cap ? i / 10.0 : under;
            }

            Say(pair, seed, $"under the cap after {under} s");
            Assert.Empty(pair.Errors);
            Assert.InRange(under, 0, 1);
            Assert.True(pair.LongestFreeze < TimeSpan.FromSeconds(1), $"seed {seed}: froze {pair.LongestFreeze.TotalMilliseconds} ms");
        }
    }

    [Fact]
    public void Random_loss_is_not_taken_for_a_cap_with_receiver_reports_alone()
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            using MediaPair pair = new(seed, transportCc: false, remb: true);
            pair.Forward.Loss = 0.15;
            pair.Back.Loss = 0.15;
            pair.Run(TimeSpan.FromSeconds(20));
            Say(pair, seed, "with 15 % loss");
            Assert.Empty(pair.Errors);
            Assert.True(pair.Sender.Stats.Estimate.Kilobits > 250, $"seed {seed}: {pair.Sender.Stats.Estimate.Kilobits} kbit/s");
        }
    }

    private void Say(MediaPair pair, int seed, string when) => output.WriteLine(
        $"seed {seed} {when}: estimate {pair.Sender.Stats.Estimate.Kilobits:F0}, acknowledged "
            + $"{pair.Sender.Estimator.Acknowledged?.Kilobits:F0}, loss {pair.Sender.Estimator.Loss:P1}, freeze "
            + $"{pair.LongestFreeze.TotalMilliseconds:F0} ms, delivered {pair.Delivered} of {pair.Made}, lost {pair.Forward.Lost} of "
            + $"{pair.Forward.Sent}");
}
