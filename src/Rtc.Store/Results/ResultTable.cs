using System.Data.Common;
using System.Globalization;
using System.Text.Json;
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
        new("faint", IsJson: true), new("created_at"),
    ];

    private static readonly SqlColumn[] s_masks =
    [
        new("video_id"), new("job_id"), new("frame_number"), new("track_id"), new("mask_rle"), new("mask_area_pixels"),
        new("detection_index"), new("created_at"),
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
                (object?[])[video.Value, job.Value, frame.Frame, frame.Seconds, frame.Detections, frame.Faint, now])).ConfigureAwait(false);
        if (frames.All(frame => frame.Masks.Count == 0))
        {
            return;
        }

        await session.InsertManyAsync(
            "segmentation_masks", s_masks,
            frames.SelectMany(frame => frame.Masks.Select(
                mask => (object?[])[video.Value, job.Value, frame.Frame, mask.TrackId, mask.Rle, mask.AreaPixels, mask.Index, now])))
            .ConfigureAwait(false);
        await session.ExecuteAsync(
            "UPDATE segmentation_masks SET detection_id = (SELECT d.id FROM detections d WHERE d.job_id = segmentation_masks.job_id "
                + "AND d.frame_number = segmentation_masks.frame_number) WHERE job_id = @job AND frame_number BETWEEN @first AND @last",
            range).ConfigureAwait(false);
    }

    /// <summary>Says which tracks the detections of these frames belong to, and their masks with them.</summary>
    public async Task SetTracksAsync(SqlSession session, JobId job, IReadOnlyCollection<TrackedFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(frames);
        foreach (TrackedFrame frame in frames)
        {
            (string, object?)[] at = [("job", job.Value), ("frame", frame.Frame)];
            await session.ExecuteAsync(
                "UPDATE detections SET detection_data = @data::jsonb WHERE job_id = @job AND frame_number = @frame",
                [.. at, ("data", frame.Detections)]).ConfigureAwait(false);
            for (int index = 0; index < frame.TrackIds.Count; index++)
            {
                await session.ExecuteAsync(
                    "UPDATE segmentation_masks SET track_id = @track WHERE job_id = @job AND frame_number = @frame "
                        + "AND detection_index = @index",
                    [.. at, ("track", frame.TrackIds[index]), ("index", index)]).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The tracks are found: what only served to find them goes.</summary>
    public static Task DropFaintAsync(SqlSession session, JobId job)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.ExecuteAsync("UPDATE detections SET faint = NULL WHERE job_id = @job AND faint IS NOT NULL", ("job", job.Value));
    }

    /// <summary>Frames of a job from one to another, both included; with a class, those on which one of it was found.</summary>
    public Task<List<FrameResult>> ReadAsync(
        VideoId video, JobId job, long from, long to, string? className = null, CancellationToken cancel = default) =>
        SearchAsync(video, job, new FrameSearch { From = from, To = to, ClassName = className }, withMasks: true, cancel);

    /// <summary>Frames of a job in order.</summary>
    public Task<List<FrameResult>> SearchAsync(
        VideoId video, JobId job, FrameSearch search, bool withMasks, CancellationToken cancel = default) => database.ReadAsync(
        async session =>
        {
            List<(string, object?)> values =
                [("video", video.Value), ("job", job.Value), ("from", search.From), ("to", search.To), ("limit", (long)search.Limit)];
            string more = Filter(session, search, values);
            List<FrameResult> frames = await session.QueryAsync(
                "SELECT frame_number, timestamp_seconds, detection_data, faint FROM detections WHERE video_id = @video AND job_id = @job "
                    + $"AND frame_number BETWEEN @from AND @to{more} ORDER BY frame_number LIMIT @limit",
                row => new FrameResult(
                    row.Long("frame_number"), row.Double("timestamp_seconds"), row.Text("detection_data"), [], row.TextOrNull("faint")),
                [.. values]).ConfigureAwait(false);
            if (!withMasks || frames.Count == 0)
            {
                return frames;
            }

            ILookup<long, MaskResult> masks = (await session.QueryAsync(
                "SELECT frame_number, track_id, mask_rle, mask_area_pixels, detection_index FROM segmentation_masks "
                    + "WHERE video_id = @video AND job_id = @job AND frame_number BETWEEN @from AND @to "
                    + "ORDER BY frame_number, detection_index",
                ReadMask, ("video", video.Value), ("job", job.Value), ("from", frames[0].Frame), ("to", frames[^1].Frame))
                .ConfigureAwait(false)).ToLookup(mask => mask.Frame, mask => mask.Mask);
            return frames.ConvertAll(frame => frame with { Masks = [.. masks[frame.Frame]] });
        },
        cancel);

    /// <summary>What is asked of a frame beside its number, as each database's own index into JSON finds it.</summary>
    private static string Filter(SqlSession session, FrameSearch search, List<(string, object?)> values)
    {
        string more = string.Empty;
        if (search.FromSeconds is { } fromSeconds)
        {
            values.Add(("from_seconds", fromSeconds));
            more += " AND timestamp_seconds >= @from_seconds";
        }

        if (search.ToSeconds is { } toSeconds)
        {
            values.Add(("to_seconds", toSeconds));
            more += " AND timestamp_seconds <= @to_seconds";
        }

        if (search.ClassName is null && search.MinConfidence is null)
        {
            return more;
        }

        if (session.IsPostgres)
        {
            values.Add(("path", JsonPath(search)));
            return more + " AND detection_data @? @path::jsonpath";
        }

        string ofOne = string.Empty;
        if (search.ClassName is { } name)
        {
            values.Add(("class", name));
            ofOne = "value ->> 'class' = @class";
        }

        if (search.MinConfidence is { } min)
        {
            values.Add(("min", min));
            ofOne += (ofOne.Length > 0 ? " AND " : string.Empty) + "value ->> 'confidence' >= @min";
        }

        return $"{more} AND detection_data <> '[]' AND EXISTS (SELECT 1 FROM json_each(detection_data) WHERE {ofOne})";
    }

    private static string JsonPath(FrameSearch search)
    {
        List<string> all = [];
        if (search.ClassName is { } name)
        {
            all.Add($"@.class == \"{JsonEncodedText.Encode(name)}\"");
        }

        if (search.MinConfidence is { } min)
        {
            all.Add(string.Create(CultureInfo.InvariantCulture, $"@.confidence >= {min:0.######}"));
        }

        return $"$[*] ? ({string.Join(" && ", all)})";
    }

    private static (long Frame, MaskResult Mask) ReadMask(DbDataReader row) => (
        row.Long("frame_number"),
        new MaskResult(row.TextOrNull("track_id"), row.Text("mask_rle"), row.Long("mask_area_pixels"), row.Int("detection_index")));
}
