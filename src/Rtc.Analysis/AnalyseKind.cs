using System.Text.Json;
using Rtc.Analysis.Language;
using Rtc.Analysis.Looking;
using Rtc.Analysis.Options;
using Rtc.Analysis.Records;
using Rtc.Analysis.Scenes;
using Rtc.Analysis.Tracking;
using Rtc.Inference;
using Rtc.Jobs;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Store.Files;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Videos;

namespace Rtc.Analysis;

/// <summary>What a video's analysis stands on: where its file is, a folder to make one in, and what reading may cost.</summary>
public sealed record AnalysisSettings(IFileStore Files, string Folder, ContainerLimits Limits)
{
    /// <summary>Files that all lie in one folder.</summary>
    public AnalysisSettings(string folder, ContainerLimits limits)
        : this(new FolderFiles(folder), folder, limits)
    {
    }

    /// <exception cref="JobFailedException">The file is gone.</exception>
    internal async Task<FileCopy> OpenAsync(JobRun run, Video video, CancellationToken cancel) =>
        await run.PatientlyAsync(() => Files.OpenAsync(video.File, cancel), cancel).ConfigureAwait(false)
            ?? throw new JobFailedException("The video's file is gone.");
}

/// <summary>
/// Jobs of the kind "analyse": a video in, detections, masks, tracks and scenes in the store out. Each step saves as it goes; however
/// often it is interrupted, what it comes to is the same.
/// </summary>
public sealed class AnalyseKind(
    VideoTable videos, ResultTable frames, TrackTable tracks, SceneTable scenes, IModelHost models, AnalysisSettings settings,
    LanguageDescriber? language = null) : IJobKind
{
    public const string KindName = "analyse";

    private const string Probe = "probe";

    public string Name => KindName;

    public string? Check(string options) => OptionReader.Read(options, out _);

    public IReadOnlyList<JobStep> Steps(string options)
    {
        OptionReader.Read(options, out AnalyseOptions wanted);
        List<JobStep> steps =
        [
            new(Probe, "Read the container"),
            new(LookPass.Step, wanted.Masks ? "Detect and cut out" : "Detect"),
            new(TrackStep.Step, "Track"),
        ];
        if (wanted.Scenes != SceneMode.None)
        {
            steps.Add(new JobStep(SceneSteps.Cuts, "Find scenes"));
            steps.Add(new JobStep(SceneSteps.Describe, "Describe scenes"));
        }

        return steps;
    }

    public async Task<string?> RunAsync(JobRun run, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        OptionReader.Read(run.Job.Options, out AnalyseOptions options);
        Video video = (run.Job.VideoId is { } id ? await videos.FindAsync(run.Job.UserId, id, cancel).ConfigureAwait(false) : null)
            ?? throw new JobFailedException("The video is gone.");
        using FileCopy copy = await settings.OpenAsync(run, video, cancel).ConfigureAwait(false);
        string file = copy.Path;
        VideoInfo info = await ProbeAsync(run, file, cancel).ConfigureAwait(false);
        LookState looked = await new LookPass(run, options, models, frames, settings.Limits)
            .RunAsync(new LookedAt(file, info, video.Id), cancel).ConfigureAwait(false);
        IReadOnlyList<TrackRecord> found =
            await new TrackStep(run, options, frames, tracks)
                .RunAsync(video.Id, looked.Pictures, Math.Max(info.Width, info.Height), cancel).ConfigureAwait(false);
        int sceneCount = 0;
        DescribeState? described = null;
        LanguageDescriber? asked = options.Scenes == SceneMode.LanguageModel ? language : null;
        if (options.Scenes != SceneMode.None)
        {
            List<SceneFacts> facts = SceneFacts.Of(
                looked.Cuts.Cuts, looked.Pictures, info.FrameRate.Value, options.SampleEvery, info.Width, info.Height, found);
            var steps = new SceneSteps(run, scenes);
            await steps.WriteAsync(video.Id, facts, cancel).ConfigureAwait(false);
            await using ILanguageModel? model = asked?.Open(file);
            var pictures = new SceneFrames(file, info, settings.Limits);
            described = await steps.DescribeAsync(
                video.Id, facts, scene => DescribeAsync(scene, info, asked, model, pictures, cancel), cancel).ConfigureAwait(false);
            sceneCount = facts.Count;
        }

        string? notice = looked.Notice
            ?? (options.Scenes == SceneMode.LanguageModel && asked is null ? "no language model is set up (Language:Key)" : null);
        var summary = new AnalysisSummary(
            looked.Frames, looked.Detections, looked.Masks, found.Count, sceneCount, looked.Model, looked.Provider, looked.MaskModel,
            notice, asked?.Settings.Model, described?.ByModel ?? 0, described?.Dropped ?? 0);
        return JsonSerializer.Serialize(summary, AnalysisJson.Default.AnalysisSummary);
    }

    private static async Task<DescribedScene> DescribeAsync(
        SceneFacts scene, VideoInfo info, LanguageDescriber? asked, ILanguageModel? model, SceneFrames pictures, CancellationToken cancel)
    {
        SceneAnalysis local = LocalDescriber.Describe(scene, info.Width, info.Height);
        if (asked is null || model is null)
        {
            return new DescribedScene(local, false, 0);
        }

        var question = new SceneQuestion(scene, pictures.Of(scene, cancel));
        (SceneAnalysis? analysis, int dropped) = await asked.DescribeAsync(model, question, local, cancel).ConfigureAwait(false);
        return new DescribedScene(analysis ?? local, analysis is not null, dropped);
    }

    private async Task<VideoInfo> ProbeAsync(JobRun run, string file, CancellationToken cancel)
    {
        bool isComplete = run.IsComplete(Probe);
        if (!isComplete)
        {
            await run.BeginAsync(Probe, cancel).ConfigureAwait(false);
        }

        VideoProbeResult probed = VideoProbe.Read(file, settings.Limits, cancel);
        if (probed.Info is not { } info)
        {
            throw new JobFailedException(probed.Refusal!.Message);
        }

        if (!isComplete)
        {
            await run.EndAsync(1, null, cancel).ConfigureAwait(false);
        }

        return info;
    }
}
