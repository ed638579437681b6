using Rtc.Inference.Catalogue;
using Rtc.Inference.Graphs;

namespace Rtc.Studio.Sound;

/// <summary>Opens what takes sound apart: a network where one is on hand, else what needs no weights.</summary>
internal static class StemEngines
{
    private static readonly string[] s_words = [.. Stems.Names, "piano", SpectralSeparator.Accompaniment];

    /// <param name="graphs">Null: none are on hand.</param>
    /// <param name="chosen">A file's name, "auto" or the name of the engine without weights.</param>
    /// <param name="problem">Why it is not a better one.</param>
    public static IStemSeparator Open(IGraphHost? graphs, string chosen, out string? problem)
    {
        problem = null;
        if (graphs is null || chosen.Equals(DspSeparator.EngineName, StringComparison.OrdinalIgnoreCase))
        {
            return new DspSeparator();
        }

        IReadOnlyList<GraphFile> files = graphs.Graphs;
        GraphFile? waves = files.FirstOrDefault(
            file => file.Kind == GraphKind.StemWaves && StudioModels.Fits(chosen, file.Name, file.IsCopyleft));
        if (waves is not null && graphs.OpenGraph(waves, out problem) is { } graph)
        {
            return new WaveSeparator(graph);
        }

        // One network a stem: those whose names differ in nothing else belong together.
        IGrouping<string, GraphFile>? family = files.Where(file => file.Kind == GraphKind.StemSpectra && StemOf(file.Name) is not null)
            .GroupBy(file => FamilyOf(file.Name)).Where(group => StudioModels.Fits(chosen, group.Key, group.First().IsCopyleft))
            .MaxBy(group => group.Count());
        if (family is not null && OpenAll(graphs, family, out problem) is { } networks)
        {
            return new SpectralSeparator(
                family.First().Inputs[0].Shape[2] > 1024 ? SpectralSeparator.Unmix : SpectralSeparator.Spleeter, networks);
        }

        problem ??= StudioModels.Auto == chosen ? null : $"no model of sound is called {chosen}";
        return new DspSeparator();
    }

    private static List<StemNetwork>? OpenAll(IGraphHost graphs, IEnumerable<GraphFile> files, out string? problem)
    {
        problem = null;
        List<StemNetwork> networks = [];
        foreach (GraphFile file in files)
        {
            if (graphs.OpenGraph(file, out problem) is not { } graph)
            {
                networks.ForEach(network => network.Graph.Dispose());
                return null;
            }

            networks.Add(new StemNetwork(StemOf(file.Name)!, graph));
        }

        return networks;
    }

    private static string? StemOf(string name) => Array.Find(s_words, word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string FamilyOf(string name) =>
        name.Replace(StemOf(name)!, string.Empty, StringComparison.OrdinalIgnoreCase).Trim('.', '-', '_');
}
