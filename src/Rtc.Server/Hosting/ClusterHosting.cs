using System.Runtime.CompilerServices;
using Rtc.Server.Cluster;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Signaling;

namespace Rtc.Server.Hosting;

/// <summary>Where the cluster joins the host. Called only where one is named, so that a server alone loads nothing of it.</summary>
internal static class ClusterHosting
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void AddRtcCluster(IServiceCollection services, RtcOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.Cluster.Connection);
        services.AddSingleton<ClusterReport>();
        services.AddSingleton<ClusterService>();
        services.AddSingleton<RoomRequests>();
        services.AddSingleton<ICluster>(provider => provider.GetRequiredService<ClusterService>());
        services.AddSingleton<IDrainStep>(provider => provider.GetRequiredService<ClusterService>());

        if (options.Cluster.Dashboard)
        {
            services.AddSingleton<IClusterPages, SiloDashboard>();
        }

        // Asked for with the first request: web pages are served after the cluster was joined.
        services.AddSingleton<ISessions>(provider => ActivatorUtilities.CreateInstance<ClusterSessions>(
            provider, provider.GetRequiredService<ClusterService>().Rooms, provider.GetRequiredService<ClusterService>().Relay));
        services.AddHostedService<NodeWarmUp>();
        services.AddHostedService(provider => provider.GetRequiredService<ClusterService>());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void UseRtcCluster(WebApplication app) => app.Services.GetRequiredService<RoomRequests>().Use(app);
}
