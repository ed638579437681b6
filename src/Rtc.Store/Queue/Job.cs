using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Store.Queue;

/// <summary>A row of processing_jobs. Options and result are JSON.</summary>
public sealed record Job(
    JobId Id, UserId UserId, VideoId? VideoId, string Kind, string Options, JobStatus Status, double Progress, IReadOnlyList<JobStep> Steps,
    int Attempt, int Failures, string? Error, string? Result, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt)
{
    public bool IsOver => Status is JobStatus.Completed or JobStatus.Failed or JobStatus.Cancelled;
}
