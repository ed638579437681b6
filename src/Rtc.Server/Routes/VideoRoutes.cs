using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Rtc.Server.Accounts;
using Rtc.Server.Http;
using Rtc.Server.Load;
using Rtc.Server.Options;
using Rtc.Server.Videos;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Server.Routes;

/// <summary>Videos of a user: taken in whole or in parts, listed, played and deleted.</summary>
internal static class VideoRoutes
{
    private const string At = "/api/videos";
    private const string Field = "video";
    private const string Length = "Upload-Length";
    private const string Offset = "Upload-Offset";
    private const string RetryAfterSeconds = "10";
    /// <summary>A section is read, and so written, in pieces of this size at most; by default they would be of 4 KiB.</summary>
    private const int FormBufferBytes = 128 * 1024;

    private const string PartType = "application/offset+octet-stream";

    public static void MapVideos(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(At, AddAsync).RequireMemory().RequireUser();
        routes.MapGet(At, ListAsync).RequireUser();
        routes.MapGet(At + "/{id}", FindAsync).RequireUser();
        routes.MapMethods(At + "/{id}", [HttpMethods.Head], OffsetAsync).RequireUser();
        routes.MapPatch(At + "/{id}", ContinueAsync).RequireMemory().RequireUser();
        routes.MapMethods(At + "/{id}/file", DownloadMethods.All, FileAsync).RequireUser();
        routes.MapMethods(At + "/{id}/sidecar", DownloadMethods.All, SidecarAsync).RequireUser();
        routes.MapMethods(At + "/{id}/thumbnail.jpg", DownloadMethods.All, ThumbnailAsync).RequireMemory().RequireUser();
        routes.MapDelete(At + "/{id}", DeleteAsync).RequireUser();
    }

    private static Task<IResult> AddAsync(HttpContext http, Uploads uploads, RtcOptions options) => AnswerAsync(http, async () =>
    {
        IResult Created(Video video) => Results.Created($"{At}/{video.Id}", VideoView.Of(video, options.Store.RetainDays));

        HttpRequest request = http.Request;
        CancellationToken cancel = http.RequestAborted;
        UserId user = http.UserOf();
        if (request.Query["resumable"] == "1")
        {
            if (!long.TryParse(request.Headers[Length], NumberStyles.None, CultureInfo.InvariantCulture, out long length))
            {
                return Problems.Of(StatusCodes.Status400BadRequest, "length", $"A resumable upload begins with the header {Length}.");
            }

            Upload begun = await uploads.BeginAsync(user, request.Query["name"], length, cancel, isInParts: true);
            http.Response.Headers[Offset] = "0";
            return Results.Created($"{At}/{begun.Id}", new { video_id = begun.Id.ToString(), status = "uploading" });
        }

        LetBodyIn(http);
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type))
        {
            return Unsupported();
        }

        if (type.Type.Equals("video", StringComparison.OrdinalIgnoreCase))
        {
            Upload raw = await uploads.BeginAsync(user, request.Query["name"], request.ContentLength, cancel);
            return Created(await uploads.ReceiveAsync(raw, request.Body, cancel));
        }

