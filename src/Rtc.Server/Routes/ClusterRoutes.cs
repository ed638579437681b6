using System.Net;
using Rtc.Server.Addresses;
using Rtc.Server.Authorization;
using Rtc.Server.Health;
using Rtc.Server.Http;
using Rtc.Server.Load;
using Rtc.Server.Metrics;
using Rtc.Server.Rooms;
using Rtc.Server.Startup;

namespace Rtc.Server.Routes;

/// <summary>The nodes of the cluster, and the drain of one of them. A server that serves alone is its only node.</summary>
internal static class ClusterRoutes
{
    private const string Dashboard = "/cluster";

    public static void MapCluster(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/cluster", (IServiceProvider services, Access access, HttpRequest request) =>
            access.MaySeeAll(request) ? Results.Ok(View(services)) : AdministratorFilter.AskForKey(request.HttpContext));
        routes.MapPost("/api/cluster/drain", async (string? node, IServiceProvider services, IDrain drain) =>
        {
            ClusterView view = View(services);
            string wanted = string.IsNullOrEmpty(node) ? view.NodeId : node;
            if (wanted == view.NodeId)
            {
                drain.Begin();
            }
            else if (services.GetService<ICluster>() is not { } cluster || !await cluster.DrainAsync(wanted))
            {
                return Problems.Of(StatusCodes.Status404NotFound, "unknown_node", "There is no such node, or it does not answer.");
            }

            return Results.Json(new DrainReply(wanted, Draining: true), statusCode: StatusCodes.Status202Accepted);
        }).Guard(context => RefuseStranger(context));
        routes.MapGet(Dashboard + "/{**page}", ServeDashboardAsync);
    }

    private static async Task<IResult> ServeDashboardAsync(string? page, HttpContext http)
    {
        if (http.RequestServices.GetService<IClusterPages>() is not { } pages)
        {
            return Problems.Of(StatusCodes.Status404NotFound, "no_dashboard", "This server has no dashboard (Cluster:Dashboard).");
        }

        Access access = http.RequestServices.GetRequiredService<Access>();
        if (RefuseStranger(http, access.IsAdministratorByPassword(http.Request)) is { } refused)
        {
            // Only here, where nothing is changed: a browser asks whoever opens the page.
            http.Response.Headers.WWWAuthenticate = access.ApiKeyRequired ? new(["Basic realm=\"API key\"", "Bearer"]) : default;
            return refused;
        }

        if (page is null && !http.Request.Path.Value!.EndsWith('/'))
        {
            return Results.LocalRedirect($"~{Dashboard}/");
        }

        return await pages.TryServeAsync(http, Dashboard, "/" + page)
            ? Results.Empty
            : Problems.Of(StatusCodes.Status503ServiceUnavailable, "cluster_unavailable", "This node's silo is being started.");
    }

    private static IResult? RefuseStranger(HttpContext context) => RefuseStranger(
        context, context.RequestServices.GetRequiredService<Access>().IsAdministrator(context.Request));

    /// <summary>It ends a server, or shows its insides: where no key is set, that is for whoever is on its machine.</summary>
    private static IResult? RefuseStranger(HttpContext context, bool hasKey)
    {
        Access access = context.RequestServices.GetRequiredService<Access>();
        if (access.ApiKeyRequired ? hasKey : context.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from))
        {
            return null;
        }

        context.RequestServices.GetRequiredService<RtcMetrics>().Refused("api_key");
        return access.ApiKeyRequired
            ? AdministratorFilter.AskForKey(context)
            : Problems.Of(StatusCodes.Status403Forbidden, "forbidden", "Without an API key this is asked on the server's own machine.");
    }

    public sealed record DrainReply(string NodeId, bool Draining);

    private static ClusterView View(IServiceProvider services) => services.GetService<ICluster>()?.View() ?? Alone(services);

    private static ClusterView Alone(IServiceProvider services)
    {
        HealthFacts facts = services.GetRequiredService<IHealthFacts>().Read();
        LoadFactsOf(services, out double load, out double free);
        string name = Environment.MachineName.ToLowerInvariant();
        string url = services.GetRequiredService<JoinAddresses>().Phone.Select(address => address.AbsoluteUri).FirstOrDefault(string.Empty);
        bool draining = services.GetRequiredService<DrainState>().IsDraining;
        return new ClusterView(
            name, [new ClusterNodeView(name, url, facts.Rooms, 0, facts.Peers, load, free, facts.Model, draining, BuildInfo.Version)]);
    }

    private static void LoadFactsOf(IServiceProvider services, out double load, out double free)
    {
        LoadFacts facts = services.GetRequiredService<ServerLoad>().Facts;
        load = Math.Round(facts.Load, 3);
        free = Math.Round(facts.Cores * Math.Max(0, 1 - facts.Processor), 2);
    }
}
