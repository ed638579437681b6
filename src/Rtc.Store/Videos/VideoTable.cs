using System.Data.Common;
using Rtc.Store.Sql;
using Rtc.Store.Users;

namespace Rtc.Store.Videos;

/// <summary>Videos of users. Each question names the user, so that nobody reaches another's.</summary>
public sealed class VideoTable(Database database)
{
    private const string Columns =
        "id, user_id, filename, file, bytes, sha256, duration_seconds, width, height, fps, codec, total_frames, has_audio, status, error, "
            + "created_at, updated_at, has_sidecar";

    public VideoId NewId() => new(Guid.CreateVersion7(database.Now));

    /// <summary>Adds one whose file is in its place.</summary>
    public Task<int> AddAsync(Video video, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(video);
        return database.WriteAsync(session => AddAsync(session, video), cancel);
    }

    /// <summary>Adds one with the file of another; false where that one is gone, and the file may be.</summary>
    public Task<bool> TryAddSameAsync(Video video, VideoId other, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(video);
        return database.WriteAsync(
            async session =>
            {
                // Who deletes the other meanwhile waits, and finds this one with the same file then.
                bool isThere = await session.ExecuteAsync(
                    "UPDATE videos SET file = file WHERE id = @id AND file = @file", ("id", other.Value), ("file", video.File))
                    .ConfigureAwait(false) > 0;
                if (isThere)
                {
                    await AddAsync(session, video).ConfigureAwait(false);
                }

                return isThere;
            },
            cancel);
    }

    public Task<Video?> FindAsync(UserId user, VideoId id, CancellationToken cancel = default) => database.ReadAsync(
        session => session.FirstAsync(
            $"SELECT {Columns} FROM videos WHERE id = @id AND user_id = @user AND file IS NOT NULL", Read, ("id", id.Value),
                ("user", user.Value)),
        cancel);

    /// <summary>Newest first, from the one that follows <paramref name="after"/> on.</summary>
    public Task<List<Video>> ListAsync(UserId user, VideoId? after, int limit, CancellationToken cancel = default) => database.ReadAsync(
        session => after is { } last
            ? session.QueryAsync(
                $"SELECT {Columns} FROM videos WHERE user_id = @user AND id < @after AND file IS NOT NULL ORDER BY id DESC LIMIT @limit",
                    Read,
                ("user", user.Value), ("after", last.Value), ("limit", limit))
            : session.QueryAsync(
                $"SELECT {Columns} FROM videos WHERE user_id = @user AND file IS NOT NULL ORDER BY id DESC LIMIT @limit", Read,
                ("user", user.Value), ("limit", limit)),
        cancel);

    /// <summary>One of the user's with the same content, whose file may serve again.</summary>
    public Task<Video?> FindSameAsync(UserId user, string sha256, CancellationToken cancel = default) => database.ReadAsync(
        session => session.FirstAsync(
            $"SELECT {Columns} FROM videos WHERE user_id = @user AND sha256 = @sha256 AND file IS NOT NULL ORDER BY id LIMIT 1", Read,
            ("user", user.Value), ("sha256", sha256)),
        cancel);

    /// <summary>
    /// Deletes it with its jobs and results. Null where it was not there; else the file that nobody needs any more, empty where
    /// another video has the same.
    /// </summary>
    public Task<string?> DeleteAsync(UserId user, VideoId id, CancellationToken cancel = default) => database.WriteAsync(
        async session =>
        {
            string? file = await session.FirstAsync(
                "DELETE FROM videos WHERE id = @id AND user_id = @user RETURNING COALESCE(file, '') AS file", row => row.Text("file"),
                ("id", id.Value), ("user", user.Value)).ConfigureAwait(false);
            return file is null || await IsUsedAsync(session, user, file).ConfigureAwait(false) ? file is null ? null : string.Empty : file;
        },
        cancel);

