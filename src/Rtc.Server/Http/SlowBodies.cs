using System.Net;
using Microsoft.AspNetCore.Http;
using Rtc.Server.Metrics;

namespace Rtc.Server.Http;

/// <summary>
/// Answers requests whose body came too slowly, too long or not whole. Each is its sender's affair and a stack says
/// nothing of it: one line a minute and address, under a name that means nothing outside of this run.
/// </summary>
internal sealed partial class SlowBodies(RtcMetrics metrics, TimeProvider clock, ILogger<SlowBodies> log)
{
    private readonly LogThrottle _throttle = new(clock);

    public static void Use(WebApplication app)
    {
        SlowBodies slow = ActivatorUtilities.CreateInstance<SlowBodies>(app.Services);
        app.Use(slow.AnswerAsync);
    }

    private async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            metrics.Refused("body");
            IPAddress? address = context.Connection.RemoteIpAddress;
            if (_throttle.MayLog(address, out string client, out int before))
            {
                LogBadBody(log, client, error.StatusCode, error.Message, before);
            }

            context.Response.Headers.Connection = "close";
            await Problems.Of(error.StatusCode, "bad_body", error.Message).ExecuteAsync(context);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Client {Client}: {Status}, {Reason} ({Before} more like it since its last line)")]
    private static partial void LogBadBody(ILogger log, string client, int status, string reason, int before);
}
