using Rtc.Media.Codecs;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Results;

namespace Rtc.Pipeline.Loops;

/// <summary>Reads what both loops count, from any thread, also while they run.</summary>
internal sealed class PipelineFigures(
    PipelineCounters counters, CodedQueue queue, LatestFrame latest, VisionStage vision, TimeProvider time)
{
    /// <param name="rests">Its own detector does, because a member detects.</param>
    /// <param name="error">Of the loop that was given up, if one was.</param>
    public PipelineStats Read(bool rests, string? error)
    {
        double now = time.Milliseconds();
        PipelineCounters c = counters;
        return new PipelineStats
        {
            Received = Interlocked.Read(ref c.Received),
            Decoded = c.Decoded,
            DroppedCoded = queue.Dropped + c.DroppedWithoutKey,
            DroppedLate = c.DroppedLate,
            DroppedBeforeDetection = latest.Dropped,
            Rested = c.Rested,
            DecodeFailures = c.DecodeFailures,
            KeyFramesRequested = c.KeyFramesRequested,
            Detected = c.Detected,
            Coasted = c.Coasted,
            Remote = c.Remote,
            Rendered = c.Rendered,
            Coded = c.Coded,
            DroppedByEncoder = c.DroppedByEncoder,
            ReceivedPerSecond = c.ReceivedRate.PerSecond(now),
            ProcessedPerSecond = c.ProcessedRate.PerSecond(now),
            RenderedPerSecond = c.RenderedRate.PerSecond(now),
            ArrivalTime = c.Arrival.Summary(),
            DecodeTime = c.Decode.Summary(),
            RenderTime = c.Render.Summary(),
            EncodeTime = c.Encode.Summary(),
            QueueTime = c.Queue.Summary(),
            DetectTime = c.Detect.Summary(),
            TrackTime = c.Track.Summary(),
            MaskTime = c.Mask.Summary(),
            TurnaroundTime = c.Turnaround.Summary(),
            ResultAge = c.ResultAge.Summary(),
            LatestFrameAgeMs = latest.LastAgeMs,
            Level = rests ? Level.Optimal : vision.Level,
            LevelReason = rests ? "" : vision.LevelReason,
            Model = vision.Model,
            Provider = vision.Provider,
            ModelProblem = vision.ModelProblem,
            Restarts = Interlocked.Read(ref c.Restarts),
            Error = error,
            Tracks = c.Tracks,
            Width = c.Width,
            Height = c.Height,
            Zones = vision.Tally.ZoneCounts(),
            Lines = vision.Tally.LineCounts(),
        };
    }
}
