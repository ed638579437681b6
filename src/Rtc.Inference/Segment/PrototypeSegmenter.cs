using Rtc.Inference.Layouts;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;
using Rtc.Inference.Running;
using Rtc.Media;
using Rtc.Media.Tensors;

namespace Rtc.Inference.Segment;

/// <summary>
/// Outlines from a detector that has masks (YOLOv8-seg, 11-seg): each box carries weights for a few prototype maps,
/// and their weighed sum, inside of the box, is its mask. The box that fits the prompt best is taken.
/// </summary>
internal sealed class PrototypeSegmenter(ModelHandle handle) : ISegmenter
{
    private const float Confidence = 0.15f;
    private const float Overlap = 0.6f;
    private const int MaxBoxes = 100;
    private const float MinAgreement = 0.3f;
    private const float Softness = 1f;

    private readonly TensorFill _fill = new();
    private readonly InferenceRequest _request = new() { Alone = true };
    private float[] _values = [];
    private OrtRun? _seen;

    public string Model => handle.Model.Name;

    public string Provider => Providers.Name(handle.Model.Provider);

    public bool TrySegment(Picture picture, in MaskPrompt prompt, out Mask? mask) =>
        TrySegment(picture, prompt, out mask, isSeen: false);

    /// <summary>One run for all of them.</summary>
    public IReadOnlyList<Mask?> SegmentAll(Picture picture, IReadOnlyList<MaskPrompt> prompts)
    {
        var masks = new Mask?[prompts.Count];
        for (int i = 0; i < masks.Length; i++)
        {
            TrySegment(picture, prompts[i], out masks[i], isSeen: i > 0);
        }

        return masks;
    }

    private bool TrySegment(Picture picture, in MaskPrompt prompt, out Mask? mask, bool isSeen)
    {
        mask = null;
        try
        {
            return TryOnce(picture, prompt, out mask, isSeen);
        }
        catch (OrtException failure)
        {
            handle.TryRecover(failure);
            return false;
        }
    }

    public void Dispose() => handle.Dispose();

    private bool TryOnce(Picture picture, in MaskPrompt prompt, out Mask? mask, bool isSeen)
    {
        mask = null;
        handle.Follow();
        if (handle.Model.Kind is not ModelKind.Detector { Layout: YoloV8Layout { Coefficients: > 0 } layout })
        {
            return false;
        }

        OrtRun run = handle.Bind(layout.Plan);
        LetterboxMap map = _fill.Fill(picture, new RectF(0, 0, picture.Width, picture.Height), layout.Plan, handle.PictureInput);
        if (!isSeen || !ReferenceEquals(run, _seen))
        {
            _request.Binding = run;
            handle.Execute(_request);
            _seen = run;
        }

        _request.Found.Clear();
        layout.Decode(run, 0, layout.Plan, Confidence, _request.Found);
        int kept = _request.Found.Select(Overlap, MaxBoxes);
        if (!TryMatch(prompt, map, kept, out Candidate chosen))
        {
            return false;
        }

        RectF region = map.ToPicture(new RectF(chosen.Left, chosen.Top, chosen.Right, chosen.Bottom)).ClipTo(picture.Width, picture.Height);
        if (region.Width < 1 || region.Height < 1)
        {
            return false;
        }

        ReadOnlySpan<long> shape = run.Shape(layout.PrototypeOutput);
        (int height, int width) = ((int)shape[2], (int)shape[3]);
        Weigh(run, layout, chosen.Source, width * height);
        mask = MaskLift.Lift(_values, width, height, MaskLift.Covered(map, layout.Plan.Width, layout.Plan.Height), region, Softness);
        if (MaskLift.HasSubject(mask))
        {
            return true;
        }

        mask = null;
        return false;
    }

    /// <summary>The box most like the prompt's; for a point, the smallest that holds it.</summary>
    private bool TryMatch(in MaskPrompt prompt, in LetterboxMap map, int kept, out Candidate chosen)
    {
        chosen = default;
        float best = 0;
        for (int i = 0; i < kept; i++)
        {
            Candidate candidate = _request.Found.Selected(i);
            RectF box = map.ToPicture(new RectF(candidate.Left, candidate.Top, candidate.Right, candidate.Bottom));
            float agreement = prompt.Box is { } wanted ? box.Iou(wanted)
                : prompt is { X: { } x, Y: { } y } && box.Contains(x, y) ? 1 / (1 + box.Area) : 0;
            if (agreement > best && (prompt.Box is null || agreement >= MinAgreement))
            {
                (best, chosen) = (agreement, candidate);
            }
        }

        return best > 0;
    }

    private void Weigh(OrtRun run, YoloV8Layout layout, int box, int places)
    {
        if (_values.Length < places)
        {
            _values = new float[places];
        }

        Array.Clear(_values);
        ReadOnlySpan<float> boxes = run.Floats(layout.BoxOutput);
        ReadOnlySpan<float> prototypes = run.Floats(layout.PrototypeOutput);
        int count = (int)run.Shape(layout.BoxOutput)[2];
        for (int k = 0; k < layout.Coefficients; k++)
        {
            float weight = boxes[((4 + layout.ClassCount + k) * count) + box];
            ReadOnlySpan<float> map = prototypes.Slice(k * places, places);
            for (int i = 0; i < places; i++)
            {
                _values[i] += weight * map[i];
            }
        }
    }
}
