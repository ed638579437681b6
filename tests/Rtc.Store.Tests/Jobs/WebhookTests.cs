using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Rtc.Jobs;
using Rtc.Store.Queue;
using Rtc.Store.Tests.Engines;

namespace Rtc.Store.Tests.Jobs;

/// <summary>Who wants to hear of a job's end hears of it, however often that fails at first.</summary>
public sealed class WebhookTests(PostgresServer server)
{
    private const string Key = "a-key-of-more-than-sixteen";
    private const string Address = "https://receiver.example/hook";
    private static readonly string[] s_kinds = ["count"];

    public static TheoryData<string> Engines => TestStore.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Ended_job_is_told_signed_and_tried_until_taken(string engine)
    {
        var time = new VirtualTime();
        await using TestStore store = await TestStore.CreateAsync(server, engine, time);
        var receiver = new Receiver { Answers = new([HttpStatusCode.InternalServerError, null, HttpStatusCode.NoContent]) };
        await using WebhookSender webhooks = Open(store, receiver, time);
        webhooks.Start();
        Job job = await AddAsync(store, Address);
        await AddAsync(store, null, isCancelled: true);
        Job taken = (await store.Queue.TakeAsync("me", s_kinds, TimeSpan.FromSeconds(30)))!;
        Assert.Equal(job.Id, taken.Id);
        Assert.Empty(receiver.Came);
        Assert.True(await store.Queue.CompleteAsync(new JobClaim(job.Id, "me", 1), taken.Steps, "{}"));
        await time.UntilAsync(() => Task.FromResult(receiver.Came.Count == 3));
        (DateTimeOffset At, string Body, string Signature)[] came = [.. receiver.Came];
        Assert.All(came, one =>
        {
            Assert.Equal($"{job.Id} Completed", one.Body);
            Assert.Equal(WebhookSender.Sign(Key, one.At, Encoding.UTF8.GetBytes(one.Body)), one.Signature);
        });
        Assert.InRange(came[1].At - came[0].At, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20));
        Assert.InRange(came[2].At - came[1].At, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
        await time.UntilAsync(async () => await DueAsync(store) == "0");
        Assert.Equal(3, receiver.Came.Count);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Cancelled_and_failed_jobs_are_told_of_and_given_up_in_the_end(string engine)
    {
        var time = new VirtualTime();
        await using TestStore store = await TestStore.CreateAsync(server, engine, time);
        var receiver = new Receiver { Otherwise = HttpStatusCode.NotFound };
        await using WebhookSender webhooks = Open(store, receiver, time, maxTries: 3);
        await AddAsync(store, Address, isCancelled: true);
        Job failing = await AddAsync(store, Address);
        Job taken = (await store.Queue.TakeAsync("me", s_kinds, TimeSpan.FromSeconds(30)))!;
        Assert.True(await store.Queue.FailAsync(new JobClaim(failing.Id, "me", 1), "broken", taken.Steps));

        // A program that took it up and was killed before it was told.
        var table = new WebhookTable(store.Database);
        Assert.Equal(1, (await table.TakeAsync(_ => TimeSpan.FromSeconds(1)))!.Try);
        webhooks.Start();
        await time.UntilAsync(async () => await DueAsync(store) == "0", TimeSpan.FromSeconds(1));
        Assert.Equal(5, receiver.Came.Count);
        Assert.Equal(2, receiver.Came.Select(one => one.Body).Distinct().Count());
    }

    /// <summary>One that never answers, with many jobs to hear of, and one that does.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Dead_receiver_holds_up_no_other_and_hears_one_at_a_time(string engine)
    {
        const string dead = "https://Dead.example/hook";
        var time = new VirtualTime();
        await using TestStore store = await TestStore.CreateAsync(server, engine, time);
        var receiver = new Receiver { Dead = new Uri(dead).Host };
        await using WebhookSender webhooks = Open(store, receiver, time);
        for (int i = 0; i < 30; i++)
        {
            await AddAsync(store, $"{dead}?job={i}", isCancelled: true);
        }

        Job first = await AddAsync(store, Address, isCancelled: true);
        time.Jump(TimeSpan.FromSeconds(1));
        Job second = await AddAsync(store, Address, isCancelled: true);
        webhooks.Start();
        await time.UntilAsync(async () => await DueAsync(store) == "30");
        Assert.Equal([$"{first.Id} Cancelled", $"{second.Id} Cancelled"], receiver.Came.Select(one => one.Body));
        Assert.Equal(1, receiver.MaxDead);
    }

    [Fact]
    public async Task Address_is_refused_where_it_is_none_or_nobody_is_told()
    {
        await using WorkerFixture fixture = await WorkerFixture.CreateAsync(
            server, TestStore.Sqlite, store => new CountingKind(store.Results));
        Assert.Contains("Jobs:WebhookKey", fixture.Intake.Check("count", """{"webhook":"https://a.example"}"""), StringComparison.Ordinal);
        var telling = new JobIntake(
            fixture.Store.Database, fixture.Store.Jobs, [new CountingKind(fixture.Store.Results)], fixture.Workers,
            new WebhookOptions { Key = Key });
        Assert.Null(telling.Check("count", """{"webhook":"https://a.example/b"}"""));
        Assert.Null(telling.Check("count", "{}"));
        foreach (string address in (string[])[
            "7", "null", "\"\"", "\"file:///etc/passwd\"", "\"/relative\"", "\"https://me:secret@a.example\""])
        {
            Assert.NotNull(telling.Check("count", $$"""{"webhook":{{address}}}"""));
        }
    }

    private static WebhookSender Open(TestStore store, Receiver receiver, VirtualTime time, int maxTries = 10)
    {
        receiver.Time = time;
        var jobs = new JobWebhooks(new WebhookTable(store.Database), job => Encoding.UTF8.GetBytes($"{job.Id} {job.Status}"));
        return new WebhookSender(jobs, new WebhookOptions { Key = Key, MaxTries = maxTries }, () => receiver, time);
    }

    private static async Task<Job> AddAsync(TestStore store, string? webhook, bool isCancelled = false)
    {
        var user = await store.UserAsync();
        Job job = await store.Jobs.AddAsync(store.Jobs.NewId(), user, null, "count", "{}", [new JobStep("one", "One")], webhook);
        return isCancelled ? (await store.Jobs.CancelAsync(user, job.Id))! : job;
    }

    private static async Task<string> DueAsync(TestStore store) =>
        (await store.TextsAsync("SELECT COUNT(*) FROM processing_jobs WHERE webhook_at IS NOT NULL"))[0];

    private sealed class Receiver : HttpMessageHandler
    {
        /// <summary>Null: the connection breaks.</summary>
        public ConcurrentQueue<HttpStatusCode?> Answers { get; init; } = [];

        public HttpStatusCode Otherwise { get; init; } = HttpStatusCode.OK;

        public VirtualTime Time { get; set; } = null!;

        public ConcurrentQueue<(DateTimeOffset At, string Body, string Signature)> Came { get; } = [];

        /// <summary>A host that takes what is sent and says nothing.</summary>
        public string? Dead { get; init; }

        public int MaxDead { get; private set; }

        private int _dead;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Host == Dead)
            {
                MaxDead = Math.Max(MaxDead, Interlocked.Increment(ref _dead));
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            Assert.Equal(Address, request.RequestUri!.ToString());
            string signature = request.Headers.GetValues(WebhookSender.SignatureHeader).Single();
            long seconds = long.Parse(signature["t=".Length..signature.IndexOf(',')]);
            Came.Enqueue(
                (DateTimeOffset.FromUnixTimeSeconds(seconds), await request.Content!.ReadAsStringAsync(cancellationToken), signature));
            return Answers.TryDequeue(out HttpStatusCode? answer)
                ? new HttpResponseMessage(answer ?? throw new HttpRequestException("broken"))
                : new HttpResponseMessage(Otherwise);
        }
    }
}
