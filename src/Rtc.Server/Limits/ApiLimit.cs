using Rtc.Server.Http;
using Rtc.Server.Metrics;

namespace Rtc.Server.Limits;

/// <summary>Counts requests to /api per address; probes are not counted, so that a busy neighbour can't make us look dead.</summary>
internal static class ApiLimit
{
    private const string RetryAfterSeconds = "10";

    public static void Use(IApplicationBuilder app, ClientLimits limits, RtcMetrics metrics) => app.Use((context, next) =>
    {
        PathString path = context.Request.Path;
        if (!path.StartsWithSegments("/api") || HealthProbes.Has(path) || limits.TryApi(context.Connection.RemoteIpAddress))
        {
            return next(context);
        }

        metrics.Refused("rate");
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Problems.Of(StatusCodes.Status429TooManyRequests, "rate", "Too many requests from this address (Limits:ApiPerMinute).")
            .ExecuteAsync(context);
    });
}
