using Microsoft.AspNetCore.Http.Features;
using Rtc.Jobs;
using Rtc.Server.Accounts;
using Rtc.Server.Http;
using Rtc.Server.Load;
using Rtc.Server.Studio;
using Rtc.Server.Videos;
using Rtc.Store.Queue;
using Rtc.Store.Users;
using Rtc.Studio.Tasks;

namespace Rtc.Server.Routes;

/// <summary>Clips: asked for and waited for, or asked for and polled; and the files that came of them.</summary>
internal static class StudioRoutes
{
    private const string Prefer = "Prefer";
    private const string Async = "respond-async";
    private const string RetryAfterSeconds = "1";

    /// <summary>Clicks in a picture of a video; none: the clip is made ready.</summary>
    public sealed record PreviewRequest(
        string? VideoId, double? X, double? Y, int FrameIdx, IReadOnlyList<StudioPoint>? Points, StudioBox? Box);

    public static void MapStudio(this IEndpointRouteBuilder routes)
    {
        foreach (string kind in (string[])[StudioKind.TrackPoint, StudioKind.TextToVideo, StudioKind.RemoveObject])
        {
            routes.MapPost(
                "/api/" + kind, (HttpContext http, StudioTasks tasks, JobIntake intake) => AddAsync(kind, http, tasks, intake))
                .RequireMemory().RequireUser();
        }

        routes.MapPost("/api/preview-mask", PreviewAsync).RequireMemory().RequireUser();
        routes.MapGet("/api/task/{id}", FindAsync).RequireUser();
        routes.MapDelete("/api/task/{id}", CancelAsync).RequireUser();
        routes.MapMethods("/uploads/{id}/{name}", DownloadMethods.All, FileAsync).RequireUser();
    }

    private static async Task<IResult> AddAsync(string kind, HttpContext http, StudioTasks tasks, JobIntake intake)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            // How long a clip may be is seen to as it comes.
            limit.MaxRequestBodySize = null;
        }

        UserId user = http.UserOf();
        Job job;
        try
        {
            job = await tasks.AddAsync(user, kind, http.Request, http.RequestAborted);
        }
        catch (UploadException error)
        {
            return Refused(error, http);
        }

        string at = $"/api/task/{job.Id}";
        if (http.Request.Headers[Prefer].Any(value => value?.Contains(Async, StringComparison.OrdinalIgnoreCase) == true))
        {
            http.Response.Headers["Preference-Applied"] = Async;
            return Results.Accepted(at, StudioTasks.View(job));
        }

        try
        {
            await foreach (Job now in intake.WatchAsync(user, job.Id, http.RequestAborted))
            {
                job = now;
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for it any more, and nobody knows its name.
            await intake.CancelAsync(user, job.Id, CancellationToken.None);
            throw;
        }

        return job.Status switch
        {
            JobStatus.Completed => Results.Json(StudioTasks.Answer(job)),
            JobStatus.Cancelled => Problems.Of(StatusCodes.Status409Conflict, "cancelled", "The task was cancelled."),
            _ => Problems.Of(StatusCodes.Status422UnprocessableEntity, "task_failed", job.Error ?? "The task failed."),
        };
    }

    private static async Task<IResult> PreviewAsync(PreviewRequest wanted, HttpContext http, StudioPreviews previews)
    {
        var clicks = new StudioRequest
        {
            X = wanted.X, Y = wanted.Y, FrameIndex = wanted.FrameIdx, Points = wanted.Points, Box = wanted.Box,
        };
        try
        {
            return Results.Json(await previews.OutlineAsync(http.UserOf(), wanted.VideoId, clicks, http.RequestAborted));
        }
        catch (UploadException error)
        {
            return Refused(error, http);
        }
    }

    private static async Task<IResult> FindAsync(string id, HttpContext http, StudioTasks tasks) =>
        await tasks.FindAsync(http.UserOf(), id, http.RequestAborted) is { } job ? Results.Json(StudioTasks.View(job)) : NoTask();

    private static async Task<IResult> CancelAsync(string id, HttpContext http, StudioTasks tasks, JobIntake intake) =>
        await tasks.FindAsync(http.UserOf(), id, http.RequestAborted) is { } job
            && await intake.CancelAsync(http.UserOf(), job.Id, http.RequestAborted) is { } cancelled
            ? Results.Json(StudioTasks.View(cancelled))
            : NoTask();

    private static async Task<IResult> FileAsync(string id, string name, HttpContext http, StudioTasks tasks, StudioFolder folder)
    {
        if (StudioFolder.TypeOf(name) is not { } type
            || await tasks.FindAsync(http.UserOf(), id, http.RequestAborted) is not { } job
            || await folder.FindAsync(job.Id.Value, name, http.RequestAborted) is not { } file)
        {
            return Problems.Of(StatusCodes.Status404NotFound, "unknown_file", "There is no such file.");
        }

        http.Response.Headers.CacheControl = "private, no-cache";
        return StoredFileResult.Of(file, folder.Read, type);
    }

    private static IResult Refused(UploadException error, HttpContext http)
    {
        if (error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
        }

        return Problems.Of(error.Status, error.Code, error.Message);
    }

    private static IResult NoTask() => Problems.Of(StatusCodes.Status404NotFound, "unknown_task", "There is no such task.");
}
