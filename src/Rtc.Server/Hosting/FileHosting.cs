using Rtc.Analysis;
using Rtc.Media.Containers;
using Rtc.Server.Accounts;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Server.Videos;
using Rtc.Store.Buckets;
using Rtc.Store.Files;
using Rtc.Studio.Tasks;

namespace Rtc.Server.Hosting;

/// <summary>Where the files of videos and clips join the host: those of a folder, or of a bucket.</summary>
internal static class FileHosting
{
    private const string Videos = "videos/";
    private const string Clips = "studio/";
    private const string Parts = "parts/";

    public static IServiceCollection AddRtcFiles(this IServiceCollection services, RtcOptions options)
    {
        if (BucketAddress.Of(options.Bucket) is { } settings)
        {
            AddBucket(services, options, settings);
        }
        else
        {
            services.AddSingleton(new VideoFiles(options, new FolderFiles(StorePaths.Files(options))));
            services.AddSingleton(new StudioFolder(StorePaths.Studio(options)));
            services.AddSingleton<IUploadParts, FolderParts>();
        }

        services.AddSingleton(provider => new AnalysisSettings(
            provider.GetRequiredService<VideoFiles>().Store, StorePaths.Files(options), new ContainerLimits()));
        return services;
    }

    private static void AddBucket(IServiceCollection services, RtcOptions options, BucketSettings settings)
    {
        BucketFiles Files(IServiceProvider provider, string folder) => new(
            new BucketObjects(provider.GetRequiredService<BucketClient>(), folder), provider.GetRequiredService<CopyFolder>());

        services.AddSingleton(provider => new BucketCounters(provider.GetRequiredService<RtcMetrics>().Meter));
        services.AddSingleton(provider => new BucketClient(
            settings, provider.GetRequiredService<BucketCounters>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new CopyFolder(
            StorePaths.Copies(options), options.Bucket.CopyMegabytes * Uploads.Megabyte, options.Store.MinFreeMegabytes * Uploads.Megabyte,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new VideoFiles(options, Files(provider, Videos)));
        services.AddSingleton(provider => new StudioFolder(StorePaths.Studio(options), Files(provider, Clips)));
        services.AddSingleton<IUploadParts>(provider => ActivatorUtilities.CreateInstance<BucketParts>(
            provider, new BucketObjects(provider.GetRequiredService<BucketClient>(), Parts)));
        services.AddSingleton<IStoreWorker, BucketWatch>();
    }
}
