using Rtc.Inference.Segment;
using Rtc.Media;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Tracking;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>Turns what the pipeline found into what goes over the wire.</summary>
internal static class ResultMessages
{
    public static string Name(this Level level) => level switch
    {
        Level.Optimal => "optimal",
        Level.Moderate => "moderate",
        Level.High => "high",
        _ => "critical",
    };

    public static DetectionsMessage From(RoomName room, VisionResult result)
    {
        var detections = new DetectionMessage[result.Detections.Count];
        for (int i = 0; i < detections.Length; i++)
        {
            TrackedObject seen = result.Detections[i];
            detections[i] = new(
                seen.TrackId, seen.Label, Round(seen.Score), Round(seen.Box.Left), Round(seen.Box.Top), Round(seen.Box.Right),
                Round(seen.Box.Bottom), seen.Predicted);
        }

        return new DetectionsMessage
        {
            Room = room.ToString(),
            FrameId = result.FrameId,
            RtpTimestamp = result.RtpTimestamp,
            CaptureTs = result.CaptureMs is { } capture ? Round(capture) : null,
            RecvTs = Round(result.ReceivedMs),
            InferenceTs = Round(result.InferenceMs),
            Width = result.Width,
            Height = result.Height,
            Model = result.Model,
            Provider = result.Provider,
            Source = result.IsRemote ? "browser" : "server",
            Level = result.Level.Name(),
            TargetId = result.TargetId,
            SecondTargetId = result.SecondTargetId,
            Detections = detections,
            Mask = result.Mask is { } mask ? new(result.MaskTrackId, mask.Width, mask.Height, RunLengths(mask))
                : result.RemoteMask is { } remote ? new(result.MaskTrackId, remote.Width, remote.Height, remote.Runs) : null,
            Classes = result.Classes?.Select(Class).ToArray(),
            TimingsMs = new(Round(result.QueueTime), Round(result.DetectTime), Round(result.TrackTime), Round(result.MaskTime)),
        };
    }

    private static ClassMessage Class(ClassShare found) =>
        new(found.Label, Math.Round(found.Share, 4), [found.Colour.Red, found.Colour.Green, found.Colour.Blue]);

    /// <summary>Runs of equal pixels, row by row, the first one of zeros (and so perhaps empty).</summary>
    public static List<int> RunLengths(Mask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var runs = new List<int>();
        bool inside = false;
        int run = 0;
        foreach (byte alpha in mask.Alpha)
        {
            if (alpha >= 128 != inside)
            {
                runs.Add(run);
                run = 0;
                inside = !inside;
            }

            run++;
        }

        runs.Add(run);
        return runs;
    }

    private static float Round(float fraction) => MathF.Round(fraction, 5);

    private static double Round(double milliseconds) => Math.Round(milliseconds, 2);
}
