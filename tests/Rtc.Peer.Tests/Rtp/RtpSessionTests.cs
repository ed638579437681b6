using Xunit;

namespace Rtc.Peer.Tests.Rtp;

public sealed class RtpSessionTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_clean_path_brings_every_frame_with_one_key_frame_and_no_PLI(int seed)
    {
        using MediaPair pair = new(seed);
        pair.Run(TimeSpan.FromSeconds(5));
        Report(pair, seed);
        Assert.Empty(pair.Errors);
        Assert.InRange(pair.Delivered, pair.Made - 3, pair.Made);
        Assert.Equal(1, pair.KeysMade);
        Assert.Equal(0, pair.Viewer.Stats.PlisOut);
        Assert.Equal(0, pair.Viewer.Stats.NacksOut);
        Assert.InRange(pair.LongestFreeze.TotalMilliseconds, 30, 60);
    }

    [Theory]
    [InlineData(VideoCodec.Vp8, true)]
    [InlineData(VideoCodec.Vp8, false)]
    [InlineData(VideoCodec.H264, true)]
    public void Two_percent_loss_at_50_ms_round_trip_freezes_never_longer_than_300_ms(VideoCodec codec, bool rtx)
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            using MediaPair pair = new(seed, codec, rtx);
            pair.Forward.Loss = 0.02;
            pair.Back.Loss = 0.02;
            pair.Run(TimeSpan.FromSeconds(30));
            Report(pair, seed);
            Assert.Empty(pair.Errors);
            Assert.InRange(pair.LongestFreeze.TotalMilliseconds, 30, 300);
            Assert.True(pair.Delivered > pair.Made * 0.97, $"seed {seed}: {pair.Delivered} of {pair.Made}");
        }
    }

    [Theory]
    [InlineData("80CF00020000000700000000", 0)] // an extended report
    [InlineData("80CC0003000000074142434400000000", 0)] // an application's own
    [InlineData("81C8000100000007", 1)] // a sender report without its figures
    [InlineData("81CD000100000007", 1)] // feedback without its media
    public void Rtcp_of_an_unknown_type_is_not_malformed(string packet, int malformed)
    {
        using var pair = new MediaPair(1);
        pair.Sender.ReceiveRtcp(pair.Now, Convert.FromHexString(packet));
        Assert.Equal(malformed, pair.Sender.Stats.DroppedMalformedRtcp);
    }

    [Fact]
    public void Payload_types_that_change_under_way_cost_no_picture_and_no_key_frame()
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            using MediaPair pair = new(seed);
            pair.Forward.Loss = 0.02;
            pair.Run(TimeSpan.FromSeconds(3));
            pair.Renegotiate(110, 111);
            pair.Run(TimeSpan.FromSeconds(2));
            pair.Renegotiate(96, 97);
            pair.Run(TimeSpan.FromSeconds(3));
            Report(pair, seed);
            Assert.Empty(pair.Errors);
            Assert.Equal(1, pair.KeysMade);
            Assert.InRange(pair.LongestFreeze.TotalMilliseconds, 30, 300);
            Assert.True(pair.Delivered > pair.Made * 0.97, $"seed {seed}: {pair.Delivered} of {pair.Made}");
        }
    }

    [Fact]
    public void Everything_lent_is_back_after_dispose()
    {
        MediaPair pair = new(3);
        pair.Forward.Loss = 0.1;
        pair.Run(TimeSpan.FromSeconds(3));
        Assert.True(pair.Pool.Outstanding > 0);
        pair.Dispose();
        Assert.Equal(0, pair.Pool.Outstanding);
        Assert.Equal(0, pair.Viewer.Receiving.BuffersOutstanding);
    }

    private void Report(MediaPair pair, int seed) => output.WriteLine(
        $"seed {seed}: made {pair.Made} (keys {pair.KeysMade}), delivered {pair.Delivered}, freeze "
            + $"{pair.LongestFreeze.TotalMilliseconds:F0} ms, delay {pair.LongestDelay.TotalMilliseconds:F0} ms, {pair.Viewer.Stats}, "
            + $"estimate {pair.Sender.Stats.Estimate.Kilobits:F0} kbit/s, rtt {pair.Sender.RoundTrip.TotalMilliseconds:F0}");
}
