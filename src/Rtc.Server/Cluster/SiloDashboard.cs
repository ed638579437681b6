using System.Diagnostics;
using Orleans.Dashboard;
using Orleans.Hosting;
using Orleans.Serialization;
using Rtc.Server.Rooms;

namespace Rtc.Server.Cluster;

/// <summary>
/// Orleans' own pages about silos, grains and their calls. They are served out of the silo's container, which is not the server's, and a
/// new one where the silo is replaced. Nothing else names their package: a node without <c>Cluster:Dashboard</c> never loads it.
/// </summary>
internal sealed class SiloDashboard(ClusterService cluster) : IClusterPages
{
    private volatile Built? _built;

    /// <summary>As the silo is put together.</summary>
    public static void AddTo(ISiloBuilder silo)
    {
        silo.AddDashboard(pages => pages.HideTrace = true);

        // Its grains: only what a project that builds grains refers to is found by itself.
        silo.Services.AddSerializer(grains => grains.AddAssembly(typeof(DashboardOptions).Assembly));
        silo.Services.AddRouting();

        // A web host brings it; the silo's is none.
        var listener = new DiagnosticListener(nameof(SiloDashboard));
        silo.Services.AddSingleton(listener);
        silo.Services.AddSingleton<DiagnosticSource>(listener);
    }

    public async Task<bool> TryServeAsync(HttpContext http, PathString below, PathString page)
    {
        if (cluster.SiloServices is not { } silo)
        {
            return false;
        }

        Built pages = _built is { } known && known.Silo == silo ? known : _built = Build(silo);
        (IServiceProvider Services, Endpoint? Endpoint, PathString Base, PathString Path) outside =
            (http.RequestServices, http.GetEndpoint(), http.Request.PathBase, http.Request.Path);
        await using AsyncServiceScope scope = silo.CreateAsyncScope();
        try
        {
            http.RequestServices = scope.ServiceProvider;
            http.SetEndpoint(null);
            (http.Request.PathBase, http.Request.Path) = (outside.Base.Add(below), page);
            await pages.Serve(http);
        }
        finally
        {
            http.RequestServices = outside.Services;
            http.SetEndpoint(outside.Endpoint);
            (http.Request.PathBase, http.Request.Path) = (outside.Base, outside.Path);
        }

        return true;
    }

    private static Built Build(IServiceProvider silo)
    {
        var app = new ApplicationBuilder(silo);
        app.UseRouting();
        app.UseEndpoints(routes => routes.MapOrleansDashboard());
        return new Built(silo, app.Build());
    }

    private sealed record Built(IServiceProvider Silo, RequestDelegate Serve);
}
