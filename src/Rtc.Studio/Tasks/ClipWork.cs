using Rtc.Inference;
using Rtc.Inference.Onnx;
using Rtc.Media;
using Rtc.Media.Containers.Writing;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Removal;
using Rtc.Studio.Sound;
using Rtc.Studio.Text;

namespace Rtc.Studio.Tasks;

/// <summary>
/// The three workflows on one clip, step by step: what is asked for in, files in a folder out. Jobs and the command line run the same.
/// </summary>
/// <param name="engines">Open what does the work.</param>
/// <param name="pool">Lends the pictures.</param>
/// <param name="limits">Of clips.</param>
public sealed class ClipWork(StudioEngines engines, PicturePool pool, ClipLimits limits)
{
    internal const string Sam = "sam3";
    internal const string Mask = "mask";
    internal const string Track = "track";
    internal const string Demucs = "demucs";
    internal const string Highlight = "highlight";
    internal const string Inpaint = "inpaint";
    internal const string Render = "render";

    private readonly ClipSearch _search = new(engines);
    private readonly ClipStems _stems = new(engines, limits);

    public ClipLimits Limits => limits;

    /// <summary>A clip to try clicks on.</summary>
    /// <param name="file">The clip.</param>
    /// <param name="folder">Where its pictures may lie.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="StudioException">It is no clip that is worked on, or can't be decoded.</exception>
    public ClipPreview Preview(string file, string folder, CancellationToken cancel) =>
        ClipPreview.Open(ClipFile.Open(file, limits, cancel), folder, pool, engines, cancel);

    /// <summary>A workflow by its kind's name, outside of any queue.</summary>
    public StudioResult Run(
        string kind, string file, string folder, StudioRequest wanted, Action<string, string?> onStep, CancellationToken cancel)
    {
        var progress = new ToldSteps(onStep, cancel);
        return kind switch
        {
            StudioKind.TextToVideo => Text(file, folder, wanted, progress, cancel),
            StudioKind.RemoveObject => Remove(file, folder, wanted, progress, cancel),
            _ => TrackPoint(file, folder, wanted, progress, cancel),
        };
    }

    internal StudioResult TrackPoint(string file, string folder, StudioRequest wanted, IStudioProgress progress, CancellationToken cancel)
    {
        progress.Begin(Sam);
        ClipFile clip = ClipFile.Open(file, limits, cancel);
        using ClipFrames frames = ClipFrames.Read(clip, folder, pool, cancel);
        IReadOnlyList<ClickPoint> clicks = wanted.Clicks(frames);
        progress.End();
        (ObjectTrack track, string engine) = Follow(frames, wanted.FrameIndex, clicks, progress, cancel);
        track = Completed(frames, clicks, track, engine, cancel);
        WriteTinted(
            Path.Combine(folder, StudioFolder.MaskedVideo), clip, frames, frames.Times, [track],
            _ => progress.Advance(1), cancel, hasCutOut: true);
        MaskFile.Write(Path.Combine(folder, StudioFolder.Masks), frames, clip.FrameRate.Value, track.Masks, wanted.TrackId);
        progress.End();
        return new StudioResult
        {
            Found = track.Found,
            TrackId = wanted.TrackId,
            Files = new Dictionary<string, string?>
            {
                ["masked_video_url"] = StudioFolder.MaskedVideo, ["masks_url"] = StudioFolder.Masks,
                ["masks_video_url"] = StudioFolder.CutOut,
            },
            Engine = new Dictionary<string, string> { ["mask"] = engine },
        };
    }

