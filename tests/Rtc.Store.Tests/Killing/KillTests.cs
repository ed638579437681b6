using System.Diagnostics;
using Rtc.Store.Queue;
using Rtc.Store.Tests.Engines;
using Rtc.Store.Tests.Jobs;

namespace Rtc.Store.Tests.Killing;

/// <summary>Programs at one database that are killed at random moments: RTC_LONG=1 kills a thousand, RTC_KILLS=N so many.</summary>
public sealed class KillTests(PostgresServer server)
{
    private const int Programs = 2;

    // Half of the time in which a program starts, takes its jobs and works on a few.
    private const int MeanMilliseconds = 250;

    public static TheoryData<string> Engines => TestStore.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Killed_programs_lose_no_job_and_double_no_result(string engine)
    {
        bool isLong = Environment.GetEnvironmentVariable("RTC_LONG") is { Length: > 0 } and not "0";
        int kills = int.TryParse(Environment.GetEnvironmentVariable("RTC_KILLS"), out int given) ? given : isLong ? 1000 : 12;
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, engine, store => new CountingKind(store.Results), KilledWorker.Options);
        List<JobId> jobs = [];
        List<Process> programs = [];
        try
        {
            for (int killed = 0; killed < kills; killed++)
            {
                while (programs.Count < Programs)
                {
                    programs.Add(KilledProgram.Start("worker", fixture.Store.Options));
                }

                while ((await fixture.Store.Jobs.FactsAsync()) is var facts && facts.Queued + facts.Processing < 4)
                {
                    jobs.Add((await fixture.AddAsync()).Id);
                }

                await Task.Delay((int)(-MeanMilliseconds * Math.Log(1 - random.NextDouble())));
                Process unlucky = programs[random.Next(programs.Count)];
                programs.Remove(unlucky);
                Kill(unlucky);
            }
        }
        finally
        {
            programs.ForEach(Kill);
        }

        fixture.Workers.Start();
        foreach (JobId job in jobs)
        {
            await fixture.OverAsync(job);
            await fixture.AssertWholeAsync(job);
        }

        int attempts = (await Task.WhenAll(jobs.Select(fixture.FindAsync))).Sum(job => job.Attempt);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {kills} kills, {jobs.Count} jobs, {attempts} attempts");
    }

    private static void Kill(Process process)
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }
}
