using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;
using Rtc.Media;

namespace Rtc.Inference.Layouts;

/// <summary>
/// Models that say of every pixel what it belongs to: scores [1, C, h, w] or [1, h, w, C] (DeepLabV3, SegFormer,
/// PP-HumanSeg), or the class numbers themselves [1, h, w].
/// </summary>
internal sealed record SemanticLayout
{
    public const string Known = "semantic maps [1,C,h,w], [1,h,w,C] or class numbers [1,h,w]";

    private const int MaxClasses = ClassMap.MaxClasses;

    public required TensorPlan Plan { get; init; }

    /// <summary>0 where the output holds class numbers.</summary>
    public required int ClassCount { get; init; }

    /// <summary>Classes last.</summary>
    public required bool Interleaved { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Which of the model's outputs it is; torchvision's have a second one that only training uses.</summary>
    public int Output { get; init; }

    public static SemanticLayout? Recognise(ModelProbe probe)
    {
        int main = MainOutput(probe.Outputs);
        return main < 0 ? null : Recognise(probe, probe.Outputs[main]) is { } layout ? layout with { Output = main } : null;
    }

    /// <summary>The output with the map by its usual names, else the first; −1 where there is none.</summary>
    public static int MainOutput(IReadOnlyList<TensorInfo> outputs)
    {
        for (int i = 0; i < outputs.Count; i++)
        {
            if (outputs[i].Name is "out" or "logits")
            {
                return i;
            }
        }

        return outputs.Count > 0 ? 0 : -1;
    }

    private static SemanticLayout? Recognise(ModelProbe probe, TensorInfo output)
    {
        TensorPlan plan = probe.Plan with { Fit = Fit.Stretch };
        IReadOnlyList<long> shape = output.Shape;
        bool numbers = output.Type is TensorType.Int64 or TensorType.Int32 or TensorType.UInt8 or TensorType.Int8;
        if (numbers && (shape.Count == 3 || (shape.Count == 4 && shape[1] == 1)) && IsMap(shape[^2], shape[^1], plan))
        {
            return new SemanticLayout
            {
                Plan = Scaled(plan, 0), ClassCount = 0, Interleaved = false, Width = (int)shape[^1], Height = (int)shape[^2],
            };
        }

        if (numbers || shape.Count != 4)
        {
            return null;
        }

        if (shape[1] is > 1 and <= MaxClasses && IsMap(shape[2], shape[3], plan))
        {
            return new SemanticLayout
            {
                Plan = Scaled(plan, (int)shape[1]),
                ClassCount = (int)shape[1],
                Interleaved = false,
                Width = (int)shape[3],
                Height = (int)shape[2],
            };
        }

        return shape[3] is > 1 and <= MaxClasses && IsMap(shape[1], shape[2], plan)
            ? new SemanticLayout
            {
                Plan = Scaled(plan, (int)shape[3]),
                ClassCount = (int)shape[3],
                Interleaved = true,
                Width = (int)shape[2],
                Height = (int)shape[1],
            }
            : null;
    }

    public IReadOnlyList<string> Names(IReadOnlyDictionary<string, string> metadata) =>
        SemanticNames.For(metadata, Math.Max(1, ClassCount));

    /// <summary>The layout of a run on a picture of another size: the same classes, another map.</summary>
    public SemanticLayout Resized(ReadOnlySpan<long> shape) => this with
    {
        Width = (int)shape[Interleaved ? 2 : shape.Length - 1],
        Height = (int)shape[Interleaved ? 1 : shape.Length - 2],
    };

    public bool Fits(ReadOnlySpan<long> shape) =>
        shape[Interleaved ? 2 : shape.Length - 1] == Width && shape[Interleaved ? 1 : shape.Length - 2] == Height;

    /// <summary>A map is not much smaller than the picture, an eighth at least, and has its shape.</summary>
    private static bool IsMap(long height, long width, TensorPlan plan) =>
        height * 8 >= plan.Height && width * 8 >= plan.Width
            && Math.Abs((height * plan.Width) - (width * plan.Height)) <= Math.Max(height * plan.Width, width * plan.Height) / 10;

    /// <summary>
    /// TensorFlow's models (channels last) and those of two classes take −1 to 1, the others what ImageNet was trained
    /// with; a model that takes bytes scales for itself.
    /// </summary>
    private static TensorPlan Scaled(TensorPlan plan, int classes)
    {
        const float half = 127.5f;
        return plan.Type is TensorType.UInt8 ? plan with { Scale = new(1, 1, 1), Bias = default }
            : plan.Interleaved || classes == 2 ? plan with { Scale = new(1 / half, 1 / half, 1 / half), Bias = new(-1, -1, -1) }
            : plan.ImageNet();
    }
}
