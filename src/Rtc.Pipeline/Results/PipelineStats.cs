using Rtc.Pipeline.Load;
using Rtc.Pipeline.Zones;

namespace Rtc.Pipeline.Results;

/// <summary>A room's counts, rates and times at one moment.</summary>
public sealed record PipelineStats
{
    public long Received { get; init; }

    public long Decoded { get; init; }

    /// <summary>Coded pictures that the queue could not hold, or that had no key frame to stand on.</summary>
    public long DroppedCoded { get; init; }

    /// <summary>Decoded, but neither drawn nor coded, since newer ones waited.</summary>
    public long DroppedLate { get; init; }

    /// <summary>Offered to the inference loop and replaced by a newer one before it came to it.</summary>
    public long DroppedBeforeDetection { get; init; }

    /// <summary>Taken in while neither pictures nor results were wanted.</summary>
    public long Rested { get; init; }

    public long DecodeFailures { get; init; }

    public long KeyFramesRequested { get; init; }

    public long Detected { get; init; }

    /// <summary>Results whose boxes the tracker carried on without a detection.</summary>
    public long Coasted { get; init; }

    /// <summary>Pictures that a member's browser looked at in place of the room's detector.</summary>
    public long Remote { get; init; }

    public long Rendered { get; init; }

    public long Coded { get; init; }

    /// <summary>Rendered pictures that the encoder left out to hold its rate.</summary>
    public long DroppedByEncoder { get; init; }

    public double ReceivedPerSecond { get; init; }

    public double ProcessedPerSecond { get; init; }

    public double RenderedPerSecond { get; init; }

    /// <summary>From a picture's arrival until its decoding began.</summary>
    public StageTime ArrivalTime { get; init; }

    public StageTime DecodeTime { get; init; }

    public StageTime RenderTime { get; init; }

    public StageTime EncodeTime { get; init; }

    public StageTime QueueTime { get; init; }

    public StageTime DetectTime { get; init; }

    public StageTime TrackTime { get; init; }

    public StageTime MaskTime { get; init; }

    /// <summary>From a picture's arrival to its coded return.</summary>
    public StageTime TurnaroundTime { get; init; }

    /// <summary>From a picture's arrival to its result.</summary>
    public StageTime ResultAge { get; init; }

    /// <summary>How long the last picture waited between the loops.</summary>
    public double LatestFrameAgeMs { get; init; }

    public Level Level { get; init; }

    /// <summary>Why the level is what it is.</summary>
    public string LevelReason { get; init; } = "";

    public string Model { get; init; } = "";

    public string Provider { get; init; } = "";

    /// <summary>Why this model runs and not the one asked for; null where it is the one.</summary>
    public string? ModelProblem { get; init; }

    /// <summary>How often an exception ended a loop that began again.</summary>
    public long Restarts { get; init; }

    /// <summary>Why the pipeline was given up; null while it works.</summary>
    public string? Error { get; init; }

    public int Tracks { get; init; }

    public int Width { get; init; }

    public int Height { get; init; }

    public IReadOnlyList<ZoneCount> Zones { get; init; } = [];

    public IReadOnlyList<LineCount> Lines { get; init; } = [];
}
