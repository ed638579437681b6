using Rtc.Bitstream.H264;
using Rtc.Media.Codecs;
using Rtc.Media.Codecs.H264;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Codecs;

public sealed class H264Tests
{
    [Fact]
    public void Stream_is_constrained_baseline_without_delay_and_keys_on_request()
    {
        using PicturePool pool = PicturePool.Diagnostic();
        using var encoder = new H264Encoder(new EncoderSettings { Width = 320, Height = 240 });
        using var decoder = new H264Decoder();
        for (int time = 0; time < 50; time++)
        {
            using Picture source = Pictures.Scene(pool, 320, 240, time);
            using EncodedFrame? coded = encoder.Encode(source, (uint)(time * 3000), forceKey: time == 30);
            Assert.NotNull(coded);
            Assert.Equal(time is 0 or 30, coded.IsKey);
            Assert.InRange(coded.Stats.Quantizer, 0, 51);
            var types = new List<int>();
            var units = new AnnexBReader(coded.Data);
            while (units.Read())
            {
                types.Add(units.Type);
                if (units.Type == NalType.Sps)
                {
                    Assert.True(SpsView.TryParse(units.Current, out SpsView sps));
                    Assert.Equal((66, 320, 240), (sps.Profile, sps.Width, sps.Height));
                    Assert.True((sps.Constraints & 0x40) != 0, "constraint_set1_flag");
                }
            }

            Assert.Equal(coded.IsKey, types.Contains(NalType.Idr));
            Assert.Equal(coded.IsKey, types.Contains(NalType.Sps) && types.Contains(NalType.Pps));
            Assert.DoesNotContain(NalType.Sei, types);
            Assert.Equal(DecodeStatus.Picture, decoder.Decode(coded.Data, pool, out Picture? decoded));
            Assert.True(Quality.Psnr(source, decoded!) > 28, $"picture {time}: {Quality.Psnr(source, decoded!):0.0} dB");
            decoded!.Dispose();
        }
    }

    [Fact]
    public void Full_range_is_brought_to_limited_range()
    {
        if (!Ffmpeg.IsHere)
        {
            return;
        }

        // A full-range grey ramp: level 255 must come out as 235, level 0 as 16.
        byte[] raw = new byte[(64 * 64) + (2 * 32 * 32)];
        raw.AsSpan(0, 32 * 64).Fill(255);
        raw.AsSpan(64 * 64).Fill(128);
        byte[] stream = Ffmpeg.Run(
            "-f rawvideo -s 64x64 -pix_fmt yuvj420p -i - -c:v libx264 -profile:v baseline -qp 1 -x264-params aud=1 -pix_fmt "
                + "yuvj420p -f h264 -",
            raw);
        using PicturePool pool = PicturePool.Diagnostic();
        using var decoder = new H264Decoder();
        Assert.Equal(DecodeStatus.Picture, decoder.Decode(stream, pool, out Picture? picture));
        using (picture)
        {
            Assert.InRange(picture!.RowY(5)[20], 233, 235);
            Assert.InRange(picture.RowY(58)[20], 16, 18);
            Assert.InRange(picture.RowU(5)[20], 127, 129);
        }
    }

    [Fact]
    public void New_size_starts_with_a_key_frame()
    {
        using PicturePool pool = PicturePool.Diagnostic();
        using var encoder = new H264Encoder(new EncoderSettings { Width = 160, Height = 120 });
        using var decoder = new H264Decoder();
        CodecSizes.EachBeginsWithAKeyFrame(encoder, decoder, pool, [(160, 120), (120, 160), (320, 240), (160, 120)]);
    }

    [Theory]
    [InlineData(161, 121)]
    [InlineData(161, 120)]
    [InlineData(160, 121)]
    [InlineData(3, 3)]
    public void An_odd_size_loses_its_last_row_and_column(int width, int height)
    {
        using PicturePool pool = PicturePool.Diagnostic();
        using var encoder = new H264Encoder(new EncoderSettings { Width = width, Height = height, BitrateKbps = 3000 });
        using var decoder = new H264Decoder();
        using Picture source = Pictures.Scene(pool, width, height, 0);
        using EncodedFrame coded = encoder.Encode(source, 3000, false)!;
        Assert.Equal(DecodeStatus.Picture, decoder.Decode(coded.Data, pool, out Picture? decoded));
        using (decoded)
        {
            Assert.Equal((width & ~1, height & ~1), (decoded!.Width, decoded.Height));
            using Picture same = PictureOps.Crop(source, new RectF(0, 0, width & ~1, height & ~1), pool);
            Assert.True(Quality.Psnr(same, decoded) > 25, $"{Quality.Psnr(same, decoded):0.0} dB");
        }
    }
}
