using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Layouts;

/// <summary>
/// NanoDet: class scores and, for each side of a box, a distribution over distances in strides. Either a pair of
/// outputs a level ([1, cells, classes] and [1, cells, 4 × bins]) or one output with both side by side.
/// </summary>
internal sealed class NanoDetLayout : IDetectorLayout
{
    private const int Sides = 4;
    private const int BinsOfOneOutput = 8;

    private readonly int[] _strides;
    private readonly (int Scores, int Distances)[] _levels;
    private readonly int _bins;
    private readonly bool _logits;
    private readonly bool _oneOutput;

    private NanoDetLayout(ModelProbe probe, int[] strides, (int Scores, int Distances)[] levels, int classes, int bins, bool oneOutput)
    {
        // The trainers' constants, over bytes with blue first: mean 103.53, 116.28, 123.675, deviation 57.375, 57.12, 58.395.
        Plan = (probe.Plan with { Bgr = true, Fit = Fit.Centre, Pad = 0 })
            .Normalised(new(123.675f / 255, 116.28f / 255, 103.53f / 255), new(58.395f / 255, 57.12f / 255, 57.375f / 255));
        _strides = strides;
        _levels = levels;
        _bins = bins;
        _oneOutput = oneOutput;
        ClassCount = classes;
        _logits = HasLogits(probe);
    }

    public string Name => "nanodet";

    public TensorPlan Plan { get; }

    public int ClassCount { get; }

    public static NanoDetLayout? Recognise(ModelProbe probe) => RecogniseLevels(probe) ?? RecogniseOne(probe);

    public void Decode(OrtRun run, int image, TensorPlan plan, float confidence, Candidates into)
    {
        int before = 0;
        for (int level = 0; level < _strides.Length; level++)
        {
            int stride = _strides[level];
            int across = Grid.Across(plan.Width, stride);
            int cells = across * Grid.Across(plan.Height, stride);
            (int scoreOutput, int distanceOutput) = _levels[level];
            int scoreWidth = (int)run.Shape(scoreOutput)[^1];
            int distanceWidth = (int)run.Shape(distanceOutput)[^1];
            int rows = (int)run.Shape(scoreOutput)[^2];
            ReadOnlySpan<float> scores = run.Floats(scoreOutput)[(image * rows * scoreWidth)..];
            ReadOnlySpan<float> distances = run.Floats(distanceOutput)[(image * rows * distanceWidth)..];
            for (int cell = 0; cell < cells; cell++)
            {
                int row = _oneOutput ? before + cell : cell;
                int best = Best.Of(scores.Slice(row * scoreWidth, ClassCount), out float score);
                score = _logits ? Sigmoid.Of(score) : score;
                if (!(score >= confidence))
                {
                    continue;
                }

                ReadOnlySpan<float> sides = distances.Slice((row * distanceWidth) + (_oneOutput ? ClassCount : 0), Sides * _bins);
                float x = Centre(cell % across, stride);
                float y = Centre(cell / across, stride);
                into.Add(new Candidate(
                    x - (Expected(sides[.._bins]) * stride),
                    y - (Expected(sides.Slice(_bins, _bins)) * stride),
                    x + (Expected(sides.Slice(2 * _bins, _bins)) * stride),
                    y + (Expected(sides.Slice(3 * _bins, _bins)) * stride),
                    score,
                    best,
                    before + cell));
            }

            before += cells;
        }
    }

    private static NanoDetLayout? RecogniseLevels(ModelProbe probe)
    {
        int count = probe.Outputs.Count / 2;
        int[]? strides = count == 3 ? Grid.ThreeLevels : count == 4 ? Grid.FourLevels : null;
        if (strides is null || probe.Outputs.Count != 2 * count || probe.Outputs.Any(output => output.Rank is < 2 or > 3))
        {
            return null;
        }

        (int Scores, int Distances)[] levels = new (int, int)[count];
        for (int level = 0; level < count; level++)
        {
            long cells = Grid.Cells(probe.Plan.Width, probe.Plan.Height, [strides[level]]);
            int[] mine = [.. Enumerable.Range(0, probe.Outputs.Count).Where(i => probe.Outputs[i].Shape[^2] == cells)];
            if (mine.Length != 2)
            {
                return null;
            }

            int distances = mine.FirstOrDefault(
                i => probe.Outputs[i].Name.Contains("dis", StringComparison.OrdinalIgnoreCase) || probe.Outputs[i].Name.Contains(
                    "reg", StringComparison.OrdinalIgnoreCase), mine[1]);
            levels[level] = (mine[0] == distances ? mine[1] : mine[0], distances);
        }

        long classes = probe.Outputs[levels[0].Scores].Shape[^1];
        long width = probe.Outputs[levels[0].Distances].Shape[^1];
        return width % Sides != 0 || width < 2 * Sides
            ? null
            : new NanoDetLayout(probe, strides, levels, (int)classes, (int)width / Sides, oneOutput: false);
    }

    private static NanoDetLayout? RecogniseOne(ModelProbe probe)
    {
        if (probe.Outputs.Count != 1 || probe.Outputs[0].Rank != 3)
        {
            return null;
        }

        int[] strides = Grid.FourLevels;
        int classes = (int)probe.Size(0, 2) - (Sides * BinsOfOneOutput);
        return classes < 1 || probe.Size(0, 1) != Grid.Cells(probe.Plan.Width, probe.Plan.Height, strides)
            ? null
            : new NanoDetLayout(probe, strides, [.. strides.Select(_ => (0, 0))], classes, BinsOfOneOutput, oneOutput: true);
    }

    /// <summary>The first generation (three levels) measures from the cell's middle, NanoDet-Plus (four) from its corner.</summary>
    private float Centre(int cell, int stride) =>
        _strides.Length == 3 ? (cell * stride) + ((stride - 1) / 2f) : cell * stride;

    private static float Expected(ReadOnlySpan<float> bins)
    {
        Best.Of(bins, out float largest);
        float total = 0;
        float sum = 0;
        for (int i = 0; i < bins.Length; i++)
        {
            float weight = MathF.Exp(bins[i] - largest);
            total += weight;
            sum += weight * i;
        }

        return sum / total;
    }

    private bool HasLogits(ModelProbe probe)
    {
        if (probe.Run is not { } run)
        {
            return false;
        }

        (int scores, _) = _levels[0];
        ReadOnlySpan<float> values = run.Floats(scores);
        int width = (int)probe.Outputs[scores].Shape[^1];
        for (int row = 0; row < values.Length / width; row++)
        {
            foreach (float value in values.Slice(row * width, ClassCount))
            {
                if (value is < 0 or > 1)
                {
                    return true;
                }
            }
        }

        return false;
    }
}

internal static class Sigmoid
{
    public static float Of(float value) => 1 / (1 + MathF.Exp(-value));
}
