using Prometheus;
using Rtc.Server.Authorization;
using Rtc.Server.Http;
using Rtc.Server.Metrics;
using Rtc.Server.Startup;

namespace Rtc.Server.Health;

/// <summary>What probes, operators and pages ask: alive, ready, and in which state.</summary>
internal static class HealthRoutes
{
    public static void MapHealth(this WebApplication app)
    {
        DateTimeOffset started = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        app.MapMethods(HealthProbes.Live, DownloadMethods.All, (IServiceProvider services) =>
            services.GetService<IHealthFacts>()?.NotLiveBecause is { } stuck
            ? Problems.Of(StatusCodes.Status503ServiceUnavailable, "not_live", stuck)
            : Results.Json(new { status = "live" }));
        app.MapMethods(HealthProbes.Ready, DownloadMethods.All, (IServiceProvider services) =>
        {
            HealthFacts? facts = services.GetService<IHealthFacts>()?.Read();
            return facts is { Ready: true }
                ? Results.Json(new { status = "ready" })
                : Problems.Of(
                    StatusCodes.Status503ServiceUnavailable, "not_ready", facts?.NotReadyBecause ?? "The rooms have not started.");
        });
        app.MapMethods("/api/health", DownloadMethods.All, (IServiceProvider services, TimeProvider clock, Access access) =>
        {
            HealthFacts? facts = services.GetService<IHealthFacts>()?.Read();
            return Results.Json(new
            {
                status = facts?.Status ?? "starting",
                reason = facts?.NotReadyBecause,
                version = BuildInfo.Version,
                uptime_seconds = Math.Round((clock.GetUtcNow() - started).TotalSeconds, 1),
                model = facts?.Model,
                provider = facts?.Provider,
                provider_reason = facts?.ProviderReason,
                level = facts?.Level,
                rooms = facts?.Rooms,
                peers = facts?.Peers,
                failed_rooms = facts?.FailedRooms,
                tokens_required = access.TokensRequired,
                models = facts?.Models.Select(model => new
                {
                    name = model.Name,
                    task = model.Task,
                    licence = model.Licence,
                    on_disk = model.OnDisk,
                    bytes = model.Bytes,
                    provider = model.Provider,
                    problem = model.Problem,
                }),
            });
        });
        var metrics = new Lazy<RequestDelegate>(() => Metrics(app.Services));
        app.MapGet("/metrics", (HttpContext http) => metrics.Value(http)).RequireAdministrator();
    }

    /// <summary>prometheus-net's endpoint. Made with the first request: a server that nobody scrapes never loads it.</summary>
    private static RequestDelegate Metrics(IServiceProvider services)
    {
        MetricsCollector collector = services.GetRequiredService<MetricsCollector>();
        return new ApplicationBuilder(services).UseMetricServer(settings => settings.Registry = collector.Registry, url: null).Build();
    }
}
