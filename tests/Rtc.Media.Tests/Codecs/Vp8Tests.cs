using Rtc.Media.Codecs;
using Rtc.Media.Codecs.Vpx;
using Rtc.Media.Factory;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Codecs;

public sealed class Vp8Tests
{
    [Theory]
    [InlineData(320, 240)]
    [InlineData(17, 33)]
    [InlineData(1, 1)]
    [InlineData(641, 359)]
    public void A_picture_comes_back_close_to_what_went_in(int width, int height)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            VideoCodec.Vp8, new EncoderSettings { Width = width, Height = height, BitrateKbps = 3000, MayDrop = false });
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(VideoCodec.Vp8);
        for (int time = 0; time < 12; time++)
        {
            using Picture source = Pictures.Scene(pool, width, height, time);
            using EncodedFrame? coded = encoder.Encode(source, (uint)(time * 3000), forceKey: false);
            Assert.NotNull(coded);
            Assert.Equal(time == 0, coded.IsKey);
            Assert.Equal(coded.Data.Length, coded.Stats.Bytes);
            Assert.InRange(coded.Stats.Quantizer, 0, 63);
            Assert.Equal(DecodeStatus.Picture, decoder.Decode(coded.Data, pool, out Picture? decoded));
            using (decoded)
            {
                Assert.Equal((width, height), (decoded!.Width, decoded.Height));
                Assert.True(Quality.Psnr(source, decoded) > 28, $"picture {time}: {Quality.Psnr(source, decoded):0.0} dB");
            }
        }

        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void Decoder_tells_the_quantizer_that_the_encoder_used()
    {
        using var pool = new PicturePool();
        using var encoder = new Vp8Encoder(new EncoderSettings { Width = 160, Height = 120, BitrateKbps = 400 });
        using var decoder = new Vp8Decoder();
        Assert.Equal(-1, decoder.Quantizer);
        for (int time = 0; time < 40; time++)
        {
            encoder.SetMinQuantizer(time);
            using Picture source = Pictures.Noise(pool, 160, 120, time);
            using EncodedFrame? coded = encoder.Encode(source, (uint)(time * 3000), forceKey: false);
            if (coded is not null)
            {
                Assert.Equal(DecodeStatus.Picture, decoder.Decode(coded.Data, pool, out Picture? decoded));
                decoded!.Dispose();

                // Between two of the encoder's steps it names the coarser one, the decoder the finer.
                Assert.InRange(decoder.Quantizer, coded.Stats.Quantizer - 1, coded.Stats.Quantizer);
                Assert.True(decoder.Quantizer >= time, $"{decoder.Quantizer} where {time} is the finest");
            }
        }
    }

    [Fact]
    public void A_key_frame_comes_when_asked_and_only_then()
    {
        using var pool = new PicturePool();
        using var encoder = new Vp8Encoder(new EncoderSettings { Width = 160, Height = 120 });
        for (int time = 0; time < 200; time++)
        {
            using Picture source = Pictures.Scene(pool, 160, 120, time);
            using EncodedFrame? coded = encoder.Encode(source, (uint)(time * 3000), forceKey: time == 70);
            Assert.Equal(time is 0 or 70, coded?.IsKey ?? false);
        }
    }

    [Fact]
    public void New_size_starts_with_a_key_frame()
    {
        using var pool = new PicturePool();
        using var encoder = new Vp8Encoder(new EncoderSettings { Width = 160, Height = 120 });
        using var decoder = new Vp8Decoder();
        CodecSizes.EachBeginsWithAKeyFrame(encoder, decoder, pool, [(160, 120), (120, 160), (320, 240), (160, 120), (161, 119)]);
    }
}
