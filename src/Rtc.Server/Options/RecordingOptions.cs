using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rtc.Server.Options;

/// <summary>How much of rooms may be recorded; where it goes and what stays free of the disk is the store's to say.</summary>
public sealed record RecordingOptions
{
    [Description("Rooms that are recorded at once; 0 records none")]
    [Range(0, 10_000)]
    public int MaxAtOnce { get; init; } = 50;

    [Description("Minutes after which a recording ends")]
    [Range(1, 1440)]
    public int MaxMinutes { get; init; } = 240;

    [Description("MB after which a recording ends")]
    [Range(1, 1_048_576)]
    public int MaxMegabytes { get; init; } = 4096;

    [Description("Hold the last ten seconds of every room in memory, for clips of them; else from the first clip on, for ten minutes")]
    public bool KeepLast { get; init; }
}
