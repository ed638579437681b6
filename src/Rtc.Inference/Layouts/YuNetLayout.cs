using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Layouts;

/// <summary>
/// YuNet, a detector of faces: for each of three levels a class score, an objectness, a box and five landmarks a cell,
/// in outputs called cls_8, obj_8, bbox_8, kps_8 and so on. Blue first, 0 to 255. Landmarks are not read.
/// </summary>
internal sealed class YuNetLayout : IDetectorLayout
{
    private const int OutputsPerLevel = 4;
    private const int BoxNumbers = 4;

    private static readonly string[] Face = ["face"];

    private readonly (int Class, int Object, int Box)[] _levels;

    private YuNetLayout(TensorPlan plan, (int Class, int Object, int Box)[] levels)
    {
        Plan = plan with { Bgr = true, Fit = Fit.Corner, Pad = 0, Scale = new(1, 1, 1), Bias = default };
        _levels = levels;
    }

    public string Name => "yunet";

    public TensorPlan Plan { get; }

    public int ClassCount => 1;

    public IReadOnlyList<string> OwnNames => Face;

    public static YuNetLayout? Recognise(ModelProbe probe)
    {
        if (probe.Outputs.Count != OutputsPerLevel * Grid.ThreeLevels.Length)
        {
            return null;
        }

        var levels = new (int Class, int Object, int Box)[Grid.ThreeLevels.Length];
        for (int level = 0; level < levels.Length; level++)
        {
            int stride = Grid.ThreeLevels[level];
            levels[level] = (Output(probe, "cls", stride, 1), Output(probe, "obj", stride, 1), Output(probe, "bbox", stride, BoxNumbers));
            if (levels[level].Class < 0 || levels[level].Object < 0 || levels[level].Box < 0)
            {
                return null;
            }
        }

        return new YuNetLayout(probe.Plan, levels);
    }

    public void Decode(OrtRun run, int image, TensorPlan plan, float confidence, Candidates into)
    {
        int before = 0;
        for (int level = 0; level < _levels.Length; level++)
        {
            int stride = Grid.ThreeLevels[level];
            int across = Grid.Across(plan.Width, stride);
            int cells = across * Grid.Across(plan.Height, stride);
            ReadOnlySpan<float> classes = run.Floats(_levels[level].Class).Slice(image * cells, cells);
            ReadOnlySpan<float> objects = run.Floats(_levels[level].Object).Slice(image * cells, cells);
            ReadOnlySpan<float> boxes = run.Floats(_levels[level].Box).Slice(image * cells * BoxNumbers, cells * BoxNumbers);
            for (int cell = 0; cell < cells; cell++)
            {
                float score = MathF.Sqrt(Math.Clamp(classes[cell], 0, 1) * Math.Clamp(objects[cell], 0, 1));
                if (!(score >= confidence))
                {
                    continue;
                }

                ReadOnlySpan<float> box = boxes.Slice(cell * BoxNumbers, BoxNumbers);
                into.Add(Candidate.Around(
                    ((cell % across) + box[0]) * stride,
                    ((cell / across) + box[1]) * stride,
                    MathF.Exp(box[2]) * stride,
                    MathF.Exp(box[3]) * stride,
                    score,
                    0,
                    before + cell));
            }

            before += cells;
        }
    }

    /// <summary>The output of that kind and stride with so many numbers a cell; -1 where there is none.</summary>
    private static int Output(ModelProbe probe, string kind, int stride, int numbers)
    {
        int output = probe.Named($"{kind}_{stride}");
        return output >= 0
            && probe.Outputs[output].Rank == 3
            && probe.Size(output, 1) == Grid.Cells(probe.Plan.Width, probe.Plan.Height, [stride])
            && probe.Size(output, 2) == numbers
            ? output
            : -1;
    }
}
