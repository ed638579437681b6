using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Media.Imaging;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Codecs;

public sealed class RateTests
{
    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public void The_bitrate_changes_while_running_without_a_key_frame(VideoCodec format)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            format, new EncoderSettings { Width = 320, Height = 240, BitrateKbps = 800 });
        double before = 0;
        double after = 0;
        for (int time = 0; time < 240; time++)
        {
            if (time == 120)
            {
                encoder.SetBitrate(200);
            }

            // Noise on top of the scene: something that bits can always be spent on.
            using Picture source = Noisy(pool, time);
            using EncodedFrame? coded = encoder.Encode(source, (uint)(time * 3000), false);
            Assert.False(time > 0 && coded is { IsKey: true });
            before += time is >= 60 and < 120 ? coded?.Length ?? 0 : 0;
            after += time is >= 180 ? coded?.Length ?? 0 : 0;
        }

        (before, after) = (before * 8 / 2000, after * 8 / 2000);
        Assert.True(before is > 500 and < 1000 && after is > 100 and < 290, $"{before:0} and {after:0} kbit/s");
    }

    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public void No_bits_are_spent_on_what_nobody_sees(VideoCodec format)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            format, new EncoderSettings { Width = 320, Height = 240, BitrateKbps = 8000 });
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(format);
        double bytes = 0;
        double worst = double.MaxValue;
        for (int time = 0; time < 60; time++)
        {
            using Picture source = Noisy(pool, time);
            using EncodedFrame coded = encoder.Encode(source, (uint)(time * 3000), false)!;
            Assert.Equal(DecodeStatus.Picture, decoder.Decode(coded.Data, pool, out Picture? back));
            using (back)
            {
                worst = Math.Min(worst, Quality.Psnr(source, back!));
            }

            bytes += coded.Length;
        }

        double rate = bytes * 8 / 2000;
        Console.WriteLine($"{format}: {rate:0} of 8000 kbit/s, {worst:0.0} dB at worst");
        Assert.True(rate < 7200 && worst > 39, $"{rate:0} kbit/s, {worst:0.0} dB");
    }

    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public void A_region_of_interest_moves_bits_to_the_subject(VideoCodec format)
    {
        var subject = new RectF(112, 64, 208, 176);
        double plain = SubjectQuality(format, subject, 0);
        double focused = SubjectQuality(format, subject, 24);
        Console.WriteLine($"{format}: subject {plain:0.00} dB plain, {focused:0.00} dB as region of interest");
        Assert.True(focused > plain + 0.7, $"{plain:0.00} dB plain, {focused:0.00} dB focused");
    }

    private static double SubjectQuality(VideoCodec format, RectF subject, int strength)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            format, new EncoderSettings { Width = 320, Height = 240, BitrateKbps = 500, MayDrop = false });
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(format);
        encoder.SetInterest(strength > 0 ? MaskShapes.Box(subject) : null, strength);
        double quality = 0;
        for (int time = 0; time < 40; time++)
        {
            using Picture source = Noisy(pool, time);
            using EncodedFrame coded = encoder.Encode(source, (uint)(time * 3000), false)!;
            Assert.Equal(DecodeStatus.Picture, decoder.Decode(coded.Data, pool, out Picture? back));
            quality += time >= 20 ? Quality.Psnr(source, back!, subject) / 20 : 0;
            back!.Dispose();
        }

        return quality;
    }

    private static Picture Noisy(PicturePool pool, int time)
    {
        Picture picture = Pictures.Scene(pool, 320, 240, time);
        var random = new Random(time);
        for (int y = 0; y < 240; y++)
        {
            foreach (ref byte luma in picture.RowY(y))
            {
                luma = (byte)Math.Clamp(luma + random.Next(-9, 10), 0, 255);
            }
        }

        return picture;
    }
}
