using Rtc.Inference;
using Rtc.Inference.Catalogue;
using Rtc.Inference.Graphs;
using Rtc.Inference.Motion;
using Rtc.Inference.Segment;

namespace Rtc.Studio.Masks;

/// <summary>Opens what does the work: models where they are on hand, else what needs no weights.</summary>
/// <param name="models">The process's.</param>
/// <param name="chosen">Null: the best on hand.</param>
public sealed class StudioEngines(IModelHost models, StudioModels? chosen = null)
{
    internal StudioModels Chosen { get; } = chosen ?? new StudioModels();

    /// <summary>Models of clips; null where none can be opened.</summary>
    internal IGraphHost? Graphs { get; } = models as IGraphHost;

    internal IOutlineEngine OpenOutline()
    {
        if (Chosen.Mask.Equals(GrabCutOutline.EngineName, StringComparison.OrdinalIgnoreCase))
        {
            return new GrabCutOutline();
        }

        if (VideoGraphs.Open(Graphs, Chosen.Mask, out _) is { } graphs)
        {
            return new MemoryOutline(graphs);
        }

        ISegmenter segmenter = models.OpenSegmenter(MaskModel(), out _);
        if (segmenter.Model != GrabCutSegmenter.ModelName)
        {
            return new SegmenterOutline(segmenter);
        }

        segmenter.Dispose();
        IDetector detector = OpenDetector(out string? problem);
        if (problem is null && detector.Model != MotionDetector.ModelName)
        {
            return new BoxedOutline(new GrabCutOutline(), detector);
        }

        detector.Dispose();
        return new GrabCutOutline();
    }

    /// <param name="problem">Why it is the one without weights, which finds what moves.</param>
    internal IDetector OpenDetector(out string? problem) => models.OpenDetector(StudioModels.Auto, out problem);

    /// <summary>A clip has time for a model that live video finds too slow, so one on hand is asked for by its name.</summary>
    private string MaskModel() => Chosen.Mask.Equals(StudioModels.Auto, StringComparison.OrdinalIgnoreCase)
        ? models.Models.FirstOrDefault(model => model is { OnDisk: true, Task: "mask", Bytes: > 0, Problem: null }
            && !model.Licence.Contains("copyleft", StringComparison.Ordinal))?.Name ?? StudioModels.Auto
        : ModelName.IsValid(Chosen.Mask) ? Chosen.Mask
        : StudioModels.Auto;
}
