using System.Text.Json;
using System.Text.Json.Nodes;
using Rtc.Analysis.Options;
using Rtc.Analysis.Reading;
using Rtc.Analysis.Records;
using Rtc.Analysis.Scenes;
using Rtc.Jobs;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Media.Containers.Writing;
using Rtc.Store.Files;
using Rtc.Store.Queue;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Reframing;

/// <summary>
/// Jobs of the kind "reframe": an analysed video in, one of another shape out that follows what each scene is about. The new video is
/// one of the user's; its id is the job's, so that a job that was interrupted makes no second one.
/// </summary>
public sealed class ReframeKind(
    VideoTable videos, JobTable jobs, AnalysisReader reader, IVideoPlaces places, AnalysisSettings settings) : IJobKind
{
    public const string KindName = "reframe";

    private const string Plan = "plan";
    private const string Render = "render";
    private const string DefaultAspect = "9:16";

    // What grows is asked for a part ahead: not with every second of the video.
    private const int AheadPart = 8;

    // A file that was written as it came has no length in its head.
    private const double MaxUntoldSeconds = 6 * 3600;

    private static readonly Dictionary<string, double> s_aspects = new()
    {
        [DefaultAspect] = 9.0 / 16, ["1:1"] = 1, ["4:5"] = 4.0 / 5,
    };

    public string Name => KindName;

    public string? Check(string options) =>
        AspectOf(options) is { } aspect && s_aspects.ContainsKey(aspect)
            ? null
            : $"\"aspect\" is one of {string.Join(", ", s_aspects.Keys)}.";

    public IReadOnlyList<JobStep> Steps(string options) => [new(Plan, "Follow the subject"), new(Render, "Render the video")];

    public async Task<string?> RunAsync(JobRun run, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        string aspect = AspectOf(run.Job.Options)!;
        Video video = (run.Job.VideoId is { } of ? await videos.FindAsync(run.Job.UserId, of, cancel).ConfigureAwait(false) : null)
            ?? throw new JobFailedException("The video is gone.");
        using FileCopy copy = await settings.OpenAsync(run, video, cancel).ConfigureAwait(false);
        string file = copy.Path;
        VideoInfo info = VideoProbe.Read(file, settings.Limits, cancel).Info
            ?? throw new JobFailedException("The video can't be read any more.");
        if (!run.IsComplete(Plan))
        {
            await run.BeginAsync(Plan, cancel).ConfigureAwait(false);
        }

        CropPath path = await PlanAsync(run.Job, video, info, aspect, cancel).ConfigureAwait(false);
        if (!run.IsComplete(Plan))
        {
            await run.EndAsync(1, null, cancel).ConfigureAwait(false);
        }

        await run.BeginAsync(Render, cancel).ConfigureAwait(false);
        var id = new VideoId(run.Job.Id.Value);
        if (await videos.FindAsync(run.Job.UserId, id, cancel).ConfigureAwait(false) is null)
        {
            await MakeAsync(run, video, new Source(file, info, path), aspect, cancel).ConfigureAwait(false);
        }

        await run.EndAsync(1, null, cancel).ConfigureAwait(false);
        return new JsonObject
        {
            ["video_id"] = run.Job.Id.ToString(), ["aspect"] = aspect, ["width"] = path.Width, ["height"] = path.Height,
        }.ToJsonString();
    }

    private static string? AspectOf(string options)
    {
        using JsonDocument document = JsonDocument.Parse(options);
        return !document.RootElement.TryGetProperty("aspect", out JsonElement value) ? DefaultAspect
            : value.ValueKind == JsonValueKind.String ? value.GetString()
            : null;
    }

    private async Task<CropPath> PlanAsync(Job job, Video video, VideoInfo info, string aspect, CancellationToken cancel)
    {
        Job? analysis = await jobs.LatestAsync(job.UserId, video.Id, AnalyseKind.KindName, cancel).ConfigureAwait(false);
        if (analysis is not { Status: JobStatus.Completed })
        {
            throw new JobFailedException("The video was not analysed yet: a job of the kind \"analyse\" comes first.");
        }

        OptionReader.Read(analysis.Options, out AnalyseOptions options);
        List<TrackRecord> tracks = [];
        await foreach (TrackRecord track in reader.AllTracksAsync(analysis.Id, cancel).ConfigureAwait(false))
        {
            tracks.Add(track);
        }

        List<long> starts = [];
        await foreach (SceneRecord scene in reader.AllScenesAsync(analysis.Id, cancel).ConfigureAwait(false))
        {
            starts.Add(scene.StartFrame);
        }

        long pictures = Math.Max(info.TotalFrames, 1);
        List<SceneFacts> scenes = SceneFacts.Of(
            [.. starts.Where(start => start > 0 && start < pictures)], pictures, info.FrameRate.Value, options.SampleEvery, info.Width,
            info.Height, tracks);
        return CropPath.Of(scenes, pictures, info.FrameRate.Value, info.Width, info.Height, s_aspects[aspect]);
    }

    /// <summary>The video's file and its row, within the limits of the user's library.</summary>
    private async Task MakeAsync(JobRun run, Video video, Source source, string aspect, CancellationToken cancel)
    {
        string called = $"{Path.GetFileNameWithoutExtension(video.Name)} {aspect.Replace(':', 'x')}.mp4";
        string made = Path.Combine(settings.Folder, run.Job.Id + ".mp4");
        var place = new KeptPlace(places, run.Job, called, made);
        try
        {
            // A crop seldom takes more than the whole; where it does, more is asked for as it grows.
            await place.KeepAsync(video.Bytes, cancel).ConfigureAwait(false);
            await RenderAsync(run, source, place, cancel).ConfigureAwait(false);
            await AddAsync(run, called, made, cancel).ConfigureAwait(false);
        }
        catch (JobFailedException)
        {
            File.Delete(made);
            throw;
        }
        finally
        {
            await places.ReleaseAsync(new VideoId(run.Job.Id.Value)).ConfigureAwait(false);
        }
    }

    private async Task RenderAsync(JobRun run, Source from, KeptPlace place, CancellationToken cancel)
    {
        (string file, VideoInfo info, CropPath path) = from;
        using var pool = new PicturePool();
        using VideoReader source = VideoReader.Open(file, info, new VideoReadOptions(), settings.Limits, pool, cancel);
        var options = new FinishedVideoOptions
        {
            Width = path.Width, Height = path.Height, FrameRate = info.UsableFrameRate, Sound = info.Audio is null ? null : (file, info),
        };
        using FinishedVideo video = FinishedVideo.Create(place.File, options, settings.Limits, cancel);
        double perSecond = info.UsableFrameRate.Value;
        double seconds = info.DurationSeconds > 0 ? info.DurationSeconds : MaxUntoldSeconds;
        var rate = new ConstantRate(perSecond, (long)Math.Max(info.TotalFrames, seconds * perSecond) + 1);
        (Picture? Picture, int Number) shown = default;
        try
        {
            for (bool isMore = true; isMore;)
            {
                (Picture? Picture, int Number) before = shown;
                isMore = source.TryRead(out shown.Picture, out shown.Number, out double at);
                using (before.Picture)
                {
                    int crop = Math.Min(before.Number, path.Left.Length - 1);
                    var region = new RectF(
                        path.Left[crop], path.Top[crop], path.Left[crop] + path.Width, path.Top[crop] + path.Height);
                    long times = before.Picture is null ? 0 : isMore ? rate.TimesUntil(at) : 1;
                    for (; times > 0; times--)
                    {
                        if (!video.TryWrite(before.Picture!.View().Crop(region)))
                        {
                            throw Failure(video.Refusal!);
                        }
                    }
                }

                await run.PaceAsync(cancel).ConfigureAwait(false);
                if (run.IsSaveDue)
                {
                    await place.KeepAsync(video.Bytes + (video.Bytes / AheadPart), cancel).ConfigureAwait(false);
                    await run.SaveAsync(0, (double)shown.Number / path.Left.Length, null, cancel).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            shown.Picture?.Dispose();
        }

        if (source.Refusal is { } broken)
        {
            throw Failure(broken);
        }

        if (!video.TryFinish())
        {
            throw Failure(video.Refusal!);
        }

        await place.KeepAsync(new FileInfo(place.File).Length, cancel).ConfigureAwait(false);
    }

    private async Task AddAsync(JobRun run, string called, string made, CancellationToken cancel)
    {
        VideoInfo info = VideoProbe.Read(made, settings.Limits, cancel).Info ?? throw new InvalidOperationException("nothing was rendered");
        string sha256 = await FileHash.OfAsync(made, cancel).ConfigureAwait(false);
        long bytes = new FileInfo(made).Length;
        var facts = new VideoFacts(
            info.DurationSeconds, info.Width, info.Height, Math.Round(info.FrameRate.Value, 3), info.Codec, info.TotalFrames,
            info.Audio is not null);
        await run.PatientlyAsync(() => settings.Files.AddAsync(made, Path.GetFileName(made), cancel), cancel).ConfigureAwait(false);
        Job job = run.Job;
        await videos.AddAsync(
            new Video(
                new VideoId(job.Id.Value), job.UserId, called, Path.GetFileName(made), bytes, sha256, facts, Video.Ready, null,
                job.CreatedAt, job.CreatedAt),
            cancel).ConfigureAwait(false);
    }

    private static Exception Failure(ContainerRefusal refusal) =>
        refusal.Error is ContainerError.TimedOut or ContainerError.OutOfMemory or ContainerError.Storage or ContainerError.NoProgram
            ? new InvalidOperationException(refusal.Message)
            : new JobFailedException(refusal.Message);

    /// <summary>What is rendered, and where its crop lies.</summary>
    private sealed record Source(string File, VideoInfo Info, CropPath Path);

    /// <summary>What is kept in the user's library for the video that is being made; it grows as the file does.</summary>
    private sealed class KeptPlace(IVideoPlaces places, Job job, string name, string file)
    {
        private long _bytes;

        public string File => file;

        /// <exception cref="JobFailedException">There is no room for so many.</exception>
        public async Task KeepAsync(long bytes, CancellationToken cancel)
        {
            if (bytes <= _bytes)
            {
                return;
            }

            _bytes = bytes;
            if (await places.KeepAsync(job.UserId, new VideoId(job.Id.Value), name, bytes, cancel).ConfigureAwait(false) is { } reason)
            {
                throw new JobFailedException(reason);
            }
        }
    }
}
