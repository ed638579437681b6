using Rtc.Inference.Onnx;

namespace Rtc.Inference.Tests.Models;

/// <summary>
/// Promptable segmenters by colour: what has the colour of the first point belongs to it. With MobileSAM's, SAM 2's and
/// EfficientSAM's interfaces; two masks are offered and the second is said to be the better one.
/// </summary>
internal static class MaskModels
{
    private const int Side = 1024;
    private const int Cells = 64;
    private const int CellSize = Side / Cells;
    private const int Channels = 256;
    private const int Low = 256;

    public static OnnxGraph SamEncoder()
    {
        OnnxGraph graph = new();
        string picture = graph.Input("input_image", TensorType.Float, 1, 3, Side, Side);
        graph.Output("image_embeddings", Embedding(graph, picture), TensorType.Float, 1, Channels, Cells, Cells);
        return graph;
    }

    public static OnnxGraph SamDecoder()
    {
        OnnxGraph graph = new();
        string embedding = graph.Input("image_embeddings", TensorType.Float, 1, Channels, Cells, Cells);
        string points = graph.Input("point_coords", TensorType.Float, 1, "num_points", 2);
        graph.Input("point_labels", TensorType.Float, 1, "num_points");
        graph.Input("mask_input", TensorType.Float, 1, 1, Low, Low);
        graph.Input("has_mask_input", TensorType.Float, 1);
        graph.Input("orig_im_size", TensorType.Float, 2);
        string masks = Masks(graph, embedding, graph.Reshape(graph.Node("Gather", [points, graph.Constant([0L], 1)], ("axis", 1L)), 2), 25);
        graph.Output("masks", masks, TensorType.Float, 1, 2, Low, Low);
        graph.Output("iou_predictions", graph.Constant([0.2f, 0.9f], 1, 2), TensorType.Float, 1, 2);
        graph.Output("low_res_masks", masks, TensorType.Float, 1, 2, Low, Low);
        return graph;
    }

    public static OnnxGraph Sam2Encoder()
    {
        OnnxGraph graph = new();
        string picture = graph.Input("image", TensorType.Float, 1, 3, Side, Side);
        graph.Output(
            "high_res_feats_0", graph.Mix(graph.Pool(picture, 4), new float[32, 3], new float[32]), TensorType.Float, 1, 32, 256, 256);
        graph.Output(
            "high_res_feats_1", graph.Mix(graph.Pool(picture, 8), new float[64, 3], new float[64]), TensorType.Float, 1, 64, 128, 128);
        graph.Output("image_embed", Embedding(graph, picture), TensorType.Float, 1, Channels, Cells, Cells);
        return graph;
    }

    public static OnnxGraph Sam2Decoder()
    {
        OnnxGraph graph = new();
        string embedding = graph.Input("image_embed", TensorType.Float, 1, Channels, Cells, Cells);
        string fine = graph.Input("high_res_feats_0", TensorType.Float, 1, 32, 256, 256);
        graph.Input("high_res_feats_1", TensorType.Float, 1, 64, 128, 128);
        string points = graph.Input("point_coords", TensorType.Float, "labels", "points", 2);
        graph.Input("point_labels", TensorType.Float, "labels", "points");
        graph.Input("mask_input", TensorType.Float, "labels", 1, Low, Low);
        graph.Input("has_mask_input", TensorType.Float, "labels");
        string masks = Masks(graph, embedding, graph.Reshape(graph.Node("Gather", [points, graph.Constant([0L], 1)], ("axis", 1L)), 2), 25);

        // The fine features are all zero: they must have arrived, and they change nothing.
        string zero = graph.Node("ReduceSum", [fine, graph.Constant([0L, 1L, 2L, 3L], 4)], ("keepdims", 1L));
        graph.Output("masks", graph.Add(masks, zero), TensorType.Float, "labels", 2, Low, Low);
        graph.Output("iou_predictions", graph.Constant([0.2f, 0.9f], 1, 2), TensorType.Float, "labels", 2);
        return graph;
    }

