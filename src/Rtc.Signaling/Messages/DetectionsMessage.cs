using System.Text.Json.Serialization;

namespace Rtc.Signaling.Messages;

/// <summary>What one picture held; one message per processed picture.</summary>
public sealed record DetectionsMessage
{
    public string Type => "detections";

    public required string Room { get; init; }

    public required long FrameId { get; init; }

    public required uint RtpTimestamp { get; init; }

    public required double? CaptureTs { get; init; }

    public required double RecvTs { get; init; }

    public required double InferenceTs { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required string Model { get; init; }

    public required string Provider { get; init; }

    /// <summary>"server" or "browser": who detected.</summary>
    public string Source { get; init; } = "server";

    public required string Level { get; init; }

    public required int? TargetId { get; init; }

    /// <summary>The other thing in focus, where there are two; the mask is the first one's.</summary>
    public int? SecondTargetId { get; init; }

    public required IReadOnlyList<DetectionMessage> Detections { get; init; }

    public required MaskMessage? Mask { get; init; }

    /// <summary>What the picture consists of, largest first; only where the room segments.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ClassMessage>? Classes { get; init; }

    public required TimingsMessage TimingsMs { get; init; }
}

/// <summary>One object; the box is in fractions of the upright picture.</summary>
public sealed record DetectionMessage(
    int TrackId, string Label, float Score, float Xmin, float Ymin, float Xmax, float Ymax, bool Predicted);

/// <summary>A class, its share of the picture, 0 to 1, and the red, green and blue that the annotated picture has for it.</summary>
public sealed record ClassMessage(string Label, double Coverage, IReadOnlyList<int> Color);

/// <summary>A mask over the whole picture, run by run, row by row, zeros first.</summary>
public sealed record MaskMessage(int? TrackId, int Width, int Height, IReadOnlyList<int> Rle);

public sealed record TimingsMessage(double Queue, double Detect, double Track, double Mask);
