using Rtc.Inference.Graphs;

namespace Rtc.Studio.Text;

/// <summary>Embeddings of phrases by the model that made them, kept for whoever asks for the same again. Any thread may call it.</summary>
internal sealed class PhraseEmbeddings
{
    private const int MaxKept = 256;
    private const int UsualTokens = 77;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Path, string Phrase), float[]> _kept = [];
    private readonly Queue<(string Path, string Phrase)> _order = new();

    /// <summary>One for each phrase, of length 1; null with the reason where the model can't be used.</summary>
    public List<float[]>? Of(
        IGraphHost host, GraphFile encoder, IReadOnlyList<string> phrases, CancellationToken cancel, out string? problem)
    {
        problem = null;
        List<float[]> embeddings = [];
        ModelGraph? graph = null;
        try
        {
            foreach (string phrase in phrases)
            {
                if (Find(encoder.Path, phrase) is not { } embedding)
                {
                    graph ??= host.OpenGraph(encoder, out problem);
                    if (graph is null || Make(graph, phrase, cancel, out problem) is not { } made)
                    {
                        return null;
                    }

                    Keep(encoder.Path, phrase, embedding = made);
                }

                embeddings.Add(embedding);
            }

            return embeddings;
        }
        finally
        {
            graph?.Dispose();
        }
    }

    private static float[]? Make(ModelGraph graph, string phrase, CancellationToken cancel, out string? problem)
    {
        int ids = graph.FindInput("input_ids");
        int mask = graph.FindInput("attention_mask");
        int length = graph.Inputs[ids].Shape[^1] is > 0 and var declared ? (int)declared : UsualTokens;
        if (PhraseTokens.Clip(graph.File, length, null, out problem) is not { } tokens)
        {
            return null;
        }

        (float[] row, int count) = tokens(phrase);
        graph.Bind([.. graph.Inputs.Select(_ => new long[] { 1, length })]);
        graph.Write(ids, row);
        if (mask >= 0)
        {
            graph.Write(mask, [.. Enumerable.Repeat(1f, count)]);
        }

        graph.Run(cancel);
        float[] embedding = graph.Floats(graph.FindOutput("text_embed", "embed")).ToArray();
        float norm = MathF.Sqrt(embedding.Sum(value => value * value));
        return [.. embedding.Select(value => norm > 0 ? value / norm : 0)];
    }

    private float[]? Find(string path, string phrase)
    {
        lock (_gate)
        {
            return _kept.GetValueOrDefault((path, phrase));
        }
    }

    private void Keep(string path, string phrase, float[] embedding)
    {
        lock (_gate)
        {
            if (_kept.TryAdd((path, phrase), embedding))
            {
                _order.Enqueue((path, phrase));
            }

            while (_order.Count > MaxKept)
            {
                _kept.Remove(_order.Dequeue());
            }
        }
    }
}
