namespace Rtc.Pipeline.Tracking;

/// <summary>ByteTrack's thresholds for a room, from the confidence that its people asked for.</summary>
internal static class RoomTracking
{
    /// <summary>Overlap weighted by score asks for near-perfect overlap of faint detections; above this it helps.</summary>
    private const float MinScoreToFuse = 0.5f;

    private const float BirthMargin = 0.1f;

    public static ByteTrackOptions Options(float confidence) => new()
    {
        TrackThreshold = confidence,
        LowThreshold = Math.Min(0.1f, confidence * 0.4f),
        BirthMargin = Math.Min(BirthMargin, (1 - confidence) / 2),
        FuseScore = confidence >= MinScoreToFuse,
    };
}
