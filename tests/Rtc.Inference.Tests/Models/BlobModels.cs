using Rtc.Inference.Onnx;

namespace Rtc.Inference.Tests.Models;

/// <summary>
/// Detectors of colour blobs with the exact edges of each family: a cell of 32 pixels that is red is class 0, green
/// class 1, blue class 2, and its box is the cell. The finer levels never see anything.
/// </summary>
internal static class BlobModels
{
    public const int Side = 128;
    public const int CellSize = 32;
    private const int Classes = 80;
    private static readonly int[] Strides = [8, 16, 32];

    /// <summary>How a model's numbers relate to bytes: 1 for 0 to 255, 255 for 0 to 1.</summary>
    private const float Bytes = 1;
    private const float Unit = 255;

    public static OnnxGraph Yolox(
        bool decoded = false, bool freeBatch = false, bool freeSize = false, TensorType type = TensorType.Float, int classes = Classes)
    {
        OnnxGraph graph = new();
        string picture = PictureInput(graph, freeBatch, freeSize, type);
        List<string> levels = [];
        foreach (int stride in Strides)
        {
            // Blue first: red is the third channel.
            string level = Level(graph, picture, stride, 5 + classes, first: 5, Bytes, bgr: true, offset: [0.5f, 0.5f, 0, 0, 1]);
            string columns = graph.Reshape(level, 0, 5 + classes, -1);
            if (decoded)
            {
                columns = graph.Add(columns, Grid(graph, stride, 5 + classes, minusOffset: 0.5f));
            }

            levels.Add(columns);
        }

        string all = graph.Transpose(graph.Concat(2, [.. levels]), 0, 2, 1);
        Emit(graph, "output", all, type, freeBatch ? "batch" : 1, freeSize ? "cells" : Cells(), 5 + classes);
        return graph;
    }

    public static OnnxGraph YoloV5()
    {
        OnnxGraph graph = new();
        string picture = PictureInput(graph);
        List<string> rows = [];
        foreach (int stride in Strides)
        {
            string own = graph.Add(
                graph.Reshape(Level(graph, picture, stride, 85, 5, Unit, bgr: false, [0, 0, 0, 0, 1]), 0, 85, -1),
                Grid(graph, stride, 85, 0));
            string nothing = graph.Multiply(own, graph.Scalar(0));
            rows.AddRange([own, nothing, nothing]);
        }

        graph.Output("output0", graph.Transpose(graph.Concat(2, [.. rows]), 0, 2, 1), TensorType.Float, 1, 3 * Cells(), 85);
        return graph;
    }

    public static OnnxGraph YoloV8(bool masks = false, bool freeBatch = false)
    {
        const int prototypes = 32;
        OnnxGraph graph = new();
        graph.Metadata(
            "names", "{0: 'red thing', 1: 'green thing', 2: \"blue o'thing\"" + string.Concat(
                Enumerable.Range(3, 77).Select(i => $", {i}: 'n{i}'")) + "}");
        string picture = PictureInput(graph, freeBatch);
        int rows = 84 + (masks ? prototypes : 0);
        List<string> levels = [];
        foreach (int stride in Strides)
        {
            float[] offset = new float[rows];
            if (masks)
            {
                // The first prototype is how red a place is; weighed by 20.
                offset[84] = 20;
            }

            levels.Add(
                graph.Add(
                    graph.Reshape(Level(graph, picture, stride, rows, 4, Unit, bgr: false, offset), 0, rows, -1),
                    Grid(graph, stride, rows, 0)));
        }

        graph.Output("output0", graph.Concat(2, [.. levels]), TensorType.Float, freeBatch ? "batch" : 1, rows, Cells());
        if (masks)
        {
            float[,] weights = new float[prototypes, 3];
            (weights[0, 0], weights[0, 1], weights[0, 2]) = (1, -0.5f, -0.5f);
            float[] bias = new float[prototypes];
            bias[0] = -0.5f;
            graph.Output("output1", graph.Mix(graph.Pool(picture, 4), weights, bias), TensorType.Float, 1, prototypes, Side / 4, Side / 4);
        }

        return graph;
    }

