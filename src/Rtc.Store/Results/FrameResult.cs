namespace Rtc.Store.Results;

/// <summary>
/// What was found on one frame: a JSON list of detections, and masks by their track. Faint ones serve only to follow an object and
/// are none of the results.
/// </summary>
public sealed record FrameResult(long Frame, double Seconds, string Detections, IReadOnlyList<MaskResult> Masks, string? Faint = null);

/// <summary>A mask's run lengths, row by row, beginning with zeros, and which of the frame's detections it is of.</summary>
public sealed record MaskResult(string? TrackId, string Rle, long AreaPixels, int Index = 0);

/// <summary>A frame's detections with the tracks that they belong to, in their order; null where one belongs to none.</summary>
public sealed record TrackedFrame(long Frame, string Detections, IReadOnlyList<string?> TrackIds);

/// <summary>A row of tracking_trajectories; the trajectory is a JSON list.</summary>
public sealed record TrackResult(
    string TrackId, string ObjectClass, long StartFrame, long EndFrame, double AverageConfidence, string Trajectory);

/// <summary>A row of scene_analysis; the analysis is a JSON object.</summary>
public sealed record SceneResult(int Number, long StartFrame, long EndFrame, string Analysis);
