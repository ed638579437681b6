using Rtc.Jobs;
using Rtc.Store.Queue;
using Rtc.Store.Tests.Engines;

namespace Rtc.Store.Tests.Jobs;

/// <summary>Workers whose database is gone for a while, for all or for one program alone, in virtual time.</summary>
public sealed class CutOffTests(PostgresServer server)
{
    private const int Frame = 21;
    private static readonly JobOptions s_one = new() { Workers = 1 };

    public static TheoryData<string, int> Outages => new()
    {
        { TestStore.Postgres, 30 }, { TestStore.Sqlite, 30 }, { TestStore.Postgres, 600 }, { TestStore.Sqlite, 600 },
    };

    /// <summary>Thirty seconds are waited for; ten minutes are longer than any worker's patience.</summary>
    [Theory]
    [MemberData(nameof(Outages))]
    public async Task Database_gone_for_a_while_loses_and_doubles_nothing(string engine, int seconds)
    {
        var time = new VirtualTime();
        var stop = new Stop();
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, engine, store => new CountingKind(store.Results, stop.AtAsync), s_one, time);
        var unreliable = new UnreliableEngine(fixture.Store.OpenEngine());
        await using var database = new Database(() => unreliable, time);
        await using JobWorkers workers = fixture.Another(s_one, database);
        workers.Start();
        Job running = await fixture.AddAsync();
        await time.UntilAsync(() => Task.FromResult(stop.IsReached));
        Job waiting = await fixture.AddAsync();
        unreliable.IsGone = true;
        stop.Go();
        DateTimeOffset back = time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        await time.UntilAsync(() => Task.FromResult(time.GetUtcNow() >= back), TimeSpan.FromSeconds(1));
        Assert.True(unreliable.Refused > 2, $"{unreliable.Refused}");
        Assert.True(await fixture.IsAsync(running.Id, JobStatus.Processing));
        Assert.True(await fixture.IsAsync(waiting.Id, JobStatus.Queued));

        unreliable.IsGone = false;
        await time.UntilAsync(() => fixture.IsAsync(running.Id, JobStatus.Completed), TimeSpan.FromSeconds(1));
        await time.UntilAsync(() => fixture.IsAsync(waiting.Id, JobStatus.Completed), TimeSpan.FromSeconds(1));
        await fixture.AssertWholeAsync(running.Id);
        await fixture.AssertWholeAsync(waiting.Id);
    }

    public static TheoryData<string> Engines => TestStore.Engines;

    [Fact]
    public async Task Database_that_answers_with_errors_ends_no_worker()
    {
        var time = new VirtualTime();
        var stop = new Stop();
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, TestStore.Sqlite, store => new CountingKind(store.Results, stop.AtAsync), s_one, time);
        var unreliable = new UnreliableEngine(fixture.Store.OpenEngine());
        await using var database = new Database(() => unreliable, time);
        await using JobWorkers workers = fixture.Another(s_one with { Workers = 2 }, database);
        workers.Start();
        Job running = await fixture.AddAsync();
        await time.UntilAsync(() => Task.FromResult(stop.IsReached));
        unreliable.IsBroken = true;
        stop.Go();
        Job waiting = await fixture.AddAsync();
        await time.UntilAsync(() => Task.FromResult(workers.Running == 0 && unreliable.Refused > 20), TimeSpan.FromSeconds(1));
        unreliable.IsBroken = false;
        await time.UntilAsync(() => fixture.IsAsync(running.Id, JobStatus.Completed), TimeSpan.FromSeconds(1));
        await time.UntilAsync(() => fixture.IsAsync(waiting.Id, JobStatus.Completed), TimeSpan.FromSeconds(1));
        await fixture.AssertWholeAsync(running.Id);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Program_that_is_cut_off_finds_its_job_done_by_another(string engine)
    {
        var time = new VirtualTime();
        var stop = new Stop();
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, engine, store => new CountingKind(store.Results, stop.AtAsync), s_one, time);
        var unreliable = new UnreliableEngine(fixture.Store.OpenEngine());
        await using var database = new Database(() => unreliable, time);
        await using JobWorkers first = fixture.Another(s_one, database);
        first.Start();
        Job job = await fixture.AddAsync();
        await time.UntilAsync(() => Task.FromResult(stop.IsReached));
        unreliable.IsGone = true;

        // The lease runs out while its worker is at work and can't renew it.
        fixture.Workers.Start();
        await time.UntilAsync(() => fixture.IsAsync(job.Id, JobStatus.Completed), TimeSpan.FromSeconds(1));
        unreliable.IsGone = false;
        stop.Go();
        await time.UntilAsync(() => Task.FromResult(first.Running == 0), TimeSpan.FromSeconds(1));
        await fixture.AssertWholeAsync(job.Id);
        Assert.Equal(2, (await fixture.FindAsync(job.Id)).Attempt);
    }

    /// <summary>Holds the first attempt that comes to one frame, until it is let go.</summary>
    private sealed class Stop
    {
        private readonly TaskCompletionSource _go = new();
        private int _came;

        public bool IsReached => Volatile.Read(ref _came) > 0;

        public Task AtAsync(long frame) => frame == Frame && Interlocked.Increment(ref _came) == 1 ? _go.Task : Task.CompletedTask;

        public void Go() => _go.SetResult();
    }
}
