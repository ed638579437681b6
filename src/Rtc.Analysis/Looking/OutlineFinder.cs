using Rtc.Analysis.Records;
using Rtc.Inference;
using Rtc.Inference.Segment;
using Rtc.Media;
using Rtc.Store.Results;

namespace Rtc.Analysis.Looking;

/// <summary>A job's hold on whatever gives outlines; where one finds none, an ellipse in the box stands for it. Owns it.</summary>
internal sealed class OutlineFinder : IDisposable
{
    private readonly ISegmenter _segmenter;
    private readonly EllipseSegmenter _ellipse = new();

    /// <exception cref="Rtc.Jobs.JobFailedException">A model that was asked for by name can't be had.</exception>
    public OutlineFinder(IModelHost models, string model)
    {
        _segmenter = models.OpenSegmenter(model, out string? problem);
        if (problem is not null && model != "auto" && _segmenter is GrabCutSegmenter)
        {
            _segmenter.Dispose();
            throw new Jobs.JobFailedException(problem);
        }
    }

    public string Model => _segmenter.Model;

    /// <summary>One for each of the picture's objects, in their order.</summary>
    public IReadOnlyList<MaskResult> Find(Picture picture, IReadOnlyList<FoundObject> objects)
    {
        if (objects.Count == 0)
        {
            return [];
        }

        MaskPrompt[] prompts = [.. objects.Select(one => new MaskPrompt(BoxOf(one.Bbox), null, null))];
        IReadOnlyList<Mask?> masks = _segmenter.SegmentAll(picture, prompts);
        var results = new List<MaskResult>(objects.Count);
        for (int i = 0; i < prompts.Length; i++)
        {
            Mask? mask = masks[i];
            if (mask is null && !_ellipse.TrySegment(picture, prompts[i], out mask))
            {
                continue;
            }

            string rle = MaskRle.Write(mask!, picture.Width, picture.Height, out long area);
            results.Add(new MaskResult(null, rle, area, i));
        }

        return results;
    }

    public void Dispose()
    {
        _segmenter.Dispose();
        _ellipse.Dispose();
    }

    private static RectF BoxOf(BoundingBox box) =>
        new((float)box.X, (float)box.Y, (float)(box.X + box.Width), (float)(box.Y + box.Height));
}
