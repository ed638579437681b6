using Rtc.Inference.Onnx;
using Rtc.Inference.Tests.Models;

namespace Rtc.Studio.Tests.Support;

/// <summary>
/// Detectors of phrases by colour, with the edges that published ones have, and their words: "red", "green" and "blue" are known, and a
/// cell of such a colour is what the phrase means.
/// </summary>
internal static class PhraseGraphs
{
    private const int Words = 64;
    private static readonly string[] s_colours = ["red", "green", "blue"];

    private static readonly (string[] Known, string[] Merges) s_clip = ClipWords();

    private static int[] ClipIds => [.. s_colours.Select(colour => Array.IndexOf(s_clip.Known, colour + "</w>"))];

    /// <summary>CLIP's words: pairs of letters that make up the three colours, and all letters beside.</summary>
    public static void AddClipWords(ModelFolder folder)
    {
        Assert.InRange(s_clip.Known.Length, 1, Words);
        File.WriteAllText(
            Path.Combine(folder.Location, "vocab.json"),
            "{" + string.Join(',', s_clip.Known.Select((word, i) => $"\"{word}\":{i}")) + "}");
        File.WriteAllLines(Path.Combine(folder.Location, "merges.txt"), s_clip.Merges);
    }

    private static (string[] Known, string[] Merges) ClipWords()
    {
        List<string> known = ["!", "<|startoftext|>", "<|endoftext|>"];
        List<string> merges = ["#version: 0.2"];

        // The first pair wins: "gr" of "green" comes before "re" of "red".
        foreach (string colour in (string[])["green", "blue", "red"])
        {
            string sofar = colour[..1];
            for (int i = 1; i < colour.Length; i++)
            {
                string next = i == colour.Length - 1 ? colour[i] + "</w>" : colour[i..(i + 1)];
                merges.Add($"{sofar} {next}");
                known.AddRange([sofar, next, sofar += next]);
            }
        }

        foreach (char letter in "acknops,")
        {
            known.AddRange([$"{letter}", $"{letter}</w>"]);
        }

        return ([.. known.Distinct()], [.. merges.Distinct()]);
    }