    public static OnnxGraph EndToEnd()
    {
        const int kept = 300;
        OnnxGraph graph = new();
        string picture = PictureInput(graph);
        List<string> levels = [];
        foreach (int stride in Strides)
        {
            // Corners instead of centres, then the score of red alone and class 0.
            levels.Add(
                graph.Add(
                    graph.Reshape(Level(graph, picture, stride, 6, 4, Unit, bgr: false, [0, 0, 0, 0, 0, 0], colours: 1), 0, 6, -1),
                    Corners(graph, stride, 6, 1)));
        }

        string rows = graph.Transpose(graph.Concat(2, [.. levels]), 0, 2, 1);
        string scores = graph.Reshape(graph.Node("Gather", [rows, graph.Constant([4L], 1)], ("axis", 2L)), 1, -1);
        string[] top = graph.Node("TopK", [scores, graph.Constant([(long)kept], 1)], 2, ("axis", 1L));
        string best = graph.Node("Gather", [rows, graph.Reshape(top[1], -1)], ("axis", 1L));
        graph.Output("output0", best, TensorType.Float, 1, kept, 6);
        return graph;
    }

    public static OnnxGraph NanoDet(bool oneOutput = false)
    {
        const int bins = 8;
        OnnxGraph graph = new();
        string picture = PictureInput(graph);
        int[] strides = oneOutput ? [8, 16, 32, 64] : Strides;
        List<string> rows = [];
        foreach (int stride in strides)
        {
            int cells = Side / stride * (Side / stride);

            // Undo the normalisation so that red is 1: (b − mean)/deviation, blue first.
            string level = Level(
                graph, picture, stride, Classes, 0, 1, bgr: true, new float[Classes], seen: stride == CellSize, nanoDet: true);
            string scores = graph.Node("Relu", [graph.Transpose(graph.Reshape(level, 0, Classes, -1), 0, 2, 1)]);
            float[] sides = new float[cells * 4 * bins];
            for (int i = 0; i < sides.Length; i++)
            {
                // First generation: half a stride on each side of the middle. Plus: nothing to the left, one to the right.
                int bin = i % bins;
                int side = i / bins % 4;
                sides[i] = oneOutput ? (side < 2 ? (bin == 0 ? 30 : 0) : (bin == 1 ? 30 : 0)) : (bin < 2 ? 30 : 0);
            }

            string distances = graph.Constant(sides, 1, cells, 4 * bins);
            if (oneOutput)
            {
                rows.Add(graph.Concat(2, scores, distances));
            }
            else
            {
                graph.Output($"cls_pred_stride_{stride}", scores, TensorType.Float, 1, cells, Classes);
                graph.Output($"dis_pred_stride_{stride}", distances, TensorType.Float, 1, cells, 4 * bins);
            }
        }

        if (oneOutput)
        {
            graph.Output("output", graph.Concat(1, [.. rows]), TensorType.Float, 1, 256 + 64 + 16 + 4, Classes + (4 * bins));
        }

        return graph;
    }

    /// <summary>Red is a face; its box is the cell, so the logarithm of its size in strides is zero.</summary>
    public static OnnxGraph YuNet()
    {
        OnnxGraph graph = new();
        string picture = PictureInput(graph);
        foreach (int stride in Strides)
        {
            int cells = Side / stride * (Side / stride);
            string red = graph.Node(
                "Relu", [graph.Reshape(Level(graph, picture, stride, 1, 0, Bytes, bgr: true, [0], colours: 1), 1, cells, 1)]);
            float[] boxes = [.. Enumerable.Range(0, cells).SelectMany(_ => (float[])[0.5f, 0.5f, 0, 0])];
            graph.Output($"cls_{stride}", red, TensorType.Float, 1, cells, 1);
            graph.Output($"obj_{stride}", graph.Constant([.. Enumerable.Repeat(1f, cells)], 1, cells, 1), TensorType.Float, 1, cells, 1);
            graph.Output($"bbox_{stride}", graph.Constant(boxes, 1, cells, 4), TensorType.Float, 1, cells, 4);
            graph.Output($"kps_{stride}", graph.Constant(new float[cells * 10], 1, cells, 10), TensorType.Float, 1, cells, 10);
        }

        return graph;
    }

