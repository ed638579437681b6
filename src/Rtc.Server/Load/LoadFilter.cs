using Rtc.Server.Http;
using Rtc.Server.Metrics;

namespace Rtc.Server.Load;

/// <summary>For routes that take something large: refuses while the server is short of memory, before the body is read.</summary>
internal static class LoadFilter
{
    public const string RetryAfterSeconds = "10";

    public static TBuilder RequireMemory<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.Guard(context =>
    {
        if (context.RequestServices.GetRequiredService<ServerLoad>().MemoryRefusal is not { } refusal)
        {
            return null;
        }

        context.RequestServices.GetRequiredService<RtcMetrics>().Refused("memory");
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return Problems.Of(refusal.HttpStatus, refusal.Code, refusal.Message);
    });
}
