using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Jobs;
using Rtc.Store;
using Rtc.Store.Queue;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Bench;

/// <summary>
/// `rtc-bench jobs`: how long a job waits for a worker. On PostgreSQL another program asks, and NOTIFY wakes the worker; on SQLite the
/// worker's own.
/// </summary>
internal static class JobsCommand
{
    public static readonly string[] Options = ["jobs", "connection", "output"];

    private const int WarmUp = 100;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static async Task<int> InvokeAsync(string[] arguments)
    {
        var options = new Arguments(arguments, Options);
        int count = options.Whole("jobs", 2000, 10, 1_000_000);
        string? connection = options.Text("connection");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rtc-jobs-");
        try
        {
            var store = new StoreOptions { Connection = connection, File = Path.Combine(folder.FullName, StoreOptions.FileName) };
            double[] waits = await MeasureAsync(store, count);
            (double half, double most) = (waits[waits.Length / 2], waits[waits.Length * 99 / 100]);
            string engine = connection is null ? "SQLite" : "PostgreSQL";
            Console.WriteLine(FormattableString.Invariant(
                $"{waits.Length} jobs on {engine}, from asking to working: ")
                + FormattableString.Invariant($"p50 {half:0.0} ms, p99 {most:0.0} ms, longest {waits[^1]:0.0} ms"));
            if (options.Text("output") is { } output)
            {
                var result = new JsonObject
                {
                    ["engine"] = engine,
                    ["jobs"] = waits.Length,
                    ["take_up_p50_ms"] = Math.Round(half, 2),
                    ["take_up_p99_ms"] = Math.Round(most, 2),
                };
                await File.WriteAllTextAsync(output, result.ToJsonString() + "\n");
            }

            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double[]> MeasureAsync(StoreOptions store, int count)
    {
        var begun = new ConcurrentDictionary<JobId, TaskCompletionSource<long>>();
        await using var database = new Database(store, TimeProvider.System);
        await using Database other = store.Connection is null ? database : new Database(store, TimeProvider.System);
        using var meter = new Meter("bench");
        IJobKind[] kinds = [new InstantKind(begun)];
        await using var workers = new JobWorkers(
            database, kinds, new JobOptions { Workers = 2, PollEvery = TimeSpan.FromHours(1) }, new FullPace(), new JobCounters(meter),
            NullLogger<JobWorkers>.Instance);
        UserId user = (await new UserTable(database).FindOrAddAsync($"bench-{Guid.NewGuid():N}@example.org")).Id;
        workers.Start();
        var jobs = new JobTable(other);
        List<double> waits = [];
        for (int at = 0; at < count + WarmUp; at++)
        {
            JobId id = jobs.NewId();
            TaskCompletionSource<long> working = begun.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
            long from = Stopwatch.GetTimestamp();
            await jobs.AddAsync(id, user, null, InstantKind.Kind, "{}", kinds[0].Steps("{}"));
            if (store.Connection is null)
            {
                workers.Wake();
            }

            // The first may be asked for before the worker listens.
            TimeSpan patience = at < WarmUp ? TimeSpan.FromMilliseconds(200) : s_patience;
            while (await Task.WhenAny(working.Task, Task.Delay(patience)) != working.Task)
            {
                if (at >= WarmUp)
                {
                    throw new RunFailedException("nobody took up a job");
                }

                workers.Wake();
            }

            if (at >= WarmUp)
            {
                waits.Add(Stopwatch.GetElapsedTime(from, await working.Task).TotalMilliseconds);
            }

            begun.TryRemove(id, out _);
        }

        return [.. waits.Order()];
    }

    /// <summary>Notes when it began, and is done.</summary>
    private sealed class InstantKind(ConcurrentDictionary<JobId, TaskCompletionSource<long>> begun) : IJobKind
    {
        public const string Kind = "instant";

        public string Name => Kind;

        public string? Check(string options) => null;

        public IReadOnlyList<JobStep> Steps(string options) => [new("one", "One")];

        public Task<string?> RunAsync(JobRun run, CancellationToken cancel)
        {
            if (begun.TryGetValue(run.Job.Id, out TaskCompletionSource<long>? working))
            {
                working.TrySetResult(Stopwatch.GetTimestamp());
            }

            return Task.FromResult<string?>(null);
        }
    }

    private sealed class FullPace : IJobPace
    {
        public JobPace Current => JobPace.Full;
    }
}
