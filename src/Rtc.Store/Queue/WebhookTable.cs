using Rtc.Store.Sql;

namespace Rtc.Store.Queue;

/// <summary>Somebody who is to be told of a job's end, with which try this is.</summary>
public sealed record DueWebhook(Job Job, string Address, int Try);

/// <summary>Who is told of jobs that are over. What is due is in the row of the job itself, so that nobody is forgotten.</summary>
public sealed class WebhookTable(Database database)
{
    /// <summary>Set by every statement that ends a job.</summary>
    internal const string Due = "webhook_at = CASE WHEN webhook IS NULL THEN NULL ELSE @now END";

    /// <summary>
    /// Takes the one that is due longest, and makes it due again after a delay: until it is done it is tried again. Those whose address
    /// begins like one of <paramref name="busy"/> are left where they are.
    /// </summary>
    public async Task<DueWebhook?> TakeAsync(
        Func<int, TimeSpan> delayAfter, IReadOnlyCollection<string>? busy = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(delayAfter);
        (string, object?)[] begun = [.. (busy ?? []).Select((one, at) => ($"busy{at}", (object?)(one + "%")))];
        string others = string.Concat(begun.Select(one => $" AND LOWER(webhook) NOT LIKE @{one.Item1}"));
        return await database.WriteAsync(
            async session =>
            {
                DateTimeOffset now = database.Now;
                DueWebhook? due = await session.FirstAsync(
                    $"SELECT {JobTable.Columns}, webhook, webhook_tries FROM processing_jobs WHERE webhook_at <= @now{others} "
                        + "ORDER BY webhook_at LIMIT 1 FOR UPDATE SKIP LOCKED",
                    row => new DueWebhook(JobTable.Read(row), row.Text("webhook"), row.Int("webhook_tries") + 1),
                    [.. begun, ("now", now)])
                    .ConfigureAwait(false);
                if (due is not null)
                {
                    await session.ExecuteAsync(
                        "UPDATE processing_jobs SET webhook_at = @next, webhook_tries = @tries WHERE id = @id",
                        ("next", now + delayAfter(due.Try)), ("tries", due.Try), ("id", due.Job.Id.Value)).ConfigureAwait(false);
                }

                return due;
            },
            cancel).ConfigureAwait(false);
    }

    /// <summary>It was told, or is given up.</summary>
    public Task<int> EndAsync(JobId job, CancellationToken cancel = default) => database.WriteAsync(
        session => session.ExecuteAsync("UPDATE processing_jobs SET webhook_at = NULL WHERE id = @id", ("id", job.Value)), cancel);
}