        if (type.MediaType != "multipart/form-data" || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 } boundary)
        {
            return Unsupported();
        }

        var reader = new MultipartReader(boundary, request.Body, FormBufferBytes);
        while (await ClientBody.NextAsync(reader, cancel) is { } section)
        {
            if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? part)
                && HeaderUtilities.RemoveQuotes(part.Name) == Field)
            {
                string? name = part.FileNameStar.Value ?? HeaderUtilities.RemoveQuotes(part.FileName).Value;

                Upload upload = await uploads.BeginAsync(user, name, uploads.WithinForm(request.ContentLength), cancel);
                return Created(await uploads.ReceiveAsync(upload, section.Body, cancel));
            }
        }

        return Problems.Of(StatusCodes.Status400BadRequest, "field", $"The form has no field \"{Field}\".");
    });

    private static Task<IResult> ContinueAsync(string id, HttpContext http, Uploads uploads, UploadTable table) => AnswerAsync(
        http, async () =>
    {
        if (http.Request.ContentType != PartType)
        {
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "media_type", $"A part of an upload is {PartType}.");
        }

        if (!long.TryParse(http.Request.Headers[Offset], NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "offset", $"The header {Offset} says where the part begins.");
        }

        if (await UploadAsync(id, http, table) is not { } upload)
        {
            return NoVideo();
        }

        LetBodyIn(http);
        long? now = await uploads.ContinueAsync(upload, offset, http.Request.Body, http.RequestAborted);
        long at = now ?? await uploads.OffsetAsync(upload.Id, http.RequestAborted);
        http.Response.Headers[Offset] = at.ToString(CultureInfo.InvariantCulture);
        return now is not null
            ? Results.NoContent()
            : Problems.Of(StatusCodes.Status409Conflict, "offset",
                $"The upload is at another place, as {Offset} says, or still being written.");
    });

    private static async Task<IResult> OffsetAsync(string id, HttpContext http, Uploads uploads, UploadTable table, VideoTable videos)
    {
        (long at, long length) = await UploadAsync(id, http, table) is { } upload
            ? (await uploads.OffsetAsync(upload.Id, http.RequestAborted), upload.Bytes)
            : await VideoAsync(id, http, videos) is { } video ? (video.Bytes, video.Bytes)
            : (-1, -1);
        if (at < 0)
        {
            return NoVideo();
        }

        http.Response.Headers[Offset] = at.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers[Length] = length.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Ok();
    }

    private static async Task<IResult> ListAsync(
        int? limit, string? after, VideoTable videos, VideoFiles files, RtcOptions options, HttpContext http)
    {
        if (PageRequest.Refuse(limit, after, out PageRequest page) is { } refused)
        {
            return refused;
        }

        VideoId? last = page.After is { } id ? new VideoId(id) : null;
        (List<Video> rows, string? next) = page.Cut(
            await videos.ListAsync(http.UserOf(), last, page.Limit + 1, http.RequestAborted), video => video.Id.ToString());
        List<VideoView> views = [];
        foreach (Video row in rows)
        {
            views.Add(await ViewAsync(row, files, options, http));
        }

        return Results.Ok(new { videos = views, next });
    }

    private static async Task<IResult> FindAsync(string id, VideoTable videos, VideoFiles files, RtcOptions options, HttpContext http) =>
        await VideoAsync(id, http, videos) is { } video ? Results.Ok(await ViewAsync(video, files, options, http)) : NoVideo();

    private static async Task<VideoView> ViewAsync(Video video, VideoFiles files, RtcOptions options, HttpContext http) =>
        VideoView.Of(video, options.Store.RetainDays, await files.HasSidecarAsync(video, http.RequestAborted));

    private static async Task<IResult> FileAsync(string id, VideoTable videos, VideoFiles files, HttpContext http)
    {
        if (await VideoAsync(id, http, videos) is not { } video
            || await files.Store.FindAsync(video.File, http.RequestAborted) is not { } file)
        {
            return NoVideo();
        }

        string type = Path.GetExtension(video.File) switch
        {
            ".mp4" => "video/mp4",
            ".webm" => "video/webm",
            ".mov" => "video/quicktime",
            ".mkv" => "video/x-matroska",
            _ => "video/x-msvideo",
        };
        http.Response.Headers.CacheControl = "private, no-cache";
        return StoredFileResult.Of(file, files.Store.Read, type, new EntityTagHeaderValue($"\"{video.Sha256}\""));
    }

    private static async Task<IResult> SidecarAsync(string id, VideoTable videos, VideoFiles files, HttpContext http)
    {
        if (await VideoAsync(id, http, videos) is not { } video)
        {
            return NoVideo();
        }

        http.Response.Headers.CacheControl = "private, no-cache";
        return await files.Store.FindAsync(VideoFiles.SidecarOf(video.Id), http.RequestAborted) is { } file
            ? StoredFileResult.Of(file, files.Store.Read, "application/jsonl")
            : Problems.Of(StatusCodes.Status404NotFound, "no_sidecar", "Nothing was detected beside this video while it was recorded.");
    }

    private static async Task<IResult> ThumbnailAsync(string id, VideoTable videos, Thumbnails thumbnails, HttpContext http)
    {
        if (await VideoAsync(id, http, videos) is not { } video)
        {
            return NoVideo();
        }

        if (await thumbnails.OpenAsync(video, http.RequestAborted) is not { } picture)
        {
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "busy", "There is no time for a thumbnail now. Try again.");
        }

        // What is in a video never changes, and neither does this.
        http.Response.RegisterForDispose(picture);
        http.Response.Headers.CacheControl = "private, max-age=86400";
        return new FileInfo(picture.Path).Length > 0
            ? Results.File(picture.Path, "image/jpeg", entityTag: new EntityTagHeaderValue($"\"{video.Sha256}-t\""))
            : Results.NoContent();
    }

    private static Task<IResult> DeleteAsync(
        string id, VideoTable videos, Uploads uploads, VideoFiles files, UploadTable table, HttpContext http) => AnswerAsync(
        http, async () =>
    {
        if (await UploadAsync(id, http, table) is { } upload)
        {
            await uploads.DropAsync(upload.Id);
            return Results.NoContent();
        }

        if (!Guid.TryParse(id, out Guid video)
            || await videos.DeleteAsync(http.UserOf(), new VideoId(video), http.RequestAborted) is not { } unused)
        {
            return NoVideo();
        }

        await files.DeleteAsync(new VideoId(video), unused, http.RequestAborted);
        return Results.NoContent();
    });

    private static async Task<IResult> AnswerAsync(HttpContext http, Func<Task<IResult>> work)
    {
        try
        {
            return await work();
        }
        catch (UploadException error)
        {
            return Problems.Of(error.Status, error.Code, error.Message);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or (IOException and not BadHttpRequestException))
        {
            // What comes from the client has its own answers, so that this is the folder's.
            UploadException storage = Uploads.NotWritable();
            http.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Problems.Of(storage.Status, storage.Code, storage.Message);
        }
    }

    /// <summary>The server's own limit on bodies is that of session descriptions; how long a video may be is seen to as it comes.</summary>
    private static void LetBodyIn(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
    }

    private static async Task<Video?> VideoAsync(string id, HttpContext http, VideoTable videos) =>
        Guid.TryParse(id, out Guid video) ? await videos.FindAsync(http.UserOf(), new VideoId(video), http.RequestAborted) : null;

    private static async Task<Upload?> UploadAsync(string id, HttpContext http, UploadTable uploads) =>
        Guid.TryParse(id, out Guid upload) ? await uploads.FindAsync(http.UserOf(), new VideoId(upload), http.RequestAborted) : null;

    private static IResult NoVideo() => Problems.Of(StatusCodes.Status404NotFound, "unknown_video", "There is no such video.");

    private static IResult Unsupported() => Problems.Of(
        StatusCodes.Status415UnsupportedMediaType, "media_type",
            $"A video comes as video/…, or in the field \"{Field}\" of multipart/form-data.");
}
