using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Layouts;

/// <summary>
/// Detectors that end in their own suppression: boxes [.., N, 4], scores and classes [.., N], perhaps a count.
/// TensorFlow's give top, left, bottom, right as fractions; torchvision's and RT-DETR's give corners in pixels.
/// </summary>
internal sealed class SsdLayout : IDetectorLayout
{
    private readonly int _boxes;
    private readonly int _scores;
    private readonly int _classes;
    private readonly int _count;
    private readonly bool _rowsFirst;
    private readonly bool _normalised;

    private SsdLayout(ModelProbe probe, int boxes, int scores, int classes, int count)
    {
        _boxes = boxes;
        _scores = scores;
        _classes = classes;
        _count = count;
        string name = probe.Outputs[boxes].Name;
        bool tensorFlow = name.Contains("detection", StringComparison.OrdinalIgnoreCase);
        bool targetSizes = probe.Inputs.Count > 1;
        _rowsFirst = tensorFlow;
        _normalised = tensorFlow || name.Contains("bboxes", StringComparison.OrdinalIgnoreCase);
        CocoPaperIds = tensorFlow;
        TensorPlan plan = probe.Plan with { Fit = Fit.Stretch };
        Plan = probe.Plan.Type is TensorType.UInt8 or TensorType.Int8
            ? plan with { Scale = new(1, 1, 1), Bias = probe.Plan.Type == TensorType.Int8 ? new(-128, -128, -128) : default }
            : tensorFlow ? plan with { Scale = new(1 / 127.5f, 1 / 127.5f, 1 / 127.5f), Bias = new(-1, -1, -1) }
            : _normalised ? plan.ImageNet()
            : targetSizes ? plan with { Scale = TensorPlan.Unit, Bias = default }
            : plan with { Scale = TensorPlan.Unit, Bias = default };
    }

    public string Name => "ssd";

    public TensorPlan Plan { get; }

    public int ClassCount => 0;

    public bool ChoosesItself => true;

    public bool CocoPaperIds { get; }

    public static SsdLayout? Recognise(ModelProbe probe)
    {
        if (probe.Outputs.Count is < 3 or > 8)
        {
            return null;
        }

        int boxes = probe.Named("detection_boxes", "boxes", "bboxes", "dets");
        int scores = probe.Named("detection_scores", "scores");
        int classes = probe.Named("detection_classes", "labels", "classes");
        if (boxes < 0 || scores < 0 || classes < 0 || probe.Outputs[boxes].Rank is < 2 or > 3 || probe.Outputs[boxes].Shape[^1] != 4
            || probe.Outputs[scores].Rank != probe.Outputs[boxes].Rank - 1
            || probe.Outputs[classes].Rank != probe.Outputs[scores].Rank)
        {
            return null;
        }

        return new SsdLayout(probe, boxes, scores, classes, probe.Named("num_detections"));
    }

    public void Decode(OrtRun run, int image, TensorPlan plan, float confidence, Candidates into)
    {
        ReadOnlySpan<long> shape = run.Shape(_scores);
        int rows = shape.Length == 0 ? 0 : (int)shape[^1];
        int first = shape.Length > 1 ? image * rows : 0;
        ReadOnlySpan<float> boxes = run.Floats(_boxes);
        ReadOnlySpan<float> scores = run.Floats(_scores);
        ReadOnlySpan<float> classes = run.Floats(_classes);
        int count = _count < 0 ? rows : Math.Clamp((int)run.Floats(_count)[image], 0, rows);
        float scaleX = _normalised ? plan.Width : 1;
        float scaleY = _normalised ? plan.Height : 1;
        for (int i = first; i < first + count; i++)
        {
            if (!(scores[i] >= confidence))
            {
                continue;
            }

            ReadOnlySpan<float> box = boxes.Slice(i * 4, 4);
            into.Add(_rowsFirst
                ? new Candidate(box[1] * scaleX, box[0] * scaleY, box[3] * scaleX, box[2] * scaleY, scores[i], (int)classes[i], i)
                : new Candidate(box[0] * scaleX, box[1] * scaleY, box[2] * scaleX, box[3] * scaleY, scores[i], (int)classes[i], i));
        }
    }
}
