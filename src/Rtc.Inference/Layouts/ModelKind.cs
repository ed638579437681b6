using Rtc.Inference.Prepare;

namespace Rtc.Inference.Layouts;

/// <summary>What a model is for, with what is needed to use it.</summary>
internal abstract record ModelKind
{
    public sealed record Detector(IDetectorLayout Layout) : ModelKind;

    public sealed record Semantic(SemanticLayout Layout) : ModelKind;

    public sealed record SamEncoder(TensorPlan Plan) : ModelKind;

    public sealed record SamDecoder(SamEdges Edges, TensorPlan Plan) : ModelKind;

    public sealed record SamWhole(SamEdges Edges, TensorPlan Plan) : ModelKind;

    /// <summary>As the catalogue's tasks are called.</summary>
    public string Task => this switch
    {
        Detector => "detect",
        Semantic => "segment",
        _ => "mask",
    };
}
