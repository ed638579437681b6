using Microsoft.AspNetCore.Mvc;
using Rtc.Analysis;
using Rtc.Analysis.Exports;
using Rtc.Analysis.Reading;
using Rtc.Analysis.Records;
using Rtc.Server.Accounts;
using Rtc.Server.Http;
using Rtc.Server.Jobs;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Videos;

namespace Rtc.Server.Routes;

/// <summary>What analysis has found in a user's video: of the job that is named, else of the newest that is completed.</summary>
internal static class ResultRoutes
{
    private const string At = "/api/videos/{id}";
    private const int DefaultLimit = 200;
    private const int MaxLimit = 1000;

    public static void MapResults(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(At + "/detections", DetectionsAsync).RequireUser();
        routes.MapGet(At + "/masks", MasksAsync).RequireUser();
        routes.MapGet(At + "/tracks", TracksAsync).RequireUser();
        routes.MapGet(At + "/tracks/{track_id}", TrackAsync).RequireUser();
        routes.MapGet(At + "/scenes", ScenesAsync).RequireUser();
        routes.MapMethods(At + "/export", DownloadMethods.All, ExportAsync).RequireUser();
    }

    private static async Task<IResult> DetectionsAsync(
        string id, long? from, long? to, [FromQuery(Name = "from_seconds")] double? fromSeconds,
        [FromQuery(Name = "to_seconds")] double? toSeconds, [FromQuery(Name = "class")] string? className,
        [FromQuery(Name = "min_confidence")] double? minConfidence, int? limit, long? after, AnalysisReader reader, HttpContext http)
    {
        if ((RefuseLimit(limit) ?? RefuseSearch(className, minConfidence, fromSeconds, toSeconds)) is { } refused)
        {
            return refused;
        }

        if (await FindAsync(id, http) is not { } found)
        {
            return NoVideo();
        }

        if (found.Job is not { } job)
        {
            return NotAnalysed();
        }

        var search = new FrameSearch
        {
            From = Math.Max(from ?? 0, Next(after)), To = to ?? long.MaxValue, FromSeconds = fromSeconds, ToSeconds = toSeconds,
            ClassName = className, MinConfidence = minConfidence, Limit = limit ?? DefaultLimit,
        };
        List<FrameRecord> frames = await reader.FramesAsync(found.Video.Id, job.Id, search, http.RequestAborted);
        return Results.Ok(new
        {
            job_id = job.Id.ToString(), frames, next = frames.Count == search.Limit ? frames[^1].FrameNumber : (long?)null,
        });
    }

    private static async Task<IResult> MasksAsync(
        string id, long? frame, long? from, long? to, [FromQuery(Name = "class")] string? className,
        [FromQuery(Name = "min_confidence")] double? minConfidence, int? limit, long? after, AnalysisReader reader, HttpContext http)
    {
        if ((RefuseLimit(limit) ?? RefuseSearch(className, minConfidence)) is { } refused)
        {
            return refused;
        }

        if (await FindAsync(id, http) is not { } found)
        {
            return NoVideo();
        }

        if (found.Job is not { } job)
        {
            return NotAnalysed();
        }

        var search = new FrameSearch
        {
            From = frame ?? Math.Max(from ?? 0, Next(after)), To = frame ?? to ?? long.MaxValue, ClassName = className,
            MinConfidence = minConfidence, Limit = limit ?? DefaultLimit,
        };
        (List<MaskRecord> masks, long? next) = await reader.MasksAsync(found.Video.Id, job.Id, search, http.RequestAborted);
        return Results.Ok(new { job_id = job.Id.ToString(), masks, next });
    }

    private static async Task<IResult> TracksAsync(
        string id, int? limit, string? after, bool? frames, AnalysisReader reader, HttpContext http)
    {
        if ((RefuseLimit(limit) ?? RefuseSearch(after, null)) is { } refused)
        {
            return refused;
        }

        if (await FindAsync(id, http) is not { } found)
        {
            return NoVideo();
        }

        if (found.Job is not { } job)
        {
            return NotAnalysed();
        }

        int rows = limit ?? DefaultLimit;
        List<TrackRecord> tracks = frames == false
            ? await reader.TrackSpansAsync(job.Id, after ?? string.Empty, rows, http.RequestAborted)
            : await reader.TracksAsync(job.Id, after ?? string.Empty, rows, http.RequestAborted);
        return Results.Ok(new { job_id = job.Id.ToString(), tracks, next = tracks.Count == rows ? tracks[^1].TrackId : null });
    }

    private static async Task<IResult> TrackAsync(
        string id, [FromRoute(Name = "track_id")] string track, AnalysisReader reader, HttpContext http) =>
        await FindAsync(id, http) is not { } found ? NoVideo()
            : found.Job is not { } job ? NotAnalysed()
            : await reader.TrackAsync(job.Id, track, http.RequestAborted) is { } record ? Results.Ok(record)
            : Problems.Of(StatusCodes.Status404NotFound, "unknown_track", "There is no such track.");

