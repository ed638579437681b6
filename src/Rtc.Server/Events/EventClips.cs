using Rtc.Server.Recordings;
using Rtc.Server.Rooms;
using Rtc.Server.Rules;
using Rtc.Server.Videos;
using Rtc.Signaling;
using Rtc.Signaling.Messages;
using Rtc.Store.Events;
using Rtc.Store.Videos;

namespace Rtc.Server.Events;

/// <summary>
/// Has the seconds before and after an event recorded. The event knows its clip from the start, by the id that the video is going to have;
/// it is shown once the video is there, also after a kill in between.
/// </summary>
internal sealed partial class EventClips(RecordingIntake intake, EventTable events, RoomRegistry rooms, ILogger<EventClips> log)
{
    public async Task AddAsync(long id, RuleNews news, ClipSpan span, CancellationToken cancel)
    {
        DateTimeOffset at = news.Happened!.At;
        RoomRecording? clip = await rooms.ExtendClipAsync(news.Room, at, span.After);
        clip ??= await BeginAsync(news, at, span, cancel);
        if (clip is not null)
        {
            await events.SetClipAsync(id, new VideoId(Guid.Parse(clip.Report.RecordingId)), cancel);
        }
    }

    private async Task<RoomRecording?> BeginAsync(RuleNews news, DateTimeOffset at, ClipSpan span, CancellationToken cancel)
    {
        Outcome<RoomRecording> opened = await intake.OpenAsync(news.Room.ToString(), RoomView.Source, news.Rule.Owner, cancel);
        if (opened.Value is not { } recording)
        {
            LogNone(log, news.Room, opened.Refusal!.Message);
            return null;
        }

        bool hasBegun = false;
        try
        {
            hasBegun = await rooms.BeginClipAsync(news.Room, recording, at, span);
            return hasBegun ? recording : null;
        }
        finally
        {
            if (!hasBegun)
            {
                recording.Discard();
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "There is no clip of an event in {Room}: {Reason}")]
    private static partial void LogNone(ILogger log, RoomName room, string reason);
}
