using Rtc.Server.Accounts;
using Rtc.Server.Options;
using Rtc.Store.Files;
using Rtc.Studio.Tasks;

namespace Rtc.Server.Studio;

/// <summary>Deletes the files of tasks once their hours are over, by the clock.</summary>
internal sealed partial class StudioSweep(RtcOptions options, StudioFolder folder, TimeProvider time, ILogger<StudioSweep> log)
    : IStoreWorker, IDisposable
{
    private static readonly TimeSpan s_every = TimeSpan.FromMinutes(10);
    private ITimer? _timer;

    public void Begin() => _timer ??= time.CreateTimer(_ => _ = Task.Run(RunAsync), null, s_every, s_every);

    public Task EndAsync(CancellationToken cancel)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    internal async Task RunAsync()
    {
        try
        {
            await folder.SweepAsync(time.GetUtcNow().AddHours(-options.Studio.KeepHours));
        }
        catch (Exception error) when (error is FilesUnavailableException or IOException or UnauthorizedAccessException)
        {
            LogFailed(log, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Files of the studio could not be cleared up: {Reason}")]
    private static partial void LogFailed(ILogger log, string reason);
}
