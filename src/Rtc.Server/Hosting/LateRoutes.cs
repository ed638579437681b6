using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;

namespace Rtc.Server.Hosting;

/// <summary>
/// Routes that are made with the first request where they lie, for which there is no other route. To make one costs a page of
/// compiled code: a server that carries rooms and nothing else is spared some sixty.
/// </summary>
internal sealed class LateRoutes : EndpointDataSource, IDisposable
{
    /// <summary>Where they lie.</summary>
    internal static readonly string[] Below = ["/api/", "/jobs/", "/uploads/"];

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _made = new();
    private readonly IServiceProvider _services;
    private readonly Action<IEndpointRouteBuilder> _map;
    private volatile IReadOnlyList<Endpoint> _endpoints;
    private RequestDelegate? _again;

    private LateRoutes(IServiceProvider services, Action<IEndpointRouteBuilder> map)
    {
        (_services, _map) = (services, map);
        _endpoints =
        [
            .. Below.Select(at =>
                new RouteEndpointBuilder(MakeAndRouteAsync, RoutePatternFactory.Parse(at + "{**path}"), int.MaxValue).Build()),
        ];
    }

    public override IReadOnlyList<Endpoint> Endpoints => _endpoints;

    /// <summary>In place of UseRouting: a request that has the routes made is routed once more.</summary>
    public static void Use(WebApplication app, Action<IEndpointRouteBuilder> map)
    {
        var late = new LateRoutes(app.Services, map);
        app.Use(next =>
        {
            late._again = next;
            return next;
        });
        app.UseRouting();
        ((IEndpointRouteBuilder)app).DataSources.Add(late);
        app.Lifetime.ApplicationStopped.Register(late.Dispose);
    }

    public override IChangeToken GetChangeToken() =>
        _made.IsCancellationRequested ? NullChangeToken.Singleton : new CancellationChangeToken(_made.Token);

    public void Dispose() => _made.Dispose();

    private Task MakeAndRouteAsync(HttpContext http)
    {
        lock (_gate)
        {
            if (!_made.IsCancellationRequested)
            {
                var routes = new Routes(_services);
                _map(routes);
                _endpoints = [.. routes.DataSources.SelectMany(source => source.Endpoints)];

                // Whoever hears of the change asks for the next one at once: there is none.
                _made.Cancel();
            }
        }

        http.SetEndpoint(null);
        http.Request.RouteValues.Clear();
        return _again!(http);
    }

    private sealed class Routes(IServiceProvider services) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => services;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(services);
    }
}
