using Rtc.Store.Sql;

namespace Rtc.Store.Queue;

/// <summary>
/// Jobs as workers see them: taken under a lease, worked on while it is renewed, ended. Every write names the attempt that it
/// belongs to and changes nothing once the job has gone to another worker or was cancelled.
/// </summary>
public sealed class JobQueue(Database database)
{
    private const string Fence = "WHERE id = @id AND attempt = @attempt AND lease_owner = @owner AND status = 'processing'";

    /// <summary>
    /// Takes the job that has waited longest, or one whose worker has fallen silent, which counts as a failure. Null where none is
    /// ready of the kinds that this program knows.
    /// </summary>
    public Task<Job?> TakeAsync(string owner, IReadOnlyList<string> kinds, TimeSpan lease, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        return database.WriteOnceAsync(
            session =>
            {
                DateTimeOffset now = database.Now;
                (string, object?)[] values = [("owner", owner), ("now", now), ("until", now + lease), .. Values(kinds)];
                return session.FirstAsync(
                    $"""
                    UPDATE processing_jobs SET failures = failures + CASE status WHEN 'processing' THEN 1 ELSE 0 END, status = 'processing',
                      attempt = attempt + 1, lease_owner = @owner, lease_until = @until, ready_at = @until,
                      started_at = COALESCE(started_at, @now)
                    WHERE id = (SELECT id FROM processing_jobs WHERE status IN ('queued', 'processing') AND ready_at <= @now
                      AND kind IN ({Names(kinds)}) ORDER BY ready_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
                    RETURNING {JobTable.Columns}
                    """,
                    JobTable.Read, values);
            },
            cancel);
    }

    /// <summary>When the next job of these kinds is ready; null where there is none.</summary>
    public async Task<DateTimeOffset?> NextReadyAsync(IReadOnlyList<string> kinds, CancellationToken cancel = default)
    {
        List<DateTimeOffset> first = await database.ReadAsync(
            session => session.QueryAsync(
                $"SELECT ready_at FROM processing_jobs WHERE status IN ('queued', 'processing') AND kind IN ({Names(kinds)}) "
                    + "ORDER BY ready_at, id LIMIT 1",
                row => row.Time("ready_at"), Values(kinds)),
            cancel).ConfigureAwait(false);
        return first.Count > 0 ? first[0] : null;
    }

    /// <summary>False where the job is no longer this worker's.</summary>
    public Task<bool> RenewAsync(JobClaim claim, TimeSpan lease, CancellationToken cancel = default) => ChangeAsync(
        claim, "lease_until = @until, ready_at = @until", cancel, ("until", database.Now + lease));

    /// <summary>
    /// Writes results and how far they go in one transaction, so that neither is there without the other. One that got further
    /// than any before it forgets earlier failures. False where the job is no longer this worker's: then nothing is written.
    /// </summary>
    public Task<bool> SaveAsync(
        JobClaim claim, double progress, IReadOnlyList<JobStep> steps, JobPosition? position, Func<SqlSession, Task>? results = null,
        CancellationToken cancel = default) => database.WriteAsync(
        async session =>
        {
            DateTimeOffset now = database.Now;
            if (!await SetAsync(
                session, claim,
                "failures = CASE WHEN @progress > progress THEN 0 ELSE failures END, progress = @progress, steps = @steps::jsonb",
                ("progress", progress), ("steps", JobStep.Write(steps))).ConfigureAwait(false))
            {
                return false;
            }

            if (position is not null)
            {
                await session.ExecuteAsync(
                    "INSERT INTO job_progress (job_id, step, position, state, updated_at) VALUES (@job, @step, @position, @state, @now) "
                        + "ON CONFLICT (job_id, step) DO UPDATE SET position = excluded.position, state = excluded.state, "
                        + "updated_at = excluded.updated_at",
                    ("job", claim.Job.Value), ("step", position.Step), ("position", position.Position), ("state", position.State),
                    ("now", now)).ConfigureAwait(false);
            }

            await (results?.Invoke(session) ?? Task.CompletedTask).ConfigureAwait(false);
            return true;
        },
        cancel);

