using Rtc.Analysis.Tests.Running;
using Rtc.Jobs;
using Rtc.Store;

namespace Rtc.Analysis.Tests.Killing;

/// <summary>A program that analyses videos of a store until it is killed.</summary>
internal static class KilledWorker
{
    public static async Task<int> RunAsync(string[] args)
    {
        using var models = new WhiteModels();
        AnalysisStore store = AnalysisStore.Open(new StoreOptions { File = args[0] }, args[1], models);
        await using JobWorkers workers = store.Workers(Options);
        workers.Start();
        Console.WriteLine("ready");
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
