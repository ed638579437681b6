using Rtc.Inference.Onnx;
using Rtc.Inference.Tests.Models;

namespace Rtc.Studio.Tests.Support;

/// <summary>
/// SAM 2's four models for video by colour: what is pointed at is remembered by its colour alone, in the pointer, and found again in
/// later pictures by nothing but what the memory says.
/// </summary>
internal static class VideoGraphsMaker
{
    private const int Side = 1024;
    private const int Cells = 64;
    private const int Cell = Side / Cells;
    private const int Channels = 256;
    private const int Memory = 64;
    private const int Places = Cells * Cells;

    public static void AddTo(ModelFolder folder, bool isFlat = false)
    {
        folder.Add("mine.image_encoder", Encoder());
        folder.Add("mine.memory_attention", Attention(isFlat));
        folder.Add("mine.mask_decoder", Decoder());
        folder.Add("mine.memory_encoder", MemoryEncoder());
    }

    private static OnnxGraph Encoder()
    {
        OnnxGraph graph = new();
        string picture = graph.Input("image", TensorType.Float, 1, 3, Side, Side);
        float[,] weights = new float[Channels, 3];
        (weights[0, 0], weights[1, 1], weights[2, 2]) = (1, 1, 1);
        string features = graph.Mix(graph.Pool(picture, Cell), weights, new float[Channels]);
        graph.Output("pix_feat", features, TensorType.Float, 1, Channels, Cells, Cells);
        graph.Output("high_res_feat0", Fine(graph, picture, 4, 32), TensorType.Float, 1, 32, Side / 4, Side / 4);
        graph.Output("high_res_feat1", Fine(graph, picture, 8, 64), TensorType.Float, 1, 64, Side / 8, Side / 8);
        graph.Output("vision_feats", features, TensorType.Float, 1, Channels, Cells, Cells);
        string nothing = graph.Multiply(features, graph.Scalar(0));
        graph.Output("vision_pos_embed", graph.Reshape(nothing, Places, 1, Channels), TensorType.Float, Places, 1, Channels);
        return graph;
    }

    /// <summary>The mean of what the pointers say goes into the channels behind the colour.</summary>
    private static OnnxGraph Attention(bool isFlat)
    {
        OnnxGraph graph = new();
        string seen = graph.Input("current_vision_feat", TensorType.Float, 1, Channels, Cells, Cells);
        graph.Input("current_vision_pos_embed", TensorType.Float, Places, 1, Channels);
        string tokens;
        string pointers;
        if (isFlat)
        {
            string count = graph.Input("num_obj_ptr", TensorType.Int64, 1);
            tokens = graph.Reshape(graph.Input("memory", TensorType.Float, "buff", 1, Memory), -1, Memory);
            string first = graph.Node("Mul", [count, graph.Constant([-4L], 1)]);
            string tail = graph.Node("Slice", [tokens, first, graph.Constant([long.MaxValue], 1), graph.Constant([0L], 1)]);
            pointers = graph.Reshape(tail, -1, Channels);
        }
        else
        {
            pointers = graph.Input("memory_0", TensorType.Float, "pointers", Channels);
            string maps = graph.Input("memory_1", TensorType.Float, "pictures", Memory, Cells, Cells);
            tokens = graph.Concat(0, graph.Reshape(graph.Transpose(maps, 0, 2, 3, 1), -1, Memory), graph.Reshape(pointers, -1, Memory));
        }

        // Each token has its place, or the run fails.
        string positions = graph.Reshape(graph.Input("memory_pos_embed", TensorType.Float, "tokens", 1, Memory), -1, Memory);
        string zero = graph.Multiply(
            graph.Node("ReduceMean", [graph.Add(tokens, positions)], ("axes", new long[] { 0, 1 }), ("keepdims", 1L)), graph.Scalar(0));
        float[] moved = new float[Channels * Channels];
        for (int i = 0; i < 3; i++)
        {
            moved[(i * Channels) + i + 3] = 1;
        }

        string mean = graph.Node("ReduceMean", [pointers], ("axes", new long[] { 0 }), ("keepdims", 1L));
        string said = graph.Node("MatMul", [graph.Add(mean, zero), graph.Constant(moved, Channels, Channels)]);
        graph.Output(
            "image_embed", graph.Add(seen, graph.Reshape(said, 1, Channels, 1, 1)), TensorType.Float, 1, Channels, Cells, Cells);
        return graph;
    }

