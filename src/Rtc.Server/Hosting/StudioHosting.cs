using Rtc.Inference;
using Rtc.Jobs;
using Rtc.Media;
using Rtc.Server.Accounts;
using Rtc.Server.Options;
using Rtc.Server.Studio;
using Rtc.Studio;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Tasks;

namespace Rtc.Server.Hosting;

/// <summary>Where the studio joins the host. Nothing of it is made before the store is used.</summary>
internal static class StudioHosting
{
    public static IServiceCollection AddRtcStudio(this IServiceCollection services, RtcOptions options)
    {
        services.AddSingleton(new ClipLimits { MaxMegabytes = options.Studio.MaxMegabytes, MaxSeconds = options.Studio.MaxSeconds });
        services.AddSingleton(provider => new ClipWork(
            new StudioEngines(provider.GetRequiredService<IModelHost>(), ModelsOf(options)),
            provider.GetRequiredService<PicturePool>(),
            provider.GetRequiredService<ClipLimits>()));
        services.AddSingleton<IStudioClips, StudioClips>();
        services.AddSingleton<StudioForm>();
        services.AddSingleton<StudioTasks>();
        services.AddSingleton<StudioPreviews>();
        services.AddSingleton<IStoreWorker, StudioSweep>();
        foreach (string kind in (string[])[StudioKind.TrackPoint, StudioKind.TextToVideo, StudioKind.RemoveObject])
        {
            services.AddSingleton<IJobKind>(provider => StudioKind.All(
                provider.GetRequiredService<ClipWork>(), provider.GetRequiredService<StudioFolder>(),
                provider.GetRequiredService<IStudioClips>()).Single(one => one.Name == kind));
        }

        return services;
    }

    /// <summary>A mask model that was chosen for all holds here too.</summary>
    public static StudioModels ModelsOf(RtcOptions options) => new()
    {
        Mask = options.Studio.MaskModel == StudioModels.Auto ? options.Model.Segmenter : options.Studio.MaskModel,
        Text = options.Studio.TextModel,
        Fill = options.Studio.FillModel,
        Stems = options.Studio.StemModel,
    };
}
