using System.Runtime.CompilerServices;
using System.Text.Json;
using Rtc.Analysis.Records;
using Rtc.Analysis.Tracking;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Reading;

/// <summary>Reads what a job has found, in pages or all of it a page at a time.</summary>
public sealed class AnalysisReader(ResultTable frames, TrackTable tracks, SceneTable scenes)
{
    private const int PageRows = 200;

    /// <summary>Frames with the detections on them that are what was asked for.</summary>
    public async Task<List<FrameRecord>> FramesAsync(VideoId video, JobId job, FrameSearch search, CancellationToken cancel)
    {
        List<FrameResult> rows = await frames.SearchAsync(video, job, search, withMasks: false, cancel).ConfigureAwait(false);
        return rows.ConvertAll(row => new FrameRecord(row.Frame, row.Seconds, [.. Objects(row).Where(one => Matches(one, search))]));
    }

    /// <summary>The masks of those frames; the second is the last frame that was looked at, null where there are no more.</summary>
    public async Task<(List<MaskRecord> Masks, long? Next)> MasksAsync(
        VideoId video, JobId job, FrameSearch search, CancellationToken cancel)
    {
        List<FrameResult> rows = await frames.SearchAsync(video, job, search, withMasks: true, cancel).ConfigureAwait(false);
        List<MaskRecord> masks = [];
        foreach (FrameResult row in rows)
        {
            IReadOnlyList<FoundObject> objects = Objects(row);
            masks.AddRange(row.Masks.Where(mask => mask.Index < objects.Count && Matches(objects[mask.Index], search))
                .Select(mask => new MaskRecord(
                    mask.TrackId, objects[mask.Index].Class, objects[mask.Index].Confidence, mask.Rle, mask.AreaPixels, row.Frame)));
        }

        return (masks, rows.Count == search.Limit ? rows[^1].Frame : null);
    }

    public async Task<List<TrackRecord>> TracksAsync(JobId job, string after, int limit, CancellationToken cancel) =>
        (await tracks.ListAsync(job, after, limit, cancel).ConfigureAwait(false)).ConvertAll(TrackRows.Record);

    /// <summary>The same without their frames.</summary>
    public async Task<List<TrackRecord>> TrackSpansAsync(JobId job, string after, int limit, CancellationToken cancel) =>
        (await tracks.ListSpansAsync(job, after, limit, cancel).ConfigureAwait(false)).ConvertAll(TrackRows.Record);

    public async Task<TrackRecord?> TrackAsync(JobId job, string track, CancellationToken cancel) =>
        await tracks.FindAsync(job, track, cancel).ConfigureAwait(false) is { } row ? TrackRows.Record(row) : null;

    public async Task<List<SceneRecord>> ScenesAsync(JobId job, int after, int limit, CancellationToken cancel) =>
        (await scenes.ListAsync(job, after, limit, cancel).ConfigureAwait(false)).ConvertAll(row =>
        {
            SceneAnalysis shows = JsonSerializer.Deserialize(row.Analysis, AnalysisJson.Default.SceneAnalysis)!;
            return new SceneRecord(
                row.Number, row.StartFrame, row.EndFrame, shows.Description, shows.Importance, shows.SceneType,
                shows.ReplaceableElements);
        });

    internal async IAsyncEnumerable<(FrameRecord Frame, IReadOnlyList<MaskRecord> Masks)> AllFramesAsync(
        VideoId video, JobId job, bool withMasks, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (long from = 0; ;)
        {
            var search = new FrameSearch { From = from, Limit = PageRows };
            List<FrameResult> rows = await frames.SearchAsync(video, job, search, withMasks, cancel).ConfigureAwait(false);
            foreach (FrameResult row in rows)
            {
                IReadOnlyList<FoundObject> objects = Objects(row);
                yield return (
                    new FrameRecord(row.Frame, row.Seconds, objects),
                    [
                        .. row.Masks.Where(mask => mask.Index < objects.Count).Select(mask => new MaskRecord(
                            mask.TrackId, objects[mask.Index].Class, objects[mask.Index].Confidence, mask.Rle, mask.AreaPixels, row.Frame)),
                    ]);
            }

            if (rows.Count < PageRows)
            {
                yield break;
            }

            from = rows[^1].Frame + 1;
        }
    }

    internal async IAsyncEnumerable<TrackRecord> AllTracksAsync(JobId job, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (string after = string.Empty; ;)
        {
            List<TrackRecord> page = await TracksAsync(job, after, PageRows, cancel).ConfigureAwait(false);
            foreach (TrackRecord track in page)
            {
                yield return track;
            }

            if (page.Count < PageRows)
            {
                yield break;
            }

            after = page[^1].TrackId;
        }
    }

    internal async IAsyncEnumerable<SceneRecord> AllScenesAsync(JobId job, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (int after = 0; ;)
        {
            List<SceneRecord> page = await ScenesAsync(job, after, PageRows, cancel).ConfigureAwait(false);
            foreach (SceneRecord scene in page)
            {
                yield return scene;
            }

            if (page.Count < PageRows)
            {
                yield break;
            }

            after = page[^1].SceneNumber;
        }
    }

    private static IReadOnlyList<FoundObject> Objects(FrameResult row) => AnalysisJson.ReadObjects(row.Detections);

    private static bool Matches(FoundObject one, FrameSearch search) =>
        (search.ClassName is null || one.Class == search.ClassName) && one.Confidence >= (search.MinConfidence ?? 0);
}