    /// <summary>The oldest that were last touched before a time, whoever's they are.</summary>
    public Task<List<Video>> OlderThanAsync(DateTimeOffset time, int limit, CancellationToken cancel = default) => database.ReadAsync(
        session => session.QueryAsync(
            $"SELECT {Columns} FROM videos WHERE status = @status AND updated_at < @time AND file IS NOT NULL ORDER BY updated_at "
                + $"LIMIT @limit",
            Read, ("status", Video.Ready), ("time", time), ("limit", limit)),
        cancel);

    /// <summary>Those of many files that a video has.</summary>
    public Task<HashSet<string>> FilesAmongAsync(IReadOnlyCollection<string> files, CancellationToken cancel = default) =>
        database.ReadAsync(session => session.AmongAsync("videos", "file", files, row => row.GetString(0)), cancel);

    /// <summary>Those of many videos that there are, whoever's they are.</summary>
    public Task<HashSet<Guid>> IdsAmongAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel = default) =>
        database.ReadAsync(session => session.AmongAsync("videos", "id", ids, row => row.GetGuid(0)), cancel);

    /// <summary>What a user's videos take of the quota, each file once, and uploads as large as they will be.</summary>
    public Task<long> HeldBytesAsync(UserId user, CancellationToken cancel = default) =>
        database.ReadAsync(session => HeldBytesAsync(session, user, database.Now), cancel);

    internal static async Task<long> HeldBytesAsync(
        SqlSession session, UserId user, DateTimeOffset now, VideoId except = default) => (await session.QueryAsync(
        "SELECT CAST(COALESCE((SELECT SUM(bytes) FROM (SELECT DISTINCT file, bytes FROM videos WHERE user_id = @user) files), 0) "
            + "+ COALESCE((SELECT SUM(bytes) FROM uploads WHERE user_id = @user AND id <> @id "
            + "AND (lease_until IS NULL OR lease_until >= @now)), 0) AS bigint)",
        row => row.GetInt64(0), ("user", user.Value), ("id", except.Value), ("now", now)).ConfigureAwait(false))[0];

    private static Task<int> AddAsync(SqlSession session, Video video) => session.ExecuteAsync(
        $"INSERT INTO videos ({Columns}) VALUES (@id, @user, @name, @file, @bytes, @sha256, @duration, @width, @height, @fps, "
            + "@codec, @frames, @audio, @status, @error, @created, @updated, @sidecar) ON CONFLICT (id) DO NOTHING",
        ("id", video.Id.Value), ("user", video.UserId.Value), ("name", video.Name), ("file", video.File), ("bytes", video.Bytes),
        ("sha256", video.Sha256), ("duration", video.Facts.DurationSeconds), ("width", video.Facts.Width),
        ("height", video.Facts.Height), ("fps", video.Facts.Fps), ("codec", video.Facts.Codec), ("frames", video.Facts.TotalFrames),
        ("audio", video.Facts.HasAudio), ("status", video.Status), ("error", video.Error), ("created", video.CreatedAt),
        ("updated", video.UpdatedAt), ("sidecar", video.HasSidecar));

    private static async Task<bool> IsUsedAsync(SqlSession session, UserId user, string file) => (await session.QueryAsync(
        "SELECT 1 FROM videos WHERE user_id = @user AND file = @file LIMIT 1", row => true, ("user", user.Value), ("file", file))
        .ConfigureAwait(false)).Count > 0;

    private static Video Read(DbDataReader row) => new(
        new VideoId(row.Id("id")), new UserId(row.Id("user_id")), row.Text("filename"), row.Text("file"), row.Long("bytes"),
        row.Text("sha256"),
        new VideoFacts(
            row.DoubleOrNull("duration_seconds") ?? 0, row.Int("width"), row.Int("height"), row.DoubleOrNull("fps") ?? 0, row.Text("codec"),
            row.Long("total_frames"), row.GetBoolean(row.GetOrdinal("has_audio"))),
        row.Text("status"), row.TextOrNull("error"), row.Time("created_at"), row.Time("updated_at"),
        row.FlagOrNull("has_sidecar"));
}
