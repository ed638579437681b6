using System.Collections.Concurrent;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Codecs.H264;
using Rtc.Media.Factory;
using Rtc.Media.Tests.Support;

namespace Rtc.Nvidia.Tests;

/// <summary>Many rooms on one card.</summary>
public sealed class SharingTests
{
    public SharingTests() => Card.Mend();

    [Fact]
    public void Rooms_that_come_and_go_leave_nothing_on_the_card_and_share_one_context()
    {
        Card.NeedStandIn();

        Room(0);
        var before = Card.State.Lent;
        for (int i = 0; i < 20; i++)
        {
            Room(i);
        }

        Assert.Equal(before, Card.State.Lent);
        Assert.Equal((1, 1), (Card.State.Contexts, Card.State.ContextsMade));
    }

    [Fact]
    public void Rooms_work_at_the_same_time()
    {
        Card.NeedAny();

        var errors = new ConcurrentQueue<Exception>();
        Thread[] rooms = [.. Enumerable.Range(0, 4).Select(seed => new Thread(() =>
        {
            try
            {
                Room(seed);
            }
            catch (Exception error) when (error is Xunit.Sdk.XunitException or InvalidOperationException)
            {
                errors.Enqueue(error);
            }
        }))];
        Array.ForEach(rooms, room => room.Start());
        Assert.All(rooms, room => Assert.True(room.Join(TimeSpan.FromSeconds(60))));
        Assert.Empty(errors);
    }

    [Fact]
    public void The_doctor_names_the_card()
    {
        if (Card.IsHere)
        {
            Assert.Contains(VideoCodecs.Report(), line => line is { Name: "video card", Ok: true, Version: "NVENC, NVDEC" });
        }
    }

    /// <summary>One stream through the card both ways, in three sizes.</summary>
    private static void Room(int seed)
    {
        using PicturePool pool = PicturePool.Diagnostic();
        using var encoder = new H264Encoder(new EncoderSettings { Width = 320, Height = 240, BitrateKbps = 1000 });
        using var decoder = new H264Decoder(CodecHardware.Always);
        uint time = 0;
        foreach ((int width, int height) in new[] { (320, 240), (240, 320), (640, 360) })
        {
            for (int i = 0; i < 5; i++)
            {
                using Picture source = Pictures.Scene(pool, width, height, seed + i);
                using EncodedFrame coded = encoder.Encode(source, time += 3000, false)!;
                Assert.Equal("h264_nvenc", encoder.Implementation);
                Assert.Equal(DecodeStatus.Picture, decoder.Decode(coded.Data, pool, out Picture? back));
                using (back)
                {
                    Assert.True(decoder.OnCard);
                    Assert.True(Quality.Psnr(source, back!) > 26, $"{Quality.Psnr(source, back!):0.0} dB");
                }
            }
        }
    }
}
