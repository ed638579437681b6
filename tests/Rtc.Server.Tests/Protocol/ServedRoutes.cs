using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Protocol;

/// <summary>What the running server routes, for the documents that list it.</summary>
internal static class ServedRoutes
{
    /// <summary>"GET /api/rooms" and so on, in order; without the hub, which is no HTTP route to its users.</summary>
    public static string[] Of(RunningHost host) =>
    [
        .. host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/hub", StringComparison.Ordinal) == false)
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
                .Select(method => $"{method} /{endpoint.RoutePattern.RawText!.Trim('/').Replace("{**", "{", StringComparison.Ordinal)}"))
            .Distinct().Order(StringComparer.Ordinal),
    ];
}
