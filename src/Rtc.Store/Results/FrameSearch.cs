namespace Rtc.Store.Results;

/// <summary>Which frames are looked for: those with at least one detection that is all that was asked for.</summary>
public sealed record FrameSearch
{
    public long From { get; init; }

    public long To { get; init; } = long.MaxValue;

    public double? FromSeconds { get; init; }

    public double? ToSeconds { get; init; }

    /// <summary>Null: any.</summary>
    public string? ClassName { get; init; }

    public double? MinConfidence { get; init; }

    public int Limit { get; init; } = int.MaxValue;
}
