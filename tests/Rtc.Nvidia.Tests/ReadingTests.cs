using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Codecs.H264;
using Rtc.Media.Tests.Support;

namespace Rtc.Nvidia.Tests;

/// <summary>H.264 read by the card, beside the processor.</summary>
public sealed class ReadingTests : IDisposable
{
    private readonly PicturePool _pool = PicturePool.Diagnostic();

    public ReadingTests() => Card.Mend();

    public void Dispose()
    {
        Card.Mend();
        _pool.Dispose();
    }

    [Theory]
    [InlineData("640x360", "-profile:v baseline")]
    [InlineData("640x480", "-profile:v main -x264-params aud=1:slices=4:weightp=2:ref=3")]
    [InlineData("402x226", "-profile:v high -x264-params aud=1:8x8dct=1:chroma-qp-offset=4")]
    [InlineData("322x242", "-profile:v high -x264-params aud=1:constrained-intra=1:deblock=2,2")]
    [InlineData("320x180", "-profile:v baseline -pix_fmt yuvj420p -color_range pc")]
    [InlineData("1920x1080", "-profile:v baseline")]
    public void What_the_card_reads_is_what_the_processor_reads_bit_for_bit(string size, string options)
    {
        Card.NeedAny();
        Ffmpeg.Need();

        using var processor = new H264Decoder(CodecHardware.Off);
        using var card = new H264Decoder(CodecHardware.Always);
        foreach (byte[] unit in Stream(size, 12, options))
        {
            Assert.Equal(DecodeStatus.Picture, processor.Decode(unit, _pool, out Picture? expected));
            Assert.Equal(DecodeStatus.Picture, card.Decode(unit, _pool, out Picture? picture));
            using (expected)
            using (picture)
            {
                Assert.True(card.OnCard);
                Assert.False(processor.OnCard);
                Assert.True(Quality.Same(expected!, picture!), $"{Quality.Psnr(expected!, picture!):0.0} dB");
            }
        }
    }

    [Fact]
    public void Left_to_itself_it_gives_the_card_what_is_large()
    {
        Card.NeedAny();

        using var decoder = new H264Decoder();
        using var encoder = new H264Encoder(new EncoderSettings { Width = 640, Height = 480, Hardware = CodecHardware.Off });
        foreach ((int width, int height, bool byCard)
            in new[] { (640, 480, false), (1920, 1080, true), (1280, 720, false), (1920, 1080, true) })
        {
            for (int i = 0; i < 3; i++)
            {
                Read(decoder, Write(encoder, width, height, i));
                Assert.Equal(byCard, decoder.OnCard);
            }
        }
    }

    [Fact]
    public void Switched_off_nothing_goes_to_the_card()
    {
        Card.NeedStandIn();

        long before = Card.State.PicturesRead + Card.State.PicturesWritten;
        using var decoder = new H264Decoder(CodecHardware.Off);
        using var encoder = new H264Encoder(new EncoderSettings { Width = 1920, Height = 1080, Hardware = CodecHardware.Off });
        Read(decoder, Write(encoder, 1920, 1080, 0));
        Assert.Equal(before, Card.State.PicturesRead + Card.State.PicturesWritten);
        Assert.Equal("libx264", encoder.Implementation);
    }

    [Fact]
    public void A_card_that_gives_up_costs_no_more_than_a_key_frame()
    {
        Card.NeedStandIn();

        using var decoder = new H264Decoder(CodecHardware.Always);
        using var encoder = new H264Encoder(new EncoderSettings { Width = 320, Height = 240, Hardware = CodecHardware.Off });
        Read(decoder, Write(encoder, 320, 240, 0));
        Read(decoder, Write(encoder, 320, 240, 1));
        Assert.True(decoder.OnCard);
        Card.State.ReadsUntilFault = 0;
        Assert.Equal(DecodeStatus.NeedKeyFrame, decoder.Decode(Write(encoder, 320, 240, 2), _pool, out _));
        Assert.Equal(DecodeStatus.NeedKeyFrame, decoder.Decode(Write(encoder, 320, 240, 3), _pool, out _));
        Card.State.ReadsUntilFault = 0;
        Read(decoder, Write(encoder, 320, 240, 4, key: true));
        Assert.False(decoder.OnCard);

        // And it is not asked again: a card that comes and goes would cost a key frame each time.
        Card.Mend();
        Read(decoder, Write(encoder, 320, 240, 5, key: true));
        Assert.False(decoder.OnCard);
    }

    [Fact]
    public void Damaged_data_is_no_error_of_the_card()
    {
        Card.NeedAny();

        using var decoder = new H264Decoder(CodecHardware.Always);
        using var encoder = new H264Encoder(new EncoderSettings { Width = 320, Height = 240, Hardware = CodecHardware.Off });
        Read(decoder, Write(encoder, 320, 240, 0));
        byte[] damaged = Write(encoder, 320, 240, 1, key: true);
        Array.Resize(ref damaged, 40);
        Assert.Equal(DecodeStatus.NeedKeyFrame, decoder.Decode(damaged, _pool, out _));
        Read(decoder, Write(encoder, 320, 240, 2, key: true));
        Assert.True(decoder.OnCard);
    }

    [Fact]
    public void What_the_card_does_not_take_the_processor_reads()
    {
        Card.NeedStandIn();
        Ffmpeg.Need();

        // Smaller than the stand-in's smallest.
        using var decoder = new H264Decoder(CodecHardware.Always);
        foreach (byte[] unit in Stream("32x32", 3, "-profile:v baseline"))
        {
            Read(decoder, unit);
            Assert.False(decoder.OnCard);
        }
    }

    private static List<byte[]> Stream(string size, int pictures, string options)
    {
        string aud = options.Contains("x264-params", StringComparison.Ordinal) ? string.Empty : "-x264-params aud=1";
        return Ffmpeg.SplitAnnexB(
            Ffmpeg.Run(
                $"-f lavfi -i testsrc2=s={size}:r=30 -frames:v {pictures} -pix_fmt yuv420p -c:v libx264 -preset veryfast -bf 0 "
                    + $"{options} {aud} -f h264 -"));
    }

    private byte[] Write(H264Encoder encoder, int width, int height, int time, bool key = false)
    {
        using Picture picture = Pictures.Scene(_pool, width, height, time);
        using EncodedFrame coded = encoder.Encode(picture, (uint)(time * 3000), key)!;
        return coded.Data.ToArray();
    }

    private void Read(H264Decoder decoder, byte[] unit)
    {
        Assert.Equal(DecodeStatus.Picture, decoder.Decode(unit, _pool, out Picture? picture));
        picture!.Dispose();
    }
}
