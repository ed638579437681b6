using Rtc.Store.Sql;

namespace Rtc.Store.Events;

/// <summary>An event that somebody is to be told of, with which try this is.</summary>
public sealed record DueEvent(StoredEvent Event, string Address, int Try);

/// <summary>Who is told of events. What is due is in the row of the event itself, so that nobody is forgotten.</summary>
public sealed class EventWebhookTable(Database database)
{
    /// <summary>
    /// Takes the one that is due longest, and makes it due again after a delay: until it is done it is tried again. Those whose address
    /// begins like one of <paramref name="busy"/> are left where they are.
    /// </summary>
    public Task<DueEvent?> TakeAsync(
        Func<int, TimeSpan> delayAfter, IReadOnlyCollection<string>? busy = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(delayAfter);
        (string, object?)[] begun = [.. (busy ?? []).Select((one, at) => ($"busy{at}", (object?)(one + "%")))];
        string others = string.Concat(begun.Select(one => $" AND LOWER(webhook) NOT LIKE @{one.Item1}"));
        return database.WriteAsync(
            async session =>
            {
                DateTimeOffset now = database.Now;
                List<long> id = await session.QueryAsync(
                    $"SELECT id FROM events WHERE webhook_at <= @now{others} ORDER BY webhook_at LIMIT 1 FOR UPDATE SKIP LOCKED",
                    row => row.Long("id"), [.. begun, ("now", now)]).ConfigureAwait(false);
                if (id.Count == 0)
                {
                    return null;
                }

                DueEvent due = (await session.FirstAsync(
                    $"SELECT {EventTable.Columns}, events.webhook, events.webhook_tries FROM {EventTable.From} WHERE events.id = @id",
                    row => new DueEvent(EventTable.Read(row), row.Text("webhook"), row.Int("webhook_tries") + 1), ("id", id[0]))
                    .ConfigureAwait(false))!;
                await session.ExecuteAsync(
                    "UPDATE events SET webhook_at = @next, webhook_tries = @tries WHERE id = @id",
                    ("next", now + delayAfter(due.Try)), ("tries", due.Try), ("id", id[0])).ConfigureAwait(false);
                return due;
            },
            cancel);
    }

    /// <summary>It was told, or is given up.</summary>
    public Task<int> EndAsync(long id, CancellationToken cancel = default) => database.WriteAsync(
        session => session.ExecuteAsync("UPDATE events SET webhook_at = NULL WHERE id = @id", ("id", id)), cancel);
}