    /// <summary>Where each step was when it was saved last.</summary>
    public Task<List<JobPosition>> PositionsAsync(JobId job, CancellationToken cancel = default) => database.ReadAsync(
        session => session.QueryAsync(
            "SELECT step, position, state FROM job_progress WHERE job_id = @job",
            row => new JobPosition(row.Text("step"), row.Long("position"), row.TextOrNull("state")), ("job", job.Value)),
        cancel);

    /// <summary>Ends it with its result; again after a lost answer is the same.</summary>
    public Task<bool> CompleteAsync(JobClaim claim, IReadOnlyList<JobStep> steps, string? result, CancellationToken cancel = default) =>
        database.WriteAsync(
            async session => await SetAsync(
                session, claim,
                "status = 'completed', progress = 1, steps = @steps::jsonb, result = @result::jsonb, error = NULL, finished_at = @now, "
                    + WebhookTable.Due,
                ("steps", JobStep.Write(steps)), ("result", result), ("now", database.Now)).ConfigureAwait(false)
                || (await session.QueryAsync(
                    "SELECT 1 FROM processing_jobs WHERE id = @id AND attempt = @attempt AND lease_owner = @owner AND status = 'completed'",
                    row => true, ("id", claim.Job.Value), ("attempt", claim.Attempt), ("owner", claim.Owner)).ConfigureAwait(
                        false)).Count > 0,
            cancel);

    /// <summary>Back into the queue for a later attempt; the failure is kept with it, and counts where it is the job's own.</summary>
    public Task<bool> RetryAsync(
        JobClaim claim, string error, TimeSpan delay, IReadOnlyList<JobStep> steps, bool isOwn = true, CancellationToken cancel = default)
        => ChangeAsync(
        claim,
        "status = 'queued', failures = failures + @failures, error = @error, ready_at = @ready, steps = @steps::jsonb, lease_owner = NULL, "
            + "lease_until = NULL",
        cancel, ("failures", isOwn ? 1 : 0), ("error", error), ("ready", database.Now + delay), ("steps", JobStep.Write(steps)));

    /// <summary>Ends it with its reason.</summary>
    public Task<bool> FailAsync(JobClaim claim, string error, IReadOnlyList<JobStep> steps, CancellationToken cancel = default) =>
        ChangeAsync(
        claim, "status = 'failed', failures = failures + 1, error = @error, finished_at = @now, steps = @steps::jsonb, " + WebhookTable.Due,
        cancel,
        ("error", error), ("now", database.Now), ("steps", JobStep.Write(steps)));

    /// <summary>Back into the queue without a failure: its worker ends, or makes room for live video.</summary>
    public async Task<bool> ReleaseAsync(JobClaim claim, CancellationToken cancel = default)
    {
        bool isReleased = await ChangeAsync(
            claim, "status = 'queued', ready_at = @now, lease_owner = NULL, lease_until = NULL", cancel, ("now", database.Now))
            .ConfigureAwait(false);
        await database.NotifyAsync(JobTable.QueuedMessage, cancel).ConfigureAwait(false);
        return isReleased;
    }

    private static string Names(IReadOnlyList<string> kinds) => string.Join(", ", kinds.Select((_, at) => $"@kind{at}"));

    private static (string, object?)[] Values(IReadOnlyList<string> kinds) => [.. kinds.Select((kind, at) => ($"kind{at}", (object?)kind))];

    private Task<bool> ChangeAsync(JobClaim claim, string set, CancellationToken cancel, params (string, object?)[] values) =>
        database.WriteOnceAsync(session => SetAsync(session, claim, set, values), cancel);

    private static async Task<bool> SetAsync(SqlSession session, JobClaim claim, string set, params (string, object?)[] values) =>
        await session.ExecuteAsync(
            $"UPDATE processing_jobs SET {set} {Fence}",
            [.. values, ("id", claim.Job.Value), ("attempt", claim.Attempt), ("owner", claim.Owner)]).ConfigureAwait(false) > 0;
}
