using Rtc.Inference.Catalogue;
using Rtc.Inference.Layouts;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;
using Rtc.Inference.Running;

namespace Rtc.Inference.Hosting;

/// <summary>What a file's head tells of a model that is not loaded: its family, its task and the picture that it takes.</summary>
/// <param name="Layout">Null where only a run would tell.</param>
/// <param name="Task">As the catalogue's tasks are called; null where the layout is unknown.</param>
/// <param name="Classes">How many the outputs have room for; 0 where they do not tell.</param>
/// <param name="Width">Of the picture; null where it is free, or where the model takes none.</param>
/// <param name="Height">As above.</param>
internal sealed record HeaderKind(string? Layout, string? Task, int Classes, int? Width, int? Height)
{
    public const string Semantic = "semantic";
    public const string Sam = "sam";

    // What an upload says of its sizes is believed only where a real model could have them.
    private const long MaxExtent = 1 << 24;

    /// <summary>The input takes a picture, or the model is the second half of one that does.</summary>
    public static bool IsVision(OnnxHeader header) =>
        header.Inputs.Any(input => InputShapes.TryPicture(input, out _, out _, out _))
            || SamEdges.TryDecoder(header.Inputs, header.Outputs, out _) || GraphKinds.Of(header) != GraphKind.None;

    public static HeaderKind Of(OnnxHeader header)
    {
        if (header.Inputs.FirstOrDefault(one => InputShapes.TryPicture(one, out _, out _, out _)) is not { } input
            || !InputShapes.TryPicture(input, out bool interleaved, out long height, out long width))
        {
            return new HeaderKind(
                SamEdges.TryDecoder(header.Inputs, header.Outputs, out _) ? Sam : null, null, 0, null, null);
        }

        var kind = new HeaderKind(null, null, 0, Side(width), Side(height));
        if (SamEdges.TryDecoder(header.Inputs, header.Outputs, out _) || SamEdges.IsEncoder(header.Outputs))
        {
            return kind with { Layout = Sam, Task = "mask" };
        }

        if (GraphKinds.Of(header) != GraphKind.None || height < 0 || width < 0 || !header.Outputs.All(IsPlain))
        {
            return kind;
        }

        var probe = new ModelProbe
        {
            Inputs = header.Inputs,
            Outputs = header.Outputs,
            Metadata = header.Metadata,
            Plan = new TensorPlan { Width = (int)width, Height = (int)height, Type = input.Type, Interleaved = interleaved },
            Run = null,
        };
        return DetectorLayouts.Recognise(probe) is { } layout
            ? kind with { Layout = layout.Name, Task = "detect", Classes = layout.ClassCount }
            : SemanticLayout.Recognise(probe) is not null ? kind with { Layout = Semantic, Task = "segment" }
            : kind;
    }

    /// <summary>What outputs of that task and layout are good for.</summary>
    public static IReadOnlyList<string> Suits(string task, string? layout) => (task, layout) switch
    {
        ("detect", "yolov8-seg") => ["detect", "mask"],
        ("detect", _) => ["detect"],
        ("segment", _) => ["mask", "classes"],
        ("mask", _) => ["mask"],
        _ => [],
    };

    private static bool IsPlain(TensorInfo output) => output.Shape.All(extent => extent is > 0 and <= MaxExtent);

    private static int? Side(long extent) => extent > 0 ? (int)extent : null;
}
