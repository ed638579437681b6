using Rtc.Inference;
using Rtc.Media;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Masks;

/// <summary>A promptable model in the place of colours: asked at the click and every ten pictures.</summary>
public sealed class SegmenterOutlineTests
{
    [Fact]
    public void Model_is_asked_at_the_click_and_now_and_then_and_is_named()
    {
        using MadeClip clip = MadeClip.Of(160, 120, 23, _ => (0, 0), frame => (40 + (3 * frame), 60, 18));
        var model = new BoxModel(half: 18);
        using var outline = new SegmenterOutline(model);
        ObjectTrack track = new ClipTracker(clip.Frames, () => outline).Track(0, new MaskPrompt(null, 40, 60), () => { });
        Assert.Equal("box", outline.Name);
        Assert.Equal(3, model.Asked);
        var mask = new ClipMask(160, 120);
        track.Masks[^1].AddTo(mask);
        Assert.InRange(mask.Iou(clip.Truth[^1]), 0.8, 1);
    }

    [Fact]
    public void Answer_that_lies_elsewhere_is_not_taken()
    {
        using MadeClip clip = MadeClip.Of(160, 120, 12, _ => (0, 0), frame => (40 + (3 * frame), 60, 18));
        var model = new BoxModel(half: 18) { Shift = 50 };
        ObjectTrack track = new ClipTracker(clip.Frames, () => new SegmenterOutline(model))
            .Track(0, new MaskPrompt(null, 40, 60), () => { });
        var mask = new ClipMask(160, 120);
        track.Masks[^1].AddTo(mask);
        Assert.InRange(mask.Iou(clip.Truth[^1]), 0.8, 1);
    }

    /// <summary>Answers a point with a square around it, a box with the box itself or, later on, with what lies beside it.</summary>
    private sealed class BoxModel(int half) : ISegmenter
    {
        public int Asked { get; private set; }

        public int Shift { get; init; }

        public string Model => "box";

        public string Provider => "test";

        public bool TrySegment(Picture picture, in MaskPrompt prompt, out Mask? mask)
        {
            Asked++;
            RectF box = prompt.Box is { } given
                ? new RectF(given.Left + Shift, given.Top, given.Right + Shift, given.Bottom)
                : new RectF(prompt.X!.Value - half, prompt.Y!.Value - half, prompt.X.Value + half, prompt.Y.Value + half);
            mask = new Mask(8, 8, box);
            mask.Alpha.Fill(byte.MaxValue);
            return true;
        }

        public void Dispose()
        {
        }
    }
}
