using Rtc.Media.Codecs;
using Rtc.Media.Codecs.Av;
using Rtc.Media.Codecs.H264;
using Rtc.Media.Codecs.Vpx;

namespace Rtc.Media.Tests.Codecs;

public sealed class ParserTests
{
    // A parameter set of x264: baseline, level 1.3, 320×240.
    private static readonly byte[] Sps = [0x67, 0x42, 0xC0, 0x0D, 0xDA, 0x05, 0x07, 0xE8, 0x40, 0x00, 0x00, 0x03, 0x00, 0x40, 0x00, 0x00, 0x0F, 0x23, 0xC5, 0x0A, 0xA8];

    [Fact]
    public void Nal_units_are_found_whatever_their_start_codes()
    {
        byte[] stream = [9, 9, 0, 0, 1, 0x65, 1, 2, 0, 0, 0, 1, 0x41, 0, 0, 3, 0, 0, 0, 0, 1, 0x06, 7, 0, 0, 1];
        var units = new NalReader(stream);
        var found = new List<byte[]>();
        while (units.Read())
        {
            found.Add(units.Current.ToArray());
        }

        Assert.Equal(3, found.Count);
        Assert.Equal([0x65, 1, 2], found[0]);
        Assert.Equal([0x41, 0, 0, 3], found[1]);
        Assert.Equal([0x06, 7], found[2]);
    }

    [Fact]
    public void A_parameter_set_tells_its_size_and_no_truncation_of_it_does_harm()
    {
        Assert.True(SpsView.TryParse(Sps, out SpsView view));
        Assert.Equal((66, 320, 240), (view.Profile, view.Width, view.Height));
        for (int length = 0; length < Sps.Length; length++)
        {
            _ = SpsView.TryParse(Sps.AsSpan(0, length), out _);
        }

        Assert.False(SpsView.TryParse(Sps.AsSpan(0, 6), out _));
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(99);
        byte[] buffer = new byte[64];
        for (int i = 0; i < 200_000; i++)
        {
            Span<byte> data = buffer.AsSpan(0, random.Next(buffer.Length));
            random.NextBytes(data);
            if (i % 2 == 0 && data.Length > 3)
            {
                (data[0], data[1]) = (0x67, (byte)(i % 4 == 0 ? 100 : 66));
            }

            if (SpsView.TryParse(data, out SpsView sps))
            {
                Assert.True(sps.Width > 0 && sps.Height > 0);
            }

            if (Vp8Header.TryParse(data, out Vp8Header header) && header.IsKey)
            {
                Assert.True(header.Width > 0 && header.Height > 0);
            }

            var units = new NalReader(data);
            while (units.Read())
            {
                Assert.True(units.Current.Length > 0);
            }
        }
    }

    [Fact]
    public void Every_library_of_this_machine_is_reported_and_unknown_versions_are_refused_by_name()
    {
        IReadOnlyList<NativeLibraryReport> report = VideoCodecs.Report();
        Assert.Equal(["libvpx", "libavcodec", "video card", "libyuv", "libturbojpeg"], report.Select(line => line.Name));
        Assert.All(report, line => Assert.True(line.Ok, line.Problem));
        Assert.Contains("v9.9.9", Assert.Throws<NativeLibraryMissingException>(() => VpxAbi.For("v9.9.9", "libvpx.so.99")).Message, StringComparison.Ordinal);
        Assert.Contains("8.0", Assert.Throws<NativeLibraryMissingException>(() => AvLayout.For(62, "8.0")).Message, StringComparison.Ordinal);
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
