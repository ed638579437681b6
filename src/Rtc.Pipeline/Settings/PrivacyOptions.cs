namespace Rtc.Pipeline.Settings;

/// <summary>How far a room in privacy mode trusts its detections.</summary>
public sealed record PrivacyOptions
{
    /// <summary>What cannot be told to be nobody is blurred: pictures without a recent detection, and what moves unexplained.</summary>
    public bool FailClosed { get; init; } = true;

    /// <summary>A picture whose newest detection is older than this is blurred whole, where it fails closed.</summary>
    public double MaxDetectionAgeMs { get; init; } = 200;

    /// <summary>Faces are looked for besides people, where a model for them is on hand.</summary>
    public bool Faces { get; init; } = true;
}
