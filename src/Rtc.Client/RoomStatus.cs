namespace Rtc.Client;

/// <summary>A room on air.</summary>
public sealed record RoomStatus
{
    public string Room { get; init; } = "";

    public int Phones { get; init; }

    public int Viewers { get; init; }

    /// <summary>0 before the first picture.</summary>
    public int Width { get; init; }

    public int Height { get; init; }

    public double Fps { get; init; }

    public double DetectedFps { get; init; }

    public double RenderedFps { get; init; }

    /// <summary>How old results are when they are sent.</summary>
    public double AgeMs { get; init; }

    public string Level { get; init; } = "";

    public string Model { get; init; } = "";

    public string Provider { get; init; } = "";

    public long Received { get; init; }

    public long Decoded { get; init; }

    public long Detected { get; init; }

    public long Dropped { get; init; }

    public long Coded { get; init; }

    public long Rendered { get; init; }

    public long Restarts { get; init; }

    /// <summary>Why its pipeline was given up; null while it works.</summary>
    public string? Error { get; init; }

    /// <summary>Milliseconds of each stage over the last 256 pictures.</summary>
    public IReadOnlyDictionary<string, StageTime>? StagesMs { get; init; }

    public DateTimeOffset Since { get; init; }
}

/// <summary>Milliseconds of a stage.</summary>
public sealed record StageTime(double Median, double P95);
