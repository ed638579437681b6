using Rtc.Jobs;
using Rtc.Server.Accounts;
using Rtc.Server.Jobs;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Server.Routes;
using Rtc.Server.Videos;
using Rtc.Store;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Server.Hosting;

/// <summary>Where the store, jobs and videos join the host. Each service is made with its first use.</summary>
internal static class StoreHosting
{
    public static IServiceCollection AddRtcStore(this IServiceCollection services, RtcOptions options)
    {
        services.AddSingleton(
            provider => new Database(StorePaths.Options(options), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<UserTable>();
        services.AddSingleton<VideoTable>();
        services.AddSingleton<UploadTable>();
        services.AddSingleton<JobTable>();
        services.AddSingleton<ResultTable>();
        services.AddSingleton<IVideoProbe, ContainerProbe>();
        services.AddSingleton<Uploads>();
        services.AddSingleton<IStoreWorker, VideoSweep>();
        services.AddSingleton<IJobPace, RoomPace>();
        services.AddSingleton(provider => new JobCounters(provider.GetRequiredService<RtcMetrics>().Meter));
        services.AddSingleton(WorkerOptions(options.Jobs));
        services.AddSingleton<JobWorkers>();
        services.AddSingleton<JobIntake>();
        services.AddSingleton<IStoreWorker, JobWork>();
        services.AddRtcStudio(options);
        services.AddSingleton<StoreWork>();
        services.AddHostedService(provider => provider.GetRequiredService<StoreWork>());
        services.AddExceptionHandler<StoreErrors>();
        return services;
    }

    public static void MapStore(this IEndpointRouteBuilder routes)
    {
        routes.MapKeys();
        routes.MapVideos();
        routes.MapJobs();
        routes.MapStudio();
    }

    private static Rtc.Jobs.JobOptions WorkerOptions(Options.JobOptions options)
    {
        var workers = new Rtc.Jobs.JobOptions { MaxFailures = options.MaxFailures, MaxTime = TimeSpan.FromMinutes(options.MaxMinutes) };
        return options.Workers > 0 ? workers with { Workers = options.Workers } : workers;
    }
}
