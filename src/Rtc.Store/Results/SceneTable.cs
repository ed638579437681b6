using Rtc.Store.Queue;
using Rtc.Store.Sql;
using Rtc.Store.Videos;

namespace Rtc.Store.Results;

/// <summary>The scenes of a video as a job has found and described them.</summary>
public sealed class SceneTable(Database database)
{
    private static readonly SqlColumn[] s_columns =
    [
        new("video_id"), new("job_id"), new("scene_number"), new("start_frame"), new("end_frame"), new("analysis_data", IsJson: true),
        new("created_at"),
    ];

    /// <summary>Replaces what the job has for these scenes' numbers, from the first to the last of them.</summary>
    public async Task WriteAsync(SqlSession session, JobId job, VideoId video, IReadOnlyList<SceneResult> scenes)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(scenes);
        if (scenes.Count == 0)
        {
            return;
        }

        DateTimeOffset now = database.Now;
        await session.ExecuteAsync(
            "DELETE FROM scene_analysis WHERE job_id = @job AND scene_number BETWEEN @first AND @last", ("job", job.Value),
            ("first", scenes[0].Number), ("last", scenes[^1].Number)).ConfigureAwait(false);
        await session.InsertManyAsync(
            "scene_analysis", s_columns,
            scenes.Select(scene => (object?[])
                [video.Value, job.Value, scene.Number, scene.StartFrame, scene.EndFrame, scene.Analysis, now])).ConfigureAwait(false);
    }

    /// <summary>In order, from the one that follows <paramref name="after"/> on.</summary>
    public Task<List<SceneResult>> ListAsync(JobId job, int after, int limit, CancellationToken cancel = default) => database.ReadAsync(
        session => session.QueryAsync(
            "SELECT scene_number, start_frame, end_frame, analysis_data FROM scene_analysis WHERE job_id = @job AND scene_number > @after "
                + "ORDER BY scene_number LIMIT @limit",
            row => new SceneResult(
                row.Int("scene_number"), row.Long("start_frame"), row.Long("end_frame"), row.Text("analysis_data")),
            ("job", job.Value), ("after", after), ("limit", limit)),
        cancel);
}
