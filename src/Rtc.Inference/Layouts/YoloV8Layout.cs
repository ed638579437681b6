using System.Numerics;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;

namespace Rtc.Inference.Layouts;

/// <summary>
/// YOLOv8, 9, 11 and 12: [1, 4 + classes, boxes], a column a box, centres and sizes in pixels. With a second
/// output of mask prototypes [1, k, h, w] each column ends in k coefficients (see <see cref="Coefficients"/>).
/// </summary>
internal sealed class YoloV8Layout : IDetectorLayout
{
    private YoloV8Layout(TensorPlan plan, int boxes, int prototypes, int classes, int coefficients)
    {
        Plan = plan with { Fit = Fit.Centre, Pad = 114, Scale = TensorPlan.Unit, Bias = default };
        BoxOutput = boxes;
        PrototypeOutput = prototypes;
        ClassCount = classes;
        Coefficients = coefficients;
    }

    public string Name => Coefficients > 0 ? "yolov8-seg" : "yolov8";

    public TensorPlan Plan { get; }

    public int ClassCount { get; }

    public int BoxOutput { get; }

    /// <summary>-1 where the model has no masks.</summary>
    public int PrototypeOutput { get; }

    public int Coefficients { get; }

    public static YoloV8Layout? Recognise(ModelProbe probe)
    {
        int prototypes = -1;
        int boxes = -1;
        for (int i = 0; i < probe.Outputs.Count; i++)
        {
            if (probe.Outputs[i].Rank == 4 && prototypes < 0)
            {
                prototypes = i;
            }
            else if (probe.Outputs[i].Rank == 3 && boxes < 0)
            {
                boxes = i;
            }
            else
            {
                return null;
            }
        }

        if (boxes < 0 || probe.Size(boxes, 2) != Grid.Cells(probe.Plan.Width, probe.Plan.Height, Grid.ThreeLevels))
        {
            return null;
        }

        int coefficients = prototypes < 0 ? 0 : (int)probe.Size(prototypes, 1);
        int classes = (int)probe.Size(boxes, 1) - 4 - coefficients;
        return classes < 1 ? null : new YoloV8Layout(probe.Plan, boxes, prototypes, classes, coefficients);
    }

    public void Decode(OrtRun run, int image, TensorPlan plan, float confidence, Candidates into)
    {
        ReadOnlySpan<long> shape = run.Shape(BoxOutput);
        int count = (int)shape[2];
        int rows = (int)shape[1];
        ReadOnlySpan<float> values = run.Floats(BoxOutput).Slice(image * rows * count, rows * count);

        (float[] best, int[] classes) = into.Scratch(count);
        Scan(values, best.AsSpan(0, count), classes.AsSpan(0, count));
        for (int i = 0; i < count; i++)
        {
            if (best[i] >= confidence)
            {
                into.Add(
                    Candidate.Around(
                        values[i], values[count + i], values[(2 * count) + i], values[(3 * count) + i], best[i], classes[i], i));
            }
        }
    }

    /// <summary>The best class of every box: class by class, so that memory is read in order.</summary>
    private void Scan(ReadOnlySpan<float> values, Span<float> best, Span<int> classes)
    {
        int count = best.Length;
        values.Slice(4 * count, count).CopyTo(best);
        classes.Clear();
        int step = Vector<float>.Count;
        for (int c = 1; c < ClassCount; c++)
        {
            ReadOnlySpan<float> row = values.Slice((4 + c) * count, count);
            Vector<int> id = new(c);
            int i = 0;
            for (; i + step <= count; i += step)
            {
                Vector<float> score = new(row[i..]);
                Vector<float> old = new(best[i..]);
                Vector<int> better = Vector.GreaterThan(score, old);
                Vector.ConditionalSelect(better, score, old).CopyTo(best[i..]);
                Vector.ConditionalSelect(better, id, new Vector<int>(classes[i..])).CopyTo(classes[i..]);
            }

            for (; i < count; i++)
            {
                if (row[i] > best[i])
                {
                    best[i] = row[i];
                    classes[i] = c;
                }
            }
        }
    }
}
