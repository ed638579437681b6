using System.Text.Json;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Server.Metrics;
using Rtc.Server.Network;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>What comes out of a room's pipeline, brought from the pipeline's threads to the media loop.</summary>
internal sealed partial class RoomOutput(Room room, MediaLoop loop, RtcMetrics metrics, ILogger log) : IPipelineOutput
{
    public void OnCoded(EncodedFrame frame, ViewMode mode) => Post(frame, RoomView.Annotated, isBlurred: mode == ViewMode.Privacy);

    public void OnThinCoded(EncodedFrame frame) => Post(frame, RoomView.Source, isBlurred: false);

    public void OnResult(VisionResult result)
    {
        metrics.ResultAged(result.InferenceMs - result.ReceivedMs);
        if (!result.IsRemote)
        {
            metrics.PictureDetected();
            metrics.StageTook("queue", result.QueueTime);
            metrics.StageTook("detect", result.DetectTime);
            metrics.StageTook("track", result.TrackTime);
            metrics.StageTook("mask", result.MaskTime);
        }

        room.Rules.See(result);
        DetectionsMessage message = ResultMessages.From(room.Name, result);
        byte[] utf8 = JsonSerializer.SerializeToUtf8Bytes(message, WireJson.Default.DetectionsMessage);
        loop.Post(() =>
        {
            room.Messages.SendDetections(message, utf8);
            room.Recorder.OnDetections(message.RtpTimestamp, utf8);
        });
    }

    public void OnStage(string stage, double milliseconds) => metrics.StageTook(stage, milliseconds);

    public void OnLoopError(string loop, Exception error, TimeSpan? restartIn)
    {
        metrics.LoopEnded(loop, restarted: restartIn is not null);
        if (restartIn is { } pause)
        {
            LogRestart(log, error, loop, room.Name, pause.TotalMilliseconds);
        }
        else
        {
            LogGivenUp(log, error, loop, room.Name);
        }
    }

    public void OnKeyFrameNeeded() => loop.Post(room.Media.AskPhoneForKeyFrame);

    public void OnNotice(PipelineNotice notice) => loop.Post(() =>
    {
        if (notice.Code is "picture_too_large" or "picture_memory")
        {
            metrics.Refused("picture");
        }

        room.Messages.TellAll(new NoticeMessage(notice.Code, notice.Message, notice.Recoverable));
    });

    private void Post(EncodedFrame coded, RoomView view, bool isBlurred) => loop.Post(() =>
    {
        using EncodedFrame frame = coded;

        // Drawn before the room became private, and on its way since: too late.
        if (!room.IsClosed && (isBlurred || !room.IsPrivate))
        {
            room.Media.OnCoded(frame, view);
        }
    });

    [LoggerMessage(Level = LogLevel.Error, Message = "The {Loop} loop of {Room} ended with an error and begins again in {Milliseconds} ms")]
    private static partial void LogRestart(ILogger log, Exception error, string loop, RoomName room, double milliseconds);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "The {Loop} loop of {Room} ended with an error once too often and is given up: "
            + "the room has no pictures until it is opened anew")]
    private static partial void LogGivenUp(ILogger log, Exception error, string loop, RoomName room);
}
