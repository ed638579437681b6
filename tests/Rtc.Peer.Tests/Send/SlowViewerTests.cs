using Rtc.Peer.Primitives;
using Rtc.Peer.Tests.Rtp;
using Xunit;

namespace Rtc.Peer.Tests.Send;

public sealed class SlowViewerTests(ITestOutputHelper output)
{
    [Fact]
    public void Viewer_with_room_for_the_base_layer_alone_keeps_moving()
    {
        for (int seed = 1; seed <= 6; seed++)
        {
            using MediaPair pair = new(seed) { TwoLayers = true, EncoderFixed = Bitrate.FromKilobits(1000) };
            pair.Forward.Cap = 750_000;
            pair.Run(TimeSpan.FromSeconds(10));
            int before = pair.Delivered;
            pair.ForgetFreezes();
            pair.Run(TimeSpan.FromSeconds(20));
            double rate = (pair.Delivered - before) / 20.0;
            output.WriteLine(
                $"seed {seed}: {rate:F1} pictures a second, freeze {pair.LongestFreeze.TotalMilliseconds:F0} ms, keys {pair.KeysMade}, "
                    + $"estimate {pair.Sender.Stats.Estimate.Kilobits:F0}, left out {pair.Sender.Stats.FramesLeftOut}, lost "
                    + $"{pair.Forward.Lost}");
            Assert.Empty(pair.Errors);
            Assert.InRange(rate, 13, 25);
            Assert.True(pair.LongestFreeze < TimeSpan.FromMilliseconds(600), $"seed {seed}: {pair.LongestFreeze.TotalMilliseconds} ms");
        }
    }

    [Fact]
    public void Both_layers_come_whole_over_a_lossy_path()
    {
        for (int seed = 1; seed <= 6; seed++)
        {
            using MediaPair pair = new(seed) { TwoLayers = true };
            pair.Forward.Loss = 0.05;
            pair.Back.Loss = 0.05;
            pair.Run(TimeSpan.FromSeconds(15));
            output.WriteLine(
                $"seed {seed}: delivered {pair.Delivered} of {pair.Made}, keys {pair.KeysMade}, freeze "
                    + $"{pair.LongestFreeze.TotalMilliseconds:F0} ms, left out {pair.Sender.Stats.FramesLeftOut}, estimate "
                    + $"{pair.Sender.Stats.Estimate.Kilobits:F0}");
            Assert.Empty(pair.Errors);
            Assert.True(pair.Delivered > pair.Made * 0.9);
            Assert.True(pair.LongestFreeze < TimeSpan.FromMilliseconds(400));
        }
    }
}
