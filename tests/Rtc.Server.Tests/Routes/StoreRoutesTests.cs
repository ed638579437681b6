using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rtc.Jobs;
using Rtc.Server.Options;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Hosting;
using Rtc.Store;
using Rtc.Store.Queue;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Server.Tests.Routes;

/// <summary>Keys and jobs over HTTP, on a store in a folder of each test's own.</summary>
public sealed class StoreRoutesTests : IDisposable
{
    private const string ApiKey = "an-api-key-that-nobody-sees";
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public async Task Server_that_is_only_used_live_opens_no_store()
    {
        await using RunningHost host = await StartAsync();
        Assert.True(host.App.Services.GetRequiredService<Database>().IsUntouched);
        Assert.Empty(_state.GetFiles("rtc.db"));
        await GetAsync(host, HttpStatusCode.OK, "/api/jobs");
        Assert.False(host.App.Services.GetRequiredService<Database>().IsUntouched);
        Assert.Single(_state.GetFiles("rtc.db"));
    }

    [Fact]
    public async Task Store_of_a_newer_program_keeps_the_server_from_starting()
    {
        await using (RunningHost first = await StartAsync())
        {
            Database database = first.App.Services.GetRequiredService<Database>();
            await database.OpenAsync(TestContext.Current.CancellationToken);
        }

        using (var file = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(_state.FullName, "rtc.db")};Pooling=False"))
        {
            file.Open();
            using Microsoft.Data.Sqlite.SqliteCommand command = file.CreateCommand();
            command.CommandText = "INSERT INTO schema_version (version, name, applied_at) VALUES (99, 'later', '2030-01-01')";
            command.ExecuteNonQuery();
        }

        StartException error = await Assert.ThrowsAsync<StartException>(() => StartAsync());
        Assert.Contains("version 99", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_opens_its_users_jobs_alone_and_is_in_no_log()
    {
        var log = new RecordedLog();
        await using RunningHost host = await StartAsync(
            new AuthOptions { Public = true, ApiKey = ApiKey, TokenKey = "a-token-key-that-nobody-sees-either" },
            services => services.AddSingleton<ILoggerProvider>(log));
        await GetAsync(host, HttpStatusCode.Unauthorized, "/api/jobs");
        await GetAsync(host, HttpStatusCode.Unauthorized, "/api/keys");
        JsonNode made = await SendAsync(host, HttpStatusCode.Created, HttpMethod.Post, "/api/keys", ApiKey, """{"email":"a@example.org"}""");
        string key = made["key"]!.ToString();
        JsonNode other = await SendAsync(host, HttpStatusCode.Created, HttpMethod.Post, "/api/keys", ApiKey, """{"email":"b@example.org"}""");
        Job job = await AddJobAsync(host, "a@example.org");
        await SendAsync(host, HttpStatusCode.OK, HttpMethod.Get, $"/api/jobs/{job.Id}", key);
        foreach (string path in (string[])["", "/events", "/result"])
        {
            await SendAsync(host, HttpStatusCode.NotFound, HttpMethod.Get, $"/api/jobs/{job.Id}{path}", other["key"]!.ToString());
        }

        await SendAsync(host, HttpStatusCode.NotFound, HttpMethod.Delete, $"/jobs/{job.Id}", other["key"]!.ToString());
        JsonNode listed = await SendAsync(host, HttpStatusCode.OK, HttpMethod.Get, "/api/keys", ApiKey);
        Assert.DoesNotContain(key[8..], listed.ToJsonString(), StringComparison.Ordinal);
        await SendAsync(host, HttpStatusCode.NoContent, HttpMethod.Delete, $"/api/keys/{made["key_id"]}", ApiKey);
        await SendAsync(host, HttpStatusCode.Unauthorized, HttpMethod.Get, "/api/jobs", key);
        Assert.DoesNotContain(log.Lines,
            line => line.Contains(key, StringComparison.Ordinal) || line.Contains(ApiKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Job_is_followed_to_its_result()
    {
        var kind = new WaitingKind();
        await using RunningHost host = await StartAsync(services: services => services.AddSingleton<IJobKind>(kind));
        Video video = await AddVideoAsync(host, User.Local);
        string body = $$"""{"video_id":"{{video.Id}}","kind":"wait"}""";
        await SendAsync(host, HttpStatusCode.BadRequest, HttpMethod.Post, "/api/jobs", null, """{"kind":"other"}""");
        await SendAsync(host, HttpStatusCode.NotFound, HttpMethod.Post, "/api/jobs", null, """{"video_id":"x","kind":"wait"}""");
        JsonNode queued = await SendAsync(host, HttpStatusCode.Accepted, HttpMethod.Post, "/api/jobs", null, body);
        Assert.Equal("queued", queued["status"]!.ToString());
        string at = $"/api/jobs/{queued["job_id"]}";
        using HttpResponseMessage events = await host.Client.GetAsync(
            new Uri(at + "/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal("text/event-stream", events.Content.Headers.ContentType?.MediaType);
        await kind.Reached.Task;
        await SendAsync(host, HttpStatusCode.Conflict, HttpMethod.Get, at + "/result", null);
        kind.Go.SetResult();
        string said = await events.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        string[] told = [.. said.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line[6..])];
        JsonNode polled = await GetAsync(host, HttpStatusCode.OK, at);
        Assert.Equal(polled.ToJsonString(), JsonNode.Parse(told[^1])!.ToJsonString());
        Assert.Equal(("completed", "1"), (polled["status"]!.ToString(), polled["progress"]!.ToString()));
        Assert.Equal("complete", polled["steps"]![0]!["status"]!.ToString());
        Assert.Equal("7", (await GetAsync(host, HttpStatusCode.OK, at + "/result"))["answer"]!.ToString());
        Assert.Equal("completed", (await SendAsync(host, HttpStatusCode.OK, HttpMethod.Delete, at, null))["status"]!.ToString());
    }

    [Fact]
    public async Task Job_for_a_video_that_is_deleted_just_then_is_404()
    {
        Func<Task>? delete = null;
        await using RunningHost host = await StartAsync(
            services: services => services.AddSingleton<IJobKind>(new WaitingKind { Queued = () => delete!().Wait() }));
        Video video = await AddVideoAsync(host, User.Local);
        delete = () => host.App.Services.GetRequiredService<VideoTable>().DeleteAsync(video.UserId, video.Id);
        JsonNode answer = await SendAsync(
            host, HttpStatusCode.NotFound, HttpMethod.Post, "/api/jobs", null, $$"""{"video_id":"{{video.Id}}","kind":"wait"}""");
        Assert.Equal("unknown_video", answer["code"]!.ToString());
    }

    [Theory]
    [InlineData("""{"x":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""{"x":{"y":["a\u0000"]}}""")]
    [InlineData("""{"x":1e400}""")]
    [InlineData("""{"x":1E-400000}""")]
    public async Task Options_that_no_database_keeps_are_400(string options)
    {
        await using RunningHost host = await StartAsync(services: services => services.AddSingleton<IJobKind>(new WaitingKind()));
        Video video = await AddVideoAsync(host, User.Local);
        string body = $$"""{"video_id":"{{video.Id}}","kind":"wait","options":{{options}}}""";
        JsonNode answer = await SendAsync(host, HttpStatusCode.BadRequest, HttpMethod.Post, "/api/jobs", null, body);
        Assert.Equal("job", answer["code"]!.ToString());
    }

    [Fact]
    public async Task Body_in_an_unknown_charset_is_415()
    {
        await using RunningHost host = await StartAsync();
        var content = new StringContent("{}");
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json; charset=utf-9");
        await host.JsonAsync(HttpStatusCode.UnsupportedMediaType, HttpMethod.Post, "/api/jobs", content);
    }

    [Fact]
    public async Task Job_is_followed_over_the_hub_to_its_end_as_it_is_by_polling()
    {
        var kind = new WaitingKind();
        await using RunningHost host = await StartAsync(services: services => services.AddSingleton<IJobKind>(kind));
        Video video = await AddVideoAsync(host, User.Local);
        JsonNode queued = await SendAsync(
            host, HttpStatusCode.Accepted, HttpMethod.Post, "/api/jobs", null, $$"""{"video_id":"{{video.Id}}","kind":"wait"}""");
        await using JobStream stream = await JobStream.OpenAsync(host);
        await stream.FollowAsync("1", queued["job_id"]!.ToString());
        JsonNode begun = await stream.NextAsync();
        JsonNode first = begun["item"] ?? throw new InvalidOperationException(begun.ToJsonString());
        Assert.Equal(queued["job_id"]!.ToString(), first["job_id"]!.ToString());
        await kind.Reached.Task;
        kind.Go.SetResult();
        JsonNode last = first;
        JsonNode message;
        while ((message = await stream.NextAsync())["item"] is { } item)
        {
            last = item;
        }

        Assert.Equal((3, null), ((int)message["type"]!, (string?)message["error"]));
        Assert.Equal("completed", last["status"]!.ToString());
        Assert.Equal((await GetAsync(host, HttpStatusCode.OK, $"/api/jobs/{queued["job_id"]}")).ToJsonString(), last.ToJsonString());
    }

    [Fact]
    public async Task Hub_follows_no_job_of_another_user()
    {
        await using RunningHost host = await StartAsync(
            new AuthOptions { Public = true, ApiKey = ApiKey, TokenKey = "a-token-key-that-nobody-sees-either" });
        UserTable users = host.App.Services.GetRequiredService<UserTable>();
        Job job = await AddJobAsync(host, "a@example.org");
        string own = (await users.AddKeyAsync("a@example.org", "own", TestContext.Current.CancellationToken)).Key;
        string other = (await users.AddKeyAsync("b@example.org", "other", TestContext.Current.CancellationToken)).Key;
        foreach ((string? key, string id, string code) in ((string?, string, string)[])[
            (null, $"{job.Id}", "user_key"), ("vr_wrong", $"{job.Id}", "user_key"), (other, $"{job.Id}", "unknown_job"),
            (own, $"{Guid.NewGuid()}", "unknown_job"), (own, "no id", "unknown_job")])
        {
            await using JobStream stream = await JobStream.OpenAsync(host, key);
            await stream.FollowAsync("1", id);
            JsonNode refused = await stream.NextAsync();
            Assert.Equal(3, (int)refused["type"]!);
            Assert.Contains($"HubException: {code}: ", refused["error"]!.ToString(), StringComparison.Ordinal);
        }

        await using JobStream mine = await JobStream.OpenAsync(host, own);
        for (int at = 0; at < 16; at++)
        {
            await mine.FollowAsync($"{at}", $"{job.Id}");
            Assert.Equal("queued", (await mine.NextAsync())["item"]!["status"]!.ToString());
        }

        await mine.FollowAsync("16", $"{job.Id}");
        Assert.Contains("HubException: too_many_jobs: ", (await mine.NextAsync())["error"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_with_a_key_stays_signed_in_by_a_cookie_until_it_leaves()
    {
        await using RunningHost host = await StartAsync(
            new AuthOptions { Public = true, ApiKey = ApiKey, TokenKey = "a-token-key-that-nobody-sees-either" });
        UserTable users = host.App.Services.GetRequiredService<UserTable>();
        string key = (await users.AddKeyAsync("a@example.org", "own", TestContext.Current.CancellationToken)).Key;
        JsonNode stranger = await GetAsync(host, HttpStatusCode.OK, "/api/session");
        Assert.Null(stranger["user"]);
        Assert.Contains("library", stranger["pages"]!.AsArray().Select(page => page!.ToString()));
        await SendAsync(host, HttpStatusCode.Unauthorized, HttpMethod.Post, "/api/session", "vr_wrong");
        await SendAsync(host, HttpStatusCode.BadRequest, HttpMethod.Post, "/api/session", ApiKey);

        using var enter = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/session", UriKind.Relative));
        enter.Headers.Add("X-API-Key", key);
        using HttpResponseMessage entered = await host.Client.SendAsync(enter, TestContext.Current.CancellationToken);
        string cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie"));
        Assert.Contains("; samesite=strict; httponly", cookie, StringComparison.Ordinal);
        host.Client.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        Assert.Equal("a@example.org", (await GetAsync(host, HttpStatusCode.OK, "/api/session"))["user"]!.ToString());
        await GetAsync(host, HttpStatusCode.OK, "/api/videos");

        using HttpResponseMessage left = await host.Client.DeleteAsync(
            new Uri("/api/session", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("expires=Thu, 01 Jan 1970", Assert.Single(left.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        host.Client.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");
        await SendAsync(host, HttpStatusCode.Forbidden, HttpMethod.Post, "/api/jobs", null, "{}");
    }

    [Fact]
    public async Task Full_disk_of_the_database_is_507_and_passes()
    {
        await using RunningHost host = await StartAsync();
        Video video = await AddVideoAsync(host, User.Local);
        Database database = host.App.Services.GetRequiredService<Database>();
        StoreUnavailableException full = await Assert.ThrowsAsync<StoreUnavailableException>(() => database.WriteAsync<int>(
            _ => throw new Microsoft.Data.Sqlite.SqliteException("database or disk is full", 13), TestContext.Current.CancellationToken));
        Assert.True(full.IsFull);
        var http = new Microsoft.AspNetCore.Http.DefaultHttpContext { RequestServices = host.App.Services };
        Assert.True(await new Accounts.StoreErrors().TryHandleAsync(http, full, TestContext.Current.CancellationToken));
        Assert.Equal(507, http.Response.StatusCode);
        await GetAsync(host, HttpStatusCode.OK, $"/api/videos/{video.Id}");
    }

    [Fact]
    public async Task Queue_and_disk_are_in_the_metrics_once_the_store_is_used()
    {
        await using RunningHost host = await StartAsync();
        Assert.DoesNotContain(
            "\nrtc_jobs_queued ", await host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative)), StringComparison.Ordinal);
        await AddJobAsync(host, User.Local);
        await AddJobAsync(host, User.Local);
        Directory.CreateDirectory(Path.Combine(_state.FullName, "videos"));
        await host.App.Services.GetRequiredService<Jobs.QueueWatch>().LookAsync();
        string page = await host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains("\nrtc_jobs_queued 2\n", page, StringComparison.Ordinal);
        Assert.Contains("\nrtc_jobs_processing 0\n", page, StringComparison.Ordinal);
        Assert.Contains("\nrtc_jobs_oldest_seconds ", page, StringComparison.Ordinal);
        Assert.Contains("\nrtc_store_disk_free_bytes ", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_is_paged_by_its_cursor()
    {
        await using RunningHost host = await StartAsync();
        for (int i = 0; i < 5; i++)
        {
            await AddJobAsync(host, User.Local);
        }

        List<string> seen = [];
        string next = string.Empty;
        do
        {
            JsonNode page = await GetAsync(host, HttpStatusCode.OK, $"/api/jobs?limit=2&after={next}");
            seen.AddRange(page["jobs"]!.AsArray().Select(job => job!["job_id"]!.ToString()));
            next = page["next"]?.ToString() ?? string.Empty;
        }
        while (next.Length > 0);
        Assert.Equal(5, seen.Distinct().Count());
        await GetAsync(host, HttpStatusCode.BadRequest, "/api/jobs?after=nothing");
        await GetAsync(host, HttpStatusCode.BadRequest, "/api/jobs?limit=0");
        JsonNode cancelled = await SendAsync(host, HttpStatusCode.OK, HttpMethod.Delete, $"/jobs/{seen[0]}", null);
        Assert.Equal("cancelled", cancelled["status"]!.ToString());
    }

    /// <summary>However many newer jobs the user's other videos have; another user's jobs at it are not told.</summary>
    [Fact]
    public async Task Jobs_of_one_video_are_listed_alone()
    {
        await using RunningHost host = await StartAsync();
        JobTable jobs = host.App.Services.GetRequiredService<JobTable>();
        Job first = await AddJobAsync(host, User.Local);

        // Two ids of one millisecond are in any order.
        JobId later = jobs.NewId();
        while (string.CompareOrdinal(later.ToString(), first.Id.ToString()) < 0)
        {
            later = jobs.NewId();
        }

        Job second = await jobs.AddAsync(later, first.UserId, first.VideoId, "unknown", "{}", [new JobStep("one", "One")]);
        Job others = await AddJobAsync(host, "other@example.org");
        await jobs.AddAsync(jobs.NewId(), others.UserId, first.VideoId, "unknown", "{}", [new JobStep("one", "One")]);
        for (int i = 0; i < 3; i++)
        {
            await AddJobAsync(host, User.Local);
        }

        string at = $"/api/jobs?limit=1&video_id={first.VideoId}";
        JsonNode page = await GetAsync(host, HttpStatusCode.OK, at);
        Assert.Equal(second.Id.ToString(), Assert.Single(page["jobs"]!.AsArray())!["job_id"]!.ToString());
        page = await GetAsync(host, HttpStatusCode.OK, $"{at}&after={page["next"]}");
        Assert.Equal(first.Id.ToString(), Assert.Single(page["jobs"]!.AsArray())!["job_id"]!.ToString());
        Assert.Null(page["next"]);
        page = await GetAsync(host, HttpStatusCode.OK, $"/api/jobs?video_id={others.VideoId}");
        Assert.Empty(page["jobs"]!.AsArray());
        await GetAsync(host, HttpStatusCode.BadRequest, "/api/jobs?video_id=nothing");
    }

    private static async Task<Video> AddVideoAsync(RunningHost host, string email)
    {
        IServiceProvider services = host.App.Services;
        UserId user = (await services.GetRequiredService<UserTable>().FindOrAddAsync(email)).Id;
        VideoTable videos = services.GetRequiredService<VideoTable>();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var video = new Video(
            videos.NewId(), user, "a.mp4", "a.mp4", 1, "00", new VideoFacts(1, 2, 2, 30, "h264", 30, false), Video.Ready, null, now, now);
        await videos.AddAsync(video);
        return video;
    }

    private static async Task<Job> AddJobAsync(RunningHost host, string email)
    {
        Video video = await AddVideoAsync(host, email);
        JobTable jobs = host.App.Services.GetRequiredService<JobTable>();
        return await jobs.AddAsync(jobs.NewId(), video.UserId, video.Id, "unknown", "{}", [new JobStep("one", "One")]);
    }

    private Task<RunningHost> StartAsync(AuthOptions? auth = null, Action<IServiceCollection>? services = null) => RunningHost.StartAsync(
        RunningHost.Options with
        {
            Auth = auth ?? new AuthOptions(),
            Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
        },
        services: services);

    private static Task<JsonNode> GetAsync(RunningHost host, HttpStatusCode expected, string path) =>
        SendAsync(host, expected, HttpMethod.Get, path, null);

    private static async Task<JsonNode> SendAsync(
        RunningHost host, HttpStatusCode expected, HttpMethod method, string path, string? key, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (key is not null)
        {
            request.Headers.Add("X-API-Key", key);
        }

        request.Content = body is null ? null : new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == answer.StatusCode, $"{method} {path}: {answer.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    /// <summary>A job of one step that waits until it is let go.</summary>
    private sealed class WaitingKind : IJobKind
    {
        public TaskCompletionSource Reached { get; } = new();

        public TaskCompletionSource Go { get; } = new();

        /// <summary>Called with each that is about to be queued.</summary>
        public Action Queued { get; init; } = () => { };

        public string Name => "wait";

        public string? Check(string options) => null;

        public IReadOnlyList<JobStep> Steps(string options)
        {
            Queued();
            return [new("one", "One")];
        }

        public async Task<string?> RunAsync(JobRun run, CancellationToken cancel)
        {
            await run.BeginAsync("one", cancel);
            Reached.TrySetResult();
            await Go.Task.WaitAsync(cancel);
            await run.EndAsync(1, null, cancel);
            return """{"answer":7}""";
        }
    }

    /// <summary>All that was logged, from the finest level on.</summary>
    private sealed class RecordedLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?,
            string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
