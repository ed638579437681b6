using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Server.Tests.Hosting;
using Xunit;

namespace Rtc.Server.Tests.Protocol;

/// <summary>What the running server routes, for the documents that list it.</summary>
internal static class ServedRoutes
{
    /// <summary>"GET /api/rooms" and so on, in order; without the hub, which is no HTTP route to its users.</summary>
    public static async Task<string[]> OfAsync(RunningHost host)
    {
        // Most are made once one of them is asked for.
        Assert.Contains(Endpoints(host), route => route.RoutePattern.RawText == "/api/{**path}");
        await host.Client.GetAsync("/api/none-such");
        return
        [
            .. Endpoints(host)
                .Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/hub", StringComparison.Ordinal) == false)
                .SelectMany(endpoint => MethodsOf(endpoint).Select(method => $"{method} /{PathOf(endpoint)}"))
                .Distinct().Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>HEAD beside GET is the same answer without its body, and has no line of its own.</summary>
    private static IEnumerable<string> MethodsOf(RouteEndpoint endpoint)
    {
        IReadOnlyList<string> methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
        return methods.Contains("GET") ? methods.Where(method => method != "HEAD") : methods;
    }

    private static string PathOf(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.RawText!.Trim('/').Replace("{**", "{", StringComparison.Ordinal);

    private static IEnumerable<RouteEndpoint> Endpoints(RunningHost host) =>
        host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
}
