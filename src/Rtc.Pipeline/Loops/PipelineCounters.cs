using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Loops;

/// <summary>Everything that a room counts and times. Each number is written by one loop and read from anywhere.</summary>
internal sealed class PipelineCounters(TimeProvider time)
{
    public long Received;
    public long Decoded;
    public long DroppedWithoutKey;
    public long DroppedLate;
    public long Rested;
    public long DecodeFailures;
    public long KeyFramesRequested;
    public long Detected;
    public long Coasted;
    public long Remote;
    public long Rendered;
    public long BlurredWhole;
    public long Coded;
    public long DroppedByEncoder;
    public long Restarts;
    public int Tracks;
    public int Width;
    public int Height;

    public RateMeter ReceivedRate { get; } = new();

    public RateMeter ProcessedRate { get; } = new();

    public RateMeter RenderedRate { get; } = new();

    public StageWindow Arrival { get; } = new();

    public StageWindow Decode { get; } = new();

    public StageWindow Render { get; } = new();

    public StageWindow Encode { get; } = new();

    public StageWindow Queue { get; } = new();

    public StageWindow Detect { get; } = new();

    public StageWindow Track { get; } = new();

    public StageWindow Mask { get; } = new();

    public StageWindow Turnaround { get; } = new();

    public StageWindow ResultAge { get; } = new();

    public void Processed(VisionResult result, bool detected)
    {
        ProcessedRate.Mark(time.Milliseconds());
        ResultAge.Add(result.InferenceMs - result.ReceivedMs);
        Tracks = result.Detections.Count;
        if (result.IsRemote)
        {
            Remote++;
            return;
        }

        if (!detected)
        {
            Coasted++;
            return;
        }

        Detected++;
        Queue.Add(result.QueueTime);
        Detect.Add(result.DetectTime);
        Track.Add(result.TrackTime);
        if (result.MaskTime > 0)
        {
            Mask.Add(result.MaskTime);
        }
    }
}