    /// <summary>TensorFlow's: bytes, channels last, rows before columns, fractions, classes from 1.</summary>
    public static OnnxGraph TensorFlowSsd()
    {
        OnnxGraph graph = new();
        string bytes = graph.Input("input_tensor", TensorType.UInt8, 1, Side, Side, 3);
        string picture = graph.Transpose(graph.Cast(bytes, TensorType.Float), 0, 3, 1, 2);
        int across = Side / CellSize;
        int cells = across * across;
        string red = graph.Reshape(Level(graph, picture, CellSize, 1, 0, Bytes, bgr: false, [0], colours: 1), 1, cells);
        float[] boxes = new float[cells * 4];
        for (int i = 0; i < cells; i++)
        {
            (int x, int y) = (i % across, i / across);
            float[] box = [(float)y / across, (float)x / across, (y + 1f) / across, (x + 1f) / across];
            box.CopyTo(boxes, i * 4);
        }

        graph.Output("detection_boxes", graph.Constant(boxes, 1, cells, 4), TensorType.Float, 1, cells, 4);
        graph.Output("detection_classes", graph.Constant([.. Enumerable.Repeat(1f, cells)], 1, cells), TensorType.Float, 1, cells);
        graph.Output("detection_scores", red, TensorType.Float, 1, cells);
        graph.Output("num_detections", graph.Constant([(float)cells], 1), TensorType.Float, 1);
        return graph;
    }

    /// <summary>torchvision's: as many rows as there are objects, corners in pixels.</summary>
    public static OnnxGraph TorchSsd()
    {
        OnnxGraph graph = new();
        string picture = PictureInput(graph);
        int across = Side / CellSize;
        int cells = across * across;
        string red = graph.Reshape(Level(graph, picture, CellSize, 1, 0, Unit, bgr: false, [0], colours: 1), cells);
        float[] boxes = new float[cells * 4];
        for (int i = 0; i < cells; i++)
        {
            (int x, int y) = (i % across * CellSize, i / across * CellSize);
            float[] box = [x, y, x + CellSize, y + CellSize];
            box.CopyTo(boxes, i * 4);
        }

        string found = graph.Reshape(graph.Node("NonZero", [graph.Node("Greater", [red, graph.Scalar(0.3f)])]), -1);
        graph.Output("boxes", graph.Node("Gather", [graph.Constant(boxes, cells, 4), found], ("axis", 0L)), TensorType.Float, "n", 4);
        graph.Output("scores", graph.Node("Gather", [red, found], ("axis", 0L)), TensorType.Float, "n");
        graph.Output("labels", graph.Multiply(found, graph.Constant([0L], 1)), TensorType.Int64, "n");
        return graph;
    }

    public static OnnxGraph Detr(bool oneOutput = false)
    {
        const int queries = 300;
        OnnxGraph graph = new();
        string picture = PictureInput(graph);
        int across = Side / CellSize;
        int cells = across * across;
        string scores = graph.Transpose(
            graph.Reshape(Level(graph, picture, CellSize, Classes, 0, Unit, bgr: false, new float[Classes]), 0, Classes, -1), 0, 2, 1);
        string padding = graph.Constant(new float[(queries - cells) * Classes], 1, queries - cells, Classes);
        scores = graph.Concat(1, scores, padding);
        float[] boxes = new float[queries * 4];
        for (int i = 0; i < cells; i++)
        {
            float[] box = [((i % across) + 0.5f) / across, ((i / across) + 0.5f) / across, 1f / across, 1f / across];
            box.CopyTo(boxes, i * 4);
        }

        string places = graph.Constant(boxes, 1, queries, 4);
        if (oneOutput)
        {
            graph.Output("output0", graph.Concat(2, places, scores), TensorType.Float, 1, queries, 4 + Classes);
            return graph;
        }

        graph.Output("pred_boxes", places, TensorType.Float, 1, queries, 4);
        graph.Output(
            "logits", graph.Subtract(graph.Multiply(scores, graph.Scalar(20)), graph.Scalar(10)), TensorType.Float, 1, queries, Classes);
        return graph;
    }

