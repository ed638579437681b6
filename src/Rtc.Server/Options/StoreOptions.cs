using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rtc.Server.Options;

/// <summary>Where users, videos and jobs are kept, and how much of it.</summary>
public sealed record StoreOptions
{
    [Description("PostgreSQL, as Host=…;Database=…;Username=…;Password=…; empty is SQLite, in the state folder")]
    [Secret]
    public string? Connection { get; init; }

    [Description("Folder of uploaded videos; default videos in the state folder")]
    public string? Files { get; init; }

    [Description("MB of one uploaded video")]
    [Range(1, 1_048_576)]
    public int MaxVideoMegabytes { get; init; } = 500;

    [Description("MB of all videos of one user, unfinished uploads among them")]
    [Range(1, 1_073_741_824)]
    public int QuotaMegabytes { get; init; } = 10_240;

    [Description("MB of the disk that uploads leave free")]
    [Range(0, 1_073_741_824)]
    public int MinFreeMegabytes { get; init; } = 1024;

    [Description("Days after which a video is deleted with what was found in it; 0 keeps it")]
    [Range(0, 36_500)]
    public int RetainDays { get; init; } = 30;
}
