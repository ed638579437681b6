using Rtc.Bitstream.H264;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Codecs.H264;
using Rtc.Media.Tests.Support;

namespace Rtc.Nvidia.Tests;

/// <summary>H.264 written by the card.</summary>
public sealed class WritingTests : IDisposable
{
    private const int Width = 640;
    private const int Height = 480;

    private readonly PicturePool _pool = PicturePool.Diagnostic();

    public WritingTests() => Card.Mend();

    public void Dispose()
    {
        Card.Mend();
        _pool.Dispose();
    }

    [Fact]
    public void The_card_writes_constrained_baseline_without_delay_and_keys_when_asked()
    {
        Card.NeedAny();

        using H264Encoder encoder = Open(1500);
        using var decoder = new H264Decoder(CodecHardware.Off);
        Assert.Equal("h264_nvenc", encoder.Implementation);
        for (int time = 0; time < 30; time++)
        {
            using Picture source = Pictures.Scene(_pool, Width, Height, time);
            using EncodedFrame coded = encoder.Encode(source, (uint)(time * 3000), forceKey: time == 20)!;
            Assert.Equal(time is 0 or 20, coded.IsKey);
            Assert.InRange(coded.Stats.Quantizer, 0, 51);
            var units = new AnnexBReader(coded.Data);
            while (units.Read())
            {
                Assert.NotEqual(NalType.Sei, units.Type);
                if (units.Type == NalType.Sps)
                {
                    Assert.True(SpsView.TryParse(units.Current, out SpsView sps));
                    Assert.Equal((66, Width, Height), (sps.Profile, sps.Width, sps.Height));
                }
            }

            Assert.Equal(DecodeStatus.Picture, decoder.Decode(coded.Data, _pool, out Picture? back));
            using (back)
            {
                Assert.True(Quality.Psnr(source, back!) > 28, $"picture {time}: {Quality.Psnr(source, back!):0.0} dB");
            }
        }
    }

    [Fact]
    public void The_card_is_told_what_a_live_stream_needs()
    {
        Card.NeedStandIn();

        using H264Encoder encoder = Open(1500);
        ref CardState card = ref Card.State;
        Assert.Equal((1, 1, 1, 1), (card.Baseline, card.P1, card.UltraLowLatency, card.ConstantRate));
        Assert.Equal((1, 1, 1, 1), (card.FrameInterval, card.EndlessGroup, card.ZeroReorderDelay, card.ParameterSetsRepeated));
        Assert.Equal((1_500_000, 1_500_000, 750_000), (card.BitsPerSecond, card.LargestBitsPerSecond, card.BufferBits));
    }

    [Fact]
    public void A_new_rate_reaches_the_card_without_a_key_frame()
    {
        Card.NeedAny();

        using H264Encoder encoder = Open(2000);
        Assert.True(Write(encoder, 0));
        long changes = Card.IsStandIn ? Card.State.RateChanges : 0;
        encoder.SetBitrate(300);
        Assert.False(Write(encoder, 1));
        Assert.False(Write(encoder, 2));
        if (Card.IsStandIn)
        {
            Assert.Equal((300_000, changes + 1), (Card.State.BitsPerSecond, Card.State.RateChanges));
            Assert.Equal((300_000, 150_000), (Card.State.LargestBitsPerSecond, Card.State.BufferBits));
        }
    }

    [Fact]
    public void A_card_with_all_its_streams_taken_leaves_the_next_to_the_processor()
    {
        Card.NeedStandIn();

        Card.State.MaxEncoders = 2;
        using (H264Encoder first = Open(500))
        using (H264Encoder second = Open(500))
        using (H264Encoder third = Open(500))
        {
            Assert.Equal(["h264_nvenc", "h264_nvenc", "libx264"], [first.Implementation, second.Implementation, third.Implementation]);
            Assert.True(Write(third, 0));
            Assert.True(Write(first, 0));
        }

        using H264Encoder after = Open(500);
        Assert.Equal("h264_nvenc", after.Implementation);
    }

    [Fact]
    public void Size_refused_by_the_card_goes_to_the_processor_and_the_next_back()
    {
        Card.NeedStandIn();

        using H264Encoder encoder = Open(500);
        Assert.True(Write(encoder, 0));
        (int, int, string)[] sizes =
        [
            (96, 80, "libx264"), (320, 240, "h264_nvenc"), (120, 96, "libx264"), (321, 241, "h264_nvenc"),
            (Width, Height, "h264_nvenc"),
        ];
        foreach ((int width, int height, string by) in sizes)
        {
            Assert.True(Write(encoder, 1, width, height));
            Assert.False(Write(encoder, 2, width, height));
            Assert.Equal(by, encoder.Implementation);
        }
    }

    [Fact]
    public void A_card_that_gives_up_loses_no_picture()
    {
        Card.NeedStandIn();

        using H264Encoder encoder = Open(500);
        Assert.True(Write(encoder, 0));
        Card.State.WritesUntilFault = 1;
        Assert.False(Write(encoder, 1));

        // This very picture comes from the processor, as a key picture, since nobody has its references.
        Assert.True(Write(encoder, 2));
        Assert.Equal("libx264", encoder.Implementation);
        Assert.False(Write(encoder, 3));
        Card.Mend();
        Assert.True(Write(encoder, 4, 320, 240));
        Assert.Equal("libx264", encoder.Implementation);
    }

    private static H264Encoder Open(int kilobits) => new(new EncoderSettings { Width = Width, Height = Height, BitrateKbps = kilobits });

    /// <summary>Whether it became a key picture.</summary>
    private bool Write(H264Encoder encoder, int time, int width = Width, int height = Height)
    {
        using Picture picture = Pictures.Scene(_pool, width, height, time);
        using EncodedFrame coded = encoder.Encode(picture, (uint)(time * 3000), false)!;
        return coded.IsKey;
    }
}
