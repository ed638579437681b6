using Rtc.Inference;
using Rtc.Inference.Segment;

namespace Rtc.Studio.Masks;

/// <summary>Opens what does the work: models where they are on hand, else what needs no weights.</summary>
public sealed class StudioEngines(IModelHost models)
{
    private const string Auto = "auto";

    internal IOutlineEngine OpenOutline()
    {
        ISegmenter segmenter = models.OpenSegmenter(Auto, out _);
        if (segmenter.Model != GrabCutSegmenter.ModelName)
        {
            return new SegmenterOutline(segmenter);
        }

        segmenter.Dispose();
        return new GrabCutOutline();
    }

    /// <param name="problem">Why it is the one without weights, which finds what moves.</param>
    internal IDetector OpenDetector(out string? problem) => models.OpenDetector(Auto, out problem);
}
