using Rtc.Media;

namespace Rtc.Inference;

/// <summary>Where the subject is: a box, a point, or both, in the picture's pixels.</summary>
public readonly record struct MaskPrompt(RectF? Box, float? X, float? Y);

/// <summary>One room's handle on whatever cuts out a subject: a SAM model, or GrabCut with no model at all.</summary>
public interface ISegmenter : IDisposable
{
    string Model { get; }

    string Provider { get; }

    /// <summary>What kind of model it is, as answers name it: sam, sam2 …; the model's own name where it is one of a kind.</summary>
    string Family => Model;

    /// <summary>False where no outline was found: the caller falls back to an ellipse.</summary>
    bool TrySegment(Picture picture, in MaskPrompt prompt, out Mask? mask);

    /// <summary>
    /// The outlines of many objects of one picture that has nothing to do with any before it, so that the same picture has the same
    /// outlines whenever it is asked about; null where none was found. The masks are the caller's.
    /// </summary>
    IReadOnlyList<Mask?> SegmentAll(Picture picture, IReadOnlyList<MaskPrompt> prompts)
    {
        var masks = new Mask?[prompts.Count];
        for (int i = 0; i < masks.Length; i++)
        {
            TrySegment(picture, prompts[i], out masks[i]);
        }

        return masks;
    }
}
