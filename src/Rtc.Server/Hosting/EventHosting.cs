using Rtc.Server.Accounts;
using Rtc.Server.Events;
using Rtc.Server.Jobs;
using Rtc.Server.Rules;
using Rtc.Store.Events;
using Rtc.Store.Rules;

namespace Rtc.Server.Hosting;

/// <summary>Where rules and events join the host.</summary>
internal static class EventHosting
{
    public static IServiceCollection AddRtcEvents(this IServiceCollection services)
    {
        services.AddSingleton<RuleTable>();
        services.AddSingleton<EventTable>();
        services.AddSingleton<EventWebhookTable>();
        services.AddSingleton<RuleBook>();
        services.AddSingleton<RuleShelf>();
        services.AddSingleton<EventFeed>();
        services.AddSingleton<EventClips>();
        services.AddSingleton<IStoreWorker, EventWork>();
        services.AddSingleton<IStoreWorker, EventSweep>();
        services.AddSingleton<IStoreWorker, MqttWork>();
        services.AddSingleton<IStoreWorker>(provider =>
            WebhookWork.Of(new EventWebhooks(provider.GetRequiredService<EventWebhookTable>()), provider));
        return services;
    }
}