    private static async Task<IResult> ScenesAsync(string id, int? limit, int? after, AnalysisReader reader, HttpContext http)
    {
        if (RefuseLimit(limit) is { } refused)
        {
            return refused;
        }

        if (await FindAsync(id, http) is not { } found)
        {
            return NoVideo();
        }

        if (found.Job is not { } job)
        {
            return NotAnalysed();
        }

        int rows = limit ?? DefaultLimit;
        List<SceneRecord> scenes = await reader.ScenesAsync(job.Id, after ?? 0, rows, http.RequestAborted);
        return Results.Ok(new
        {
            job_id = job.Id.ToString(), scenes, next = scenes.Count == rows ? scenes[^1].SceneNumber : (int?)null,
        });
    }

    private static async Task<IResult> ExportAsync(string id, string? format, AnalysisReader reader, HttpContext http)
    {
        string wanted = format ?? "json";
        if (AnalysisExport.MediaType(wanted) is not { } type)
        {
            return Problems.Of(
                StatusCodes.Status400BadRequest, "format", $"\"format\" is one of {string.Join(", ", AnalysisExport.Formats)}.");
        }

        if (await FindAsync(id, http) is not { } found)
        {
            return NoVideo();
        }

        if (found.Job is not { } job)
        {
            return NotAnalysed();
        }

        if (job.Status != JobStatus.Completed)
        {
            return Problems.Of(
                StatusCodes.Status409Conflict, "job_not_completed", $"The job is {JobView.Of(job).Status}: there is nothing whole yet.");
        }

        string name = Path.GetFileNameWithoutExtension(found.Video.Name) + AnalysisExport.EndingOf(wanted);
        var source = new ExportSource(reader, found.Video, job.Id);
        return Results.Stream(output => WriteAsync(wanted, output, source, http), type, fileDownloadName: name);
    }

    /// <summary>What was deleted meanwhile must not look whole: its answer breaks off.</summary>
    private static async Task WriteAsync(string format, Stream output, ExportSource source, HttpContext http)
    {
        await AnalysisExport.WriteAsync(format, output, source, http.RequestAborted);
        JobTable jobs = http.RequestServices.GetRequiredService<JobTable>();
        if (await jobs.FindAsync(http.UserOf(), source.Job, http.RequestAborted) is null)
        {
            http.Abort();
        }
    }

    /// <summary>Null where the user has no such video; without a job where it was not analysed yet.</summary>
    private static async Task<(Video Video, Job? Job)?> FindAsync(string id, HttpContext http)
    {
        IServiceProvider services = http.RequestServices;
        if (!Guid.TryParse(id, out Guid given)
            || await services.GetRequiredService<VideoTable>().FindAsync(http.UserOf(), new VideoId(given), http.RequestAborted)
                is not { } video)
        {
            return null;
        }

        JobTable jobs = services.GetRequiredService<JobTable>();
        if (http.Request.Query["job"].ToString() is not { Length: > 0 } named)
        {
            return (video, await jobs.LatestAsync(http.UserOf(), video.Id, AnalyseKind.KindName, http.RequestAborted));
        }

        Job? job = Guid.TryParse(named, out Guid one)
            ? await jobs.FindAsync(http.UserOf(), new JobId(one), http.RequestAborted)
            : null;
        return (video, job?.VideoId == video.Id && job.Kind == AnalyseKind.KindName ? job : null);
    }

    private static IResult? RefuseLimit(int? limit) => limit is < 1 or > MaxLimit
        ? Problems.Of(StatusCodes.Status400BadRequest, "limit", $"\"limit\" lies between 1 and {MaxLimit}.")
        : null;

    /// <summary>What no database can be asked for: PostgreSQL knows no text with a NUL, and JSON no number that is none.</summary>
    private static IResult? RefuseSearch(string? text, params ReadOnlySpan<double?> numbers)
    {
        foreach (double? number in numbers)
        {
            if (number is { } given && !double.IsFinite(given))
            {
                return Problems.Of(StatusCodes.Status400BadRequest, "number", "A bound is a finite number.");
            }
        }

        return text?.Contains('\0', StringComparison.Ordinal) == true
            ? Problems.Of(StatusCodes.Status400BadRequest, "text", "A text holds no NUL.")
            : null;
    }

    /// <summary>The frame behind the last of a page; there is none behind the greatest number.</summary>
    private static long Next(long? after) => after is { } last ? Math.Min(last, long.MaxValue - 1) + 1 : 0;

    private static IResult NoVideo() => Problems.Of(StatusCodes.Status404NotFound, "unknown_video", "There is no such video.");

    private static IResult NotAnalysed() => Problems.Of(
        StatusCodes.Status404NotFound, "not_analysed", "There is no such analysis: POST /api/jobs with the kind \"analyse\" asks for one.");
}
