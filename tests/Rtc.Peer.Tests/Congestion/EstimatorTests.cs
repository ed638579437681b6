using Rtc.Peer.Congestion;
using Rtc.Peer.Primitives;
using Rtc.Peer.Send;
using Rtc.Peer.Tests.Rtp;
using Xunit;

namespace Rtc.Peer.Tests.Congestion;

public sealed class EstimatorTests(ITestOutputHelper output)
{
    [Fact]
    public void A_growing_queue_is_overuse_and_jitter_alone_is_not()
    {
        Assert.Equal(PathUse.Over, Feed(i => i * 2.0));
        Random random = new(3);
        Assert.NotEqual(PathUse.Over, Feed(_ => random.NextDouble() * 5));
        Assert.Equal(PathUse.Under, Feed(i => i < 60 ? i * 2.0 : 120 - ((i - 60) * 3.0)));
    }

    [Fact]
    public void Packets_of_one_burst_are_one_group()
    {
        ArrivalGroups groups = new();
        int complete = 0;
        GroupDelta last = default;
        for (int frame = 0; frame < 10; frame++)
        {
            for (int packet = 0; packet < 4; packet++)
            {
                long sent = (frame * 33_000) + (packet * 1000);
                if (groups.Add(sent, sent + 20_000 + (packet * 500), out GroupDelta delta))
                {
                    complete++;
                    last = delta;
                }
            }
        }

        Assert.Equal(8, complete);
        Assert.Equal(33, last.SentMilliseconds);
        Assert.Equal(33, last.ArrivedMilliseconds);
    }

    [Fact]
    public void Acknowledged_rate_is_what_came_over_the_window()
    {
        AcknowledgedRate rate = new();
        for (int i = 0; i < 200; i++)
        {
            rate.Add(1_000_000 + (i * 10_000), 1250);
        }

        Assert.InRange(rate.Rate!.Value.Kilobits, 990, 1010);
    }

    [Fact]
    public void Constant_loss_is_the_paths_own_and_sudden_loss_is_congestion()
    {
        LossRate loss = new();
        Instant now = default;
        Bitrate current = Bitrate.FromKilobits(1000);
        for (int i = 0; i < 100; i++)
        {
            loss.Add(100, 8);
            now += TimeSpan.FromMilliseconds(300);
            loss.Update(now, current, TimeSpan.FromMilliseconds(50));
        }

        Assert.Null(loss.Limit);
        loss.Add(100, 40);
        now += TimeSpan.FromMilliseconds(300);
        loss.Update(now, current, TimeSpan.FromMilliseconds(50));
        Assert.InRange(loss.Limit!.Value.Kilobits, 800, 900);
    }

    [Fact]
    public void A_usual_frame_passes_the_pacer_at_once_and_a_key_frame_is_spread()
    {
        Pacer pacer = new();
        Instant now = new(1_000_000);
        pacer.SetRate(now, Bitrate.FromKilobits(2500));
        now += TimeSpan.FromSeconds(1);
        Assert.Equal(5, Burst(pacer, now, 5));
        now += TimeSpan.FromMilliseconds(33);
        int sent = 0;
        Instant start = now;
        while (sent < 50)
        {
            sent += Burst(pacer, now, 50 - sent);
            Instant next = pacer.NextSend(now);
            Assert.True(sent == 50 || next > now);
            now = next;
        }

        // 60 kB at 2.5 Mbit/s are 192 ms, less what the bucket held.
        Assert.InRange((now - start).TotalMilliseconds, 120, 192);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_transport_wide_feedback_the_receivers_word_counts(bool capped)
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            using MediaPair pair = new(seed, transportCc: false, remb: true);
            pair.Forward.Cap = capped ? 500_000 : 0;
            pair.Run(TimeSpan.FromSeconds(20));
            double estimate = pair.Sender.Stats.Estimate.Kilobits;
            output.WriteLine(
                $"seed {seed}: {estimate:F0} kbit/s, delivered {pair.Delivered} of {pair.Made}, freeze "
                    + $"{pair.LongestFreeze.TotalMilliseconds:F0} ms, lost {pair.Forward.Lost}");
            Assert.Empty(pair.Errors);
            Assert.InRange(estimate, capped ? 250 : 1500, capped ? 520 : 5000);
        }
    }

    [Fact]
    public void With_receiver_reports_alone_loss_brings_the_rate_down_and_calm_up()
    {
        BandwidthEstimator estimator = new(Bitrate.FromKilobits(1000), Bitrate.FromKilobits(50), Bitrate.FromKilobits(5000));
        Instant now = new(1_000_000);
        for (int i = 0; i < 5; i++)
        {
            now += TimeSpan.FromSeconds(1);
            estimator.OnReport(now, 77);
        }

        Assert.InRange(estimator.Estimate.Kilobits, 300, 600);
        for (int i = 0; i < 40; i++)
        {
            now += TimeSpan.FromSeconds(1);
            estimator.OnReport(now, 0);
        }

        Assert.True(estimator.Estimate.Kilobits > 1000);
    }

    [Fact]
    public void A_path_with_room_is_found_within_three_seconds()
    {
        for (int seed = 1; seed <= 5; seed++)
        {
            using MediaPair pair = new(seed, start: Bitrate.FromKilobits(300));
            pair.Run(TimeSpan.FromSeconds(3));
            output.WriteLine($"seed {seed}: {pair.Sender.Stats.Estimate.Kilobits:F0} kbit/s");
            Assert.True(pair.Sender.Stats.Estimate.Kilobits > 2000);
        }
    }

    [Fact]
    public void The_encoder_is_not_reconfigured_by_noise()
    {
        using MediaPair pair = new(4);
        pair.Forward.Cap = 1_000_000;
        pair.Forward.Jitter = TimeSpan.FromMilliseconds(5);
        pair.Run(TimeSpan.FromSeconds(10));
        int before = pair.TargetChanges;
        pair.Run(TimeSpan.FromSeconds(20));
        output.WriteLine(
            $"{pair.TargetChanges - before} changes in 20 s at a steady cap, estimate {pair.Sender.Stats.Estimate.Kilobits:F0}");
        Assert.InRange(pair.TargetChanges - before, 0, 100);
    }

    private static PathUse Feed(Func<int, double> queueing)
    {
        Trendline trend = new();
        OveruseDetector detector = new();
        double before = 0;
        for (int i = 0; i < 100; i++)
        {
            double now = queueing(i);
            GroupDelta delta = new(20, 20 + now - before, (i * 20) + now);
            before = now;
            trend.Add(delta);
            detector.Update(trend.Slope, trend.Count, delta);
        }

        return detector.State;
    }

    private static int Burst(Pacer pacer, Instant now, int most)
    {
        int sent = 0;
        while (sent < most && pacer.CanSend(now))
        {
            pacer.OnSent(1200);
            sent++;
        }

        return sent;
    }
}
