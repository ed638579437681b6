using Rtc.Server.Accounts;
using Rtc.Server.Options;
using Rtc.Store;
using Rtc.Store.Events;

namespace Rtc.Server.Events;

/// <summary>Once an hour: events past their time, and the oldest where there are too many.</summary>
internal sealed partial class EventSweep(RtcOptions options, EventTable events, TimeProvider time, ILogger<EventSweep> log)
    : IStoreWorker, IDisposable
{
    private static readonly TimeSpan s_every = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_first = TimeSpan.FromMinutes(1);

    private ITimer? _timer;

    public void Begin() => _timer ??= time.CreateTimer(_ => _ = Task.Run(TryAsync), null, s_first, s_every);

    public Task EndAsync(CancellationToken cancel)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    internal Task<int> RunAsync()
    {
        EventOptions limits = options.Events;
        DateTimeOffset? before = limits.RetainDays > 0 ? time.GetUtcNow().AddDays(-limits.RetainDays) : null;
        return events.SweepAsync(before, limits.MaxEvents);
    }

    private async Task TryAsync()
    {
        try
        {
            await RunAsync();
        }
        catch (StoreUnavailableException error)
        {
            LogLater(log, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old events stay for another hour: {Reason}")]
    private static partial void LogLater(ILogger log, string reason);
}
