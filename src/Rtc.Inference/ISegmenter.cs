using Rtc.Media;

namespace Rtc.Inference;

/// <summary>Where the subject is: a box, a point, or both, in the picture's pixels.</summary>
public readonly record struct MaskPrompt(RectF? Box, float? X, float? Y);

/// <summary>One room's handle on whatever cuts out a subject: a SAM model, or GrabCut with no model at all.</summary>
public interface ISegmenter : IDisposable
{
    string Model { get; }

    string Provider { get; }

    /// <summary>False where no outline was found: the caller falls back to an ellipse.</summary>
    bool TrySegment(Picture picture, in MaskPrompt prompt, out Mask? mask);
}