    private static int Cells() => Strides.Sum(stride => Side / stride * (Side / stride));

    private static string PictureInput(OnnxGraph graph, bool freeBatch = false, bool freeSize = false, TensorType type = TensorType.Float)
    {
        object batch = freeBatch ? "batch" : 1;
        object height = freeSize ? "height" : Side;
        object width = freeSize ? "width" : Side;
        string input = graph.Input("images", type, batch, 3, height, width);
        return type == TensorType.Float ? input : graph.Cast(input, TensorType.Float);
    }

    private static void Emit(OnnxGraph graph, string name, string value, TensorType type, params object[] shape) =>
        graph.Output(
            name, type == TensorType.Float16 ? graph.Cast(value, type) : value, type == TensorType.Float16 ? type : TensorType.Float,
            shape);

    /// <summary>
    /// One level's channels: from <paramref name="first"/> on, how much a cell is red, green and blue (1 for pure, less
    /// than 0 for grey); all others the constants of <paramref name="offset"/>. Only the coarsest sees.
    /// </summary>
    private static string Level(
        OnnxGraph graph, string picture, int stride, int channels, int first, float gain, bool bgr, float[] offset, int colours = 3,
        bool? seen = null, bool nanoDet = false)
    {
        float[,] weights = new float[channels, 3];
        float[] bias = new float[channels];
        offset.AsSpan(0, Math.Min(offset.Length, channels)).CopyTo(bias);
        float[] deviation = nanoDet ? [58.395f, 57.12f, 57.375f] : [1, 1, 1];
        float[] mean = nanoDet ? [123.675f, 116.28f, 103.53f] : [0, 0, 0];
        for (int colour = 0; colour < colours; colour++)
        {
            for (int other = 0; (seen ?? stride == CellSize) && other < 3; other++)
            {
                float weight = (other == colour ? 1 : -0.5f) * gain / 255;
                weights[first + colour, bgr ? 2 - other : other] = weight * deviation[other];
                bias[first + colour] += weight * mean[other];
            }
        }

        return graph.Mix(graph.Pool(picture, stride), weights, bias);
    }

    /// <summary>Centres and sizes in pixels for the first four rows, zero for the others.</summary>
    private static string Grid(OnnxGraph graph, int stride, int rows, float minusOffset)
    {
        int across = Side / stride;
        int cells = across * across;
        float[] values = new float[rows * cells];
        for (int i = 0; i < cells; i++)
        {
            values[i] = (((i % across) + 0.5f) * stride) - minusOffset;
            values[cells + i] = (((i / across) + 0.5f) * stride) - minusOffset;
            values[(2 * cells) + i] = stride;
            values[(3 * cells) + i] = stride;
        }

        return graph.Constant(values, 1, rows, cells);
    }

    private static string Corners(OnnxGraph graph, int stride, int rows, int batch)
    {
        int across = Side / stride;
        int cells = across * across;
        float[] values = new float[rows * cells];
        for (int i = 0; i < cells; i++)
        {
            values[i] = i % across * stride;
            values[cells + i] = i / across * stride;
            values[(2 * cells) + i] = ((i % across) + 1) * stride;
            values[(3 * cells) + i] = ((i / across) + 1) * stride;
        }

        return graph.Constant(values, batch, rows, cells);
    }
}
