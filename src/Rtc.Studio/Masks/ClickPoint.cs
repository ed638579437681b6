using Rtc.Inference;
using Rtc.Media;

namespace Rtc.Studio.Masks;

/// <summary>A click in the clip's pixels: what is there belongs to the object, or does not.</summary>
/// <param name="X">Of the place.</param>
/// <param name="Y">Of the place.</param>
/// <param name="IsTaken">It does not.</param>
/// <param name="Box">Where a tracker saw the object; null: the place is all that is known of it.</param>
internal readonly record struct ClickPoint(float X, float Y, bool IsTaken, RectF? Box = null)
{
    public MaskPrompt Prompt => new(Box, X, Y);
}
