namespace Rtc.Pipeline.Tracking;

/// <summary>What BoT-SORT (Aharon et al., 2022) adds to ByteTrack's thresholds, with its reference settings.</summary>
public sealed record BotSortOptions
{
    /// <summary>Looks that are further apart than this, 0 to 1, say nothing.</summary>
    public double MaxLookDistance { get; init; } = 0.25;

    /// <summary>Overlap from which a pair's look counts.</summary>
    public double MinLookOverlap { get; init; } = 0.5;

    /// <summary>How far apart looks may be where nothing but the look says that it is the same object.</summary>
    public double MaxReidDistance { get; init; } = 0.1;

    /// <summary>How long a lost track may be known again by its look alone, in steps of a thirtieth of a second.</summary>
    public double ReidBuffer { get; init; } = 300;
}
