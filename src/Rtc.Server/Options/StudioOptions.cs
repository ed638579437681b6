using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rtc.Server.Options;

/// <summary>What a clip of the studio may be, and how long what was made of it is kept.</summary>
public sealed record StudioOptions
{
    [Description("MB of one clip")]
    [Range(1, 10_000)]
    public int MaxMegabytes { get; init; } = 100;

    [Description("Seconds that a clip lasts")]
    [Range(1, 120)]
    public int MaxSeconds { get; init; } = 10;

    [Description("Tasks of one user that wait or are at work")]
    [Range(1, 10_000)]
    public int MaxTasks { get; init; } = 20;

    [Description("Hours after which a task's files are deleted, its clip among them")]
    [Range(1, 8760)]
    public int KeepHours { get; init; } = 24;

    [Description("Model that outlines: its file's name, auto (the best in the models' folder) or grabcut (no weights)")]
    public string MaskModel { get; init; } = "auto";

    [Description("Model that finds what a sentence names: its file's name, auto or labels (the detector's classes)")]
    public string TextModel { get; init; } = "auto";

    [Description("Model that invents background: its file's name, auto or telea (no weights)")]
    public string FillModel { get; init; } = "auto";

    [Description("Model that takes sound apart: its file's name (without the stem's, where there is one a stem), auto or dsp (no weights)")]
    public string StemModel { get; init; } = "auto";
}
