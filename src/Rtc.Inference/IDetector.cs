using Rtc.Media;

namespace Rtc.Inference;

/// <summary>What a detector is asked for; null classes mean all of them.</summary>
public sealed record DetectOptions
{
    public float Confidence { get; init; } = 0.25f;

    public float NmsThreshold { get; init; } = 0.45f;

    public int Maximum { get; init; } = 100;

    public IReadOnlySet<int>? Classes { get; init; }

    /// <summary>1 is the model's own input size; smaller saves time where the model's shape is free.</summary>
    public float InputScale { get; init; } = 1;
}

/// <summary>Milliseconds that one detection took, by stage.</summary>
public readonly record struct DetectTimings(double Wait, double Prepare, double Run, double Decode);

/// <summary>
/// One room's handle on a detector. The model behind it is loaded once for all rooms; what belongs to a
/// picture's history (a background model, say) belongs to the handle. Called by one thread at a time.
/// </summary>
public interface IDetector : IDisposable
{
    /// <summary>Name as in the catalogue or of the file; "motion" for the embedded detector.</summary>
    string Model { get; }

    /// <summary>cpu, webgpu, cuda …; "embedded" for the detector without weights.</summary>
    string Provider { get; }

    IReadOnlyList<string> ClassNames { get; }

    /// <summary>How many pictures of as many handles the model takes at once; they run together where their calls meet.</summary>
    int MaxTogether => 1;

    /// <summary>Why the embedded detector has taken this model's place for good, while it was at work; null where none has.</summary>
    string? Failure => null;

    /// <summary>Fills <paramref name="into"/> (cleared first). Blocks until the model's turn came and it ran.</summary>
    DetectTimings Detect(Picture picture, DetectOptions options, List<Detection> into);
}
