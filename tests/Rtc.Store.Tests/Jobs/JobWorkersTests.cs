using Rtc.Jobs;
using Rtc.Store.Files;
using Rtc.Store.Queue;
using Rtc.Store.Tests.Engines;

namespace Rtc.Store.Tests.Jobs;

/// <summary>Workers at both engines: what they finish, resume, try again and give up.</summary>
public sealed class JobWorkersTests(PostgresServer server)
{
    public static TheoryData<string> Engines => TestStore.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Job_runs_through_its_steps_to_its_result(string engine)
    {
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(server, engine, store => new CountingKind(store.Results));
        fixture.Workers.Start();
        Job job = await fixture.AddAsync();
        await fixture.OverAsync(job.Id);
        await fixture.AssertWholeAsync(job.Id);
        Assert.Equal(1, (await fixture.FindAsync(job.Id)).Attempt);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Error_that_a_database_can_not_hold_ends_its_job(string engine)
    {
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, engine, store => new CountingKind(store.Results, _ => throw new JobFailedException("a\0b")));
        fixture.Workers.Start();
        Assert.NotNull(fixture.Intake.Check("count", """{"a":"b\u0000"}"""));
        Job job = await fixture.AddAsync();
        job = await fixture.OverAsync(job.Id);
        Assert.Equal((JobStatus.Failed, "a b"), (job.Status, job.Error));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Stopped_program_hands_its_job_on_where_it_was(string engine)
    {
        var reached = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        CountingKind? kind = null;
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, engine, store => kind = new CountingKind(store.Results, async frame =>
            {
                if (frame == 22 && reached.TrySetResult())
                {
                    await never.Task;
                }
            }));
        fixture.Workers.Start();
        Job job = await fixture.AddAsync();
        await reached.Task;
        ValueTask stopped = fixture.Workers.DisposeAsync();
        never.SetCanceled();
        await stopped;
        Job waiting = await fixture.FindAsync(job.Id);
        Assert.Equal((JobStatus.Queued, 1, 0), (waiting.Status, waiting.Attempt, waiting.Failures));

        await using JobWorkers next = fixture.Another(new JobOptions { Workers = 1 });
        next.Start();
        await fixture.OverAsync(job.Id);
        await fixture.AssertWholeAsync(job.Id);

        // The frames of the batch that was not saved, once more.
        Assert.Equal((2 * CountingKind.Frames) + 2, Interlocked.Read(ref kind!.Worked));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Failing_job_is_tried_less_and_less_often_then_given_up(string engine)
    {
        var time = new VirtualTime();
        List<DateTimeOffset> tries = [];
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, engine, store => new CountingKind(store.Results, _ =>
            {
                tries.Add(time.GetUtcNow());
                throw new InvalidDataException("the frame is broken");
            }), new JobOptions { Workers = 1, MaxFailures = 4 }, time);
        fixture.Workers.Start();
        Job job = await fixture.AddAsync();
        await time.UntilAsync(() => fixture.IsAsync(job.Id, JobStatus.Failed));
        Job failed = await fixture.FindAsync(job.Id);
        Assert.Equal(("the frame is broken", 4, 4), (failed.Error, failed.Attempt, tries.Count));
        Assert.Equal(JobStep.Error, failed.Steps[0].Status);
        Assert.NotNull(failed.FinishedAt);
        double[] waits = [.. tries.Zip(tries.Skip(1), (a, b) => (b - a).TotalSeconds)];
        Assert.InRange(waits[0], 1.5, double.MaxValue);
        Assert.InRange(waits[1], 3, double.MaxValue);
        Assert.InRange(waits[2], 6, double.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Job_waits_a_day_for_files_that_are_away(string engine)
    {
        var time = new VirtualTime();
        int left = 20;
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, engine,
            store => new CountingKind(
                store.Results,
                _ => left > 0 && left-- > 0 ? throw new FilesUnavailableException("the bucket is away") : Task.CompletedTask),
            new JobOptions { Workers = 1, MaxFailures = 4 }, time);
        fixture.Workers.Start();
        Job job = await fixture.AddAsync();
        await time.UntilAsync(async () => (await fixture.FindAsync(job.Id)).IsOver, TimeSpan.FromSeconds(20));
        await fixture.AssertWholeAsync(job.Id);
        Assert.Equal(21, (await fixture.FindAsync(job.Id)).Attempt);

        left = int.MaxValue;
        job = await fixture.AddAsync();
        await time.UntilAsync(async () => (await fixture.FindAsync(job.Id)).IsOver, TimeSpan.FromMinutes(10));
        job = await fixture.FindAsync(job.Id);
        Assert.Equal((JobStatus.Failed, "the bucket is away"), (job.Status, job.Error));
        Assert.InRange((job.FinishedAt - job.CreatedAt)!.Value.TotalHours, 23.9, 72);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Failures_that_got_further_are_no_reason_to_give_up(string engine)
    {
        var time = new VirtualTime();
        HashSet<long> failed = [];
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, engine,
            store => new CountingKind(
                store.Results, frame => frame % 8 == 6 && failed.Add(frame) ? throw new InvalidDataException() : Task.CompletedTask),
            new JobOptions { Workers = 1, MaxFailures = 2 }, time);
        fixture.Workers.Start();
        Job job = await fixture.AddAsync();
        await time.UntilAsync(() => fixture.IsAsync(job.Id, JobStatus.Completed));
        await fixture.AssertWholeAsync(job.Id);
        Assert.Equal(failed.Count + 1, (await fixture.FindAsync(job.Id)).Attempt);
        Assert.InRange(failed.Count, 3, 99);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Job_that_says_it_cannot_be_done_is_not_tried_again(string engine)
    {
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, engine, store => new CountingKind(store.Results, _ => throw new JobFailedException("the video has no pictures")));
        fixture.Workers.Start();
        Job job = await fixture.OverAsync((await fixture.AddAsync()).Id);
        Assert.Equal((JobStatus.Failed, 1, "the video has no pictures"), (job.Status, job.Attempt, job.Error));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Job_longer_than_its_limit_is_ended_pauses_left_out(string engine)
    {
        var time = new VirtualTime();
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, engine, store => new CountingKind(store.Results, _ => Task.Delay(TimeSpan.FromSeconds(20), time)),
            new JobOptions { Workers = 1, MaxTime = TimeSpan.FromSeconds(100) }, time);
        fixture.Workers.Start();
        Job job = await fixture.AddAsync();
        await time.UntilAsync(() => fixture.IsAsync(job.Id, JobStatus.Processing));
        fixture.Pace.Current = JobPace.Paused;
        DateTimeOffset until = time.GetUtcNow() + TimeSpan.FromSeconds(300);
        await time.UntilAsync(() => Task.FromResult(time.GetUtcNow() > until), TimeSpan.FromSeconds(1));
        Assert.True(await fixture.IsAsync(job.Id, JobStatus.Processing));
        fixture.Pace.Current = JobPace.Full;
        await time.UntilAsync(() => fixture.IsAsync(job.Id, JobStatus.Failed), TimeSpan.FromSeconds(1));
        Assert.Contains("Jobs:MaxMinutes", (await fixture.FindAsync(job.Id)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Cancelled_run_ends_at_once_and_writes_no_more(string engine)
    {
        var reached = new TaskCompletionSource();
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, engine, store => new CountingKind(store.Results, async frame =>
            {
                if (frame == 10)
                {
                    reached.TrySetResult();
                }

                await Task.Delay(frame < 10 ? 0 : 20);
            }));
        fixture.Workers.Start();
        Job job = await fixture.AddAsync();
        await reached.Task;
        Assert.Equal(JobStatus.Cancelled, (await fixture.Intake.CancelAsync(fixture.User, job.Id))!.Status);
        while (fixture.Workers.Running > 0)
        {
            await Task.Delay(5);
        }

        int written = (await fixture.Store.Results.ReadAsync(fixture.Video, job.Id, 0, 1000)).Count;
        Assert.InRange(written, 0, CountingKind.Frames);
        Assert.True(await fixture.IsAsync(job.Id, JobStatus.Cancelled));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Busy_rooms_keep_jobs_waiting_until_they_calm_down(string engine)
    {
        var time = new VirtualTime();
        CountingKind? kind = null;
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, engine, store => kind = new CountingKind(store.Results), new JobOptions { Workers = 1 }, time);
        fixture.Pace.Current = JobPace.Paused;
        fixture.Workers.Start();
        Job job = await fixture.AddAsync();
        DateTimeOffset until = time.GetUtcNow() + TimeSpan.FromMinutes(2);
        await time.UntilAsync(() => Task.FromResult(time.GetUtcNow() > until), TimeSpan.FromSeconds(1));
        Assert.True(await fixture.IsAsync(job.Id, JobStatus.Queued));
        Assert.Equal(0, Interlocked.Read(ref kind!.Worked));
        fixture.Pace.Current = JobPace.Half;
        await time.UntilAsync(() => fixture.IsAsync(job.Id, JobStatus.Completed));
        await fixture.AssertWholeAsync(job.Id);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Clock_that_jumps_an_hour_doubles_nothing(string engine)
    {
        var time = new VirtualTime();
        var go = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        int waited = 0;
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, engine, store => new CountingKind(store.Results, async frame =>
            {
                if (frame == 21 && Interlocked.Increment(ref waited) == 1)
                {
                    reached.SetResult();
                    await go.Task;
                }
            }), new JobOptions { Workers = 1 }, time);
        fixture.Workers.Start();
        Job job = await fixture.AddAsync();
        await reached.Task;
        time.Jump(TimeSpan.FromHours(1));

        // To another program the lease has long run out; the first one's next write is refused, and it gives the job up.
        await using JobWorkers other = fixture.Another(new JobOptions { Workers = 1 });
        other.Start();
        await time.UntilAsync(() => fixture.IsAsync(job.Id, JobStatus.Completed));
        go.SetResult();
        await time.UntilAsync(() => Task.FromResult(fixture.Workers.Running == 0));
        await fixture.AssertWholeAsync(job.Id);
        Assert.Equal(2, (await fixture.FindAsync(job.Id)).Attempt);
        time.Jump(TimeSpan.FromHours(-2));
        await time.UntilAsync(() => fixture.IsAsync(job.Id, JobStatus.Completed));
    }
}
