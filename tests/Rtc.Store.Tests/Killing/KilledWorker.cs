using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Jobs;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Tests.Jobs;

namespace Rtc.Store.Tests.Killing;

/// <summary>A program that works on jobs at a database until it is killed.</summary>
internal static class KilledWorker
{
    public static async Task<int> RunAsync(string[] args)
    {
        await using var database = new Database(KilledProgram.OptionsOf(args), TimeProvider.System);
        using var meter = new Meter("worker");
        await using var workers = new JobWorkers(
            database, [new CountingKind(new ResultTable(database))], Options, new SteadyPace(), new JobCounters(meter),
            NullLogger<JobWorkers>.Instance);
        workers.Start();
        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    /// <summary>A lease so short that a killed worker's job is soon another's, and no end of failures.</summary>
    internal static JobOptions Options { get; } = new()
    {
        Workers = 2,
        Lease = TimeSpan.FromMilliseconds(600),
        PollEvery = TimeSpan.FromMilliseconds(100),
        MaxFailures = int.MaxValue,
        SaveEvery = TimeSpan.Zero,
    };
}
