using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Layouts;

/// <summary>End-to-end YOLO (v10, 26): [1, boxes, 6], corners in pixels, score, class; nothing overlaps any more.</summary>
internal sealed class EndToEndLayout : IDetectorLayout
{
    private const int MaxBoxes = 2000;

    private EndToEndLayout(TensorPlan plan) => Plan = plan with { Fit = Fit.Centre, Pad = 114, Scale = TensorPlan.Unit, Bias = default };

    public string Name => "end-to-end";

    public TensorPlan Plan { get; }

    public int ClassCount => 0;

    public bool ChoosesItself => true;

    public static EndToEndLayout? Recognise(ModelProbe probe) =>
        probe.Outputs.Count == 1 && probe.Outputs[0].Rank == 3 && probe.Size(0, 2) == 6 && probe.Size(0, 1) <= MaxBoxes
            ? new EndToEndLayout(probe.Plan)
            : null;

    public void Decode(OrtRun run, int image, TensorPlan plan, float confidence, Candidates into)
    {
        int count = (int)run.Shape(0)[1];
        ReadOnlySpan<float> rows = run.Floats(0).Slice(image * count * 6, count * 6);
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<float> row = rows.Slice(i * 6, 6);
            if (row[4] >= confidence)
            {
                into.Add(new Candidate(row[0], row[1], row[2], row[3], row[4], (int)row[5], i));
            }
        }
    }
}
