using System.Data.Common;
using Rtc.Store.Queue;
using Rtc.Store.Sql;
using Rtc.Store.Videos;

namespace Rtc.Store.Results;

/// <summary>
/// What analysis finds, frame by frame. A job writes within its own transaction (<see cref="JobQueue.SaveAsync"/>), and a range of
/// frames as a whole: what was there for it is replaced.
/// </summary>
public sealed class ResultTable(Database database)
{
    private static readonly SqlColumn[] s_detections =
    [
        new("video_id"), new("job_id"), new("frame_number"), new("timestamp_seconds"), new("detection_data", IsJson: true),
            new("created_at"),
    ];

    private static readonly SqlColumn[] s_masks =
    [
        new("video_id"), new("job_id"), new("frame_number"), new("track_id"), new("mask_rle"), new("mask_area_pixels"), new("created_at"),
    ];

    /// <summary>Replaces what the job has for the frames from the first to the last of these.</summary>
    public async Task WriteAsync(SqlSession session, JobId job, VideoId video, IReadOnlyCollection<FrameResult> frames)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0)
        {
            return;
        }

        DateTimeOffset now = database.Now;
        (string, object?)[] range =
            [("job", job.Value), ("first", frames.Min(frame => frame.Frame)), ("last", frames.Max(frame => frame.Frame))];
        await session.ExecuteAsync(
            "DELETE FROM segmentation_masks WHERE job_id = @job AND frame_number BETWEEN @first AND @last", range).ConfigureAwait(false);
        await session.ExecuteAsync("DELETE FROM detections WHERE job_id = @job AND frame_number BETWEEN @first AND @last", range)
            .ConfigureAwait(false);
        await session.InsertManyAsync(
            "detections", s_detections,
            frames.Select(frame =>
                (object?[])[video.Value, job.Value, frame.Frame, frame.Seconds, frame.Detections, now])).ConfigureAwait(false);
        if (frames.All(frame => frame.Masks.Count == 0))
        {
            return;
        }

        await session.InsertManyAsync(
            "segmentation_masks", s_masks,
            frames.SelectMany(frame => frame.Masks.Select(
                mask => (object?[])[video.Value, job.Value, frame.Frame, mask.TrackId, mask.Rle, mask.AreaPixels, now]))).ConfigureAwait(
                    false);
        await session.ExecuteAsync(
            "UPDATE segmentation_masks SET detection_id = (SELECT d.id FROM detections d WHERE d.job_id = segmentation_masks.job_id "
                + "AND d.frame_number = segmentation_masks.frame_number) WHERE job_id = @job AND frame_number BETWEEN @first AND @last",
            range).ConfigureAwait(false);
    }

    /// <summary>Frames of a job from one to another, both included; with a class, those on which one of it was found.</summary>
    public Task<List<FrameResult>> ReadAsync(
        VideoId video, JobId job, long from, long to, string? className = null, CancellationToken cancel = default) => database.ReadAsync(
        async session =>
        {
            string ofClass = className is null ? string.Empty
                : session.IsPostgres ? " AND detection_data @> jsonb_build_array(jsonb_build_object('class', @class::text))"
                : " AND detection_data <> '[]' AND EXISTS (SELECT 1 FROM json_each(detection_data) WHERE value ->> 'class' = @class)";
            (string, object?)[] values = [("video", video.Value), ("job", job.Value), ("from", from), ("to", to)];
            List<FrameResult> frames = await session.QueryAsync(
                "SELECT frame_number, timestamp_seconds, detection_data FROM detections WHERE video_id = @video AND job_id = @job "
                    + $"AND frame_number BETWEEN @from AND @to{ofClass} ORDER BY frame_number",
                row => new FrameResult(row.Long("frame_number"), row.Double("timestamp_seconds"), row.Text("detection_data"), []),
                className is null ? values : [.. values, ("class", className)]).ConfigureAwait(false);
            ILookup<long, MaskResult> masks = (await session.QueryAsync(
                "SELECT frame_number, track_id, mask_rle, mask_area_pixels FROM segmentation_masks WHERE video_id = @video AND job_id "
                    + "= @job "
                    + "AND frame_number BETWEEN @from AND @to ORDER BY frame_number, id",
                ReadMask, values).ConfigureAwait(false)).ToLookup(mask => mask.Frame, mask => mask.Mask);
            return frames.ConvertAll(frame => frame with { Masks = [.. masks[frame.Frame]] });
        },
        cancel);

    private static (long Frame, MaskResult Mask) ReadMask(DbDataReader row) => (
        row.Long("frame_number"), new MaskResult(row.TextOrNull("track_id"), row.Text("mask_rle"), row.Long("mask_area_pixels")));
}
