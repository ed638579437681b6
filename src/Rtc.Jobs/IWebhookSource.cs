namespace Rtc.Jobs;

/// <summary>What somebody is to be told, and with which try this is.</summary>
public sealed record WebhookCall(string Key, string Address, int Try, ReadOnlyMemory<byte> Body);

/// <summary>Where those are kept who are to be told: of jobs that are over, or of events of rooms.</summary>
public interface IWebhookSource
{
    /// <summary>
    /// Takes the one that is due longest, and makes it due again after a delay: until it is done it is tried again. Those whose address
    /// begins like one of <paramref name="busy"/> are left where they are.
    /// </summary>
    Task<WebhookCall?> TakeAsync(Func<int, TimeSpan> delayAfter, IReadOnlyCollection<string> busy, CancellationToken cancel);

    /// <summary>It was told, or is given up.</summary>
    Task EndAsync(WebhookCall told, CancellationToken cancel);
}
