using Rtc.Inference.Catalogue;
using Rtc.Inference.Graphs;

namespace Rtc.Studio.Removal;

/// <summary>Opens what invents background: a network where one is on hand, else what needs no weights.</summary>
internal static class FillEngines
{
    /// <param name="graphs">Null: none are on hand.</param>
    /// <param name="chosen">A file's name, "auto" or the name of the engine without weights.</param>
    public static IBackgroundInventor Open(IGraphHost? graphs, string chosen) =>
        !chosen.Equals(TeleaInventor.EngineName, StringComparison.OrdinalIgnoreCase)
            && graphs?.Graphs.FirstOrDefault(file =>
                file.Kind == GraphKind.Inpaint && StudioModels.Fits(chosen, file.Name, file.IsCopyleft)) is { } found
            && graphs.OpenGraph(found, out _) is { } graph
            ? new NetworkInventor(graph)
            : new TeleaInventor();
}
