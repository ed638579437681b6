using Rtc.Pipeline.Load;

namespace Rtc.Server.Rooms;

/// <summary>A room as `/api/rooms` shows it.</summary>
public sealed record RoomSnapshot
{
    public required string Room { get; init; }

    public required int Phones { get; init; }

    public required int Viewers { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required double Fps { get; init; }

    public required double DetectedFps { get; init; }

    public required double RenderedFps { get; init; }

    public required double AgeMs { get; init; }

    public required string Level { get; init; }

    public required string Model { get; init; }

    public required string Provider { get; init; }

    public required long Received { get; init; }

    public required long Decoded { get; init; }

    public required long Detected { get; init; }

    public required long Dropped { get; init; }

    public required long Coded { get; init; }

    public required long Rendered { get; init; }

    /// <summary>How often one of its loops ended with an error and began again.</summary>
    public required long Restarts { get; init; }

    /// <summary>Why its pipeline was given up; null while it works.</summary>
    public required string? Error { get; init; }

    /// <summary>Milliseconds of each stage over the last 256 pictures, by its name.</summary>
    public required IReadOnlyDictionary<string, StageTime> StagesMs { get; init; }

    public required DateTimeOffset Since { get; init; }
}
