using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Inference.Motion;
using Rtc.Inference.Segment;

namespace Rtc.Server.Commands;

/// <summary>Whether the models and the provider that were named can be had, so that nothing goes on without what was asked for.</summary>
internal static class ModelCheck
{
    /// <summary>
    /// Null where they can, or where none was named; else one line. What was named is loaded then, and kept for the first room.
    /// </summary>
    public static string? Error(ModelHost models) => DetectorError(models) ?? SegmenterError(models);

    /// <summary>It is meant as a file, and there is none.</summary>
    public static bool IsMissingFile(string model) =>
        (model.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase)
            || model.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        && !File.Exists(model);

    private static string? DetectorError(ModelHost models)
    {
        string? model = models.Options.Model is { } name && !IsNamed(name, MotionDetector.ModelName) ? name : null;
        string? provider = IsNamed(models.Options.Provider, ModelHost.Auto) ? null : models.Options.Provider;
        if (model is null && provider is null)
        {
            return null;
        }

        if (model is not null && IsMissingFile(model))
        {
            return $"--model {model}: there is no such file";
        }

        if (models.Runtime is null)
        {
            return $"{(model is not null ? $"--model {model}" : $"--provider {provider}")}: {models.RuntimeProblem}";
        }

        using IDetector detector = models.OpenDetector(ModelHost.Auto, out string? problem);
        bool embedded = detector.Provider == MotionDetector.ProviderName;
        if (model is not null && embedded)
        {
            return $"--model {model}: {problem}";
        }

        if (provider is null || IsNamed(detector.Provider, provider))
        {
            return null;
        }

        // With no model at hand there is nothing to try it with; then it is enough that a session can be set up.
        string? error = embedded ? models.ProviderError(provider) : problem ?? $"the model runs on {detector.Provider}";
        return error is null ? null : $"--provider {provider}: {error}";
    }

    private static string? SegmenterError(ModelHost models)
    {
        if (models.Options.MaskModel is not { } name || IsNamed(name, GrabCutSegmenter.ModelName)
            || IsNamed(name, EllipseSegmenter.ModelName))
        {
            return null;
        }

        using ISegmenter segmenter = models.OpenSegmenter(name, out string? problem);
        return segmenter is GrabCutSegmenter ? $"Model:Segmenter {name}: {problem}" : null;
    }

    private static bool IsNamed(string name, string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);
}