    internal StudioResult Text(string file, string folder, StudioRequest wanted, IStudioProgress progress, CancellationToken cancel)
    {
        progress.Begin(Sam, "Find what was asked for");
        ClipFile clip = ClipFile.Open(file, limits, cancel);
        using ClipFrames frames = ClipFrames.Read(clip, folder, pool, cancel);
        SearchResult search = _search.Find(
            frames, wanted.Prompt!, by => progress.Relabel(Sam, $"Find what was asked for ({by})"), progress.Advance, cancel);
        progress.End();

        string engine = GrabCutOutline.EngineName;
        progress.Begin(Track, "Follow what was found");
        List<ObjectTrack> tracks = [];
        int done = 0;
        foreach (FoundObject one in search.Found)
        {
            tracks.Add(Trace(frames, ref engine, tracker => tracker.Track(
                one.Frame, new MaskPrompt(one.Box, null, null),
                () => progress.Advance(Math.Min(1, (double)++done / (frames.Count * search.Found.Count))))));
        }

        progress.End();
        string? stem = _stems.TryWrite(clip, folder, progress, cancel, out string stems) ? search.Prompt.Stem + ".wav" : null;
        progress.Begin(Highlight, "Highlight it");
        WriteTinted(
            Path.Combine(folder, StudioFolder.HighlightedVideo), clip, frames, frames.Times, tracks,
            at => progress.Advance((double)at / frames.Count), cancel, hasCutOut: true);
        MaskFile.Write(Path.Combine(folder, StudioFolder.Masks), frames, clip.FrameRate.Value, Joined(tracks, frames));
        progress.End();
        Dictionary<string, string?> files = new()
        {
            ["highlighted_video_url"] = StudioFolder.HighlightedVideo, ["audio_url"] = stem, ["masks_url"] = StudioFolder.Masks,
            ["masks_video_url"] = StudioFolder.CutOut,
        };
        foreach (string name in stem is null ? [] : Stems.Names)
        {
            files[name + "_url"] = name + ".wav";
        }

        return new StudioResult
        {
            Found = tracks.Exists(track => track.Found),
            Response = PromptAnswer.Of(search.Prompt, tracks.Count(track => track.Found), search.Model, search.Problem, stem),
            Files = files,
            Engine = new Dictionary<string, string> { ["mask"] = engine, ["text"] = search.Engine, ["stems"] = stems },
        };
    }

    internal StudioResult Remove(string file, string folder, StudioRequest wanted, IStudioProgress progress, CancellationToken cancel)
    {
        progress.Begin(Track);
        ClipFile clip = ClipFile.Open(file, limits, cancel);
        using ClipFrames frames = ClipFrames.Read(clip, folder, pool, cancel);
        IReadOnlyList<ClickPoint> clicks = wanted.Clicks(frames);
        string engine = GrabCutOutline.EngineName;
        int done = 0;
        ObjectTrack track = Trace(frames, ref engine, tracker => tracker.Track(
            wanted.FrameIndex, clicks, () => progress.Advance(Math.Min(1, (double)++done / frames.Count))));
        track = Completed(frames, clicks, track, engine, cancel);
        progress.End();

        progress.Begin(Mask, $"Masks by {engine}");
        MaskFile.Write(Path.Combine(folder, StudioFolder.Masks), frames, clip.FrameRate.Value, track.Masks, wanted.TrackId);
        progress.End();

        using IBackgroundInventor inventor = FillEngines.Open(engines.Graphs, engines.Chosen.Fill);
        progress.Begin(Inpaint, $"Fill in the background (other pictures, {inventor.Name})");
        using var filled = ClipFrames.Empty(folder, pool, frames.Width, frames.Height);
        done = 0;
        new ObjectRemover(frames, inventor).Remove(
            track.Masks, () => progress.Advance(++done / (2.0 * frames.Count)), picture => filled.Add(picture));
        progress.End();

        progress.Begin(Render, "Write the video");
        WriteTinted(
            Path.Combine(folder, StudioFolder.InpaintedVideo), clip, filled, frames.Times, [],
            at => progress.Advance((double)at / frames.Count), cancel);
        progress.End();
        return new StudioResult
        {
            Found = track.Found,
            TrackId = wanted.TrackId,
            Files = new Dictionary<string, string?>
            {
                ["inpainted_video_url"] = StudioFolder.InpaintedVideo, ["masks_url"] = StudioFolder.Masks,
            },
            Engine = new Dictionary<string, string> { ["mask"] = engine, ["fill"] = inventor.Name },
        };
    }

