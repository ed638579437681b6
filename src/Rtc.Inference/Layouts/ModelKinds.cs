using Rtc.Inference.Prepare;

namespace Rtc.Inference.Layouts;

/// <summary>Says what a model is by its edges, or says what its edges are and which ones are known.</summary>
internal static class ModelKinds
{
    public const string Known = DetectorLayouts.Known + "; " + SemanticLayout.Known + "; " + SamEdges.Known;

    public static bool TryRecognise(
        ModelProbe probe, bool takesPicture, out ModelKind? kind, out IReadOnlyList<string> classes, out string? problem)
    {
        problem = null;
        classes = [];
        kind = Promptable(probe, takesPicture);
        if (kind is not null)
        {
            return true;
        }

        if (takesPicture && DetectorLayouts.Recognise(probe) is { } layout)
        {
            kind = new ModelKind.Detector(layout);
            classes = layout.OwnNames ?? ClassNames.For(probe.Metadata, layout.ClassCount, layout.CocoPaperIds);
            return true;
        }

        if (takesPicture && SemanticLayout.Recognise(probe) is { } semantic)
        {
            kind = new ModelKind.Semantic(semantic);
            classes = semantic.Names(probe.Metadata);
            return true;
        }

        problem = $"unknown layout: {probe.Describe()}. Known: {Known}";
        return false;
    }

    private static ModelKind? Promptable(ModelProbe probe, bool takesPicture)
    {
        bool decodes = SamEdges.TryDecoder(probe.Inputs, probe.Outputs, out SamEdges edges);
        TensorPlan plan = probe.Plan with { Fit = Fit.Stretch };
        if (decodes)
        {
            // EfficientSAM normalises for itself and wants 0 to 1.
            return takesPicture
                ? new ModelKind.SamWhole(edges, plan with { Scale = TensorPlan.Unit, Bias = default })
                : new ModelKind.SamDecoder(edges, probe.Plan);
        }

        if (!takesPicture || !SamEdges.IsEncoder(probe.Outputs))
        {
            return null;
        }

        // An encoder that takes channels last does its normalising inside.
        return new ModelKind.SamEncoder(plan.Interleaved ? plan with { Scale = new(1, 1, 1), Bias = default } : plan.ImageNet());
    }
}
