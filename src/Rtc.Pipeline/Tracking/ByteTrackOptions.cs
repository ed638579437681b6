namespace Rtc.Pipeline.Tracking;

/// <summary>ByteTrack's published thresholds (Zhang et al., ECCV 2022, and its reference settings).</summary>
public sealed record ByteTrackOptions
{
    /// <summary>Detections above it are matched first.</summary>
    public float TrackThreshold { get; init; } = 0.5f;

    /// <summary>Detections above it and under <see cref="TrackThreshold"/> are matched second.</summary>
    public float LowThreshold { get; init; } = 0.1f;

    /// <summary>Highest cost (1 − overlap × score) of a pair in the first round.</summary>
    public double MatchThreshold { get; init; } = 0.8;

    /// <summary>Highest cost (1 − overlap) of a pair in the second round.</summary>
    public double SecondMatchThreshold { get; init; } = 0.5;

    /// <summary>Highest cost of a pair for a track seen only once.</summary>
    public double UnconfirmedMatchThreshold { get; init; } = 0.7;

    /// <summary>By how much a detection must pass <see cref="TrackThreshold"/> to found a track.</summary>
    public float BirthMargin { get; init; } = 0.1f;

    /// <summary>How long a lost track is kept, in steps of a thirtieth of a second.</summary>
    public double LostBuffer { get; init; } = 30;

    /// <summary>Overlap above which a tracked and a lost track are the same object.</summary>
    public double DuplicateOverlap { get; init; } = 0.85;

    /// <summary>Whether the first round weighs overlap by the detection's score.</summary>
    public bool FuseScore { get; init; } = true;
}
