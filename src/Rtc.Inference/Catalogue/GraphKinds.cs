using Rtc.Inference.Onnx;

namespace Rtc.Inference.Catalogue;

/// <summary>Recognises models of clips by the names and sizes of their edges, without loading them.</summary>
internal static class GraphKinds
{
    // A waveform is longer than any other axis of a known model.
    private const int MinWaveSamples = 16_384;

    // Bins of a spectrogram: half of Open-Unmix's frame and one, and what Spleeter keeps of it.
    private const int UnmixBins = 2049;
    private const int SpleeterBins = 1024;
    private const int SpleeterFrames = 512;

    public static GraphKind Of(OnnxHeader header)
    {
        IReadOnlyList<TensorInfo> inputs = header.Inputs;
        IReadOnlyList<TensorInfo> outputs = header.Outputs;
        return Video(inputs, outputs) is var video and not GraphKind.None ? video
            : Text(inputs, outputs) is var text and not GraphKind.None ? text
            : IsInpaint(inputs, outputs) ? GraphKind.Inpaint
            : IsWaves(inputs, outputs) ? GraphKind.StemWaves
            : IsSpectra(inputs, outputs) ? GraphKind.StemSpectra
            : GraphKind.None;
    }

    /// <summary>As the catalogue's tasks are called; null for what is no model of clips.</summary>
    public static string? Task(GraphKind kind) => kind switch
    {
        GraphKind.None => null,
        GraphKind.StemWaves or GraphKind.StemSpectra => "stems",
        GraphKind.Inpaint => "fill",
        GraphKind.PhraseDetector or GraphKind.SentenceDetector or GraphKind.EmbeddingDetector or GraphKind.TextEncoder => "find",
        _ => "track",
    };

    private static GraphKind Video(IReadOnlyList<TensorInfo> inputs, IReadOnlyList<TensorInfo> outputs) =>
        Has(inputs, "current_vision_feat") && Has(inputs, "memory") ? GraphKind.MemoryAttention
        : Has(inputs, "mask_for_mem") && Has(inputs, "pix_feat") ? GraphKind.MemoryEncoder
        : Has(inputs, "point_coords") && Has(outputs, "mask_for_mem") && Has(outputs, "obj_ptr") ? GraphKind.VideoDecoder
        : Has(outputs, "vision_pos_embed") && Has(outputs, "pix_feat") ? GraphKind.VideoEncoder
        : GraphKind.None;

    private static GraphKind Text(IReadOnlyList<TensorInfo> inputs, IReadOnlyList<TensorInfo> outputs)
    {
        bool takesPicture = inputs.Any(IsPicture);
        if (Has(inputs, "input_ids"))
        {
            return !takesPicture ? outputs.Any(output => output.Rank == 2 && output.Name.Contains("embed", StringComparison.Ordinal))
                    ? GraphKind.TextEncoder : GraphKind.None
                : !Has(outputs, "logits") || !Has(outputs, "boxes") ? GraphKind.None
                : Has(inputs, "token_type_ids") ? GraphKind.SentenceDetector
                : GraphKind.PhraseDetector;
        }

        return takesPicture && inputs.Any(input => input.Rank is 2 or 3 && IsEmbedding(input.Name))
            ? GraphKind.EmbeddingDetector
            : GraphKind.None;
    }

    private static bool IsEmbedding(string name) =>
        name.Contains("embed", StringComparison.OrdinalIgnoreCase) || name.Contains("txt_feat", StringComparison.OrdinalIgnoreCase)
            || name.Contains("text_feat", StringComparison.OrdinalIgnoreCase);

    private static bool IsInpaint(IReadOnlyList<TensorInfo> inputs, IReadOnlyList<TensorInfo> outputs) =>
        inputs.Count == 2 && outputs.Count == 1 && outputs[0].Rank == 4 && inputs.Any(IsPicture)
            && inputs.Any(input =>
                input.Rank == 4 && input.Shape[1] == 1 && input.Name.Contains("mask", StringComparison.OrdinalIgnoreCase));

    private static bool IsWaves(IReadOnlyList<TensorInfo> inputs, IReadOnlyList<TensorInfo> outputs) =>
        inputs.Count == 1 && inputs[0].Rank == 3 && inputs[0].Shape[1] == 2 && inputs[0].Shape[2] is < 0 or >= MinWaveSamples
            && outputs.Count == 1 && outputs[0].Rank == 4;

    private static bool IsSpectra(IReadOnlyList<TensorInfo> inputs, IReadOnlyList<TensorInfo> outputs) =>
        inputs.Count == 1 && outputs.Count == 1 && inputs[0].Rank == 4 && outputs[0].Rank == 4
            && (inputs[0].Shape[2] == UnmixBins || (inputs[0].Shape[2] == SpleeterFrames && inputs[0].Shape[3] == SpleeterBins));

    private static bool IsPicture(TensorInfo input) => input.Rank == 4 && input.Shape[1] == 3;

    private static bool Has(IReadOnlyList<TensorInfo> tensors, string word) =>
        tensors.Any(tensor => tensor.Name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
