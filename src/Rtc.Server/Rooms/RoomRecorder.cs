using Rtc.Server.Recordings;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Rooms;

/// <summary>
/// Whether a room is recorded, and what of it: the phone's own pictures, or those that its viewers are shown. A room that
/// becomes private is recorded blurred or not at all: a recording of its source ends before anybody is told of the change.
/// Belongs to the media loop.
/// </summary>
internal sealed class RoomRecorder(Room room)
{
    private const string ClosedRoom = "room_closed";

    private static readonly Refusal s_already = new("already_recording", "The room is recorded already.", 409);

    /// <summary>What rules record by themselves, beside what somebody asked for.</summary>
    public RoomClips Clips { get; } = new(room);

    /// <summary>Null while nothing is recorded.</summary>
    public RoomRecording? Current { get; private set; }

    /// <summary>The pipeline has to code pictures for it even if nobody watches.</summary>
    public bool WantsVideo => Current is { IsSource: false };

    /// <summary>As everybody in the room is told it, once a second; null while nothing is recorded.</summary>
    public RecordingStateMessage? State =>
        Current is { IsOver: false, Report: { } report } ? new RecordingStateMessage(report.View, report.DurationSeconds) : null;

    /// <summary>Null where it has begun; else the recording is still its caller's.</summary>
    public Refusal? Begin(RoomRecording recording)
    {
        if (Current is { IsOver: false })
        {
            return s_already;
        }

        if (recording.IsSource && room.IsPrivate)
        {
            return Refusal.SourceIsPrivate;
        }

        End(string.Empty);
        Current = recording;
        room.UpdateDemand();
        AskForKey();
        Tell("recording_started", $"The {recording.Report.View} picture of this room is being recorded.");
        return null;
    }

    /// <summary>Null where nothing was recorded.</summary>
    public RoomRecording? End(string reason)
    {
        RoomRecording? ended = Current;
        Current = null;
        if (ended is not null)
        {
            ended.End(reason);
            room.UpdateDemand();
            Tell("recording_ended", $"The recording of this room has ended{Because(ended.EndedBy)}.");
        }

        return ended;
    }

    /// <summary>The phone's own picture. A private room's is recorded by nobody, whatever was begun before.</summary>
    public void OnSource(EncodedFrame frame)
    {
        if (Current is { IsSource: true } recording && !room.IsPrivate)
        {
            Add(recording, frame, frame.Arrival);
        }

        Clips.OnSource(frame);
    }

    /// <summary>What viewers are shown; a private room's is blurred.</summary>
    public void OnAnnotated(EncodedFrame frame, Instant now)
    {
        if (Current is { IsSource: false } recording)
        {
            Add(recording, frame, now);
        }
    }

    public void OnDetections(uint rtpTimestamp, byte[] utf8)
    {
        Current?.AddDetections(rtpTimestamp, utf8);
        Clips.OnDetections(rtpTimestamp, utf8);
    }

    /// <summary>The room has just become private, and pictures that were not blurred yet go to nobody.</summary>
    public void OnPrivate()
    {
        Clips.OnPrivate();
        if (Current is { IsSource: true })
        {
            End("privacy");
        }
        else if (Current is { } recording)
        {
            recording.SkipToKey();
            AskForKey();
        }
    }

    /// <summary>The room is no more.</summary>
    public void Close()
    {
        Clips.Close();
        End(ClosedRoom);
    }

    /// <summary>Once a second.</summary>
    public void Tick(Instant now)
    {
        Clips.Tick(now);
        if (Current is { IsOver: true, EndedBy: { } reason })
        {
            End(reason);
        }
        else if (Current is { NeedsKey: true })
        {
            AskForKey();
        }
    }

    private void Add(RoomRecording recording, EncodedFrame frame, Instant arrival)
    {
        recording.Add(frame, arrival);
        if (recording.NeedsKey)
        {
            AskForKey();
        }
    }

    private void AskForKey() => room.Media.WantKeyFrame(Current is { IsSource: true } ? RoomView.Source : RoomView.Annotated);

    private void Tell(string code, string message)
    {
        if (!room.IsClosed)
        {
            room.Messages.TellAll(new NoticeMessage(code, message, Recoverable: true));
        }
    }

    private static string Because(string? reason) => reason switch
    {
        "privacy" => ": the room is private now",
        "quota" => ": its user's videos have as many bytes as they may (Store:QuotaMegabytes)",
        "limit" => ": it has as many minutes or bytes as it may (Recordings:MaxMinutes, Recordings:MaxMegabytes)",
        "disk_full" => ": the server's disk is full (Store:MinFreeMegabytes)",
        "disk_slow" => ": the server's disk is too slow",
        "disk_error" or "error" => ": it could not be written on",
        _ => string.Empty,
    };
}
