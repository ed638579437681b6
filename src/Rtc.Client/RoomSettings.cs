namespace Rtc.Client;

/// <summary>Settings of a room; what is null stays as it is.</summary>
public sealed record RoomSettings
{
    /// <summary><c>plain</c>, <c>annotate</c>, <c>focus</c>, <c>focus+annotate</c>, <c>privacy</c> or <c>segment</c>.</summary>
    public string? Mode { get; init; }

    /// <summary>The detector: a name of <c>/api/models</c>, <c>auto</c> or <c>motion</c>.</summary>
    public string? Model { get; init; }

    /// <summary>Scores below are not reported.</summary>
    public float? Confidence { get; init; }

    /// <summary>Overlap above which the weaker of two boxes is dropped.</summary>
    public float? Nms { get; init; }

    /// <summary>Objects of one picture, those with the highest scores.</summary>
    public int? MaxDetections { get; init; }

    /// <summary><c>bytetrack</c> or <c>botsort</c>.</summary>
    public string? Tracker { get; init; }

    public float? Blur { get; init; }

    /// <summary>What is reported; none are all.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    public int? DetectEvery { get; init; }

    public int? MaskEvery { get; init; }

    /// <summary><c>live</c> or <c>exact</c>.</summary>
    public string? Alignment { get; init; }

    public bool? CameraMotion { get; init; }

    public bool? Reidentify { get; init; }

    /// <summary>Seconds of each track's path that are drawn behind it.</summary>
    public float? Trails { get; init; }

    public IReadOnlyList<Zone>? Zones { get; init; }
}

/// <summary>An area of three points and more, or a line of two; each is x and y as fractions of the picture.</summary>
public sealed record Zone(string Name, IReadOnlyList<float[]> Points);
