using Rtc.Inference;
using Rtc.Inference.Graphs;
using Rtc.Inference.Prepare;
using Rtc.Media;
using Rtc.Media.Tensors;

namespace Rtc.Studio.Text;

/// <summary>OWL-ViT and OWLv2: rows of tokens and a picture in, a score for each box and phrase out. Owns the graph.</summary>
internal sealed class OwlDetector : IPhraseDetector
{
    private const int UsualTokens = 16;
    private const int UsualSide = 768;

    // From here on it is OWLv2, which pads a picture to a square with grey.
    private const int PaddedSide = 900;
    private const byte Grey = 128;
    private const int Padding = 0;

    private readonly ModelGraph _graph;
    private readonly CancellationToken _cancel;
    private readonly TensorPlan _plan;
    private readonly int _picture;

    private OwlDetector(ModelGraph graph, IReadOnlyList<string> phrases, CancellationToken cancel)
    {
        (_graph, ClassNames, _cancel) = (graph, phrases, cancel);
        _picture = graph.FindInput("pixel_values");
        IReadOnlyList<long> shape = graph.Inputs[_picture].Shape;
        int side = shape[3] > 0 ? (int)shape[3] : graph.File.Name.Contains("v2", StringComparison.OrdinalIgnoreCase) ? 960 : UsualSide;
        _plan = new TensorPlan
        {
            Width = side, Height = shape[2] > 0 ? (int)shape[2] : side, Fit = side > PaddedSide ? Fit.Corner : Fit.Stretch, Pad = Grey,
        }.Normalised(new(0.48145466f, 0.4578275f, 0.40821073f), new(0.26862954f, 0.26130258f, 0.27577711f));
    }

    public string Engine => "owl";

    public float UsualConfidence => 0.15f;

    public string Model => _graph.File.Name;

    public string Provider => Engine;

    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Takes over the graph where it answers; null with the reason where its words are missing.</summary>
    public static OwlDetector? Open(ModelGraph graph, IReadOnlyList<string> phrases, CancellationToken cancel, out string? problem)
    {
        int ids = graph.FindInput("input_ids");
        int length = graph.Inputs[ids].Shape[^1] is > 0 and var declared ? (int)declared : UsualTokens;
        if (PhraseTokens.Clip(graph.File, length, Padding, out problem) is not { } tokens)
        {
            return null;
        }

        var detector = new OwlDetector(graph, phrases, cancel);
        detector.Bind(ids, length, [.. phrases.Select(tokens)]);
        return detector;
    }

    public DetectTimings Detect(Picture picture, DetectOptions options, List<Detection> into)
    {
        into.Clear();
        LetterboxMap map = _graph.Write(_picture, picture, new RectF(0, 0, picture.Width, picture.Height), _plan);
        _graph.Run(_cancel);
        ReadOnlySpan<float> logits = _graph.Floats(_graph.FindOutput("logits"));
        ReadOnlySpan<float> boxes = _graph.Floats(_graph.FindOutput("pred_boxes", "boxes"));
        int phrases = ClassNames.Count;
        for (int i = 0; i < Math.Min(boxes.Length / 4, logits.Length / phrases); i++)
        {
            for (int phrase = 0; phrase < phrases; phrase++)
            {
                float score = FoundBoxes.Sigmoid(logits[(i * phrases) + phrase]);
                if (score >= options.Confidence)
                {
                    FoundBoxes.Add(
                        FoundBoxes.Around(boxes.Slice(i * 4, 4), _plan.Width, _plan.Height), map, picture, phrase, score, into);
                }
            }
        }

        return default;
    }

    public void Dispose() => _graph.Dispose();

    private void Bind(int ids, int length, (float[] Tokens, int Count)[] rows)
    {
        int mask = _graph.FindInput("attention_mask");
        long[][] shapes = [.. _graph.Inputs.Select(input => input.Shape.ToArray())];
        shapes[ids] = [rows.Length, length];
        shapes[_picture] = [1, 3, _plan.Height, _plan.Width];
        if (mask >= 0)
        {
            shapes[mask] = [rows.Length, length];
        }

        _graph.Bind(shapes);
        for (int row = 0; row < rows.Length; row++)
        {
            _graph.Write(ids, rows[row].Tokens, row * length);
            if (mask >= 0)
            {
                _graph.Write(mask, [.. Enumerable.Repeat(1f, rows[row].Count)], row * length);
            }
        }
    }
}
