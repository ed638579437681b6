namespace Rtc.Studio.Clips;

/// <summary>What a clip may be. Larger pictures are scaled down; what is longer or heavier is refused.</summary>
public sealed record ClipLimits
{
    public const int MaxLongSide = 854;
    public const int MaxShortSide = 480;

    /// <summary>Nothing can be told apart in less.</summary>
    public const int MinSide = 16;

    /// <summary>Pictures a second; of a faster clip every second one is taken, or every third.</summary>
    public const int MaxFrameRate = 60;

    /// <summary>Containers round the length up, and the last picture lasts as long as any.</summary>
    public const double SecondsTolerance = 0.15;

    private const long Megabyte = 1_000_000;

    public int MaxMegabytes { get; init; } = 100;

    public double MaxSeconds { get; init; } = 10;

    public long MaxBytes => MaxMegabytes * Megabyte;
}
