using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Rtc.Jobs;
using Rtc.Server.Accounts;
using Rtc.Server.Http;
using Rtc.Server.Jobs;
using Rtc.Server.Load;
using Rtc.Store.Queue;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Server.Routes;

/// <summary>Jobs of a user: asked for, followed by polling or events, read and cancelled.</summary>
internal static class JobRoutes
{
    public sealed record JobRequest(string? VideoId, string? Kind, JsonElement? Options);

    /// <summary>Under both names, which are the same.</summary>
    public static void MapJobs(this IEndpointRouteBuilder routes)
    {
        foreach (string at in (string[])["/api/jobs", "/jobs"])
        {
            routes.MapPost(at, AddAsync).RequireMemory().RequireUser();
            routes.MapGet(at, ListAsync).RequireUser();
            routes.MapGet(at + "/{id}", FindAsync).RequireUser();
            routes.MapGet(at + "/{id}/events", EventsAsync).RequireUser();
            routes.MapGet(at + "/{id}/result", ResultAsync).RequireUser();
            routes.MapDelete(at + "/{id}", CancelAsync).RequireUser();
        }
    }

    private static async Task<IResult> AddAsync(JobRequest wanted, JobIntake intake, VideoTable videos, HttpContext http)
    {
        string options = wanted.Options is { ValueKind: JsonValueKind.Object } given ? given.GetRawText() : "{}";
        if (wanted.Options is { ValueKind: not (JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined) })
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "options", "\"options\" is an object.");
        }

        if (intake.Check(wanted.Kind ?? string.Empty, options) is { } error)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "job", error);
        }

        if (!Guid.TryParse(wanted.VideoId, out Guid video)
            || await videos.FindAsync(http.UserOf(), new VideoId(video), http.RequestAborted) is null)
        {
            return Problems.Of(StatusCodes.Status404NotFound, "unknown_video", "There is no such video.");
        }

        Job job = await intake.AddAsync(http.UserOf(), new VideoId(video), wanted.Kind!, options, http.RequestAborted);
        return Results.Json(
            new { job_id = job.Id.ToString(), status = JobView.Of(job).Status }, statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> ListAsync(
        int? limit, string? after, [FromQuery(Name = "video_id")] string? videoId, JobTable jobs, HttpContext http)
    {
        if (PageRequest.Refuse(limit, after, out PageRequest page) is { } refused)
        {
            return refused;
        }

        Guid video = default;
        if (videoId is not null && !Guid.TryParse(videoId, out video))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "video_id", "\"video_id\" is the id of a video.");
        }

        JobId? last = page.After is { } id ? new JobId(id) : null;
        (List<Job> rows, string? next) = page.Cut(
            videoId is null
                ? await jobs.ListAsync(http.UserOf(), last, page.Limit + 1, http.RequestAborted)
                : await jobs.ListAsync(http.UserOf(), new VideoId(video), last, page.Limit + 1, http.RequestAborted),
            job => job.Id.ToString());
        return Results.Ok(new { jobs = rows.ConvertAll(JobView.Of), next });
    }

    private static async Task<IResult> FindAsync(string id, JobTable jobs, HttpContext http) =>
        await JobAsync(id, jobs, http) is { } job ? Results.Ok(JobView.Of(job)) : NoJob();

    private static async Task<IResult> EventsAsync(string id, JobTable jobs, JobIntake intake, HttpContext http) =>
        await JobAsync(id, jobs, http) is { } job
            ? TypedResults.ServerSentEvents(WatchAsync(intake, http.UserOf(), job.Id, http.RequestAborted), "job")
            : NoJob();

    private static async Task<IResult> ResultAsync(string id, JobTable jobs, HttpContext http)
    {
        if (await JobAsync(id, jobs, http) is not { } job)
        {
            return NoJob();
        }

        return job.Status == JobStatus.Completed
            ? Results.Text(job.Result ?? "null", "application/json")
            : Problems.Of(
                StatusCodes.Status409Conflict, "job_not_completed", job.Error ?? $"The job is {JobView.Of(job).Status}: it has no result.");
    }

    private static async Task<IResult> CancelAsync(string id, JobIntake intake, HttpContext http) =>
        Guid.TryParse(id, out Guid job) && await intake.CancelAsync(http.UserOf(), new JobId(job), http.RequestAborted) is { } cancelled
            ? Results.Ok(JobView.Of(cancelled))
            : NoJob();

    private static async IAsyncEnumerable<JobView> WatchAsync(
        JobIntake intake, UserId user, JobId id, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (Job job in intake.WatchAsync(user, id, cancel))
        {
            yield return JobView.Of(job);
        }
    }

    private static async Task<Job?> JobAsync(string id, JobTable jobs, HttpContext http) =>
        Guid.TryParse(id, out Guid job) ? await jobs.FindAsync(http.UserOf(), new JobId(job), http.RequestAborted) : null;

    private static IResult NoJob() => Problems.Of(StatusCodes.Status404NotFound, "unknown_job", "There is no such job.");
}
