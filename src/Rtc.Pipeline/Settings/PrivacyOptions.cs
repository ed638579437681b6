namespace Rtc.Pipeline.Settings;

/// <summary>How far a room in privacy mode trusts its detections.</summary>
public sealed record PrivacyOptions
{
    /// <summary>Blurs what could be a person: pictures without a recent detection, and whatever moves without an explanation.</summary>
    public bool FailClosed { get; init; } = true;

    /// <summary>A picture whose newest detection is older than this is blurred whole, where it fails closed.</summary>
    public double MaxDetectionAgeMs { get; init; } = 200;

    /// <summary>Faces are looked for besides people, where a model for them is on hand.</summary>
    public bool Faces { get; init; } = true;
}
