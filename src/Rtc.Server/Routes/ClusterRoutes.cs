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
    }

    /// <summary>It ends a server: where no key is set, that is for whoever is on its machine.</summary>
    private static IResult? RefuseStranger(HttpContext context)
    {
        Access access = context.RequestServices.GetRequiredService<Access>();
        bool may = access.ApiKeyRequired
            ? access.IsAdministrator(context.Request)
            : context.Connection.RemoteIpAddress is { } from && IPAddress.IsLoopback(from);
        if (may)
        {
            return null;
        }

        context.RequestServices.GetRequiredService<RtcMetrics>().Refused("api_key");
        return access.ApiKeyRequired
            ? AdministratorFilter.AskForKey(context)
            : Problems.Of(StatusCodes.Status403Forbidden, "forbidden", "Without an API key a server is drained from its own machine.");
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
