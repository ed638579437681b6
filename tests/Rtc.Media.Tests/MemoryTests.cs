using System.Diagnostics;
using Rtc.Media.Codecs;
using Rtc.Media.Drawing;
using Rtc.Media.Factory;
using Rtc.Media.Imaging;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests;

/// <summary>Reads the memory of the whole process, so it waits until no other test is running.</summary>
[Collection("alone")]
public sealed class MemoryTests
{
    /// <summary>RTC_SOAK_PICTURES asks for more: 108000 is an hour at 30 a second.</summary>
    [Fact]
    public void Memory_is_flat_through_decode_blur_draw_and_encode()
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("RTC_SOAK_PICTURES"), out int asked) ? asked : 1500;
        using var pool = new PicturePool();
        using IVideoEncoder source = VideoCodecs.CreateEncoder(
            VideoCodec.Vp8, new EncoderSettings { Width = 160, Height = 120, MayDrop = false });
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            VideoCodec.Vp8, new EncoderSettings { Width = 160, Height = 120, MayDrop = false });
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(VideoCodec.Vp8);
        using var focus = new Focus();
        Mask mask = MaskShapes.Ellipse(new RectF(40, 30, 120, 90));
        var frames = new List<byte[]>();
        for (int time = 0; time < 30; time++)
        {
            using Picture scene = Pictures.Scene(pool, 160, 120, time);
            using EncodedFrame coded = source.Encode(scene, (uint)(time * 3000), false)!;
            frames.Add(coded.Data.ToArray());
        }

        long atStart = 0;
        long managed = 0;
        for (int i = 0; i < count; i++)
        {
            if (i == count / 3)
            {
                atStart = Resident();
                managed = GC.GetAllocatedBytesForCurrentThread();
            }

            Assert.Equal(DecodeStatus.Picture, decoder.Decode(frames[i % 30], pool, out Picture? picture));
            using (picture)
            {
                focus.Apply(picture!, mask, 0.6f);
                Draw.Label(picture!, 40, 30, "person", Palette.ForTrack(1));
                using EncodedFrame coded = encoder.Encode(picture!, (uint)(i * 3000), false)!;
                Assert.True(coded.Length > 0);
            }
        }

        double perPicture = (GC.GetAllocatedBytesForCurrentThread() - managed) / (count * 2.0 / 3);
        double grown = (Resident() - atStart) / 1e6;
        Console.WriteLine($"{count} pictures: {grown:0.0} MB grown, {perPicture:0} B managed a picture");
        Assert.True(grown < 12, $"{grown:0.0} MB");
        Assert.True(perPicture < 1024, $"{perPicture:0} B a picture");
        Assert.Equal(0, pool.Outstanding);
    }

    private static long Resident()
    {
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}

[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class Alone;
