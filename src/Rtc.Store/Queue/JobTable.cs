using System.Data.Common;
using Rtc.Store.Sql;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Store.Queue;

/// <summary>Jobs as their users see them: asked for, looked at, listed and cancelled.</summary>
public sealed class JobTable(Database database)
{
    /// <summary>What is told other programs when a job may be taken.</summary>
    public const string QueuedMessage = "queued";

    internal const string Columns =
        "id, user_id, video_id, kind, options, status, progress, steps, attempt, failures, error, result, created_at, started_at, "
            + "finished_at";

    public JobId NewId() => new(Guid.CreateVersion7(database.Now));

    /// <summary>Once it returns, the job outlives this program.</summary>
    public Task<Job> AddAsync(
        JobId id, UserId user, VideoId? video, string kind, string options, IReadOnlyList<JobStep> steps,
        CancellationToken cancel = default) => AddAsync(id, user, video, kind, options, steps, null, cancel);

    /// <summary>The same; a webhook is told of its end.</summary>
    public async Task<Job> AddAsync(
        JobId id, UserId user, VideoId? video, string kind, string options, IReadOnlyList<JobStep> steps, string? webhook,
        CancellationToken cancel = default)
    {
        Job job = (await database.WriteOnceAsync(
            session => session.FirstAsync(
                "INSERT INTO processing_jobs (id, user_id, video_id, kind, options, status, steps, created_at, ready_at, webhook) "
                    + "VALUES (@id, @user, @video, @kind, @options::jsonb, 'queued', @steps::jsonb, @now, @now, @webhook) "
                    + $"ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING {Columns}",
                Read, ("id", id.Value), ("user", user.Value), ("video", video?.Value), ("kind", kind), ("options", options),
                ("steps", JobStep.Write(steps)), ("now", database.Now), ("webhook", webhook)),
            cancel).ConfigureAwait(false))!;
        await TellAsync(QueuedMessage, cancel).ConfigureAwait(false);
        return job;
    }

    public Task<Job?> FindAsync(UserId user, JobId id, CancellationToken cancel = default) => database.ReadAsync(
        session => session.FirstAsync(
            $"SELECT {Columns} FROM processing_jobs WHERE id = @id AND user_id = @user", Read, ("id", id.Value), ("user", user.Value)),
        cancel);

    /// <summary>The newest of a kind at a video that is completed, else the newest that is there.</summary>
    public Task<Job?> LatestAsync(UserId user, VideoId video, string kind, CancellationToken cancel = default) => database.ReadAsync(
        session => session.FirstAsync(
            $"SELECT {Columns} FROM processing_jobs WHERE video_id = @video AND user_id = @user AND kind = @kind "
                + "ORDER BY CASE status WHEN 'completed' THEN 0 ELSE 1 END, id DESC LIMIT 1",
            Read, ("video", video.Value), ("user", user.Value), ("kind", kind)),
        cancel);

    /// <summary>Newest first, from the one that follows <paramref name="after"/> on.</summary>
    public Task<List<Job>> ListAsync(UserId user, JobId? after, int limit, CancellationToken cancel = default) => database.ReadAsync(
        session => after is { } last
            ? session.QueryAsync(
                $"SELECT {Columns} FROM processing_jobs WHERE user_id = @user AND id < @after ORDER BY id DESC LIMIT @limit", Read,
                ("user", user.Value), ("after", last.Value), ("limit", limit))
            : session.QueryAsync(
                $"SELECT {Columns} FROM processing_jobs WHERE user_id = @user ORDER BY id DESC LIMIT @limit", Read, ("user", user.Value),
                ("limit", limit)),
        cancel);

    /// <summary>The same of one video.</summary>
    public Task<List<Job>> ListAsync(UserId user, VideoId video, JobId? after, int limit, CancellationToken cancel = default) =>
        database.ReadAsync(
            session => session.QueryAsync(
                $"SELECT {Columns} FROM processing_jobs WHERE video_id = @video AND user_id = @user AND id < @after "
                    + "ORDER BY id DESC LIMIT @limit",
                Read, ("video", video.Value), ("user", user.Value), ("after", after?.Value ?? Guid.AllBitsSet), ("limit", limit)),
            cancel);

    /// <summary>Ends it where it isn't over; the worker that has it hears of it, or learns it from its next write.</summary>
    public async Task<Job?> CancelAsync(UserId user, JobId id, CancellationToken cancel = default)
    {
        int changed = await database.WriteAsync(
            session => session.ExecuteAsync(
                "UPDATE processing_jobs SET status = 'cancelled', finished_at = @now, lease_owner = NULL, lease_until = NULL, "
                    + WebhookTable.Due + " WHERE id = @id AND user_id = @user AND status IN ('queued', 'processing')",
                ("id", id.Value), ("user", user.Value), ("now", database.Now)),
            cancel).ConfigureAwait(false);
        if (changed > 0)
        {
            await TellAsync(id.ToString(), cancel).ConfigureAwait(false);
        }

        return await FindAsync(user, id, cancel).ConfigureAwait(false);
    }

    /// <summary>How many wait and since when, how many are at work.</summary>
    public async Task<QueueFacts> FactsAsync(CancellationToken cancel = default)
    {
        List<(string Status, long Count, DateTimeOffset Oldest)> rows = await database.ReadAsync(
            session => session.QueryAsync(
                "SELECT status, COUNT(*) AS n, MIN(ready_at) AS oldest FROM processing_jobs WHERE status IN ('queued', 'processing') "
                    + "GROUP BY status",
                row => (row.Text("status"), row.Long("n"), row.Time("oldest"))),
            cancel).ConfigureAwait(false);
        (string Status, long Count, DateTimeOffset Oldest) queued = rows.Find(row => row.Status == "queued");
        return new QueueFacts(
            queued.Count, rows.Find(row => row.Status == "processing").Count,
            queued.Count == 0 ? 0 : Math.Max(0, (database.Now - queued.Oldest).TotalSeconds));
    }

    internal static Job Read(DbDataReader row) => new(
        new JobId(row.Id("id")), new UserId(row.Id("user_id")), row.IdOrNull("video_id") is { } video ? new VideoId(video) : null,
        row.Text("kind"), row.Text("options"), Enum.Parse<JobStatus>(row.Text("status"), ignoreCase: true), row.Double("progress"),
        JobStep.Read(row.Text("steps")), row.Int("attempt"), row.Int("failures"), row.TextOrNull("error"), row.TextOrNull("result"),
        row.Time("created_at"), row.TimeOrNull("started_at"), row.TimeOrNull("finished_at"));

    /// <summary>What is in the table is what counts; who is not told finds it a little later.</summary>
    private async Task TellAsync(string message, CancellationToken cancel)
    {
        try
        {
            await database.NotifyAsync(message, cancel).ConfigureAwait(false);
        }
        catch (Exception error) when (error is StoreUnavailableException or OperationCanceledException)
        {
        }
    }
}