    /// <summary>The colour is that of the point, or where there is none what the memory says.</summary>
    private static OnnxGraph Decoder()
    {
        OnnxGraph graph = new();
        string points = graph.Input("point_coords", TensorType.Float, "num_labels", "num_points", 2);
        string labels = graph.Input("point_labels", TensorType.Float, "num_labels", "num_points");
        graph.Input("frame_size", TensorType.Int64, 2);
        string flat = graph.Reshape(graph.Input("image_embed", TensorType.Float, 1, Channels, Cells, Cells), 1, Channels, Places);
        string fine = graph.Input("high_res_feats_0", TensorType.Float, 1, 32, Side / 4, Side / 4);
        graph.Input("high_res_feats_1", TensorType.Float, 1, 64, Side / 8, Side / 8);
        string colours = Some(graph, flat, 1, 0, 1, 2);

        // The middle of a box, or the point itself.
        string point = graph.Reshape(graph.Node("ReduceMean", [points], ("axes", new long[] { 1 }), ("keepdims", 0L)), 2);
        string cell = graph.Cast(graph.Node("Floor", [graph.Multiply(point, graph.Scalar(1f / Cell))]), TensorType.Int64);
        string index = graph.Node(
            "ReduceSum", [graph.Multiply(cell, graph.Constant([1L, Cells], 2)), graph.Constant([0L], 1)], ("keepdims", 1L));
        string label = graph.Reshape(Some(graph, graph.Reshape(labels, -1), 0, 0), 1);
        string isPoint = graph.Cast(graph.Node("Greater", [label, graph.Scalar(0)]), TensorType.Float);
        string remembered = Some(graph, Some(graph, flat, 1, 3, 4, 5), 2, 0);
        string colour = graph.Add(
            graph.Multiply(isPoint, graph.Node("Gather", [colours, index], ("axis", 2L))),
            graph.Multiply(graph.Subtract(graph.Scalar(1), isPoint), remembered));
        string off = graph.Subtract(colours, colour);
        string distance = graph.Node("ReduceSum", [graph.Multiply(off, off), graph.Constant([1L], 1)], ("keepdims", 1L));
        string small = graph.Reshape(graph.Subtract(graph.Scalar(5), graph.Multiply(distance, graph.Scalar(12))), 1, 1, Cells, Cells);
        string zero = graph.Multiply(
            graph.Node("ReduceMean", [fine], ("axes", new long[] { 1, 2, 3 }), ("keepdims", 1L)), graph.Scalar(0));
        string mask = graph.Add(graph.Node("Resize", [small, "", graph.Constant([1f, 1f, 4f, 4f], 4)], ("mode", "linear")), zero);
        string large = graph.Node("Resize", [small, "", graph.Constant([1f, 1f, Cell, Cell], 4)], ("mode", "linear"));
        graph.Output(
            "obj_ptr", graph.Concat(1, graph.Reshape(colour, 1, 3), graph.Constant(new float[Channels - 3], 1, Channels - 3)),
            TensorType.Float, 1, Channels);
        graph.Output("mask_for_mem", graph.Node("Sigmoid", [large]), TensorType.Float, 1, 1, Side, Side);
        graph.Output("pred_mask", mask, TensorType.Float, 1, 1, Side / 4, Side / 4);
        return graph;
    }

    private static OnnxGraph MemoryEncoder()
    {
        OnnxGraph graph = new();
        string mask = graph.Input("mask_for_mem", TensorType.Float, 1, 1, Side, Side);
        graph.Input("pix_feat", TensorType.Float, 1, Channels, Cells, Cells);
        string features = graph.Mix(graph.Pool(mask, Cell), new float[Memory, 1], new float[Memory]);
        graph.Output("maskmem_features", features, TensorType.Float, 1, Memory, Cells, Cells);
        graph.Output("maskmem_pos_enc", graph.Reshape(features, Places, 1, Memory), TensorType.Float, Places, 1, Memory);
        graph.Output("temporal_code", graph.Constant(new float[7 * Memory], 7, 1, 1, Memory), TensorType.Float, 7, 1, 1, Memory);
        return graph;
    }

    private static string Fine(OnnxGraph graph, string picture, int stride, int channels) =>
        graph.Mix(graph.Pool(picture, stride), new float[channels, 3], new float[channels]);

    private static string Some(OnnxGraph graph, string value, int axis, params long[] which) =>
        graph.Node("Gather", [value, graph.Constant(which, which.Length)], ("axis", (long)axis));
}
