namespace Rtc.Pipeline.Settings;

/// <summary>What makes tracks of a room's detections.</summary>
public enum TrackerKind
{
    /// <summary>For a camera that stands.</summary>
    ByteTrack,

    /// <summary>For a camera that moves: tracks are shifted by its motion, and boxes keep their own width and height.</summary>
    BotSort,
}
