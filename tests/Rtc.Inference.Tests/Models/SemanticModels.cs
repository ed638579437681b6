using Rtc.Inference.Onnx;

namespace Rtc.Inference.Tests.Models;

/// <summary>Models of class maps by colour, with the edges that published ones have and sizes that are free.</summary>
internal static class SemanticModels
{
    public const int VocPerson = 15;
    public const int AdePerson = 12;

    /// <summary>
    /// torchvision's DeepLabV3: the map has the picture's size, and a second output that only training uses stands first.
    /// </summary>
    public static OnnxGraph Torchvision(float noise = 0)
    {
        OnnxGraph graph = new();
        string picture = graph.Input("input", TensorType.Float, 1, 3, "height", "width");
        graph.Output("aux", graph.Mix(picture, new float[21, 3], new float[21]), TensorType.Float, 1, 21, "height", "width");
        string scores = RedIs(graph, picture, VocPerson, 21);
        if (noise > 0)
        {
            scores = graph.Add(scores, graph.Node("RandomNormalLike", [scores], ("scale", noise), ("mean", 0f)));
        }

        graph.Output("out", scores, TensorType.Float, 1, 21, "height", "width");
        return graph;
    }

    /// <summary>The same with a background and one class: what is red.</summary>
    public static OnnxGraph OneClass()
    {
        OnnxGraph graph = new();
        string picture = graph.Input("input", TensorType.Float, 1, 3, "height", "width");
        graph.Output("out", RedIs(graph, picture, 1, 2), TensorType.Float, 1, 2, "height", "width");
        return graph;
    }

    /// <summary>torchvision's as it is exported for cards: half precision goes in and comes out.</summary>
    public static OnnxGraph TorchvisionHalf()
    {
        OnnxGraph graph = new();
        string picture = graph.Cast(graph.Input("input", TensorType.Float16, 1, 3, "height", "width"), TensorType.Float);
        string scores = graph.Cast(RedIs(graph, picture, VocPerson, 21), TensorType.Float16);
        graph.Output("out", scores, TensorType.Float16, 1, 21, "height", "width");
        return graph;
    }

    /// <summary>SegFormer's: a quarter of the size, ADE20K's classes.</summary>
    public static OnnxGraph SegFormer()
    {
        OnnxGraph graph = new();
        string picture = graph.Input("pixel_values", TensorType.Float, "batch", 3, "height", "width");
        graph.Output("logits", RedIs(graph, graph.Pool(picture, 4), AdePerson, 150), TensorType.Float, "batch", 150, "h", "w");
        return graph;
    }

    /// <summary>Red is that class, all else is class 0.</summary>
    private static string RedIs(OnnxGraph graph, string picture, int classId, int classes)
    {
        float[,] weights = new float[classes, 3];
        (weights[classId, 0], weights[classId, 1], weights[classId, 2]) = (5, -2.5f, -2.5f);
        float[] bias = new float[classes];
        bias.AsSpan(1).Fill(-5);
        return graph.Mix(picture, weights, bias);
    }
}
