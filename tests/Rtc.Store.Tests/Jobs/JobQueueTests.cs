using System.Collections.Concurrent;
using Rtc.Store.Queue;
using Rtc.Store.Tests.Engines;
using Rtc.Store.Users;

namespace Rtc.Store.Tests.Jobs;

/// <summary>Taking, leases and fencing, on both engines and in virtual time.</summary>
public sealed class JobQueueTests(PostgresServer server)
{
    private static readonly string[] s_kinds = ["count"];
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Engines => TestStore.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Job_is_taken_once_though_many_workers_of_two_programs_ask(string engine)
    {
        const int Jobs = 60;
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        await using Database other = store.OpenAgain();
        UserId user = await store.UserAsync();
        for (int i = 0; i < Jobs; i++)
        {
            await store.JobAsync(user);
        }

        ConcurrentBag<JobId> taken = [];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            var queue = new JobQueue(worker % 2 == 0 ? store.Database : other);
            while (await queue.TakeAsync($"w{worker}", s_kinds, s_lease) is { } job)
            {
                taken.Add(job.Id);
            }
        })));
        Assert.Equal(Jobs, taken.Count);
        Assert.Equal(Jobs, taken.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Worker_whose_lease_went_to_another_changes_nothing(string engine)
    {
        var time = new VirtualTime();
        await using TestStore store = await TestStore.CreateAsync(server, engine, time);
        UserId user = await store.UserAsync();
        await store.JobAsync(user);
        JobClaim first = Claim(await store.Queue.TakeAsync("first", s_kinds, s_lease), "first");
        time.Advance(s_lease / 2);
        Assert.True(await store.Queue.RenewAsync(first, s_lease));
        time.Advance(s_lease * 0.9);
        Assert.Null(await store.Queue.TakeAsync("second", s_kinds, s_lease));
        time.Advance(s_lease * 0.2);
        Job again = (await store.Queue.TakeAsync("second", s_kinds, s_lease))!;
        Assert.Equal((2, 1), (again.Attempt, again.Failures));

        bool wrote = false;
        Assert.False(await store.Queue.RenewAsync(first, s_lease));
        Assert.False(await store.Queue.SaveAsync(first, 0.9, again.Steps, new JobPosition("one", 9), _ => Task.FromResult(wrote = true)));
        Assert.False(await store.Queue.CompleteAsync(first, again.Steps, "{}"));
        Assert.False(await store.Queue.RetryAsync(first, "late", TimeSpan.Zero, again.Steps));
        Assert.False(await store.Queue.FailAsync(first, "late", again.Steps));
        Assert.False(await store.Queue.ReleaseAsync(first));
        Assert.False(wrote);
        Assert.Empty(await store.Queue.PositionsAsync(again.Id));
        Assert.True(await store.Queue.CompleteAsync(Claim(again, "second"), again.Steps, """{"n":1}"""));
        Assert.True(await store.Queue.CompleteAsync(Claim(again, "second"), again.Steps, """{"n":1}"""));
        Assert.Equal(JobStatus.Completed, (await store.Jobs.FindAsync(user, again.Id))!.Status);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Results_that_fail_leave_no_position(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        UserId user = await store.UserAsync();
        await store.JobAsync(user);
        Job job = (await store.Queue.TakeAsync("me", s_kinds, s_lease))!;
        await Assert.ThrowsAsync<InvalidDataException>(() => store.Queue.SaveAsync(
            Claim(job, "me"), 0.5, job.Steps, new JobPosition("one", 5), _ => throw new InvalidDataException()));
        Assert.Empty(await store.Queue.PositionsAsync(job.Id));
        Assert.Equal(0, (await store.Jobs.FindAsync(user, job.Id))!.Progress);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Cancelled_job_stays_cancelled_and_is_anothers_to_none(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        UserId user = await store.UserAsync();
        UserId other = await store.UserAsync("other@example.org");
        Job waiting = await store.JobAsync(user);
        Job atWork = await store.JobAsync(user);
        Assert.Null(await store.Jobs.CancelAsync(other, waiting.Id));
        Assert.Null(await store.Jobs.FindAsync(other, waiting.Id));
        JobClaim claim = Claim(await store.Queue.TakeAsync("me", s_kinds, s_lease), "me");
        await store.Jobs.CancelAsync(user, waiting.Id);
        await store.Jobs.CancelAsync(user, atWork.Id);
        Assert.False(await store.Queue.CompleteAsync(claim, atWork.Steps, null));
        Assert.Null(await store.Queue.TakeAsync("me", s_kinds, s_lease));
        Assert.All(await store.Jobs.ListAsync(user, null, 10), job => Assert.Equal(JobStatus.Cancelled, job.Status));
        Assert.Equal(new QueueFacts(0, 0, 0), await store.Jobs.FactsAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Worker_takes_kinds_that_it_knows_oldest_first(string engine)
    {
        var time = new VirtualTime();
        await using TestStore store = await TestStore.CreateAsync(server, engine, time);
        UserId user = await store.UserAsync();
        Job unknown = await store.JobAsync(user, kind: "later");
        time.Advance(TimeSpan.FromSeconds(1));
        Job first = await store.JobAsync(user);
        time.Advance(TimeSpan.FromSeconds(1));
        await store.JobAsync(user);
        Assert.Equal(new QueueFacts(3, 0, 2), await store.Jobs.FactsAsync());
        Assert.Equal(first.Id, (await store.Queue.TakeAsync("me", s_kinds, s_lease))!.Id);
        Assert.NotNull(await store.Queue.TakeAsync("me", s_kinds, s_lease));
        Assert.Null(await store.Queue.TakeAsync("me", s_kinds, s_lease));
        Assert.Equal(unknown.Id, (await store.Queue.TakeAsync("me", ["count", "later"], s_lease))!.Id);
    }

    private static JobClaim Claim(Job? job, string owner) => new(job!.Id, owner, job.Attempt);
}
