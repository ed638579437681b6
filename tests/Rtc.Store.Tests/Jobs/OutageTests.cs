using Rtc.Jobs;
using Rtc.Store.Queue;
using Rtc.Store.Tests.Engines;

namespace Rtc.Store.Tests.Jobs;

/// <summary>The database goes away while jobs run: on a server of its own, since others' tests need theirs.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Database_that_was_gone_for_a_while_costs_no_job()
    {
        await using var server = new PostgresServer();
        var gone = new TaskCompletionSource();
        var reached = new TaskCompletionSource();
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, TestStore.Postgres, store => new CountingKind(store.Results, async frame =>
            {
                if (frame == 10 && reached.TrySetResult())
                {
                    await gone.Task;
                }
            }),
            new JobOptions { Workers = 1, Lease = TimeSpan.FromSeconds(3), PollEvery = TimeSpan.FromMilliseconds(300) });
        fixture.Workers.Start();
        Job running = await fixture.AddAsync();
        Job waiting = await fixture.AddAsync();
        await reached.Task;
        await server.StopAsync();
        gone.SetResult();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => fixture.FindAsync(running.Id));

        await server.StartAsync();
        await fixture.OverAsync(running.Id);
        await fixture.OverAsync(waiting.Id);
        await fixture.AssertWholeAsync(running.Id);
        await fixture.AssertWholeAsync(waiting.Id);
    }

    [Fact]
    public async Task Database_that_only_reads_after_its_failover_is_away()
    {
        await using var server = new PostgresServer();
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, TestStore.Postgres, store => new CountingKind(store.Results));
        await fixture.Store.TextsAsync("ALTER SYSTEM SET default_transaction_read_only = on");
        await fixture.Store.TextsAsync("SELECT pg_reload_conf()::text");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            // It is told to its processes one by one.
            while (true)
            {
                await fixture.AddAsync();
            }
        });
    }
}
