using Rtc.Server.Http;
using Rtc.Server.Options;
using Rtc.Server.Startup;

namespace Rtc.Server.Health;

/// <summary>
/// A port that answers health and nothing else, with places of its own: a crowd on the other ports, whoever it is,
/// does not make an orchestrator kill a server that works.
/// </summary>
internal static class HealthListener
{
    /// <summary>A probe takes one for a moment; what a stranger holds silently is cut with the other silent ones.</summary>
    public static LimitOptions Limits { get; } =
        new() { MaxConnections = DescriptorLimit.HealthConnections, MaxConnectionsPerAddress = DescriptorLimit.HealthConnections };

    public static void Use(IApplicationBuilder app, int port)
    {
        if (port == 0)
        {
            return;
        }

        app.Use((context, next) =>
            context.Connection.LocalPort == port && !context.Request.Path.StartsWithSegments("/api/health")
                ? Problems.Of(StatusCodes.Status404NotFound, "health_only", "This port answers /api/health alone.").ExecuteAsync(context)
                : next(context));
    }
}
