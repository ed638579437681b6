using Microsoft.ML.Tokenizers;
using Rtc.Inference;
using Rtc.Inference.Graphs;
using Rtc.Inference.Prepare;
using Rtc.Media;
using Rtc.Media.Tensors;

namespace Rtc.Studio.Text;

/// <summary>
/// Grounding DINO: all phrases as one sentence with full stops between and a picture in, a score for each box and token out. A phrase is
/// as sure as its surest token. Owns the graph.
/// </summary>
internal sealed class GroundedDetector : IPhraseDetector
{
    private const int UsualSide = 800;
    private const int Multiple = 32;
    private const int MaxTokens = 256;

    private readonly ModelGraph _graph;
    private readonly CancellationToken _cancel;
    private readonly Sentence _sentence;
    private readonly int _picture;
    private TensorPlan? _plan;

    private GroundedDetector(ModelGraph graph, IReadOnlyList<string> phrases, Sentence sentence, CancellationToken cancel)
    {
        (_graph, ClassNames, _sentence, _cancel) = (graph, phrases, sentence, cancel);
        _picture = Enumerable.Range(0, graph.Inputs.Count).First(i => graph.Inputs[i].Rank == 4);
    }

    public string Engine => "grounding-dino";

    public float UsualConfidence => 0.3f;

    public string Model => _graph.File.Name;

    public string Provider => Engine;

    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Takes over the graph where it answers; null with the reason where its words are missing.</summary>
    public static GroundedDetector? Open(ModelGraph graph, IReadOnlyList<string> phrases, CancellationToken cancel, out string? problem) =>
        PhraseTokens.Bert(graph.File, out problem) is { } tokenizer
            ? new GroundedDetector(graph, phrases, Sentence.Of(tokenizer, phrases, MaxTokens), cancel)
            : null;

    public DetectTimings Detect(Picture picture, DetectOptions options, List<Detection> into)
    {
        into.Clear();
        _plan ??= Bind(picture);
        LetterboxMap map = _graph.Write(_picture, picture, new RectF(0, 0, picture.Width, picture.Height), _plan);
        _graph.Run(_cancel);
        int output = _graph.FindOutput("logits");
        ReadOnlySpan<float> logits = _graph.Floats(output);
        ReadOnlySpan<float> boxes = _graph.Floats(_graph.FindOutput("pred_boxes", "boxes"));
        int row = Math.Max(1, (int)_graph.Shape(output)[^1]);
        for (int i = 0; i < Math.Min(boxes.Length / 4, logits.Length / row); i++)
        {
            for (int phrase = 0; phrase < ClassNames.Count; phrase++)
            {
                float score = 0;
                (int from, int to) = _sentence.Spans[phrase];
                for (int token = from; token < Math.Min(to, row); token++)
                {
                    score = Math.Max(score, FoundBoxes.Sigmoid(logits[(i * row) + token]));
                }

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

    /// <summary>The sentence is the same for all pictures; where its size is open the picture keeps its shape.</summary>
    private TensorPlan Bind(Picture picture)
    {
        IReadOnlyList<long> declared = _graph.Inputs[_picture].Shape;
        float scale = (float)UsualSide / Math.Max(picture.Width, picture.Height);
        TensorPlan plan = new TensorPlan
        {
            Width = declared[3] > 0 ? (int)declared[3] : Side(picture.Width * scale),
            Height = declared[2] > 0 ? (int)declared[2] : Side(picture.Height * scale),
            Fit = Fit.Stretch,
        }.ImageNet();
        int length = _graph.Inputs[_graph.FindInput("input_ids")].Shape[^1] is > 0 and var fixedLength
            ? (int)fixedLength
            : _sentence.Tokens.Length;
        Dictionary<string, float[]> rows = new()
        {
            ["input_ids"] = _sentence.Tokens,
            ["attention_mask"] = [.. Enumerable.Repeat(1f, _sentence.Tokens.Length)],
            ["position_ids"] = _sentence.Positions,
        };
        long[][] shapes = [.. _graph.Inputs.Select((input, i) =>
            i == _picture ? [1, 3, plan.Height, plan.Width]
            : input.Name.Contains("pixel_mask", StringComparison.Ordinal) ? [1, plan.Height, plan.Width]
            : input.Rank == 3 ? new long[] { 1, length, length }
            : [1, length])];
        _graph.Bind(shapes);
        for (int i = 0; i < _graph.Inputs.Count; i++)
        {
            string name = _graph.Inputs[i].Name;
            if (rows.FirstOrDefault(row => name.Contains(row.Key, StringComparison.Ordinal)).Value is { } row)
            {
                _graph.Write(i, row.AsSpan(0, Math.Min(length, row.Length)));
            }
            else if (name.Contains("pixel_mask", StringComparison.Ordinal))
            {
                _graph.Write(i, [.. Enumerable.Repeat(1f, plan.Height * plan.Width)]);
            }
            else if (i != _picture && _graph.Inputs[i].Rank == 3)
            {
                _graph.Write(i, _sentence.Attention(length));
            }
        }

        return plan;
    }

    private static int Side(float pixels) => Math.Max(Multiple, (int)MathF.Round(pixels / Multiple) * Multiple);

    /// <summary>The phrases as tokens, and which of them belong to which.</summary>
    /// <param name="Tokens">With what begins and ends them.</param>
    /// <param name="Positions">Counted anew in each phrase.</param>
    /// <param name="Spans">First token of each phrase, and the one after its last.</param>
    private sealed record Sentence(float[] Tokens, float[] Positions, (int From, int To)[] Spans)
    {
        public static Sentence Of(BertTokenizer tokenizer, IReadOnlyList<string> phrases, int most)
        {
            int stop = Ids(tokenizer, ".")[0];
            List<float> tokens = [tokenizer.ClassificationTokenId];
            List<float> positions = [0];
            List<(int, int)> spans = [];
            foreach (string phrase in phrases)
            {
                int from = tokens.Count;
                int room = Math.Max(0, most - tokens.Count - 2);
                tokens.AddRange(Ids(tokenizer, phrase).Take(room).Select(id => (float)id));
                spans.Add((from, tokens.Count));
                tokens.Add(stop);
                positions.AddRange(Enumerable.Range(0, tokens.Count - from).Select(at => (float)at));
            }

            tokens.Add(tokenizer.SeparatorTokenId);
            positions.Add(0);
            return new Sentence([.. tokens], [.. positions], [.. spans]);
        }

        /// <summary>Which tokens see which: those of their own phrase.</summary>
        public float[] Attention(int length)
        {
            float[] sees = new float[length * length];
            for (int i = 0; i < length; i++)
            {
                sees[(i * length) + i] = 1;
            }

            foreach ((int from, int to) in Spans)
            {
                for (int i = from; i <= Math.Min(to, length - 1); i++)
                {
                    sees.AsSpan((i * length) + from, Math.Min(to, length - 1) - from + 1).Fill(1);
                }
            }

            return sees;
        }

        private static IReadOnlyList<int> Ids(BertTokenizer tokenizer, string text) =>
            tokenizer.EncodeToIds(text, addSpecialTokens: false, considerPreTokenization: true, considerNormalization: true);
    }
}
