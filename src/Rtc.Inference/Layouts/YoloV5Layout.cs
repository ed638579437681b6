using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Layouts;

/// <summary>YOLOv5 (and v7): [1, 3 × cells, 5 + classes], centres and sizes in pixels, scores as probabilities.</summary>
internal sealed class YoloV5Layout : IDetectorLayout
{
    private const int AnchorsPerCell = 3;

    private YoloV5Layout(TensorPlan plan, int classes)
    {
        Plan = plan with { Fit = Fit.Centre, Pad = 114, Scale = TensorPlan.Unit, Bias = default };
        ClassCount = classes;
    }

    public string Name => "yolov5";

    public TensorPlan Plan { get; }

    public int ClassCount { get; }

    public static YoloV5Layout? Recognise(ModelProbe probe)
    {
        // Older exports give the three raw feature maps besides; the first output is the one that is decoded.
        if (probe.Outputs[0].Rank != 3 || probe.Size(0, 2) < 6)
        {
            return null;
        }

        long rows = probe.Size(0, 1);
        bool fits = rows == AnchorsPerCell * Grid.Cells(probe.Plan.Width, probe.Plan.Height, Grid.ThreeLevels)
            || rows == AnchorsPerCell * Grid.Cells(probe.Plan.Width, probe.Plan.Height, Grid.FourLevels);
        return fits ? new YoloV5Layout(probe.Plan, (int)probe.Size(0, 2) - 5) : null;
    }

    public void Decode(OrtRun run, int image, TensorPlan plan, float confidence, Candidates into)
    {
        ReadOnlySpan<long> shape = run.Shape(0);
        int width = (int)shape[2];
        int count = (int)shape[1];
        ReadOnlySpan<float> rows = run.Floats(0).Slice(image * count * width, count * width);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> row = rows.Slice(i * width, width);
            if (!(row[4] >= confidence))
            {
                continue;
            }

            int best = Best.Of(row[5..], out float likeliest);
            float score = row[4] * likeliest;
            if (score >= confidence)
            {
                into.Add(Candidate.Around(row[0], row[1], row[2], row[3], score, best, i));
            }
        }
    }
}
