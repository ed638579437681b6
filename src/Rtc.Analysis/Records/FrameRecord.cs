namespace Rtc.Analysis.Records;

/// <summary>A box in the picture's pixels.</summary>
public sealed record BoundingBox(double X, double Y, double Width, double Height);

/// <summary>An object on one frame.</summary>
public sealed record FoundObject(string Class, double Confidence, BoundingBox Bbox, string? TrackId = null);

/// <summary>What was found on one frame.</summary>
public sealed record FrameRecord(long FrameNumber, double TimestampSeconds, IReadOnlyList<FoundObject> Detections);

/// <summary>An object's outline: counts of pixels, row by row, that begin with zeros.</summary>
public sealed record MaskRecord(
    string? TrackId, string Class, double Confidence, string MaskRle, long MaskAreaPixels, long Frame);
