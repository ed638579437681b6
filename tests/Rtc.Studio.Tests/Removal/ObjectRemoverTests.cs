using Rtc.Media;
using Rtc.Studio.Clips;
using Rtc.Studio.Removal;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Removal;

public sealed unsafe class ObjectRemoverTests(ITestOutputHelper output)
{
    [Fact]
    public void Panned_background_comes_back_from_other_pictures()
    {
        using MadeClip clip = MadeClip.Of(
            280, 200, 20, frame => (frame * 1.7, frame * 0.6), frame => (50 + (frame * 8.5), 90 + (frame * 0.9), 24));
        double filled = Hole(clip);
        double alone = Inpainted(clip);
        output.WriteLine($"hole {filled:0.0} dB, inpainting alone {alone:0.0} dB");
        Assert.InRange(filled, 35, 99);
        Assert.InRange(filled, alone + 10, 99);
    }

    [Fact]
    public void Still_background_comes_back_and_nothing_else_changes()
    {
        using MadeClip clip = MadeClip.Of(280, 200, 20, _ => (0, 0), frame => (50 + (frame * 8.5), 100, 24));
        double filled = Hole(clip, outsideIsSame: true);
        output.WriteLine($"hole {filled:0.0} dB, inpainting alone {Inpainted(clip):0.0} dB");
        Assert.InRange(filled, 40, 99);
    }

    /// <summary>What no picture shows is invented once: on a still background it is the same in every picture.</summary>
    [Fact]
    public void Invented_background_does_not_flicker()
    {
        using MadeClip clip = MadeClip.Of(160, 120, 10, _ => (0, 0), frame => (80 + frame, 60, 24));
        List<byte[]> middles = [];
        new ObjectRemover(clip.Frames).Remove(
            [.. clip.Truth.Select(MaskRuns.Of)], () => { },
            picture => middles.Add(picture.RowY(60).Slice(76, 8).ToArray()));
        Assert.All(middles, middle => Assert.Equal(middles[0], middle));
    }

    [Fact]
    public void Clip_without_the_object_stays_as_it_was()
    {
        using MadeClip clip = MadeClip.Of(97, 61, 4, frame => (frame, 0), _ => null);
        int frame = 0;
        new ObjectRemover(clip.Frames).Remove([.. clip.Truth.Select(MaskRuns.Of)], () => { }, picture =>
        {
            using Picture before = clip.Frames.Rent(frame++);
            Assert.Equal(new PictureBytes(before), new PictureBytes(picture));
        });
        Assert.Equal(4, frame);
    }

    private double Hole(MadeClip clip, bool outsideIsSame = false)
    {
        double sum = 0;
        long count = 0;
        int frame = 0;
        double worst = double.MaxValue;
        new ObjectRemover(clip.Frames).Remove([.. clip.Truth.Select(MaskRuns.Of)], () => { }, picture =>
        {
            using Picture truth = clip.Background.Rent(frame);
            using Picture before = clip.Frames.Rent(frame);
            (double off, long pixels) = Difference(picture, truth, clip.Truth[frame]);
            worst = Math.Min(worst, Psnr(off, pixels));
            (sum, count) = (sum + off, count + pixels);
            if (outsideIsSame)
            {
                ClipMask grown = new(clip.Frames.Width, clip.Frames.Height);
                grown.CopyFrom(clip.Truth[frame]);
                OpenCv.Dilate(grown, 6);
                for (int y = 0; y < picture.Height; y++)
                {
                    for (int x = 0; x < picture.Width; x++)
                    {
                        Assert.True(grown.IsInside(x, y) || picture.RowY(y)[x] == before.RowY(y)[x], $"{x}, {y} of {frame} changed");
                    }
                }
            }

            frame++;
        });
        output.WriteLine($"worst picture {worst:0.0} dB");
        return Psnr(sum, count);
    }

    private static double Inpainted(MadeClip clip)
    {
        double sum = 0;
        long count = 0;
        for (int frame = 0; frame < clip.Frames.Count; frame++)
        {
            using Picture picture = clip.Frames.Rent(frame);
            using Picture truth = clip.Background.Rent(frame);
            OpenCv.Inpaint(picture.Y, picture.StrideY, picture.Width, picture.Height, clip.Truth[frame].Alpha.ToArray());
            (double off, long pixels) = Difference(picture, truth, clip.Truth[frame]);
            (sum, count) = (sum + off, count + pixels);
        }

        return Psnr(sum, count);
    }

    private static (double Sum, long Count) Difference(Picture a, Picture b, ClipMask mask)
    {
        double sum = 0;
        long count = 0;
        for (int y = 0; y < a.Height; y++)
        {
            for (int x = 0; x < a.Width; x++)
            {
                if (mask.IsInside(x, y))
                {
                    double off = a.RowY(y)[x] - b.RowY(y)[x];
                    sum += off * off;
                    count++;
                }
            }
        }

        return (sum, count);
    }

    private static double Psnr(double sum, long count) => sum == 0 ? 99 : 10 * Math.Log10(255.0 * 255 * count / sum);

    private sealed record PictureBytes(string Hash)
    {
        public PictureBytes(Picture picture)
            : this(string.Join(' ', Enumerable.Range(0, picture.Height).Select(y => Convert.ToHexString(picture.RowY(y)))))
        {
        }
    }
}
