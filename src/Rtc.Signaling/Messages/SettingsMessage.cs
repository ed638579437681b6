namespace Rtc.Signaling.Messages;

/// <summary>A room's settings as everybody in it sees them, and as a client asks for changes: what is null stays.</summary>
public sealed record SettingsMessage
{
    public string? Type { get; init; }

    public string? Mode { get; init; }

    public string? Model { get; init; }

    public float? Confidence { get; init; }

    public float? Blur { get; init; }

    public IReadOnlyList<string>? Classes { get; init; }

    public int? DetectEvery { get; init; }

    public int? MaskEvery { get; init; }

    public string? Alignment { get; init; }

    /// <summary>Shift tracks by the camera's own motion before they are matched; off at first.</summary>
    public bool? CameraMotion { get; init; }

    /// <summary>Give a lost target its focus back when something of its colours appears again; off at first.</summary>
    public bool? Reidentify { get; init; }

    public IReadOnlyList<ZoneMessage>? Zones { get; init; }
}

/// <summary>A zone (three points or more) or a line (two), in fractions of the picture.</summary>
public sealed record ZoneMessage
{
    public string? Name { get; init; }

    public IReadOnlyList<float[]>? Points { get; init; }
}
