using Rtc.Analysis.Options;
using Rtc.Analysis.Records;
using Rtc.Analysis.Scenes;
using Rtc.Inference;
using Rtc.Jobs;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Pipeline.Following;
using Rtc.Pipeline.Tracking;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Sql;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Looking;

/// <summary>What a pass looks at.</summary>
internal sealed record LookedAt(string File, VideoInfo Info, VideoId Video);

/// <summary>
/// The one pass over a video's pictures: every sampled one is detected on and its objects cut out, every one is looked at for cuts.
/// It saves as it goes, and goes on at the picture where it was saved last.
/// </summary>
internal sealed class LookPass(JobRun run, AnalyseOptions options, IModelHost models, ResultTable results, ContainerLimits limits)
{
    public const string Step = "detect";

    // Frames that a transaction holds at most, however long the time between two.
    private const int MaxUnsaved = 100;

    public async Task<LookState> RunAsync(LookedAt video, CancellationToken cancel)
    {
        JobPosition? saved = run.PositionOf(Step);
        LookState? before = LookState.Read(saved?.State);
        if (run.IsComplete(Step) && before is not null)
        {
            return before;
        }

        await run.BeginAsync(Step, cancel).ConfigureAwait(false);
        using var finder = new ObjectFinder(models, options);
        using OutlineFinder? outlines = options.Masks ? new OutlineFinder(models, options.MaskModel) : null;
        if (before is not null && (before.Model, before.MaskModel) != (finder.Model, outlines?.Model))
        {
            // What was found so far another model has found: all of it is found anew, and replaced.
            before = null;
        }

        long next = before is null ? 0 : saved!.Position;
        var pass = new Progress(finder, outlines, new CutDetector(video.Info.FrameRate.Value, next, before?.Cuts), next, before)
        {
            Camera = options.Tracker == TrackerChoice.ByteTrack ? null : new CameraShift(),
        };
        bool seesAll = options.Scenes != SceneMode.None;
        long first = finder.Remembers ? 0 : seesAll ? CutDetector.FirstNeeded(next) : next;
        if (pass.Camera is not null)
        {
            // The camera's motion begins at the last picture that was looked at.
            first = Math.Max(0, Math.Min(first, next - options.SampleEvery));
        }

        using var feed = new PictureFeed(
            video.File, video.Info, new FeedPlan((int)first, options.SampleEvery, seesAll, finder.Together), limits, cancel);
        try
        {
            await LookAsync(pass, feed, next, video, cancel).ConfigureAwait(false);
        }
        finally
        {
            pass.GiveBack(feed);
        }

        pass.Cuts.Finish();
        LookState state = pass.State;
        FrameResult[] last = [.. pass.Unsaved];
        await run.EndAsync(pass.Next, Writes(video, last), cancel, state.Write()).ConfigureAwait(false);
        return state;
    }

    private async Task LookAsync(Progress pass, PictureFeed feed, long next, LookedAt video, CancellationToken cancel)
    {
        while (feed.TryTake(out FeedItem item))
        {
            if (item.Signature is not null)
            {
                feed.Return(item.Number >= CutDetector.FirstNeeded(next) ? pass.Cuts.Add(item.Signature) : item.Signature);
            }

            pass.Next = Math.Max(pass.Next, item.Number + 1L);
            if (item.Picture is { } picture)
            {
                (double cameraX, double cameraY) = pass.CameraMotion(picture);
                if (item.Number < next && !pass.Finder.Remembers)
                {
                    feed.Return(picture);
                    continue;
                }

                pass.Waiting.Add(new Waiting(item.Number, item.Seconds, picture, cameraX, cameraY));
                if (pass.Waiting.Count < pass.Finder.Together)
                {
                    continue;
                }

                await run.PaceAsync(cancel).ConfigureAwait(false);
                Look(pass, next, feed);
            }

            if (pass.Next > next && pass.Waiting.Count == 0 && (run.IsSaveDue || pass.Unsaved.Count >= MaxUnsaved))
            {
                await SaveAsync(pass, video, cancel).ConfigureAwait(false);
            }
        }

        Look(pass, next, feed);
        if (feed.Refusal is { } refusal)
        {
            throw refusal.Error is ContainerError.TimedOut or ContainerError.OutOfMemory or ContainerError.Storage
                or ContainerError.NoProgram
                ? new InvalidOperationException(refusal.Message)
                : new JobFailedException(refusal.Message);
        }
    }

