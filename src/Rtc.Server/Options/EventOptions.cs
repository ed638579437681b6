using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rtc.Server.Options;

/// <summary>How much of what happened in rooms is kept.</summary>
public sealed record EventOptions
{
    [Description("Days after which an event is deleted; 0 keeps it")]
    [Range(0, 36_500)]
    public int RetainDays { get; init; } = 30;

    [Description("Events of all rooms that are kept, oldest deleted first")]
    [Range(1, 100_000_000)]
    public int MaxEvents { get; init; } = 200_000;

    [Description("Rules of one room; 0 makes none")]
    [Range(0, 1000)]
    public int MaxRulesPerRoom { get; init; } = 32;
}
