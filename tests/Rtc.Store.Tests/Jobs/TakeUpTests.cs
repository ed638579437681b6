using System.Collections.Concurrent;
using System.Diagnostics;
using Rtc.Jobs;
using Rtc.Store.Queue;
using Rtc.Store.Tests.Engines;

namespace Rtc.Store.Tests.Jobs;

/// <summary>
/// Jobs that another program asks for are taken up by being told of, not by looking. RTC_LONG=1 asks for many and says how long it took.
/// </summary>
public sealed class TakeUpTests(PostgresServer server)
{
    [Fact]
    public async Task Job_of_another_program_is_taken_up_without_a_look()
    {
        int count = Environment.GetEnvironmentVariable("RTC_LONG") is { Length: > 0 } and not "0" ? 2000 : 20;
        var begun = new ConcurrentDictionary<JobId, long>();
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, TestStore.Postgres, _ => new InstantKind(begun), new JobOptions { Workers = 2, PollEvery = TimeSpan.FromHours(1) });
        fixture.Workers.Start();
        await using Database other = fixture.Store.OpenAgain();
        var jobs = new JobTable(other);
        while ((await fixture.Store.TextsAsync("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")).Count == 0)
        {
            await Task.Delay(5);
        }

        List<double> waits = [];
        for (int i = 0; i < count; i++)
        {
            JobId id = jobs.NewId();
            long from = Stopwatch.GetTimestamp();
            await jobs.AddAsync(id, fixture.User, fixture.Video, "instant", "{}", [new JobStep("one", "One")]);
            while (!begun.ContainsKey(id))
            {
                Assert.True(Stopwatch.GetElapsedTime(from) < TimeSpan.FromSeconds(60), "nobody took it up");
                await Task.Delay(1);
            }

            waits.Add(Stopwatch.GetElapsedTime(from, begun[id]).TotalMilliseconds);
        }

        waits.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{count} jobs, from asking to working: p50 {waits[count / 2]:F1} ms, p99 {waits[count * 99 / 100]:F1} ms");
    }

    /// <summary>Notes when it began.</summary>
    private sealed class InstantKind(ConcurrentDictionary<JobId, long> begun) : IJobKind
    {
        public string Name => "instant";

        public string? Check(string options) => null;

        public IReadOnlyList<JobStep> Steps(string options) => [new("one", "One")];

        public Task<string?> RunAsync(JobRun run, CancellationToken cancel)
        {
            begun[run.Job.Id] = Stopwatch.GetTimestamp();
            return Task.FromResult<string?>(null);
        }
    }
}
