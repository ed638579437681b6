using Rtc.Media.Codecs;
using Rtc.Media.Codecs.Av;
using Rtc.Media.Codecs.Vpx;
using Rtc.Media.Factory;
using Rtc.Media.Native;

namespace Rtc.Media.Tests.Codecs;

public sealed class LibraryTests
{
    [Fact]
    public void Every_library_is_reported_and_unknown_versions_are_refused()
    {
        IReadOnlyList<NativeLibraryReport> report = VideoCodecs.Report();
        Assert.Equal(["libvpx", "libavcodec", "video card", "libyuv", "libturbojpeg"], report.Select(line => line.Name));
        Assert.All(report, line => Assert.True(line.Ok, line.Problem));
        Assert.Contains(
            "v9.9.9", Assert.Throws<NativeLibraryMissingException>(() => VpxAbi.For("v9.9.9", "libvpx.so.99")).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "8.0", Assert.Throws<NativeLibraryMissingException>(() => AvLayout.For(62, "8.0")).Message, StringComparison.Ordinal);
        Assert.Equal(36, VpxAbi.For("v1.15.0-9-gabc", "x").Encoder[0]);
    }

    [Fact]
    public void The_encoders_effort_follows_the_time_that_pictures_take()
    {
        var speed = new EncoderSpeed(5, 12, 7);
        for (int i = 0; i < 100; i++)
        {
            speed.Observe(milliseconds: 9, budgetMilliseconds: 3);
        }

        Assert.Equal(12, speed.Current);
        for (int i = 0; i < 90 * 7; i++)
        {
            speed.Observe(milliseconds: 0.5, budgetMilliseconds: 3);
        }

        Assert.Equal(5, speed.Current);
        for (int i = 0; i < 500; i++)
        {
            Assert.False(speed.Observe(milliseconds: 2.4, budgetMilliseconds: 3));
        }
    }
}
