using Rtc.Jobs;
using Rtc.Store.Files;
using Rtc.Store.Queue;

namespace Rtc.Studio.Tasks;

/// <summary>A workflow as jobs of its own kind: each attempt begins anew, and files appear once they are whole.</summary>
public sealed class StudioKind : IJobKind
{
    public const string TrackPoint = "track-point";
    public const string TextToVideo = "text-to-video";
    public const string RemoveObject = "remove-object";

    private readonly StudioFolder _folder;
    private readonly IStudioClips _clips;
    private readonly JobStep[] _steps;
    private readonly Func<StudioRequest, string?> _check;
    private readonly Workflow _work;

    private delegate StudioResult Workflow(
        string file, string folder, StudioRequest wanted, IStudioProgress progress, CancellationToken cancel);

    private StudioKind(
        string name, StudioFolder folder, IStudioClips clips, JobStep[] steps, Func<StudioRequest, string?> check, Workflow work) =>
        (Name, _folder, _clips, _steps, _check, _work) = (name, folder, clips, steps, check, work);

    public string Name { get; }

    public static IReadOnlyList<StudioKind> All(ClipWork work, StudioFolder folder, IStudioClips clips) =>
    [
        new(
            TrackPoint, folder, clips,
            [
                new(ClipWork.Sam, "Read the clip"), new(ClipWork.Mask, "Outline what was clicked"),
                new(ClipWork.Track, "Follow it through the clip"),
            ],
            wanted => wanted.CheckPoint(), work.TrackPoint),
        new(
            TextToVideo, folder, clips,
            [
                new(ClipWork.Sam, "Find what was asked for"), new(ClipWork.Track, "Follow what was found"),
                new(ClipWork.Demucs, "Take the sound apart"), new(ClipWork.Highlight, "Highlight it"),
            ],
            wanted => wanted.CheckPrompt(), work.Text),
        new(
            RemoveObject, folder, clips,
            [
                new(ClipWork.Track, "Follow it through the clip"), new(ClipWork.Mask, "Masks"),
                new(ClipWork.Inpaint, "Fill in the background"), new(ClipWork.Render, "Write the video"),
            ],
            wanted => wanted.CheckPoint(), work.Remove),
    ];

    public string? Check(string options) => StudioRequest.Read(options) is { } wanted
        ? _check(wanted)
        : "\"options\" are numbers \"x\", \"y\" and \"frame_idx\", or a text \"prompt\".";

    public IReadOnlyList<JobStep> Steps(string options) => _steps;

    public async Task<string?> RunAsync(JobRun run, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(run);
        Guid task = run.Job.Id.Value;
        using FileCopy clip = await run.PatientlyAsync(() => OpenAsync(run.Job, cancel), cancel).ConfigureAwait(false);
        try
        {
            _folder.Prepare(task);
            StudioResult result = _work(
                clip.Path, _folder.Of(task), StudioRequest.Read(run.Job.Options)!, new JobProgress(run, cancel), cancel);
            await run.PatientlyAsync(() => _folder.KeepAsync(task, cancel), cancel).ConfigureAwait(false);
            return result.Write(task);
        }
        catch (StudioException error)
        {
            throw new JobFailedException(error.Message);
        }
    }

    /// <summary>What came with the task, or is a video of its user.</summary>
    private async Task<FileCopy> OpenAsync(Job job, CancellationToken cancel) =>
        await _folder.OpenClipAsync(job.Id.Value, cancel).ConfigureAwait(false)
            ?? await _clips.OpenAsync(job, cancel).ConfigureAwait(false)
            ?? throw new JobFailedException("The clip is gone.");
}
