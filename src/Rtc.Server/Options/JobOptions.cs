using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rtc.Server.Options;

/// <summary>How many jobs the server works on beside its rooms.</summary>
public sealed record JobOptions
{
    [Description("Jobs at once; 0 is half of the cores")]
    [Range(0, 256)]
    public int Workers { get; init; }

    [Description("Minutes that a job may be at work, pauses for live rooms left out")]
    [Range(1, 100_000)]
    public int MaxMinutes { get; init; } = 120;

    [Description("Attempts in a row without getting further after which a job has failed")]
    [Range(1, 1000)]
    public int MaxFailures { get; init; } = 5;

    [Description("Key that signs what is posted to the \"webhook\" of a job when it is over, at least 16 characters; empty posts nothing")]
    [Secret]
    public string? WebhookKey { get; init; }

    [Description("Webhooks may lead to this machine and to private addresses")]
    public bool WebhookNear { get; init; }
}
