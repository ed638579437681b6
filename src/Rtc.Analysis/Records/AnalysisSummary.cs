namespace Rtc.Analysis.Records;

/// <summary>
/// A job's result: how much there is to be read, and what found it. A notice says what was asked for and could not be had. Where a
/// language model was asked, how many scenes it described, and how much of what it said was thrown away.
/// </summary>
public sealed record AnalysisSummary(
    long Frames, long Detections, long Masks, int Tracks, int Scenes, string Model, string Provider, string? MaskModel, string? Notice,
    string? LanguageModel = null, int LanguageScenes = 0, int LanguageDropped = 0);
