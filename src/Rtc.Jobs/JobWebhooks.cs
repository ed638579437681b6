using Rtc.Store.Queue;

namespace Rtc.Jobs;

/// <summary>Those who are to be told of jobs that are over.</summary>
public sealed class JobWebhooks(WebhookTable table, Func<Job, byte[]> body) : IWebhookSource
{
    public async Task<WebhookCall?> TakeAsync(
        Func<int, TimeSpan> delayAfter, IReadOnlyCollection<string> busy, CancellationToken cancel) =>
        await table.TakeAsync(delayAfter, busy, cancel).ConfigureAwait(false) is { } due
            ? new WebhookCall(due.Job.Id.ToString(), due.Address, due.Try, body(due.Job))
            : null;

    public Task EndAsync(WebhookCall told, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(told);
        return table.EndAsync(new JobId(Guid.Parse(told.Key)), cancel);
    }
}
