using System.Text.Json.Serialization;

namespace Rtc.Signaling.Messages;

/// <summary>A room's pulse, once a second.</summary>
public sealed record StatsMessage
{
    public string Type => "stats";

    public required string Room { get; init; }

    public required string Level { get; init; }

    public required string Model { get; init; }

    public required string Provider { get; init; }

    public required double ReceivedFps { get; init; }

    public required double DetectedFps { get; init; }

    public required double RenderedFps { get; init; }

    public required double AgeMs { get; init; }

    public required double QueueMs { get; init; }

    public required double DetectMs { get; init; }

    public required double BitrateKbps { get; init; }

    public required double Loss { get; init; }

    public required long Dropped { get; init; }

    public required int Viewers { get; init; }

    public required int Phones { get; init; }

    public IReadOnlyList<ZoneStatsMessage>? Zones { get; init; }

    /// <summary>Left out while the room is not recorded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RecordingStateMessage? Recording { get; init; }
}

/// <summary>What of the room is recorded, and how long the recording is by now.</summary>
public sealed record RecordingStateMessage(string View, double DurationSeconds);

/// <summary>What a zone or line has counted since it was drawn.</summary>
public sealed record ZoneStatsMessage(
    string Name, int Inside, long Entered, long Left, double MeanDwellSeconds, IReadOnlyDictionary<string, long> PerClass);

public sealed record NoticeMessage(string Code, string Message, bool Recoverable)
{
    public string Type => "notice";
}

/// <summary>Who is in the room: all of them as numbers, and the first of those who gave a name.</summary>
public sealed record PeersMessage(int Phones, int Viewers, IReadOnlyList<NamedPeer> Named)
{
    public const int MaxNamed = 50;

    public string Type => "peers";
}

public sealed record NamedPeer(string Name, string Role);

public sealed record PongMessage(double? Id, double ServerTs)
{
    public string Type => "pong";
}
