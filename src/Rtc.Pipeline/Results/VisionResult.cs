using Rtc.Inference.Segment;
using Rtc.Media;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Remote;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Results;

/// <summary>All that was found in one picture, complete and immutable; one per processed picture.</summary>
public sealed record VisionResult
{
    public required long FrameId { get; init; }

    public required uint RtpTimestamp { get; init; }

    public double? CaptureMs { get; init; }

    public required double ReceivedMs { get; init; }

    /// <summary>When this result was ready, milliseconds since 1970.</summary>
    public required double InferenceMs { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required string Model { get; init; }

    public required string Provider { get; init; }

    public required Level Level { get; init; }

    /// <summary>A member's browser found it, and not the room's own detector.</summary>
    public bool IsRemote { get; init; }

    /// <summary>The object in focus; the first slot's where both are taken.</summary>
    public int? TargetId { get; init; }

    /// <summary>The object in focus in the second slot.</summary>
    public int? SecondTargetId { get; init; }

    public required IReadOnlyList<TrackedObject> Detections { get; init; }

    /// <summary>
    /// The target's mask over the whole picture, small (its longer side at most 160), 0 or 255. Its bytes are
    /// written again a few results later: a caller that keeps them longer than the call copies them.
    /// </summary>
    public Mask? Mask { get; init; }

    public int? MaskTrackId { get; init; }

    /// <summary>In place of <see cref="Mask"/>, of what a member found.</summary>
    public RemoteMask? RemoteMask { get; init; }

    /// <summary>The classes of the picture's class map, largest first; null where none was made.</summary>
    public IReadOnlyList<ClassShare>? Classes { get; init; }

    /// <summary>Milliseconds from the picture's arrival until its detection began, the model's queue included.</summary>
    public double QueueTime { get; init; }

    public double DetectTime { get; init; }

    public double TrackTime { get; init; }

    public double MaskTime { get; init; }
}
