using System.Diagnostics;
using Rtc.Analysis.Looking;
using Rtc.Analysis.Tests.Running;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Jobs;
using Rtc.Store.Queue;
using Rtc.Store.Tests.Engines;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Tests.Killing;

/// <summary>Jobs that are killed at any moment come to the same, byte for byte of every export.</summary>
public sealed class KillTests(PostgresServer server)
{
    private const string Options = """{"sample_every":4,"min_object_size":20,"track_buffer_seconds":0.5}""";
    private static readonly string[] s_formats = ["json", "coco", "mot", "csv"];
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(30);

    // RTC_LONG=1: each step is killed twenty times, and the program as often.
    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("RTC_LONG") is { Length: > 0 };
    private const int LongKills = 20;

    [Theory]
    [InlineData(TestEngine.Sqlite, 5)]
    [InlineData(TestEngine.Postgres, 2)]
    public async Task Job_killed_in_each_step_comes_to_the_same(TestEngine engine, int kills)
    {
        using var models = new WhiteModels();
        await RunKilledAsync(models, engine, s_isLong ? LongKills : kills, _ => true);
    }

    /// <summary>The embedded detector remembers the pictures before: they are shown to it again.</summary>
    [Fact]
    public async Task Motion_killed_while_it_detects_comes_to_the_same()
    {
        using var models = new ModelHost(new ModelHostOptions { Directory = Path.GetTempPath(), Model = "motion" });
        await RunKilledAsync(models, TestEngine.Sqlite, s_isLong ? LongKills : 3, step => step == LookPass.Step);
    }

    [Fact]
    public async Task Killed_program_loses_and_doubles_nothing()
    {
        int wanted = s_isLong ? LongKills : 3;
        using var models = new WhiteModels();
        await using AnalysisStore store = await AnalysisStore.CreateAsync(models);
        Video video = await store.AddAsync(SquareClip.Write(Path.Combine(store.Folder, "a.mp4")));
        string[] whole = await ExportsAsync(store, video, (await store.RunAsync(video, Options)).Id);
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        Job job = await store.QueueAsync(video, Options);
        int kills = 0;
        while (kills < wanted)
        {
            using Process program = Start(store);
            await program.StandardOutput.ReadLineAsync();
            while ((await store.Jobs.FindAsync(store.User, job.Id))! is { Attempt: var attempt, IsOver: false } && attempt <= kills)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }

            // It has the job; how far it gets before it is killed is anybody's guess.
            await Task.Delay(random.Next(0, 200));
            program.Kill();
            await program.WaitForExitAsync();
            kills++;
        }

        await using JobWorkers workers = store.Workers(KilledWorker.Options);
        workers.Start();
        Job over = await store.OverAsync(job.Id);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}: {kills} kills, {over.Attempt} attempts");
        Assert.Equal((JobStatus.Completed, null), (over.Status, over.Error));
        Assert.Equal(whole, await ExportsAsync(store, video, job.Id));
    }

    private async Task RunKilledAsync(IModelHost models, TestEngine engine, int killsInEachStep, Predicate<string> isKilled)
    {
        var time = new BreakingTime();
        await using AnalysisStore store =
            await AnalysisStore.CreateAsync(models, engine == TestEngine.Postgres ? server : null, time);
        Video video = await store.AddAsync(SquareClip.Write(Path.Combine(store.Folder, "a.mp4")));
        var queue = new JobQueue(store.Database);
        Job undisturbed = await store.QueueAsync(video, Options);
        Assert.False(await IsKilledAsync(store, queue, time, null, 0));
        string[] whole = await ExportsAsync(store, video, undisturbed.Id);
        Job job = await store.QueueAsync(video, Options);
        foreach (string step in job.Steps.Select(step => step.Id).Where(step => isKilled(step)))
        {
            // A step of one transaction asks twice or three times; one that saves as it goes gets further from kill to kill.
            bool isLong = step is "detect" or "track";
            for (int kill = 0; kill < killsInEachStep; kill++)
            {
                Assert.True(
                    await IsKilledAsync(store, queue, time, step, isLong && !s_isLong ? 1 + (kill * 2) : 1 + (kill % 2)),
                    $"{step}, kill {kill}");
            }
        }

        Assert.False(await IsKilledAsync(store, queue, time, null, 0));
        string[] again = await ExportsAsync(store, video, job.Id);
        Assert.Equal(whole, again);
        Job first = (await store.Jobs.FindAsync(store.User, undisturbed.Id))!;
        Assert.Equal(first.Result, (await store.Jobs.FindAsync(store.User, job.Id))!.Result);
    }

    /// <summary>One attempt, by a program that is gone after it: killed at a question of a step, or else through to the end.</summary>
    private static async Task<bool> IsKilledAsync(AnalysisStore store, JobQueue queue, BreakingTime time, string? step, int question)
    {
        string owner = Guid.NewGuid().ToString();
        time.KillAt(null, 0);
        time.Advance(s_lease * 2);
        Job job = (await queue.TakeAsync(owner, [AnalyseKind.KindName], s_lease))!;
        var run = new JobRun(
            job, owner, await queue.PositionsAsync(job.Id), new StorePatience(queue, time, s_lease), new FullPace(), time, TimeSpan.Zero);
        if (step is not null)
        {
            time.KillAt(() => run.Steps.Any(one => one.Id == step && one.Status == JobStep.Processing), question);
        }

        try
        {
            string? result = await store.Kind.RunAsync(run, CancellationToken.None);
            time.KillAt(null, 0);
            Assert.True(await queue.CompleteAsync(new JobClaim(job.Id, owner, job.Attempt), run.Steps, result));
            return false;
        }
        catch (KilledException)
        {
            time.KillAt(null, 0);
            return true;
        }
    }

    private static async Task<string[]> ExportsAsync(AnalysisStore store, Video video, JobId job) =>
        await Task.WhenAll(s_formats.Select(format => store.ExportAsync(video, job, format)));

    private static Process Start(AnalysisStore store)
    {
        string program = Path.ChangeExtension(typeof(KillTests).Assembly.Location, null);
        var start = new ProcessStartInfo(File.Exists(program) ? program : program + ".exe")
        {
            ArgumentList = { "worker", store.Options.File, store.Folder },
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_TieredPGO"] = "0";
        return Process.Start(start)!;
    }
}

/// <summary>Where a test's store is.</summary>
public enum TestEngine
{
    Sqlite,
    Postgres,
}
