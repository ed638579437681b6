using Rtc.Pipeline.Load;
using Rtc.Pipeline.Results;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>What a room says of itself: to its members once a second, and to those who ask the API.</summary>
internal static class RoomReport
{
    public static StatsMessage Stats(Room room, double kilobits, double loss)
    {
        PipelineStats stats = room.Pipeline.Stats;
        return new StatsMessage
        {
            Room = room.Name.ToString(),
            Level = stats.Level.Name(),
            Model = stats.Model,
            Provider = stats.Provider,
            ReceivedFps = Math.Round(stats.ReceivedPerSecond, 1),
            DetectedFps = Math.Round(stats.ProcessedPerSecond, 1),
            RenderedFps = Math.Round(stats.RenderedPerSecond, 1),
            AgeMs = Math.Round(stats.ResultAge.Median, 1),
            QueueMs = Math.Round(stats.QueueTime.Median, 1),
            DetectMs = Math.Round(stats.DetectTime.Median, 1),
            BitrateKbps = Math.Round(kilobits),
            Loss = Math.Round(loss, 4),
            Dropped = Dropped(stats),
            Viewers = room.Members.Viewers,
            Phones = room.Members.Phones,
            Zones = ZoneMessages.From(stats),
            Recording = room.Recorder.State,
        };
    }

    public static RoomSnapshot Snapshot(Room room)
    {
        PipelineStats stats = room.Pipeline.Stats;
        return new RoomSnapshot
        {
            Room = room.Name.ToString(),
            Phones = room.Members.Phones,
            Viewers = room.Members.Viewers,
            Width = stats.Width,
            Height = stats.Height,
            Fps = Math.Round(stats.ReceivedPerSecond, 1),
            DetectedFps = Math.Round(stats.ProcessedPerSecond, 1),
            RenderedFps = Math.Round(stats.RenderedPerSecond, 1),
            AgeMs = Math.Round(stats.ResultAge.Median, 1),
            Level = stats.Level.Name(),
            Model = stats.Model,
            Provider = stats.Provider,
            Received = stats.Received,
            Decoded = stats.Decoded,
            Detected = stats.Detected + stats.Remote,
            Dropped = Dropped(stats),
            Coded = stats.Coded,
            Rendered = stats.Rendered,
            Restarts = stats.Restarts,
            Error = stats.Error,
            StagesMs = new Dictionary<string, StageTime>
            {
                ["arrival"] = Rounded(stats.ArrivalTime),
                ["decode"] = Rounded(stats.DecodeTime),
                ["render"] = Rounded(stats.RenderTime),
                ["encode"] = Rounded(stats.EncodeTime),
                ["turnaround"] = Rounded(stats.TurnaroundTime),
                ["queue"] = Rounded(stats.QueueTime),
                ["detect"] = Rounded(stats.DetectTime),
                ["track"] = Rounded(stats.TrackTime),
                ["mask"] = Rounded(stats.MaskTime),
                ["result_age"] = Rounded(stats.ResultAge),
            },
            Since = room.Since,
        };
    }

    public static CameraSnapshot Camera(Room room, Instant now)
    {
        RoomMember? phone = room.Members.OnAir(now);
        return new CameraSnapshot
        {
            Room = room.Name.ToString(),
            Name = phone?.Name ?? string.Empty,
            OnAir = phone is not null,
            Viewers = room.Members.Viewers,
            Fps = Math.Round(room.Pipeline.Stats.ReceivedPerSecond, 1),
            Since = room.Since,
        };
    }

    private static StageTime Rounded(StageTime time) => new(Math.Round(time.Median, 3), Math.Round(time.P95, 3));

    private static long Dropped(PipelineStats stats) =>
        stats.DroppedCoded + stats.DroppedLate + stats.DroppedBeforeDetection + stats.DroppedByEncoder;
}
