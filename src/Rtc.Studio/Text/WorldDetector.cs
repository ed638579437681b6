using Rtc.Inference;
using Rtc.Inference.Graphs;
using Rtc.Inference.Prepare;
using Rtc.Media;
using Rtc.Media.Tensors;

namespace Rtc.Studio.Text;

/// <summary>YOLO-World: a picture and embeddings of phrases in, a score for each cell and phrase out. Owns the graph.</summary>
internal sealed class WorldDetector : IPhraseDetector
{
    private const int UsualSide = 640;

    private readonly ModelGraph _graph;
    private readonly CancellationToken _cancel;
    private readonly TensorPlan _plan;
    private readonly int _picture;

    /// <param name="graph">Becomes this detector's own.</param>
    /// <param name="phrases">Its classes.</param>
    /// <param name="embeddings">One for each, of length 1.</param>
    /// <param name="cancel">Ends a run.</param>
    public WorldDetector(ModelGraph graph, IReadOnlyList<string> phrases, IReadOnlyList<float[]> embeddings, CancellationToken cancel)
    {
        (_graph, ClassNames, _cancel) = (graph, phrases, cancel);
        _picture = Enumerable.Range(0, graph.Inputs.Count).First(i => graph.Inputs[i].Rank == 4);
        IReadOnlyList<long> shape = graph.Inputs[_picture].Shape;
        _plan = new TensorPlan
        {
            Width = shape[3] > 0 ? (int)shape[3] : UsualSide, Height = shape[2] > 0 ? (int)shape[2] : UsualSide, Scale = TensorPlan.Unit,
        };
        int words = EmbeddingInput(graph);
        long[] rows = [.. graph.Inputs[words].Shape];
        rows[^1] = embeddings[0].Length;
        rows[^2] = rows[^2] > 0 ? rows[^2] : phrases.Count;
        rows[0] = rows.Length == 3 ? 1 : rows[0];
        long[][] shapes = new long[2][];
        (shapes[_picture], shapes[words]) = ([1, 3, _plan.Height, _plan.Width], rows);
        graph.Bind(shapes);
        for (int i = 0; i < Math.Min(embeddings.Count, rows[^2]); i++)
        {
            graph.Write(words, embeddings[i], i * embeddings[i].Length);
        }
    }

    public string Engine => "yolo-world";

    public float UsualConfidence => 0.1f;

    public string Model => _graph.File.Name;

    public string Provider => Engine;

    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>Numbers of an embedding that the model takes; -1: any.</summary>
    public static int EmbeddingLength(ModelGraph graph) => (int)graph.Inputs[EmbeddingInput(graph)].Shape[^1];

    public DetectTimings Detect(Picture picture, DetectOptions options, List<Detection> into)
    {
        into.Clear();
        LetterboxMap map = _graph.Write(_picture, picture, new RectF(0, 0, picture.Width, picture.Height), _plan);
        _graph.Run(_cancel);
        int scores = _graph.FindOutput("score");
        if (scores >= 0 && _graph.FindOutput("box") >= 0)
        {
            Apart(scores, map, picture, options.Confidence, into);
        }
        else
        {
            Together(map, picture, options.Confidence, into);
        }

        return default;
    }

    public void Dispose() => _graph.Dispose();

    private static int EmbeddingInput(ModelGraph graph) => Enumerable.Range(0, graph.Inputs.Count).First(i => graph.Inputs[i].Rank != 4);

    /// <summary>Scores [1, cells, phrases] and corners [1, cells, 4].</summary>
    private void Apart(int scores, in LetterboxMap map, Picture picture, float confidence, List<Detection> into)
    {
        ReadOnlySpan<float> values = _graph.Floats(scores);
        ReadOnlySpan<float> boxes = _graph.Floats(_graph.FindOutput("box"));
        int row = Math.Max(1, (int)_graph.Shape(scores)[^1]);
        for (int cell = 0; cell < Math.Min(boxes.Length / 4, values.Length / row); cell++)
        {
            for (int phrase = 0; phrase < Math.Min(row, ClassNames.Count); phrase++)
            {
                float score = values[(cell * row) + phrase];
                if (score >= confidence)
                {
                    ReadOnlySpan<float> box = boxes.Slice(cell * 4, 4);
                    FoundBoxes.Add(new RectF(box[0], box[1], box[2], box[3]), map, picture, phrase, score, into);
                }
            }
        }
    }

    /// <summary>Middle, size and scores of a cell below one another: [1, 4 + phrases, cells].</summary>
    private void Together(in LetterboxMap map, Picture picture, float confidence, List<Detection> into)
    {
        ReadOnlySpan<float> values = _graph.Floats(0);
        int cells = Math.Max(1, (int)_graph.Shape(0)[^1]);
        int phrases = (values.Length / cells) - 4;
        for (int cell = 0; cell < cells; cell++)
        {
            for (int phrase = 0; phrase < Math.Min(phrases, ClassNames.Count); phrase++)
            {
                float score = values[((4 + phrase) * cells) + cell];
                if (score >= confidence)
                {
                    ReadOnlySpan<float> box = [values[cell], values[cells + cell], values[(2 * cells) + cell], values[(3 * cells) + cell]];
                    FoundBoxes.Add(FoundBoxes.Around(box, 1, 1), map, picture, phrase, score, into);
                }
            }
        }
    }
}