    /// <summary>BERT's words.</summary>
    public static void AddBertWords(ModelFolder folder) => File.WriteAllLines(
        Path.Combine(folder.Location, "vocab.txt"),
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", "red", "green", "blue", "bl", "##ob"]);

    /// <summary>OWL-ViT's: 768 pixels, patches of 32, rows of 16 tokens of which the second is looked at.</summary>
    public static OnnxGraph Owl(int side = 768)
    {
        const int cell = 32;
        int across = side / cell;
        OnnxGraph graph = new();
        string ids = graph.Input("input_ids", TensorType.Int64, "text_batch_size", 16);
        string pixels = graph.Input("pixel_values", TensorType.Float, 1, 3, side, side);
        string mask = graph.Input("attention_mask", TensorType.Int64, "text_batch_size", 16);
        string second = graph.Reshape(graph.Node("Gather", [ids, graph.Constant([1L], 1)], ("axis", 1L)), -1);

        // A token that the mask hides is none.
        string isSeen = graph.Reshape(graph.Node("Gather", [mask, graph.Constant([1L], 1)], ("axis", 1L)), -1, 1);
        isSeen = graph.Cast(isSeen, TensorType.Float);
        string meant = graph.Multiply(graph.Node("Gather", [Table(graph, ClipIds, 3), second], ("axis", 0L)), isSeen);
        string patches = graph.Transpose(graph.Reshape(Colours(graph, pixels, cell, isClip: true), 1, 3, across * across), 0, 2, 1);
        string logits = graph.Subtract(
            graph.Multiply(graph.Node("MatMul", [patches, graph.Transpose(meant, 1, 0)]), graph.Scalar(20)), graph.Scalar(10));
        graph.Output("logits", logits, TensorType.Float, 1, across * across, "text_batch_size");
        graph.Output("pred_boxes", Grid(graph, across), TensorType.Float, 1, across * across, 4);
        return graph;
    }

    /// <summary>Grounding DINO's as optimum writes it, or with the masks of tokens that go in from outside.</summary>
    public static OnnxGraph Grounded(bool hasTokenMask = false)
    {
        const int side = 480;
        const int cell = 16;
        const int queries = 900;
        OnnxGraph graph = new();
        string pixels = graph.Input(hasTokenMask ? "img" : "pixel_values", TensorType.Float, 1, 3, side, side);
        string ids = graph.Input("input_ids", TensorType.Int64, 1, 256);
        string checks = graph.Cast(graph.Input("token_type_ids", TensorType.Int64, 1, 256), TensorType.Float);
        checks = graph.Add(
            checks, graph.Multiply(graph.Cast(graph.Input(
                "attention_mask", hasTokenMask ? TensorType.Bool : TensorType.Int64, 1, 256), TensorType.Float), graph.Scalar(0)));
        if (hasTokenMask)
        {
            // A full stop sees the words before it, and no others: what is out of place makes all logits low.
            string places = graph.Cast(graph.Input("position_ids", TensorType.Int64, 1, 256), TensorType.Float);
            string sees = graph.Cast(graph.Input("text_token_mask", TensorType.Bool, 1, 256, 256), TensorType.Float);
            string most = graph.Node("ReduceMax", [places], ("axes", new long[] { 0, 1 }), ("keepdims", 0L));
            string rows = graph.Node(
                "ReduceMax", [graph.Node("ReduceSum", [sees, graph.Constant([2L], 1)], ("keepdims", 0L))], ("axes", new long[] { 0, 1 }),
                ("keepdims", 0L));
            checks = graph.Add(checks, graph.Multiply(graph.Subtract(graph.Add(most, graph.Scalar(1)), rows), graph.Scalar(100)));
        }

        string meant = graph.Node("Gather", [Table(graph, [6, 7, 8], 3), ids], ("axis", 0L));
        string patches = graph.Transpose(graph.Reshape(Colours(graph, pixels, cell, isClip: false), 1, 3, queries), 0, 2, 1);
        string logits = graph.Subtract(
            graph.Multiply(graph.Node("MatMul", [patches, graph.Transpose(meant, 0, 2, 1)]), graph.Scalar(20)), graph.Scalar(10));
        string off = graph.Node("Unsqueeze", [checks, graph.Constant([1L], 1)]);
        graph.Output("logits", graph.Subtract(logits, off), TensorType.Float, 1, queries, 256);
        graph.Output(hasTokenMask ? "boxes" : "pred_boxes", Grid(graph, side / cell), TensorType.Float, 1, queries, 4);
        return graph;
    }

    /// <summary>YOLO-World's: cells of 32 of a picture of 640, embeddings of 512 numbers.</summary>
    public static OnnxGraph World(bool isApart = false)
    {
        const int side = 640;
        const int cell = 32;
        const int across = side / cell;
        OnnxGraph graph = new();
        string pixels = graph.Input("images", TensorType.Float, 1, 3, side, side);
        string embeddings = graph.Input("prompt_embeddings", TensorType.Float, 1, "classes", 512);
        string patches = graph.Reshape(Colours(graph, pixels, cell, isClip: null), 1, 3, across * across);
        string meant = graph.Node("Gather", [embeddings, graph.Constant([0L, 1L, 2L], 3)], ("axis", 2L));
        string scores = graph.Node("Relu", [graph.Node("MatMul", [meant, patches])]);
        string grid = graph.Multiply(Grid(graph, across), graph.Scalar(side));
        if (!isApart)
        {
            graph.Output(
                "output0", graph.Concat(1, graph.Transpose(grid, 0, 2, 1), scores), TensorType.Float, 1, "rows", across * across);
            return graph;
        }

        string middle = graph.Node("Gather", [grid, graph.Constant([0L, 1L], 2)], ("axis", 2L));
        string half = graph.Multiply(graph.Node("Gather", [grid, graph.Constant([2L, 3L], 2)], ("axis", 2L)), graph.Scalar(0.5f));
        graph.Output("scores", graph.Transpose(scores, 0, 2, 1), TensorType.Float, 1, across * across, "classes");
        graph.Output(
            "boxes", graph.Concat(2, graph.Subtract(middle, half), graph.Add(middle, half)), TensorType.Float, 1, across * across, 4);
        return graph;
    }

    /// <summary>CLIP's text half: the second token's row of a table, five times as long as it is to be.</summary>
    public static OnnxGraph ClipText()
    {
        OnnxGraph graph = new();
        string ids = graph.Input("input_ids", TensorType.Int32, 1, 77);
        string second = graph.Reshape(graph.Node("Gather", [ids, graph.Constant([1L], 1)], ("axis", 1L)), 1);
        graph.Output(
            "text_embeds", graph.Multiply(graph.Node("Gather", [Table(graph, ClipIds, 512), second], ("axis", 0L)), graph.Scalar(5)),
            TensorType.Float, 1, 512);
        return graph;
    }

    /// <summary>A row for each token; those of the colours have a 1 at their colour's place.</summary>
    private static string Table(OnnxGraph graph, int[] ids, int numbers)
    {
        float[] rows = new float[Words * numbers];
        for (int colour = 0; colour < ids.Length; colour++)
        {
            rows[(ids[colour] * numbers) + colour] = 1;
        }

        return graph.Constant(rows, Words, numbers);
    }

    /// <summary>How red, green and blue each cell is, 1 for pure, of numbers as the model's family has them.</summary>
    private static string Colours(OnnxGraph graph, string pixels, int cell, bool? isClip)
    {
        float[] mean = isClip switch { true => [0.48145466f, 0.4578275f, 0.40821073f], false => [0.485f, 0.456f, 0.406f], _ => [0, 0, 0] };
        float[] deviation =
            isClip switch { true => [0.26862954f, 0.26130258f, 0.27577711f], false => [0.229f, 0.224f, 0.225f], _ => [1, 1, 1] };
        float[,] weights = new float[3, 3];
        float[] bias = new float[3];
        for (int colour = 0; colour < 3; colour++)
        {
            for (int other = 0; other < 3; other++)
            {
                float weight = other == colour ? 1 : -0.5f;
                weights[colour, other] = weight * deviation[other];
                bias[colour] += weight * mean[other];
            }
        }

        return graph.Mix(graph.Pool(pixels, cell), weights, bias);
    }

    /// <summary>Middles and sizes of cells as shares of the whole.</summary>
    private static string Grid(OnnxGraph graph, int across)
    {
        float[] boxes = [.. Enumerable.Range(0, across * across).SelectMany(i => (float[])
            [((i % across) + 0.5f) / across, ((i / across) + 0.5f) / across, 1f / across, 1f / across])];
        return graph.Constant(boxes, 1, across * across, 4);
    }
}
