using Rtc.Jobs;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Killing;

/// <summary>A program that works on tasks of a store until it is killed.</summary>
internal static class KilledWorker
{
    public static async Task<int> RunAsync(string[] args)
    {
        await using StudioStore store = StudioStore.Open(args[0], isOwner: false);
        await using JobWorkers workers = store.Workers(Options);
        workers.Start();
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    /// <summary>A lease so short that a killed worker's job is soon another's, and no end of failures.</summary>
    internal static JobOptions Options { get; } = new()
    {
        Workers = 1,
        Lease = TimeSpan.FromMilliseconds(400),
        PollEvery = TimeSpan.FromMilliseconds(50),
        MaxFailures = int.MaxValue,
        SaveEvery = TimeSpan.Zero,
    };
}
