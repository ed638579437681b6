using System.Text.Json.Nodes;
using Rtc.Jobs;
using Rtc.Server.Options;
using Rtc.Server.Videos;
using Rtc.Store.Files;
using Rtc.Store.Queue;
using Rtc.Store.Users;
using Rtc.Store.Videos;
using Rtc.Studio;
using Rtc.Studio.Clips;
using Rtc.Studio.Tasks;

namespace Rtc.Server.Studio;

/// <summary>Takes tasks in: what can be told from a form and a container is refused before a job is queued.</summary>
internal sealed class StudioTasks(
    RtcOptions options, StudioForm form, StudioFolder folder, ClipLimits limits, JobTable jobs, JobIntake intake, VideoTable videos,
    VideoFiles files) : IDisposable
{
    private const int LookedAt = 200;

    private static readonly string[] s_kinds = [StudioKind.TrackPoint, StudioKind.TextToVideo, StudioKind.RemoveObject];

    private readonly SemaphoreSlim _adding = new(1);

    public void Dispose() => _adding.Dispose();

    /// <exception cref="UploadException">The task is refused; nothing of it stays.</exception>
    public async Task<Job> AddAsync(UserId user, string kind, HttpRequest request, CancellationToken cancel)
    {
        await RequirePlaceAsync(user, cancel);
        JobId id = jobs.NewId();
        try
        {
            (StudioRequest wanted, string? videoId, bool hasClip) = await form.ReadAsync(request, id.Value, cancel);
            Video? video = hasClip ? null : await VideoAsync(videos, user, videoId, cancel);
            if (intake.Check(kind, wanted.Write()) is { } wrong)
            {
                throw new UploadException(StatusCodes.Status400BadRequest, "request", wrong);
            }

            using (FileCopy? copy = video is null ? null : await files.Store.OpenAsync(video.File, cancel) ?? throw NoFile())
            {
                string file = copy?.Path ?? folder.ClipOf(id.Value);
                await Task.Run(() => Look(file, wanted, cancel), cancel);
            }

            // Any node may take the job as soon as it is queued.
            await folder.KeepAsync(id.Value, cancel);
            await _adding.WaitAsync(cancel);
            try
            {
                // Others may have come while this one's clip did.
                await RequirePlaceAsync(user, cancel);
                return await intake.AddAsync(id, user, video?.Id, kind, wanted.Write(), cancel);
            }
            finally
            {
                _adding.Release();
            }
        }
        catch
        {
            folder.Delete(id.Value);
            throw;
        }
    }

    /// <summary>The task's job, where it is one of the user's.</summary>
    public async Task<Job?> FindAsync(UserId user, string id, CancellationToken cancel) =>
        Guid.TryParse(id, out Guid task) && await jobs.FindAsync(user, new JobId(task), cancel) is { } job && s_kinds.Contains(job.Kind)
            ? job
            : null;

    public static JsonObject View(Job job)
    {
        JsonObject view = Result(job);
        view["task_id"] = job.Id.ToString();
        view["kind"] = job.Kind;
        view["status"] = job.Status switch
        {
            JobStatus.Completed => "complete",
            JobStatus.Failed or JobStatus.Cancelled => "error",
            _ => "processing",
        };
        view["error"] = job.Status == JobStatus.Cancelled ? "The task was cancelled." : job.Error;
        view["progress"] = job.Progress;
        view["steps"] = Steps(job);
        return view;
    }

    /// <summary>What a request that waited for the end is answered.</summary>
    public static JsonObject Answer(Job job)
    {
        JsonObject answer = Result(job);
        answer["task_id"] = job.Id.ToString();
        answer["processing_steps"] = Steps(job);
        return answer;
    }

    /// <exception cref="UploadException">It is none of the user's.</exception>
    internal static async Task<Video> VideoAsync(VideoTable videos, UserId user, string? id, CancellationToken cancel) =>
        id is null ? throw new UploadException(StatusCodes.Status400BadRequest, "field", "The form has neither \"video\" nor \"video_id\".")
        : Guid.TryParse(id, out Guid video) && await videos.FindAsync(user, new VideoId(video), cancel) is { } found ? found
        : throw new UploadException(StatusCodes.Status404NotFound, "unknown_video", "There is no such video.");

    private async Task RequirePlaceAsync(UserId user, CancellationToken cancel)
    {
        List<Job> newest = await jobs.ListAsync(user, null, LookedAt, cancel);
        if (newest.Count(job => !job.IsOver && s_kinds.Contains(job.Kind)) >= options.Studio.MaxTasks)
        {
            throw new UploadException(
                StatusCodes.Status429TooManyRequests, "tasks",
                $"A user has {options.Studio.MaxTasks} tasks at most that wait or are at work (Studio:MaxTasks).");
        }
    }

    private void Look(string file, StudioRequest wanted, CancellationToken cancel)
    {
        try
        {
            ClipFile.Open(file, limits, cancel).RequireFrame(wanted.FrameIndex);
        }
        catch (StudioException error)
        {
            throw new UploadException(StatusCodes.Status400BadRequest, error.Code, error.Message);
        }
        catch (FileNotFoundException)
        {
            throw NoFile();
        }
    }

    private static UploadException NoFile() => new(StatusCodes.Status404NotFound, "unknown_video", "The video's file is gone.");

    private static JsonObject Result(Job job) =>
        job.Result is { } result && JsonNode.Parse(result) is JsonObject written ? written : new JsonObject { ["engine"] = null };

    private static JsonArray Steps(Job job) =>
    [
        .. job.Steps.Select(step => new JsonObject
        {
            ["id"] = step.Id, ["label"] = step.Label, ["status"] = step.Status, ["seconds"] = step.Seconds,
        }),
    ];
}
