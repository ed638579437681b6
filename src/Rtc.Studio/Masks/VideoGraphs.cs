using Rtc.Inference.Catalogue;
using Rtc.Inference.Graphs;

namespace Rtc.Studio.Masks;

/// <summary>The four models of SAM 2 for video, whose names differ in their parts alone. Owns them.</summary>
internal sealed class VideoGraphs : IDisposable
{
    private static readonly string[] s_parts =
        ["image_encoder", "mask_decoder", "image_decoder", "memory_attention", "mem_attention", "memory_encoder", "mem_encoder"];

    private static readonly GraphKind[] s_kinds =
        [GraphKind.VideoEncoder, GraphKind.MemoryAttention, GraphKind.VideoDecoder, GraphKind.MemoryEncoder];

    private readonly ModelGraph[] _graphs;

    private VideoGraphs(string name, ModelGraph[] graphs) => (Name, _graphs) = (name, graphs);

    public string Name { get; }

    public ModelGraph Encoder => _graphs[0];

    public ModelGraph Attention => _graphs[1];

    public ModelGraph Decoder => _graphs[2];

    public ModelGraph Memory => _graphs[3];

    /// <summary>Null where no four are on hand that were chosen, or where they can't be loaded, with the reason.</summary>
    public static VideoGraphs? Open(IGraphHost? host, string chosen, out string? problem)
    {
        problem = null;
        foreach (IGrouping<string, GraphFile> family in (host?.Graphs ?? []).Where(file => s_kinds.Contains(file.Kind))
            .GroupBy(file => FamilyOf(file.Name)))
        {
            GraphFile?[] files = [.. s_kinds.Select(kind => family.FirstOrDefault(file => file.Kind == kind))];
            if (files.Any(file => file is null) || !StudioModels.Fits(chosen, family.Key, files.Any(file => file!.IsCopyleft)))
            {
                continue;
            }

            List<ModelGraph> graphs = [];
            foreach (GraphFile? file in files)
            {
                if (host!.OpenGraph(file!, out problem) is { } graph)
                {
                    graphs.Add(graph);
                }
            }

            if (graphs.Count == files.Length)
            {
                return new VideoGraphs(family.Key, [.. graphs]);
            }

            graphs.ForEach(graph => graph.Dispose());
        }

        return null;
    }

    public void Dispose()
    {
        foreach (ModelGraph graph in _graphs)
        {
            graph.Dispose();
        }
    }

    private static string FamilyOf(string name)
    {
        string rest = s_parts.Aggregate(name, (all, part) => all.Replace(part, string.Empty, StringComparison.OrdinalIgnoreCase))
            .Trim('.', '-', '_');
        return rest.Length == 0 ? MemoryOutline.EngineName : rest;
    }
}
