namespace Rtc.Pipeline;

/// <summary>Which picture it is and its times; travels beside the pixels.</summary>
internal readonly record struct PictureInfo(long FrameId, uint RtpTimestamp, long Ticks, ulong CaptureNtp, double ReceivedMs)
{
    /// <summary>Ticks of the video clock in one step of the tracker, a thirtieth of a second.</summary>
    public const double TicksPerStep = MediaTimeline.TicksPerSecond / 30.0;

    /// <summary>The sender's capture time, milliseconds since 1970; null where it gives none.</summary>
    public double? CaptureMs => NtpTime.ToUnixMilliseconds(CaptureNtp);

    /// <summary>Steps of the tracker from <paramref name="earlier"/> to this picture; negative where it is the later one.</summary>
    public double StepsSince(in PictureInfo earlier) => (Ticks - earlier.Ticks) / TicksPerStep;
}
