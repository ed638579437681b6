using System.Data.Common;
using Rtc.Store.Sql;
using Rtc.Store.Videos;

namespace Rtc.Store.Events;

/// <summary>What happened in rooms: written, looked for, read on from a place, and cleared away.</summary>
public sealed class EventTable(Database database)
{
    /// <summary>
    /// Numbers are told of in their order, so they are written in it: one that is taken earlier and seen later would be passed over by
    /// whoever follows. Any number that no other program of the database uses for the same.
    /// </summary>
    private const long WritingTurn = 0x5274_6345_7665_6E74;

    internal const string Columns =
        "events.id, events.room, events.rule_id, events.rule_name, events.kind, events.class, events.happened_at, events.event_data, "
            + "events.thumbnail IS NOT NULL AS has_thumbnail, videos.id AS clip";

    /// <summary>A clip counts once it is a video, and for as long as it is one.</summary>
    internal const string From = "events LEFT JOIN videos ON videos.id = events.video_id AND videos.file IS NOT NULL";

    /// <summary>Once it returns, the event outlives this program, and so does who is to be told of it. The event with its number.</summary>
    /// <param name="happened">What happened.</param>
    /// <param name="thumbnail">The picture of it, JPEG.</param>
    /// <param name="telling">Who is told.</param>
    /// <param name="key">Names this write: the same key is the same event, so that a caller may try again. A new one where null.</param>
    /// <param name="cancel">Ends the wait.</param>
    public Task<StoredEvent> AddAsync(
        StoredEvent happened, byte[]? thumbnail, EventTelling telling, Guid? key = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(happened);
        ArgumentNullException.ThrowIfNull(telling);
        Guid write = key ?? Guid.CreateVersion7(database.Now);
        return database.WriteAsync(
            async session =>
            {
                await session.TakeTurnAsync(WritingTurn).ConfigureAwait(false);
                List<long> id = await session.QueryAsync(
                    "INSERT INTO events (room, rule_id, rule_name, kind, class, happened_at, event_data, thumbnail, mqtt, webhook, "
                        + "webhook_at, write_key) VALUES (@room, @rule, @name, @kind, @class, @at, @data::jsonb, @thumbnail, @mqtt, "
                        + "@webhook, CASE WHEN @told = 1 THEN @now ELSE NULL END, @key) ON CONFLICT (write_key) DO NOTHING RETURNING id",
                    row => row.Long("id"), ("room", happened.Room), ("rule", happened.RuleId), ("name", happened.RuleName),
                    ("kind", happened.Kind), ("class", happened.Class), ("at", happened.HappenedAt), ("data", happened.Data),
                    ("thumbnail", thumbnail), ("mqtt", telling.Mqtt), ("webhook", telling.Webhook),
                    ("told", telling.Webhook is null ? 0 : 1), ("now", database.Now), ("key", write)).ConfigureAwait(false);
                if (id.Count == 0)
                {
                    // It was written before, and the answer was lost.
                    id = await session.QueryAsync(
                        "SELECT id FROM events WHERE write_key = @key", row => row.Long("id"), ("key", write)).ConfigureAwait(false);
                }

                return happened with { Id = id[0], HasThumbnail = thumbnail is not null };
            },
            cancel);
    }

    /// <summary>Newest first, from the one that follows <paramref name="after"/> on.</summary>
    public Task<List<StoredEvent>> ListAsync(EventSearch search, long? after, int limit, CancellationToken cancel = default) =>
        QueryAsync(search, after is null ? null : "events.id < @id", after, "DESC", limit, cancel);

    /// <summary>Oldest first, those that are newer than <paramref name="last"/>.</summary>
    public Task<List<StoredEvent>> ListNewerAsync(EventSearch search, long last, int limit, CancellationToken cancel = default) =>
        QueryAsync(search, "events.id > @id", last, "ASC", limit, cancel);

    /// <summary>The same, of those that go to MQTT.</summary>
    public Task<List<StoredEvent>> ListForMqttAsync(long last, int limit, CancellationToken cancel = default) =>
        QueryAsync(new EventSearch(), "events.id > @id AND events.mqtt", last, "ASC", limit, cancel);

    public Task<StoredEvent?> FindAsync(long id, CancellationToken cancel = default) => database.ReadAsync(
        session => session.FirstAsync($"SELECT {Columns} FROM {From} WHERE events.id = @id", Read, ("id", id)), cancel);

    /// <summary>Null where there is none.</summary>
    public Task<byte[]?> ThumbnailAsync(long id, CancellationToken cancel = default) => database.ReadAsync(
        session => session.FirstAsync(
            "SELECT thumbnail FROM events WHERE id = @id AND thumbnail IS NOT NULL", row => row.GetFieldValue<byte[]>(0), ("id", id)),
        cancel);

    public Task<int> SetClipAsync(long id, VideoId video, CancellationToken cancel = default) => database.WriteAsync(
        session => session.ExecuteAsync("UPDATE events SET video_id = @video WHERE id = @id", ("id", id), ("video", video.Value)), cancel);

