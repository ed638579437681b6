using Rtc.Store.Queue;

namespace Rtc.Server.Jobs;

/// <summary>A job as polling, events and pages are told of it.</summary>
internal sealed record JobView(
    string JobId, string Kind, string? VideoId, string Status, double Progress, IReadOnlyList<JobStep> Steps, int Attempt, string? Error,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt)
{
    public static JobView Of(Job job) => new(
        job.Id.ToString(), job.Kind, job.VideoId?.ToString(), job.Status.ToString().ToLowerInvariant(), job.Progress, job.Steps,
            job.Attempt,
        job.Error, job.CreatedAt, job.StartedAt, job.FinishedAt);
}
