using Rtc.Analysis;
using Rtc.Analysis.Language;
using Rtc.Analysis.Reading;
using Rtc.Analysis.Reframing;
using Rtc.Jobs;
using Rtc.Server.Accounts;
using Rtc.Server.Jobs;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Server.Recordings;
using Rtc.Server.Routes;
using Rtc.Server.Videos;
using Rtc.Signaling;
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
        services.AddSingleton<TrackTable>();
        services.AddSingleton<SceneTable>();
        services.AddSingleton<AnalysisReader>();
        services.AddRtcFiles(options);
        if (options.Language.Key is { Length: > 0 } key)
        {
            services.AddSingleton(
                provider => new LanguageDescriber(LanguageSettings(options, key), provider.GetRequiredService<TimeProvider>()));
        }

        services.AddSingleton<IJobKind, AnalyseKind>();
        services.AddSingleton<IJobKind, ReframeKind>();
        services.AddSingleton<IVideoProbe, ContainerProbe>();
        services.AddSingleton<Uploads>();
        services.AddSingleton<IVideoPlaces>(provider => provider.GetRequiredService<Uploads>());
        services.AddSingleton<RecordingWriter>();
        services.AddSingleton<RecordedVideos>();
        services.AddSingleton<IRecordingStore>(provider => provider.GetRequiredService<RecordedVideos>());
        services.AddSingleton<IStoreWorker>(provider => provider.GetRequiredService<RecordedVideos>());
        services.AddSingleton<RecordingIntake>();
        services.AddSingleton<Thumbnails>();
        services.AddSingleton<IStoreWorker, VideoSweep>();
        services.AddSingleton<IJobPace, RoomPace>();
        services.AddSingleton(provider => new JobCounters(provider.GetRequiredService<RtcMetrics>().Meter));
        services.AddSingleton(WorkerOptions(options.Jobs));
        services.AddSingleton<JobWorkers>();
        services.AddSingleton(new WebhookOptions { Key = options.Jobs.WebhookKey });
        services.AddSingleton<WebhookTable>();
        services.AddSingleton<JobIntake>();
        services.AddSingleton<IJobFeed, JobFeed>();
        services.AddSingleton<IStoreWorker>(WebhookWork.OfJobs);
        services.AddSingleton<IStoreWorker, JobWork>();
        services.AddSingleton<QueueWatch>();
        services.AddSingleton<IStoreWorker>(provider => provider.GetRequiredService<QueueWatch>());
        services.AddRtcEvents();
        services.AddRtcStudio(options);
        services.AddSingleton<StoreWork>();
        services.AddHostedService(provider => provider.GetRequiredService<StoreWork>());
        services.AddExceptionHandler<StoreErrors>();
        return services;
    }

    /// <summary>Instruments are declared from the start on: a dashboard shows no gap until the first use of the store.</summary>
    public static void DeclareStoreMetrics(this IServiceProvider services)
    {
        services.GetRequiredService<JobCounters>();
        services.GetRequiredService<QueueWatch>();
    }

    public static void MapStore(this IEndpointRouteBuilder routes)
    {
        routes.MapSession();
        routes.MapKeys();
        routes.MapVideos();
        routes.MapRecordings();
        routes.MapRules();
        routes.MapEvents();
        routes.MapJobs();
        routes.MapResults();
        routes.MapStills();
        routes.MapStudio();
    }

    private static LanguageSettings LanguageSettings(RtcOptions options, string key) => new()
    {
        Kind = options.Language.Kind == "gemini" ? LanguageKind.Gemini : LanguageKind.OpenAi,
        Endpoint = new Uri(options.Language.Endpoint),
        Key = key,
        Model = options.Language.Model,
        RequestsPerMinute = options.Language.RequestsPerMinute,
        CacheFolder = Path.Combine(Path.GetDirectoryName(StorePaths.Database(options))!, "descriptions"),
    };

    private static Rtc.Jobs.JobOptions WorkerOptions(Options.JobOptions options)
    {
        var workers = new Rtc.Jobs.JobOptions { MaxFailures = options.MaxFailures, MaxTime = TimeSpan.FromMinutes(options.MaxMinutes) };
        return options.Workers > 0 ? workers with { Workers = options.Workers } : workers;
    }
}
