namespace Rtc.Signaling.Messages;

/// <summary>The job that a connection wants to follow.</summary>
public sealed record JobFollowRequest
{
    public string? JobId { get; init; }
}
