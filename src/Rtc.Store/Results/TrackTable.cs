using System.Data.Common;
using Rtc.Store.Queue;
using Rtc.Store.Sql;
using Rtc.Store.Videos;

namespace Rtc.Store.Results;

/// <summary>The trajectories that a job has found, written as a whole.</summary>
public sealed class TrackTable(Database database)
{
    private const string SpanColumns = "track_id, object_class, start_frame, end_frame, avg_confidence";
    private const string Columns = SpanColumns + ", trajectory_data";

    private static readonly SqlColumn[] s_columns =
    [
        new("video_id"), new("job_id"), new("track_id"), new("object_class"), new("start_frame"), new("end_frame"),
        new("avg_confidence"), new("trajectory_data", IsJson: true), new("created_at"),
    ];

    /// <summary>Replaces what the job has.</summary>
    public async Task WriteAsync(SqlSession session, JobId job, VideoId video, IEnumerable<TrackResult> tracks)
    {
        ArgumentNullException.ThrowIfNull(session);
        DateTimeOffset now = database.Now;
        await session.ExecuteAsync("DELETE FROM tracking_trajectories WHERE job_id = @job", ("job", job.Value)).ConfigureAwait(false);
        await session.InsertManyAsync(
            "tracking_trajectories", s_columns,
            tracks.Select(track => (object?[])
            [
                video.Value, job.Value, track.TrackId, track.ObjectClass, track.StartFrame, track.EndFrame, track.AverageConfidence,
                track.Trajectory, now,
            ])).ConfigureAwait(false);
    }

    /// <summary>In the order of their ids, from the one that follows <paramref name="after"/> on.</summary>
    public Task<List<TrackResult>> ListAsync(JobId job, string after, int limit, CancellationToken cancel = default) =>
        ListAsync(Columns, Read, job, after, limit, cancel);

    /// <summary>The same without their trajectories, which are most of a long video's rows: each is an empty list.</summary>
    public Task<List<TrackResult>> ListSpansAsync(JobId job, string after, int limit, CancellationToken cancel = default) =>
        ListAsync(SpanColumns, row => Span(row, "[]"), job, after, limit, cancel);

    public Task<TrackResult?> FindAsync(JobId job, string track, CancellationToken cancel = default) => database.ReadAsync(
        session => session.FirstAsync(
            $"SELECT {Columns} FROM tracking_trajectories WHERE job_id = @job AND track_id = @track", Read, ("job", job.Value),
            ("track", track)),
        cancel);

    private Task<List<TrackResult>> ListAsync(
        string columns, Func<DbDataReader, TrackResult> read, JobId job, string after, int limit, CancellationToken cancel) =>
        database.ReadAsync(
            session => session.QueryAsync(
                $"SELECT {columns} FROM tracking_trajectories WHERE job_id = @job AND track_id > @after ORDER BY track_id LIMIT @limit",
                read, ("job", job.Value), ("after", after), ("limit", limit)),
            cancel);

    private static TrackResult Read(DbDataReader row) => Span(row, row.Text("trajectory_data"));

    private static TrackResult Span(DbDataReader row, string trajectory) => new(
        row.Text("track_id"), row.Text("object_class"), row.Long("start_frame"), row.Long("end_frame"), row.Double("avg_confidence"),
        trajectory);
}
