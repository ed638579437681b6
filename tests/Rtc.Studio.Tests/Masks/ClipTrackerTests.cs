using Rtc.Inference;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Masks;

public sealed class ClipTrackerTests(ITestOutputHelper output)
{
    [Fact]
    public void Square_over_a_panned_background_is_followed_to_both_ends()
    {
        using MadeClip clip = MadeClip.Of(
            280, 200, 24, frame => (frame * 1.7, frame * 0.6), frame => (80 + (frame * 3.1), 90 + (frame * 0.9), 30));
        Check(clip, frame: 10, mean: 0.9, worst: 0.8);
    }

    [Fact]
    public void Square_over_a_still_background_is_followed_to_both_ends()
    {
        using MadeClip clip = MadeClip.Of(280, 200, 24, _ => (0, 0), frame => (220 - (frame * 3.3), 80 + (frame * 1.2), 30));
        Check(clip, frame: 14, mean: 0.9, worst: 0.8);
    }

    [Fact]
    public void Square_that_stands_still_is_told_by_its_colours()
    {
        using MadeClip clip = MadeClip.Of(280, 200, 6, _ => (0, 0), _ => (140, 100, 34));
        Check(clip, frame: 0, mean: 0.9, worst: 0.8);
    }

    [Fact]
    public void Square_that_was_hidden_is_found_again()
    {
        using MadeClip clip = MadeClip.Of(
            280, 160, 32, _ => (0, 0), frame => (40 + (frame * 6.5), 80, 22), bar: (110, 170));
        ObjectTrack track = Track(clip, 0, Middle(clip.Truth[0]));
        int hidden = Enumerable.Range(0, 32).First(frame => clip.Truth[frame].Area() == 0);
        int back = Enumerable.Range(hidden, 32 - hidden).First(frame => clip.Truth[frame].Area() > 36 * 44);
        output.WriteLine($"hidden at {hidden}, back at {back}, areas {string.Join(' ', track.Masks.Select(mask => mask.Area))}");
        Assert.Equal(0, track.Masks[hidden + 1].Area);
        var mask = new ClipMask(280, 160);
        track.Masks[^1].AddTo(mask);
        Assert.InRange(mask.Iou(clip.Truth[^1]), 0.8, 1);
    }

    [Fact]
    public void Click_on_an_even_picture_finds_nothing()
    {
        using MadeClip clip = MadeClip.Of(160, 120, 6, _ => (0, 0), _ => null, bar: (0, 160));
        ObjectTrack track = Track(clip, 2, (80, 60));
        Assert.False(track.Found);
        Assert.All(track.Masks, mask => Assert.Equal(0, mask.Area));
    }

    [Theory]
    [InlineData(121, 213)]
    [InlineData(64, 33)]
    public void Portrait_and_odd_sizes_are_followed(int width, int height)
    {
        double half = Math.Min(width, height) / 5.0;
        using MadeClip clip = MadeClip.Of(width, height, 8, _ => (0, 0), frame => ((width / 2.0) + frame, height / 2.0, half));
        Check(clip, frame: 7, mean: 0.85, worst: 0.75);
    }

    private void Check(MadeClip clip, int frame, double mean, double worst)
    {
        ObjectTrack track = Track(clip, frame, Middle(clip.Truth[frame]));
        Assert.True(track.Found);
        double[] ious = [.. track.Masks.Select((runs, i) =>
        {
            var mask = new ClipMask(clip.Frames.Width, clip.Frames.Height);
            runs.AddTo(mask);
            return mask.Iou(clip.Truth[i]);
        })];
        output.WriteLine($"mean {ious.Average():0.000}, worst {ious.Min():0.000}, redone {track.Redone}: "
            + string.Join(' ', ious.Select(iou => iou.ToString("0.00", null))));
        Assert.InRange(ious.Average(), mean, 1);
        Assert.InRange(ious.Min(), worst, 1);
    }

    private static ObjectTrack Track(MadeClip clip, int frame, (double X, double Y) click) =>
        new ClipTracker(clip.Frames, () => new GrabCutOutline()).Track(
            frame, new MaskPrompt(null, (float)click.X, (float)click.Y), () => { });

    private static (double X, double Y) Middle(ClipMask mask)
    {
        Rtc.Media.RectF bounds = mask.Bounds()!.Value;
        return (bounds.CenterX, bounds.CenterY);
    }
}
