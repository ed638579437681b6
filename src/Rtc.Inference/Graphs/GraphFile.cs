using Rtc.Inference.Catalogue;
using Rtc.Inference.Onnx;

namespace Rtc.Inference.Graphs;

/// <summary>A model of clips in the folder, as its file describes it before it is loaded.</summary>
/// <param name="Name">Its file's, without the ending.</param>
/// <param name="Path">Where it lies; files of words lie beside it.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Inputs">Free dimensions are -1.</param>
/// <param name="Outputs">Free dimensions are -1.</param>
/// <param name="Metadata">What its makers wrote into it.</param>
/// <param name="IsCopyleft">Such a one is taken by name alone.</param>
public sealed record GraphFile(
    string Name, string Path, GraphKind Kind, IReadOnlyList<TensorInfo> Inputs, IReadOnlyList<TensorInfo> Outputs,
    IReadOnlyDictionary<string, string> Metadata, bool IsCopyleft);

/// <summary>Where models of clips come from. Nothing of one is loaded before it is opened.</summary>
public interface IGraphHost
{
    /// <summary>What lies in the folder now.</summary>
    IReadOnlyList<GraphFile> Graphs { get; }

    /// <summary>Loaded where nobody has it open yet; null with the reason where it can't be.</summary>
    ModelGraph? OpenGraph(GraphFile file, out string? problem);
}