    public static OnnxGraph EfficientSam()
    {
        OnnxGraph graph = new();
        string picture = graph.Input("batched_images", TensorType.Float, 1, 3, Side, Side);
        string points = graph.Input("batched_point_coords", TensorType.Float, 1, 1, 6, 2);
        graph.Input("batched_point_labels", TensorType.Float, 1, 1, 6);
        string first = graph.Reshape(graph.Node("Gather", [points, graph.Constant([0L], 1)], ("axis", 2L)), 2);
        graph.Output(
            "output_masks", graph.Reshape(Masks(graph, Embedding(graph, picture), first, 400), 1, 1, 2, Low, Low), TensorType.Float, 1, 1,
            2, Low, Low);
        graph.Output("iou_predictions", graph.Constant([0.2f, 0.9f], 1, 1, 2), TensorType.Float, 1, 1, 2);
        return graph;
    }

    /// <summary>DeepLabV3's edges: channels last, −1 to 1, 21 classes; red is a person, green a sofa.</summary>
    public static OnnxGraph DeepLab(int side = 65)
    {
        const int classes = 21;
        const int person = 15;
        const int sofa = 18;
        OnnxGraph graph = new();
        string picture = graph.Transpose(graph.Input("sub_7", TensorType.Float, 1, side, side, 3), 0, 3, 1, 2);
        float[,] weights = new float[classes, 3];
        float[] bias = new float[classes];
        (weights[person, 0], weights[person, 1], weights[person, 2], bias[person]) = (5, -5, -5, -5);
        (weights[sofa, 0], weights[sofa, 1], weights[sofa, 2], bias[sofa]) = (-5, 5, -5, -5);
        graph.Output(
            "ResizeBilinear_3", graph.Transpose(graph.Mix(picture, weights, bias), 0, 2, 3, 1), TensorType.Float, 1, side, side, classes);
        return graph;
    }

    /// <summary>PP-HumanSeg's edges: two classes, channels first.</summary>
    public static OnnxGraph HumanSeg()
    {
        const int side = 192;
        OnnxGraph graph = new();
        string picture = graph.Input("x", TensorType.Float, 1, 3, side, side);
        string scores = graph.Mix(picture, new float[,] { { 0, 0, 0 }, { 5, -5, -5 } }, [0, -5]);
        graph.Output("save_infer_model", graph.Node("Softmax", [scores], ("axis", 1L)), TensorType.Float, 1, 2, side, side);
        return graph;
    }

    /// <summary>SegFormer's edges: a map of a quarter of the size.</summary>
    public static OnnxGraph SegFormer()
    {
        OnnxGraph graph = new();
        string picture = graph.Input("pixel_values", TensorType.Float, 1, 3, 256, 256);
        float[,] weights = new float[19, 3];
        (weights[11, 0], weights[11, 1], weights[11, 2]) = (5, -2.5f, -2.5f);
        float[] bias = new float[19];
        bias[11] = -5;
        graph.Output("logits", graph.Mix(graph.Pool(picture, 4), weights, bias), TensorType.Float, 1, 19, 64, 64);
        return graph;
    }

    private static string Embedding(OnnxGraph graph, string picture)
    {
        float[,] weights = new float[Channels, 3];
        (weights[0, 0], weights[1, 1], weights[2, 2]) = (1, 1, 1);
        return graph.Mix(graph.Pool(picture, CellSize), weights, new float[Channels]);
    }

    private static string Masks(OnnxGraph graph, string embedding, string point, float steepness)
    {
        string flat = graph.Reshape(embedding, 1, Channels, Cells * Cells);
        string cell = graph.Cast(graph.Node("Floor", [graph.Multiply(point, graph.Scalar(1f / CellSize))]), TensorType.Int64);
        string index = graph.Node(
            "ReduceSum", [graph.Multiply(cell, graph.Constant([1L, Cells], 2)), graph.Constant([0L], 1)], ("keepdims", 1L));
        string colour = graph.Node("Gather", [flat, index], ("axis", 2L));
        string difference = graph.Subtract(flat, colour);
        string distance = graph.Node("ReduceSum", [graph.Multiply(difference, difference), graph.Constant([1L], 1)], ("keepdims", 1L));
        string logits = graph.Reshape(
            graph.Subtract(graph.Scalar(5), graph.Multiply(distance, graph.Scalar(steepness))), 1, 1, Cells, Cells);
        string large = graph.Node("Resize", [logits, "", graph.Constant([1f, 1f, 4f, 4f], 4)], ("mode", "linear"));
        return graph.Concat(1, graph.Node("Neg", [large]), large);
    }
}
