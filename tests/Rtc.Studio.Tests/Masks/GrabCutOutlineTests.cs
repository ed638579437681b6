using Rtc.Inference;
using Rtc.Media;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Masks;

/// <summary>What moves around a click, beside what its colours say.</summary>
public sealed class GrabCutOutlineTests
{
    [Fact]
    public void Moving_part_of_which_nothing_is_left_is_not_taken()
    {
        using MadeClip clip = MadeClip.Plain(160, 120, 1, _ => (50, 60, 20));
        using Picture picture = clip.Frames.Rent(0);
        var outline = new ClipMask(160, 120);
        Assert.True(new GrabCutOutline().TryStart(picture, new MaskPrompt(null, 50, 60), new ClipMask(160, 120), outline));
        Assert.InRange(outline.Iou(clip.Truth[0]), 0.9, 1);
    }

    [Fact]
    public void Box_of_a_tracker_leaves_out_what_moves_beside_it()
    {
        using MadeClip clip = MadeClip.Plain(160, 120, 1, _ => (50, 60, 20), bar: (76, 110));
        using Picture picture = clip.Frames.Rent(0);
        var moving = new ClipMask(160, 120);
        for (int y = 0; y < 120; y++)
        {
            moving.Row(y)[30..110].Fill(byte.MaxValue);
        }

        var outline = new ClipMask(160, 120);
        Assert.True(new GrabCutOutline().TryStart(
            picture, new MaskPrompt(new RectF(29, 39, 71, 81), 50, 60), moving, outline));
        Assert.False(outline.IsInside(90, 60));
        Assert.InRange(outline.Iou(clip.Truth[0]), 0.9, 1);
    }
}
