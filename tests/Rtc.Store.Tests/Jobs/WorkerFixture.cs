using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Jobs;
using Rtc.Store.Queue;
using Rtc.Store.Tests.Engines;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Store.Tests.Jobs;

/// <summary>A store with workers at it, of one kind of job.</summary>
internal sealed class WorkerFixture : IAsyncDisposable
{
    private readonly Meter _meter = new("test");
    private readonly IJobKind _kind;

    private WorkerFixture(TestStore store, IJobKind kind, JobOptions options)
    {
        (Store, _kind) = (store, kind);
        Workers = Another(options);
        Intake = new JobIntake(store.Database, store.Jobs, [kind], Workers);
    }

    public TestStore Store { get; }

    public JobWorkers Workers { get; }

    public JobIntake Intake { get; }

    public SteadyPace Pace { get; } = new();

    public UserId User { get; private set; }

    public VideoId Video { get; private set; }

    public static async Task<WorkerFixture> CreateAsync(
        PostgresServer server, string engine, Func<TestStore, IJobKind> kind, JobOptions? options = null, TimeProvider? time = null)
    {
        TestStore store = await TestStore.CreateAsync(server, engine, time);
        var fixture = new WorkerFixture(store, kind(store), options ?? new JobOptions { Workers = 2 });
        fixture.User = await store.UserAsync();
        fixture.Video = (await store.VideoAsync(fixture.User)).Id;
        return fixture;
    }

    /// <summary>Workers of another program at the same database.</summary>
    public JobWorkers Another(JobOptions options, Database? database = null) => new(
        database ?? Store.Database, [_kind], options, Pace, new JobCounters(_meter), NullLogger<JobWorkers>.Instance);

    public Task<Job> AddAsync() => Intake.AddAsync(User, Video, "count", "{}");

    public async Task<Job> FindAsync(JobId id) => (await Store.Jobs.FindAsync(User, id))!;

    public async Task<bool> IsAsync(JobId id, JobStatus status) => (await FindAsync(id)).Status == status;

    /// <summary>In real time; a test without a clock of its own.</summary>
    public async Task<Job> OverAsync(JobId id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Job? last = null;
        await foreach (Job job in Intake.WatchAsync(User, id, patience.Token))
        {
            last = job;
        }

        return last!;
    }

    /// <summary>Every frame of both steps once, in order, and the sum that only a right resumption gets right.</summary>
    public async Task AssertWholeAsync(JobId id)
    {
        Job job = await FindAsync(id);
        Assert.Equal((JobStatus.Completed, 1.0), (job.Status, job.Progress));
        Assert.Contains(CountingKind.Sum.ToString(), job.Result, StringComparison.Ordinal);
        Assert.All(job.Steps, step => Assert.Equal(JobStep.Complete, step.Status));
        Assert.Equal(
            Enumerable.Range(0, 2 * CountingKind.Frames).Select(frame => (long)frame),
            (await Store.Results.ReadAsync(Video, id, 0, long.MaxValue)).Select(frame => frame.Frame));
        Assert.Equal(
            [$"{2 * CountingKind.Frames}"],
            await Store.TextsAsync("SELECT COUNT(*) FROM segmentation_masks WHERE job_id = @job", ("job", id.Value)));
    }

    public async ValueTask DisposeAsync()
    {
        await Workers.DisposeAsync();
        await Store.DisposeAsync();
        _meter.Dispose();
    }
}
