namespace Rtc.Pipeline.Load;

/// <summary>What a level gives up.</summary>
public readonly record struct DegradationStep(int DetectEveryTaken, int MaskFactor, float InputScale, bool Masks)
{
    /// <summary>Smaller input: half the pixels.</summary>
    private const float SmallerInput = 0.7f;

    public static DegradationStep Of(Level level) => level switch
    {
        Level.Optimal => new(1, 1, 1, true),
        Level.Moderate => new(2, 2, 1, true),
        Level.High => new(2, 2, SmallerInput, false),
        _ => new(6, 2, SmallerInput, false),
    };
}
