namespace Rtc.Store.Results;

/// <summary>What was found on one frame: a JSON list of detections, and masks by their track.</summary>
public sealed record FrameResult(long Frame, double Seconds, string Detections, IReadOnlyList<MaskResult> Masks);

/// <summary>A mask's run lengths, row by row, beginning with zeros.</summary>
public sealed record MaskResult(string? TrackId, string Rle, long AreaPixels);