    private (ObjectTrack Track, string Engine) Follow(
        ClipFrames frames, int frame, IReadOnlyList<ClickPoint> clicks, IStudioProgress progress, CancellationToken cancel)
    {
        using IOutlineEngine outline = engines.OpenOutline();
        string engine = outline.Name;
        progress.Begin(Mask, $"Outline what was clicked ({engine})");
        int done = 0;
        ObjectTrack track = Trace(frames, ref engine, tracker => tracker.Track(frame, clicks, () =>
        {
            if (done++ == 0)
            {
                progress.End();
                progress.Begin(Track, $"Follow it through the clip ({outline.Name})");
            }

            progress.Advance(Math.Min(1, (double)done / frames.Count));
        }));
        if (done == 0)
        {
            progress.End();
            progress.Begin(Track, $"Follow it through the clip ({engine})");
        }
        else if (engine != outline.Name)
        {
            progress.Relabel(Track, $"Follow it through the clip ({engine})");
        }

        cancel.ThrowIfCancellationRequested();
        return (track, engine);
    }

    /// <summary>A model that fails on the way gives its place to colours and motion, which begin anew.</summary>
    private ObjectTrack Trace(ClipFrames frames, ref string engine, Func<ClipTracker, ObjectTrack> track)
    {
        string name = engine;
        try
        {
            ObjectTrack traced = track(new ClipTracker(frames, () =>
            {
                IOutlineEngine outline = engines.OpenOutline();
                name = outline.Name;
                return outline;
            }));
            engine = name;
            return traced;
        }
        catch (OrtException)
        {
            engine = GrabCutOutline.EngineName;
            return track(new ClipTracker(frames, () => new GrabCutOutline()));
        }
    }

    /// <summary>
    /// Colours outline what has them; the rest of the thing is what hides the background with it. What somebody took away stays away.
    /// </summary>
    private static ObjectTrack Completed(
        ClipFrames frames, IReadOnlyList<ClickPoint> clicks, ObjectTrack track, string engine, CancellationToken cancel)
    {
        if (!track.Found || !engine.StartsWith(GrabCutOutline.EngineName, StringComparison.Ordinal) || clicks.Any(click => click.IsTaken))
        {
            return track;
        }

        try
        {
            CameraMotion motion = CameraMotion.Read(frames, track.Masks, cancel.ThrowIfCancellationRequested);
            return track with
            {
                Masks = OutlineCompletion.Complete(frames, track.Masks, motion, cancel.ThrowIfCancellationRequested),
            };
        }
        catch (StudioException)
        {
            // The motion of the background can't be told without OpenCV.
            return track;
        }
    }

    private static MaskRuns[] Joined(List<ObjectTrack> tracks, ClipFrames frames)
    {
        if (tracks.Count == 1)
        {
            return tracks[0].Masks;
        }

        var mask = new ClipMask(frames.Width, frames.Height);
        return [.. Enumerable.Range(0, frames.Count).Select(frame =>
        {
            mask.Clear();
            tracks.ForEach(track => track.Masks[frame].AddTo(mask));
            return MaskRuns.Of(mask);
        })];
    }

    private static void WriteTinted(
        string path, ClipFile clip, ClipFrames frames, IReadOnlyList<double> times, IReadOnlyList<ObjectTrack> tracks, Action<int> onFrame,
        CancellationToken cancel, bool hasCutOut = false)
    {
        using var writer = new ClipWriter(path, clip, cancel);
        string alone = Path.Combine(Path.GetDirectoryName(path)!, StudioFolder.CutOut);
        using ClipWriter? cutOut = hasCutOut ? new ClipWriter(alone, clip, cancel, isCutOut: true) : null;
        var rate = new ConstantRate(clip.FrameRate.Value, clip.MaxFrames);
        for (int frame = 0; frame < frames.Count; frame++)
        {
            using Picture picture = frames.Rent(frame);
            IEnumerable<MaskRuns> masks = tracks.Select(track => track.Masks[frame]);
            long repeats = frame + 1 < frames.Count ? rate.TimesUntil(times[frame + 1]) : 1;
            cutOut?.WriteCutOut(picture, masks, repeats);
            writer.WriteTinted(picture, masks, repeats);
            onFrame(frame + 1);
        }

        cutOut?.Finish();
        writer.Finish();
    }
}
