using Rtc.Server.Http;
using Rtc.Server.Metrics;
using Rtc.Signaling;
using Rtc.Signaling.Hub;

namespace Rtc.Server.Limits;

/// <summary>Turns requests away that would begin a hub connection where too many wait to join, or too many are negotiated.</summary>
internal static class HubLimit
{
    private const string RetryAfterSeconds = "10";

    public static void Use(IApplicationBuilder app, HubEntrance entrance, ClientLimits limits, RtcMetrics metrics) =>
        app.Use((context, next) =>
        {
            if (Check(context, entrance, limits) is not { } refusal)
            {
                return next(context);
            }

            metrics.Refused(refusal.HttpStatus == StatusCodes.Status429TooManyRequests ? "rate" : "limit");
            context.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Problems.Of(refusal.HttpStatus, refusal.Code, refusal.Message).ExecuteAsync(context);
        });

    private static Refusal? Check(HttpContext context, HubEntrance entrance, ClientLimits limits)
    {
        HttpRequest request = context.Request;
        bool negotiates = request.Path == "/hub/negotiate";
        if (!negotiates && (request.Path != "/hub" || request.Query.ContainsKey("id")))
        {
            return null;
        }

        // A negotiated connection that nobody opens is kept for a while.
        return negotiates && !limits.TryApi(context.Connection.RemoteIpAddress)
            ? new Refusal("rate", "Too many requests from this address (Limits:ApiPerMinute).", StatusCodes.Status429TooManyRequests)
            : entrance.Check(context.Connection.RemoteIpAddress);
    }
}
