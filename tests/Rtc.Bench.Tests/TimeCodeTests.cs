using Rtc.Bench;
using Rtc.Inference;
using Rtc.Inference.Motion;
using Rtc.Media;
using Rtc.Media.Drawing;
using Xunit;

namespace Rtc.Bench.Tests;

public sealed class TimeCodeTests
{
    [Theory]
    [InlineData(64, 64)]
    [InlineData(320, 240)]
    [InlineData(640, 480)]
    [InlineData(1280, 720)]
    public void Clock_is_read_at_every_size(int width, int height)
    {
        using var pool = new PicturePool();
        using Picture picture = pool.Rent(width, height);
        new Clip(width, height).Draw(picture, 3);
        TimeCode.Write(picture, 0xDEADBEEF);

        Assert.True(TimeCode.TryRead(picture, out uint read));
        Assert.Equal(0xDEADBEEF, read);
    }

    /// <summary>With no model the clock itself is what moves most, and gets boxes with labels.</summary>
    [Fact]
    public void Boxes_of_what_moves_leave_the_clock_readable()
    {
        const int frames = 90;
        using var pool = new PicturePool();
        using var detector = new MotionDetector();
        var clip = new Clip(640, 480);
        var found = new List<Detection>();
        int boxes = 0;
        int readable = 0;
        for (int frame = 0; frame < frames; frame++)
        {
            using Picture picture = pool.Rent(640, 480);
            clip.Draw(picture, frame);
            uint code = CaptureClock.CodeOf(frame * 1000.0 / 30);
            TimeCode.Write(picture, code);
            detector.Detect(picture, new DetectOptions(), found);
            boxes += found.Count;
            foreach (Detection detection in found)
            {
                Draw.Box(picture, detection.Box, Palette.ForTrack(1));
                Draw.Label(picture, detection.Box.Left, detection.Box.Top, "moving 12", Palette.ForTrack(1));
            }

            readable += TimeCode.TryRead(picture, out uint read) && read == code ? 1 : 0;
        }

        Assert.True(boxes > frames, $"only {boxes} boxes");
        Assert.True(readable >= frames * 0.9, $"{readable} of {frames} were readable");
    }
}