    public Task<int> DeleteAsync(long id, CancellationToken cancel = default) =>
        database.WriteAsync(session => session.ExecuteAsync("DELETE FROM events WHERE id = @id", ("id", id)), cancel);

    /// <summary>The number of the newest; 0 where there is none.</summary>
    public async Task<long> NewestAsync(CancellationToken cancel = default) => (await database.ReadAsync(
        session => session.QueryAsync("SELECT COALESCE(MAX(id), 0) AS id FROM events", row => row.Long("id")), cancel)
        .ConfigureAwait(false))[0];

    /// <summary>Those that happened before a time, and the oldest of those that are more than so many.</summary>
    public Task<int> SweepAsync(DateTimeOffset? before, long max, CancellationToken cancel = default) => database.WriteAsync(
        async session =>
        {
            int gone = before is { } time
                ? await session.ExecuteAsync("DELETE FROM events WHERE happened_at < @time", ("time", time)).ConfigureAwait(false)
                : 0;
            return gone + await session.ExecuteAsync(
                "DELETE FROM events WHERE id <= (SELECT id FROM events ORDER BY id DESC LIMIT 1 OFFSET @max)", ("max", max))
                .ConfigureAwait(false);
        },
        cancel);

    /// <summary>How far this reader has been told; where it is new, to <paramref name="otherwise"/>.</summary>
    public async Task<long> PositionAsync(string reader, long otherwise, CancellationToken cancel = default)
    {
        List<long> found = await database.ReadAsync(
            session => session.QueryAsync("SELECT position FROM event_readers WHERE name = @name", row => row.Long("position"),
                ("name", reader)),
            cancel).ConfigureAwait(false);
        return found.Count > 0 ? found[0] : otherwise;
    }

    /// <summary>
    /// Makes one server the only one that tells a reader, for as long as the lease runs; its own lease is renewed. False where another
    /// has it. A reader that is new begins at a position.
    /// </summary>
    public async Task<bool> HoldAsync(
        string reader, string owner, long position, TimeSpan lease, CancellationToken cancel = default)
    {
        DateTimeOffset now = database.Now;
        return await database.WriteAsync(
            session => session.ExecuteAsync(
                "INSERT INTO event_readers (name, position, lease_owner, lease_until) VALUES (@name, @position, @owner, @until) "
                    + "ON CONFLICT (name) DO UPDATE SET lease_owner = excluded.lease_owner, lease_until = excluded.lease_until "
                    + "WHERE event_readers.lease_owner IS NULL OR event_readers.lease_owner = excluded.lease_owner "
                    + "OR event_readers.lease_until < @now",
                ("name", reader), ("position", position), ("owner", owner), ("until", now + lease), ("now", now)),
            cancel).ConfigureAwait(false) > 0;
    }

    /// <summary>Another may have it at once.</summary>
    public Task<int> LetGoAsync(string reader, string owner, CancellationToken cancel = default) => database.WriteAsync(
        session => session.ExecuteAsync(
            "UPDATE event_readers SET lease_owner = NULL, lease_until = NULL WHERE name = @name AND lease_owner = @owner",
            ("name", reader), ("owner", owner)),
        cancel);

    /// <summary>The reader was told of all up to a position; false where another server has it meanwhile.</summary>
    public async Task<bool> MoveAsync(string reader, string owner, long position, CancellationToken cancel = default) =>
        await database.WriteAsync(
            session => session.ExecuteAsync(
                "UPDATE event_readers SET position = @position WHERE name = @name AND lease_owner = @owner",
                ("name", reader), ("position", position), ("owner", owner)),
            cancel).ConfigureAwait(false) > 0;

    internal static StoredEvent Read(DbDataReader row) => new(
        row.Long("id"), row.Text("room"), row.Text("rule_id"), row.Text("rule_name"), row.Text("kind"), row.TextOrNull("class"),
        row.Time("happened_at"), row.Text("event_data"), row.GetBoolean(row.GetOrdinal("has_thumbnail")),
        row.IdOrNull("clip") is { } video ? new VideoId(video) : null);

    private Task<List<StoredEvent>> QueryAsync(
        EventSearch search, string? place, long? id, string order, int limit, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(search);
        List<string> wanted = [];
        List<(string, object?)> values = [("limit", limit)];
        void Want(string condition, string name, object? value)
        {
            if (value is not null)
            {
                wanted.Add(condition);
                values.Add((name, value));
            }
        }

        Want(place ?? string.Empty, "id", id);
        Want("events.room = @room", "room", search.Room);
        Want("events.class = @class", "class", search.Class);
        Want("events.rule_id = @rule", "rule", search.Rule);
        Want("events.happened_at >= @from", "from", search.From);
        Want("events.happened_at < @to", "to", search.To);
        string where = wanted.Count == 0 ? string.Empty : "WHERE " + string.Join(" AND ", wanted);
        return database.ReadAsync(
            session => session.QueryAsync(
                $"SELECT {Columns} FROM {From} {where} ORDER BY events.id {order} LIMIT @limit", Read, [.. values]),
            cancel);
    }
}
