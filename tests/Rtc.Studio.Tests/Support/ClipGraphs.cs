using Rtc.Inference.Onnx;
using Rtc.Inference.Tests.Models;

namespace Rtc.Studio.Tests.Support;

/// <summary>
/// Models of clips out of plain operators, with the very edges that published ones have: sound that is only made softer, background that
/// is of one colour, objects that are told by their colour alone.
/// </summary>
internal static class ClipGraphs
{
    public const int Samples = 343_980;

    /// <summary>Each stem is the sound itself, so much softer.</summary>
    public static OnnxGraph Demucs(float[] gains, float[]? window = null)
    {
        OnnxGraph graph = new();
        string sound = graph.Reshape(graph.Input("mix", TensorType.Float, 1, 2, Samples), 1, 1, 2, Samples);
        if (window is not null)
        {
            sound = graph.Multiply(sound, graph.Constant(window, 1, 1, 1, Samples));
        }

        string stems = graph.Multiply(sound, graph.Constant(gains, 1, gains.Length, 1, 1));
        graph.Output("stems", stems, TensorType.Float, 1, gains.Length, 2, Samples);
        return graph;
    }

    /// <summary>Of the spectrogram the bins in a range.</summary>
    public static OnnxGraph Unmix(int from, int to)
    {
        OnnxGraph graph = new();
        string all = graph.Input("spectrogram", TensorType.Float, 1, 2, 2049, "frames");
        graph.Output(
            "estimate", graph.Multiply(all, graph.Constant(Range(2049, from, to), 1, 1, 2049, 1)), TensorType.Float, 1, 2, 2049, "frames");
        return graph;
    }

    public static OnnxGraph Spleeter(int from, int to, bool isChannelFirst = false)
    {
        OnnxGraph graph = new();
        object[] shape = isChannelFirst ? [2, "num_splits", 512, 1024] : ["num_splits", 2, 512, 1024];
        string all = graph.Input("x", TensorType.Float, shape);
        graph.Output("y", graph.Multiply(all, graph.Constant(Range(1024, from, to), 1, 1, 1, 1024)), TensorType.Float, shape);
        return graph;
    }

    /// <summary>Fills with one colour, in numbers of 0 to 255 as the published file gives them.</summary>
    public static OnnxGraph Lama(float[] colour, bool isFree = false)
    {
        OnnxGraph graph = new();
        object side = isFree ? "side" : 512;
        string image = graph.Input("image", TensorType.Float, 1, 3, side, isFree ? "across" : 512);
        string mask = graph.Input("mask", TensorType.Float, 1, 1, side, isFree ? "across" : 512);
        string kept = graph.Multiply(graph.Multiply(image, graph.Subtract(graph.Scalar(1), mask)), graph.Scalar(255));
        graph.Output(
            "output", graph.Add(kept, graph.Multiply(mask, graph.Constant(colour, 1, 3, 1, 1))), TensorType.Float, 1, 3, side,
            isFree ? "across" : 512);
        return graph;
    }

    private static float[] Range(int count, int from, int to) =>
        [.. Enumerable.Range(0, count).Select(i => i >= from && i < to ? 1f : 0)];
}
