namespace Rtc.Client;

/// <summary>Something that a room says on its data channel.</summary>
public abstract record RoomMessage;

/// <summary>What one picture held.</summary>
public sealed record DetectionsMessage : RoomMessage
{
    public string Room { get; init; } = "";

    public long FrameId { get; init; }

    /// <summary>Of the phone's picture, and of the same picture on the annotated track.</summary>
    public uint RtpTimestamp { get; init; }

    /// <summary>When it was taken, in milliseconds since 1970, as the phone says; null if it does not.</summary>
    public double? CaptureTs { get; init; }

    /// <summary>When it was complete at the server.</summary>
    public double RecvTs { get; init; }

    /// <summary>When the result was ready.</summary>
    public double InferenceTs { get; init; }

    public int Width { get; init; }

    public int Height { get; init; }

    public string Model { get; init; } = "";

    public string Provider { get; init; } = "";

    /// <summary>Who detected: <c>server</c>, or the <c>browser</c> of a member.</summary>
    public string Source { get; init; } = "";

    /// <summary>How much is left out under load: <c>optimal</c>, <c>moderate</c>, <c>high</c> or <c>critical</c>.</summary>
    public string Level { get; init; } = "";

    public int? TargetId { get; init; }

    public int? SecondTargetId { get; init; }

    public IReadOnlyList<Detection> Detections { get; init; } = [];

    public Mask? Mask { get; init; }

    /// <summary>What the picture consists of, largest first; null unless the room segments.</summary>
    public IReadOnlyList<ClassCoverage>? Classes { get; init; }

    public StageTimings? TimingsMs { get; init; }
}

/// <summary>One object; the box is in fractions of the upright picture.</summary>
/// <param name="TrackId">The same from picture to picture.</param>
/// <param name="Label">Its class.</param>
/// <param name="Score">0 to 1.</param>
/// <param name="Xmin">Left.</param>
/// <param name="Ymin">Top.</param>
/// <param name="Xmax">Right.</param>
/// <param name="Ymax">Bottom.</param>
/// <param name="Predicted">The tracker fills in for the model.</param>
public sealed record Detection(int TrackId, string Label, float Score, float Xmin, float Ymin, float Xmax, float Ymax, bool Predicted);

/// <summary>A mask over the whole picture: lengths of runs, row by row, that begin with what is outside.</summary>
public sealed record Mask(int? TrackId, int Width, int Height, IReadOnlyList<int> Rle);

/// <summary>A class, its share of the picture, 0 to 1, and the red, green and blue that the annotated picture has for it.</summary>
public sealed record ClassCoverage(string Label, double Coverage, IReadOnlyList<int> Color);

/// <summary>Milliseconds that a result took.</summary>
public sealed record StageTimings(double Queue, double Detect, double Track, double Mask);

/// <summary>A room's pulse, once a second.</summary>
public sealed record StatsMessage : RoomMessage
{
    public string Room { get; init; } = "";

    public string Level { get; init; } = "";

    public string Model { get; init; } = "";

    public string Provider { get; init; } = "";

    public double ReceivedFps { get; init; }

    public double DetectedFps { get; init; }

    public double RenderedFps { get; init; }

    /// <summary>The median time from a picture's arrival to its result.</summary>
    public double AgeMs { get; init; }

    public double QueueMs { get; init; }

    public double DetectMs { get; init; }

    public double BitrateKbps { get; init; }

    public double Loss { get; init; }

    public long Dropped { get; init; }

    public int Viewers { get; init; }

    public int Phones { get; init; }

    public IReadOnlyList<ZoneStats>? Zones { get; init; }

    /// <summary>Null while the room is not recorded.</summary>
    public RecordingState? Recording { get; init; }
}

/// <summary>What a zone or line has counted since it was drawn.</summary>
public sealed record ZoneStats(
    string Name, int Inside, long Entered, long Left, double MeanDwellSeconds, IReadOnlyDictionary<string, long> PerClass);

/// <summary>What of the room is recorded, and how long it is by now.</summary>
public sealed record RecordingState(string View, double DurationSeconds);

/// <summary>Something that a member should know; docs/PROTOCOL.md lists the codes.</summary>
public sealed record NoticeMessage(string Code, string Message, bool Recoverable) : RoomMessage;

/// <summary>Who is in the room.</summary>
public sealed record PeersMessage(int Phones, int Viewers, IReadOnlyList<NamedPeer>? Named) : RoomMessage;

/// <summary>A member that gave its name.</summary>
public sealed record NamedPeer(string Name, string Role);

/// <summary>The room's settings: all of them after the join, then only what changed.</summary>
public sealed record SettingsMessage(RoomSettings Settings) : RoomMessage;
