using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Layouts;

/// <summary>
/// DETR's kind (RT-DETR, RF-DETR): [1, queries, 4] centres and sizes as fractions, and [1, queries, classes]
/// logits, each class judged by itself. A single [1, queries, 4 + classes] with probabilities is read too.
/// </summary>
internal sealed class DetrLayout : IDetectorLayout
{
    private const int MaxQueries = 2000;

    // RT-DETR exported with boxes and probabilities side by side always has these.
    private const int QueriesOfOneOutput = 300;

    // COCO's ids of 1 to 90 with a zeroth: what RF-DETR and the first DETR count in.
    private const int PaperClasses = 91;

    private readonly int _boxes;
    private readonly int _scores;
    private readonly bool _probabilities;
    private readonly bool _softmax;

    private DetrLayout(ModelProbe probe, int boxes, int scores, int classes, bool probabilities)
    {
        _boxes = boxes;
        _scores = scores;
        _probabilities = probabilities;
        CocoPaperIds = classes is PaperClasses or PaperClasses + 1;

        // The first DETR adds "no object" as a last class and weighs all of them against each other.
        _softmax = classes == PaperClasses + 1;
        ClassCount = _softmax ? PaperClasses : classes;
        TensorPlan plan = probe.Plan with { Fit = Fit.Stretch };
        Plan =
            CocoPaperIds || probe.Outputs[boxes].Name == "dets" ? plan.ImageNet() : plan with { Scale = TensorPlan.Unit, Bias = default };
    }

    public string Name => "detr";

    public TensorPlan Plan { get; }

    public int ClassCount { get; }

    public bool ChoosesItself => true;

    public bool CocoPaperIds { get; }

    public static DetrLayout? Recognise(ModelProbe probe)
    {
        if (probe.Outputs.Count == 1 && probe.Outputs[0].Rank == 3 && probe.Size(0, 1) == QueriesOfOneOutput && probe.Size(0, 2) > 6)
        {
            return new DetrLayout(probe, 0, 0, (int)probe.Size(0, 2) - 4, probabilities: true);
        }

        int boxes = -1;
        int scores = -1;
        for (int i = 0; i < probe.Outputs.Count; i++)
        {
            if (probe.Outputs[i].Rank != 3)
            {
                continue;
            }

            bool isBoxes = probe.Size(i, 2) == 4 && !probe.Outputs[i].Name.Contains("logit", StringComparison.OrdinalIgnoreCase)
                && boxes < 0;
            if (isBoxes)
            {
                boxes = i;
            }
            else if (scores < 0)
            {
                scores = i;
            }
        }

        return boxes < 0 || scores < 0 || probe.Size(boxes, 1) != probe.Size(scores, 1) || probe.Size(boxes, 1) > MaxQueries
            ? null
            : new DetrLayout(probe, boxes, scores, (int)probe.Size(scores, 2), probabilities: false);
    }

    public void Decode(OrtRun run, int image, TensorPlan plan, float confidence, Candidates into)
    {
        int queries = (int)run.Shape(_scores)[1];
        int scoreWidth = (int)run.Shape(_scores)[2];
        int boxWidth = (int)run.Shape(_boxes)[2];
        ReadOnlySpan<float> scores = run.Floats(_scores).Slice(image * queries * scoreWidth, queries * scoreWidth);
        ReadOnlySpan<float> boxes = run.Floats(_boxes).Slice(image * queries * boxWidth, queries * boxWidth);
        for (int i = 0; i < queries; i++)
        {
            ReadOnlySpan<float> row = scores.Slice((i * scoreWidth) + (_probabilities ? 4 : 0), ClassCount);
            int best = Best.Of(row, out float value);
            float score = _probabilities ? value : _softmax ? Softmax(scores.Slice(i * scoreWidth, scoreWidth), value) : Sigmoid.Of(value);
            if (score >= confidence)
            {
                ReadOnlySpan<float> box = boxes.Slice(i * boxWidth, 4);
                into.Add(
                    Candidate.Around(box[0] * plan.Width, box[1] * plan.Height, box[2] * plan.Width, box[3] * plan.Height, score, best, i));
            }
        }
    }

    private static float Softmax(ReadOnlySpan<float> logits, float chosen)
    {
        Best.Of(logits, out float largest);
        float total = 0;
        foreach (float logit in logits)
        {
            total += MathF.Exp(logit - largest);
        }

        return MathF.Exp(chosen - largest) / total;
    }
}
