using System.Globalization;
using System.Text.Json;
using Rtc.Jobs;
using Rtc.Store.Events;

namespace Rtc.Server.Events;

/// <summary>Those who are to be told of events by rules that name their address.</summary>
internal sealed class EventWebhooks(EventWebhookTable table) : IWebhookSource
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public async Task<WebhookCall?> TakeAsync(
        Func<int, TimeSpan> delayAfter, IReadOnlyCollection<string> busy, CancellationToken cancel) =>
        await table.TakeAsync(delayAfter, busy, cancel) is { } due
            ? new WebhookCall(
                due.Event.Id.ToString(CultureInfo.InvariantCulture), due.Address, due.Try,
                JsonSerializer.SerializeToUtf8Bytes(EventView.Of(due.Event), s_json))
            : null;

    public Task EndAsync(WebhookCall told, CancellationToken cancel) =>
        table.EndAsync(long.Parse(told.Key, CultureInfo.InvariantCulture), cancel);
}