    private static void Look(Progress pass, long next, PictureFeed feed)
    {
        if (pass.Waiting.Count == 0)
        {
            return;
        }

        FoundOnPicture[] found = pass.Finder.Find([.. pass.Waiting.Select(one => one.Picture)]);
        for (int i = 0; i < found.Length; i++)
        {
            Waiting at = pass.Waiting[i];
            if (at.Number < next)
            {
                continue;
            }

            IReadOnlyList<MaskResult> masks = pass.Outlines?.Find(at.Picture, found[i].Reported) ?? [];
            var hints = new TrackHints(found[i].Faint.Count > 0 ? found[i].Faint : null, at.CameraX, at.CameraY, found[i].Looks);
            pass.Unsaved.Add(new FrameResult(
                at.Number, Math.Round(at.Seconds, 4), AnalysisJson.Write(found[i].Reported), masks, hints.Write()));
            pass.Frames++;
            pass.Detections += found[i].Reported.Count;
            pass.Masks += masks.Count;
        }

        pass.GiveBack(feed);
    }

    private async Task SaveAsync(Progress pass, LookedAt video, CancellationToken cancel)
    {
        FrameResult[] batch = [.. pass.Unsaved];
        double share = video.Info.TotalFrames > 0 ? (double)pass.Next / video.Info.TotalFrames : 0;
        await run.SaveAsync(pass.Next, share, Writes(video, batch), cancel, pass.State.Write()).ConfigureAwait(false);
        pass.Unsaved.Clear();
    }

    private Func<SqlSession, Task> Writes(LookedAt video, FrameResult[] batch) =>
        session => results.WriteAsync(session, run.Job.Id, video.Video, batch);

    /// <summary>A sampled picture that waits for the model.</summary>
    private readonly record struct Waiting(int Number, double Seconds, Picture Picture, double CameraX, double CameraY);

    /// <summary>How far the pass is, and what is not saved yet.</summary>
    private sealed class Progress(ObjectFinder finder, OutlineFinder? outlines, CutDetector cuts, long next, LookState? before)
    {
        public ObjectFinder Finder => finder;

        public OutlineFinder? Outlines => outlines;

        public CutDetector Cuts => cuts;

        public long Next { get; set; } = next;

        public long Frames { get; set; } = before?.Frames ?? 0;

        public long Detections { get; set; } = before?.Detections ?? 0;

        public long Masks { get; set; } = before?.Masks ?? 0;

        /// <summary>Null where nobody asks how the camera moves.</summary>
        public CameraShift? Camera { get; init; }

        public List<Waiting> Waiting { get; } = [];

        public List<FrameResult> Unsaved { get; } = [];

        /// <summary>How far everything has moved since the last picture that was looked at, in pixels.</summary>
        public (double X, double Y) CameraMotion(Picture picture)
        {
            if (Camera is null)
            {
                return default;
            }

            var units = new RoomUnits(picture.Width, picture.Height);
            (float x, float y) = Camera.Update(picture, units);
            return (Math.Round(x / units.Scale, 2), Math.Round(y / units.Scale, 2));
        }

        public void GiveBack(PictureFeed feed)
        {
            foreach (Waiting one in Waiting)
            {
                feed.Return(one.Picture);
            }

            Waiting.Clear();
        }

        public LookState State => new(
            finder.Model, finder.Provider, outlines?.Model, finder.Notice, Next, Frames, Detections, Masks, cuts.State);
    }
}
