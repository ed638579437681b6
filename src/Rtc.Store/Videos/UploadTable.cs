using System.Data.Common;
using Rtc.Store.Sql;
using Rtc.Store.Users;

namespace Rtc.Store.Videos;

/// <summary>A row of uploads: a video that is not whole yet. It gets the same id once it is.</summary>
public sealed record Upload(VideoId Id, UserId UserId, string Name, long Bytes, DateTimeOffset UpdatedAt);

/// <summary>Uploads that are under way or were left off.</summary>
public sealed class UploadTable(Database database)
{
    private const string Columns = "id, user_id, filename, bytes, updated_at";

    /// <summary>
    /// Takes a place for so many bytes, unless the user would then have more than the quota: files that are there count, each once, and
    /// uploads as large as they will be. One that has a place already has this one in its stead. With a lease it has its place only
    /// for so long, unless that is renewed.
    /// </summary>
    public Task<bool> TryAddAsync(Upload upload, long quota, TimeSpan? lease = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(upload);
        return database.WriteAsync(
            async session =>
            {
                // Of one user's uploads only one counts at a time.
                await session.ExecuteAsync("UPDATE users SET email = email WHERE id = @user",
                    ("user", upload.UserId.Value)).ConfigureAwait(false);
                long held = await VideoTable.HeldBytesAsync(session, upload.UserId, database.Now, upload.Id).ConfigureAwait(false);
                return held + upload.Bytes <= quota && await session.ExecuteAsync(
                    "INSERT INTO uploads (id, user_id, filename, bytes, created_at, updated_at, lease_until) VALUES (@id, @user, @name, "
                        + "@bytes, @now, @now, @lease) "
                        + "ON CONFLICT (id) DO UPDATE SET bytes = excluded.bytes, updated_at = excluded.updated_at, "
                        + "lease_until = excluded.lease_until",
                    ("id", upload.Id.Value), ("user", upload.UserId.Value), ("name", upload.Name), ("bytes", upload.Bytes),
                    ("now", database.Now), ("lease", database.Now + lease)).ConfigureAwait(false) > 0;
            },
            cancel);
    }

    public Task<Upload?> FindAsync(UserId user, VideoId id, CancellationToken cancel = default) => database.ReadAsync(
        session => session.FirstAsync(
            $"SELECT {Columns} FROM uploads WHERE id = @id AND user_id = @user", Read, ("id", id.Value), ("user", user.Value)),
        cancel);

    /// <summary>Somebody goes on with it.</summary>
    public Task<int> TouchAsync(VideoId id, CancellationToken cancel = default) => database.WriteAsync(
        session => session.ExecuteAsync("UPDATE uploads SET updated_at = @now WHERE id = @id", ("id", id.Value), ("now", database.Now)),
            cancel);

    /// <summary>Its program is at it still.</summary>
    public Task<int> RenewAsync(VideoId id, TimeSpan lease, CancellationToken cancel = default) => database.WriteAsync(
        session => session.ExecuteAsync(
            "UPDATE uploads SET lease_until = @lease WHERE id = @id", ("id", id.Value), ("lease", database.Now + lease)), cancel);

    public Task<int> DeleteAsync(VideoId id, CancellationToken cancel = default) =>
        database.WriteAsync(session => session.ExecuteAsync("DELETE FROM uploads WHERE id = @id", ("id", id.Value)), cancel);

    /// <summary>Those that nobody has gone on with since a time, and those whose program is gone.</summary>
    public Task<List<Upload>> OlderThanAsync(DateTimeOffset time, CancellationToken cancel = default) => database.ReadAsync(
        session => session.QueryAsync(
            $"SELECT {Columns} FROM uploads WHERE updated_at < @time OR lease_until < @now ORDER BY updated_at", Read,
            ("time", time), ("now", database.Now)), cancel);

    /// <summary>Those of many uploads that there are, whoever's they are.</summary>
    public Task<HashSet<Guid>> IdsAmongAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel = default) =>
        database.ReadAsync(session => session.AmongAsync("uploads", "id", ids, row => row.GetGuid(0)), cancel);

    private static Upload Read(DbDataReader row) => new(
        new VideoId(row.Id("id")), new UserId(row.Id("user_id")), row.Text("filename"), row.Long("bytes"), row.Time("updated_at"));
}
