using Rtc.Jobs;
using Rtc.Server.Accounts;

namespace Rtc.Server.Jobs;

/// <summary>The server's workers, from the first use of the store to the server's end.</summary>
internal sealed class JobWork(JobWorkers workers) : IStoreWorker
{
    public void Begin() => workers.Start();

    /// <summary>What runs goes back into the queue; what won't end in time is taken up when its lease has run out.</summary>
    public async Task EndAsync(CancellationToken cancel)
    {
        try
        {
            await workers.DisposeAsync().AsTask().WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            // The host's time is over.
        }
    }
}
