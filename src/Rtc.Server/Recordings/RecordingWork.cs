namespace Rtc.Server.Recordings;

internal enum RecordingWorkKind : byte
{
    Picture,
    Detections,

    /// <summary>What follows needs a file of its own.</summary>
    NextPart,
    End,
}

/// <summary>What the writer does next for a recording; it owns the frame.</summary>
internal readonly record struct RecordingWork(
    RoomRecording Recording,
    RecordingWorkKind Kind,
    EncodedFrame? Frame = null,
    Instant Arrival = default,
    byte[]? Detections = null,
    uint RtpTimestamp = 0)
{
    public int Length => Frame?.Length ?? Detections?.Length ?? 0;
}
