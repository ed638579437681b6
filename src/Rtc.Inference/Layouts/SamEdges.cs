using Rtc.Inference.Onnx;

namespace Rtc.Inference.Layouts;

/// <summary>
/// The interfaces of the promptable family by name: an encoder that makes an embedding of a picture and a decoder
/// that turns it and a prompt into masks (SAM, MobileSAM, SAM 2), or both in one (EfficientSAM).
/// </summary>
internal sealed record SamEdges
{
    public const string Known =
        "SAM encoder picture → *embed*; SAM decoder *embed*, point_coords, point_labels → masks; EfficientSAM batched_images, "
            + "batched_point_coords, batched_point_labels → output_masks";

    /// <summary>The input that takes points; -1 for an encoder.</summary>
    public int Points { get; init; } = -1;

    public int Labels { get; init; } = -1;

    public int Masks { get; init; } = -1;

    public int Quality { get; init; } = -1;

    public static bool TryDecoder(IReadOnlyList<TensorInfo> inputs, IReadOnlyList<TensorInfo> outputs, out SamEdges edges)
    {
        // The low-resolution logits say all that the model knows; the large masks are the same, stretched.
        int masks = Find(outputs, "low_res_masks");
        edges = new SamEdges
        {
            Points = Find(inputs, "point_coords"),
            Labels = Find(inputs, "point_labels"),
            Masks = masks >= 0 ? masks : Find(outputs, "mask"),
            Quality = Find(outputs, "iou", "score"),
        };
        return edges.Points >= 0 && edges.Labels >= 0 && edges.Masks >= 0;
    }

    public static bool IsEncoder(IReadOnlyList<TensorInfo> outputs) =>
        outputs.Any(output => output.Name.Contains("embed", StringComparison.OrdinalIgnoreCase) && output.Rank == 4);

    private static int Find(IReadOnlyList<TensorInfo> specs, params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            for (int i = 0; i < specs.Count; i++)
            {
                if (specs[i].Name.Contains(word, StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }

        return -1;
    }
}
