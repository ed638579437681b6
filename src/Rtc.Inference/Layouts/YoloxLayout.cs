using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Layouts;

/// <summary>
/// YOLOX: [1, cells, 5 + classes], one box a cell. Exported raw (centre relative to the cell in strides, size as
/// a logarithm) or with the grid already applied. Blue first, 0 to 255, scaled into the top-left corner.
/// </summary>
internal sealed class YoloxLayout : IDetectorLayout
{
    private readonly bool _raw;

    private YoloxLayout(TensorPlan plan, int classes, bool raw)
    {
        Plan = plan with { Bgr = true, Fit = Fit.Corner, Pad = 114, Scale = new(1, 1, 1), Bias = default };
        ClassCount = classes;
        _raw = raw;
    }

    public string Name => "yolox";

    public TensorPlan Plan { get; }

    public int ClassCount { get; }

    public static YoloxLayout? Recognise(ModelProbe probe)
    {
        if (probe.Outputs.Count != 1 || probe.Outputs[0].Rank != 3 || probe.Size(0, 2) < 6
            || probe.Size(0, 1) != Grid.Cells(probe.Plan.Width, probe.Plan.Height, Grid.ThreeLevels))
        {
            return null;
        }

        return new YoloxLayout(probe.Plan, (int)probe.Size(0, 2) - 5, probe.Run is { } run && IsRaw(probe, run));
    }

    public void Decode(OrtRun run, int image, TensorPlan plan, float confidence, Candidates into)
    {
        ReadOnlySpan<long> shape = run.Shape(0);
        int width = (int)shape[2];
        int cells = (int)shape[1];
        ReadOnlySpan<float> rows = run.Floats(0).Slice(image * cells * width, cells * width);
        int row = 0;
        foreach (int stride in Grid.ThreeLevels)
        {
            int across = Grid.Across(plan.Width, stride);
            int down = Grid.Across(plan.Height, stride);
            for (int y = 0; y < down; y++)
            {
                for (int x = 0; x < across; x++, row++)
                {
                    ReadOnlySpan<float> cell = rows.Slice(row * width, width);
                    if (!(cell[4] >= confidence))
                    {
                        continue;
                    }

                    int best = Best.Of(cell[5..], out float likeliest);
                    float score = cell[4] * likeliest;
                    if (!(score >= confidence))
                    {
                        continue;
                    }

                    into.Add(_raw
                        ? Candidate.Around(
                            (cell[0] + x) * stride, (cell[1] + y) * stride, MathF.Exp(cell[2]) * stride, MathF.Exp(cell[3]) * stride, score,
                            best, row)
                        : Candidate.Around(cell[0], cell[1], cell[2], cell[3], score, best, row));
                }
            }
        }
    }

    /// <summary>
    /// Raw centres lie within a few cells of zero everywhere; with the grid applied, those of the last column
    /// lie near the picture's right edge.
    /// </summary>
    private static bool IsRaw(ModelProbe probe, OrtRun run)
    {
        int stride = Grid.ThreeLevels[0];
        int across = Grid.Across(probe.Plan.Width, stride);
        int down = Grid.Across(probe.Plan.Height, stride);
        ReadOnlySpan<float> rows = run.Floats(0);
        int width = (int)probe.Size(0, 2);
        double sum = 0;
        for (int y = 0; y < down; y++)
        {
            sum += rows[((y * across) + across - 1) * width];
        }

        return sum / down < (across - 1) * stride / 2.0;
    }
}

/// <summary>The largest of a few numbers and where it stands.</summary>
internal static class Best
{
    public static int Of(ReadOnlySpan<float> values, out float largest)
    {
        int best = 0;
        largest = values[0];
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > largest)
            {
                largest = values[i];
                best = i;
            }
        }

        return best;
    }
}
