using Rtc.Inference.Catalogue;
using Rtc.Inference.Graphs;

namespace Rtc.Studio.Text;

/// <summary>Opens a detector for the phrases of a sentence, where a model of the kind is on hand. Any thread may call it.</summary>
/// <param name="host">Null: no model is on hand.</param>
/// <param name="chosen">A file's name, "auto" or the name of the engine without weights.</param>
internal sealed class TextEngines(IGraphHost? host, string chosen)
{
    private static readonly GraphKind[] s_kinds =
        [GraphKind.PhraseDetector, GraphKind.SentenceDetector, GraphKind.EmbeddingDetector];

    private readonly PhraseEmbeddings _embeddings = new();

    /// <summary>Null where none is on hand; with the reason where one is that can't be used.</summary>
    public IPhraseDetector? Open(IReadOnlyList<string> phrases, CancellationToken cancel, out string? problem)
    {
        problem = null;
        if (host is null || phrases.Count == 0 || chosen.Equals(PromptSearch.EngineName, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        IReadOnlyList<GraphFile> files = host.Graphs;
        foreach (GraphFile file in files.Where(file =>
            s_kinds.Contains(file.Kind) && StudioModels.Fits(chosen, file.Name, file.IsCopyleft)))
        {
            if (host.OpenGraph(file, out problem) is not { } graph)
            {
                continue;
            }

            IPhraseDetector? detector = null;
            try
            {
                detector = file.Kind switch
                {
                    GraphKind.PhraseDetector => OwlDetector.Open(graph, phrases, cancel, out problem),
                    GraphKind.SentenceDetector => GroundedDetector.Open(graph, phrases, cancel, out problem),
                    _ => OpenWorld(graph, files, phrases, cancel, out problem),
                };
                if (detector is not null)
                {
                    return detector;
                }
            }
            finally
            {
                if (detector is null)
                {
                    graph.Dispose();
                }
            }
        }

        return null;
    }

    private WorldDetector? OpenWorld(
        ModelGraph graph, IReadOnlyList<GraphFile> files, IReadOnlyList<string> phrases, CancellationToken cancel, out string? problem)
    {
        problem = $"{graph.File.Name} needs a model that embeds phrases (CLIP's text half) beside it";
        if (files.FirstOrDefault(file => file.Kind == GraphKind.TextEncoder) is not { } encoder
            || _embeddings.Of(host!, encoder, phrases, cancel, out problem) is not { } embeddings)
        {
            return null;
        }

        int length = WorldDetector.EmbeddingLength(graph);
        if (length > 0 && length != embeddings[0].Length)
        {
            problem = $"{encoder.Name} embeds in {embeddings[0].Length} numbers, and {graph.File.Name} takes {length}";
            return null;
        }

        return new WorldDetector(graph, phrases, embeddings, cancel);
    }
}
