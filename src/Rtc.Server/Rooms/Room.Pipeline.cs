using Rtc.Pipeline;
using Rtc.Signaling;
using Rtc.Signaling.Messages;
using JsonSerializer = System.Text.Json.JsonSerializer;

namespace Rtc.Server.Rooms;

/// <summary>What comes out of the pipeline, and what is told of it.</summary>
internal sealed partial class Room
{
    public void SendStats()
    {
        PipelineStats stats = Pipeline.Stats;
        double kilobits = (_codedBytes - _statsCoded) * 8 / 1000.0;
        _statsCoded = _codedBytes;
        var message = new StatsMessage
        {
            Room = Name.ToString(),
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
            Loss = Math.Round(_loss.Share(_onAir?.Port?.Peer.Stats), 4),
            Dropped = Dropped(stats),
            Viewers = Viewers,
            Phones = Phones,
            Zones = ZoneMessages.From(stats),
        };
        _audience.SendToAll("stats", message, WireJson.Default.StatsMessage);
    }

    public RoomSnapshot Snapshot()
    {
        PipelineStats stats = Pipeline.Stats;
        return new RoomSnapshot
        {
            Room = Name.ToString(),
            Phones = Phones,
            Viewers = Viewers,
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
            Detected = stats.Detected,
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
            Since = Since,
        };
    }

    public void OnCoded(EncodedFrame picture) => _loop.Post(() =>
    {
        using (picture)
        {
            if (!_disposed)
            {
                _codedBytes += picture.Length;
                _metrics.PictureRendered();
                _metrics.StageTook("encode", picture.Stats.Milliseconds);
                _audience.SendVideo(picture);
                if (picture.IsKey)
                {
                    _annotatedKeys.Served();
                }
            }
        }
    });

    public void OnThinCoded(EncodedFrame picture) => _loop.Post(() =>
    {
        using (picture)
        {
            if (!_disposed)
            {
                _audience.SendThin(picture);
                if (picture.IsKey)
                {
                    _thinKeys.Served();
                }
            }
        }
    });

    public void OnResult(VisionResult result)
    {
        _metrics.PictureDetected();
        _metrics.ResultAged(result.InferenceMs - result.ReceivedMs);
        _metrics.StageTook("queue", result.QueueTime);
        _metrics.StageTook("detect", result.DetectTime);
        _metrics.StageTook("track", result.TrackTime);
        _metrics.StageTook("mask", result.MaskTime);
        DetectionsMessage message = ResultMessages.From(Name, result);
        byte[] utf8 = JsonSerializer.SerializeToUtf8Bytes(message, WireJson.Default.DetectionsMessage);
        _loop.Post(() => _audience.SendDetections(message, utf8));
    }

    public void OnStage(string stage, double milliseconds) => _metrics.StageTook(stage, milliseconds);

    public void OnLoopError(string loop, Exception error, TimeSpan? restartIn)
    {
        _metrics.LoopEnded(loop, restarted: restartIn is not null);
        if (restartIn is { } pause)
        {
            LogRestart(_log, error, loop, Name, pause.TotalMilliseconds);
        }
        else
        {
            LogGivenUp(_log, error, loop, Name);
        }
    }

    public void OnKeyFrameNeeded() => _loop.Post(AskPhoneForKeyFrame);

    public void OnNotice(PipelineNotice notice) => _loop.Post(() =>
    {
        if (notice.Code is "picture_too_large" or "picture_memory")
        {
            _metrics.Refused("picture");
        }

        _audience.SendToAll("notice", new NoticeMessage(notice.Code, notice.Message, notice.Recoverable), WireJson.Default.NoticeMessage);
    });

    [LoggerMessage(Level = LogLevel.Error, Message = "The {Loop} loop of {Room} ended with an error and begins again in {Milliseconds} ms")]
    private static partial void LogRestart(ILogger log, Exception error, string loop, RoomName room, double milliseconds);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The {Loop} loop of {Room} ended with an error once too often and is given up: the room has no pictures until it is opened anew")]
    private static partial void LogGivenUp(ILogger log, Exception error, string loop, RoomName room);

    private static StageTime Rounded(StageTime time) => new(Math.Round(time.Median, 3), Math.Round(time.P95, 3));

    private static long Dropped(PipelineStats stats) =>
        stats.DroppedCoded + stats.DroppedLate + stats.DroppedBeforeDetection + stats.DroppedByEncoder;
}
