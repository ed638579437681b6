using Rtc.Jobs;
using Rtc.Store;
using Rtc.Store.Migrations;
using Rtc.Server.Options;
using Rtc.Server.Startup;

namespace Rtc.Server.Accounts;

/// <summary>
/// Begins what goes on at the store beside requests, workers and the clearing up: with the start where there is a store already, else
/// with the first request that needs one. A server that is only used live never opens one.
/// </summary>
internal sealed partial class StoreWork(
    IServiceProvider services, Database database, RtcOptions options, IHostApplicationLifetime lifetime, ILogger<StoreWork> log)
    : IHostedService
{
    private static readonly TimeSpan s_tryAgain = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private IStoreWorker[] _workers = [];
    private bool _hasBegun;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Store.Connection is null && !File.Exists(StorePaths.Database(options)))
        {
            return;
        }

        try
        {
            await database.OpenAsync(cancellationToken);
            Begin();
        }
        catch (StoreVersionException error)
        {
            throw new StartException(error.Message, error);
        }
        catch (StoreUnavailableException error)
        {
            LogUnavailable(log, error.InnerException!.Message);
            _ = Task.Run(OpenLaterAsync, CancellationToken.None);
        }
    }

    /// <summary>Called after each use of the store; does its work once.</summary>
    public void Begin()
    {
        lock (_lock)
        {
            if (_hasBegun || lifetime.ApplicationStopping.IsCancellationRequested)
            {
                return;
            }

            _hasBegun = true;
            _workers = [.. services.GetServices<IStoreWorker>()];
        }

        foreach (IStoreWorker worker in _workers)
        {
            worker.Begin();
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        IStoreWorker[] workers;
        lock (_lock)
        {
            (workers, _hasBegun) = (_workers, true);
        }

        foreach (IStoreWorker worker in workers)
        {
            await worker.EndAsync(cancellationToken);
        }
    }

    /// <summary>A live server starts without its database, and finds it when it is there.</summary>
    private async Task OpenLaterAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(s_tryAgain, database.Time, lifetime.ApplicationStopping);
                try
                {
                    await database.OpenAsync(lifetime.ApplicationStopping);
                    Begin();
                    return;
                }
                catch (StoreUnavailableException)
                {
                    // Not yet.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        catch (StoreVersionException error)
        {
            LogUnavailable(log, error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store can't be opened; videos and jobs wait: {Reason}")]
    private static partial void LogUnavailable(ILogger log, string reason);
}
