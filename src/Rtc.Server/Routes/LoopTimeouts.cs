using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.SignalR;
using Rtc.Server.Http;
using Rtc.Server.Network;

namespace Rtc.Server.Routes;

/// <summary>What a request is answered that the media loop had no answer for: 503 over HTTP, a code and a sentence over the hub.</summary>
internal sealed class LoopTimeouts : IExceptionHandler, IHubFilter
{
    private const string Code = "busy";
    private const string Message = "The server did not come to it in time. Try again.";
    private const string RetryAfterSeconds = "5";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not LoopTimeoutException)
        {
            return false;
        }

        httpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
        await Problems.Of(StatusCodes.Status503ServiceUnavailable, Code, Message).ExecuteAsync(httpContext);
        return true;
    }

    public async ValueTask<object?> InvokeMethodAsync(
        HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        try
        {
            return await next(invocationContext);
        }
        catch (LoopTimeoutException)
        {
            throw new HubException($"{Code}: {Message}");
        }
    }
}
