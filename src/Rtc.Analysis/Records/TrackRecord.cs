namespace Rtc.Analysis.Records;

/// <summary>A tracked object on one frame.</summary>
public sealed record TrackPoint(long Frame, double Timestamp, BoundingBox Bbox, double Confidence);

/// <summary>One object over time; its duration counts the video's frames from its first to its last.</summary>
public sealed record TrackRecord(
    string TrackId, string Class, long StartFrame, long EndFrame, long DurationFrames, double AvgConfidence,
    IReadOnlyList<TrackPoint> Frames);
