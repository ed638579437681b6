using Microsoft.AspNetCore.Diagnostics;
using Rtc.Server.Http;
using Rtc.Store;
using Rtc.Store.Files;
using Rtc.Store.Migrations;

namespace Rtc.Server.Accounts;

/// <summary>
/// What a request is answered whose store is not there (503), has no room (507) or has just lost a row (404), without a stack in the log.
/// </summary>
internal sealed class StoreErrors : IExceptionHandler
{
    private const string RetryAfterSeconds = "5";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is StoreUnavailableException { IsFull: true })
        {
            await Problems.Of(
                StatusCodes.Status507InsufficientStorage, "disk",
                "The disk of the database is full (Http:StateDirectory, or that of Store:Connection).").ExecuteAsync(httpContext);
            return true;
        }

        if (exception is FilesUnavailableException { IsFull: true } full)
        {
            await Problems.Of(StatusCodes.Status507InsufficientStorage, "disk", full.Message).ExecuteAsync(httpContext);
            return true;
        }

        if (exception is RowGoneException)
        {
            // A video was deleted between the look for it and the job: the answer is that of a moment later.
            await Problems.Of(StatusCodes.Status404NotFound, "unknown_video", "There is no such video.").ExecuteAsync(httpContext);
            return true;
        }

        string? detail = exception switch
        {
            StoreUnavailableException => "The database does not answer. Try again.",
            StoreVersionException version => version.Message,
            FilesUnavailableException => "The files of videos can't be reached. Try again.",
            _ => null,
        };
        if (detail is null)
        {
            return false;
        }

        httpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
        await Problems.Of(StatusCodes.Status503ServiceUnavailable, "store", detail).ExecuteAsync(httpContext);
        return true;
    }
}
