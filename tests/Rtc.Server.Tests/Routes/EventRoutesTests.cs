using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Jobs;
using Rtc.Server.Authorization;
using Rtc.Server.Events;
using Rtc.Server.Network;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Hosting;
using Rtc.Server.Tests.Rooms;
using Rtc.Signaling.Messages;
using Rtc.Store;
using Rtc.Store.Events;

namespace Rtc.Server.Tests.Routes;

/// <summary>What rules tell is written, then looked for, followed, exported and posted.</summary>
public sealed class EventRoutesTests : IDisposable
{
    private const string At = "/api/events";
    private static readonly DateTimeOffset s_now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public async Task Event_is_in_the_store_when_a_follower_hears_of_it()
    {
        await using RunningHost host = await StartAsync();
        await PutAsync(host, "demo", "dogs", """{"name":"Dogs","when":"class_appeared","classes":["dog"]}""");
        Room room = await JoinAsync(host, "demo");
        using var stream = new StreamReader(await host.Client.GetStreamAsync(
            new Uri(At + "/stream?room=demo", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal("ping", (await NextAsync(stream)).Name);
        RuleScenes.Appear(room, 7, s_now, "dog");
        (string name, string id, JsonNode? told) = await EventAsync(stream);
        Assert.Equal(("event", "dogs", "Dogs", "class_appeared", "dog", "7"), (
            name, told!["rule_id"]!.ToString(), told["rule_name"]!.ToString(), told["when"]!.ToString(), told["class"]!.ToString(),
            told["track_id"]!.ToString()));
        Assert.Equal(told["event_id"]!.ToString(), id);

        // Another program at the same file: nothing of it is only in this one's memory.
        await using (var other = new Database(
            new Rtc.Store.StoreOptions { File = Path.Combine(_state.FullName, Rtc.Store.StoreOptions.FileName) }, TimeProvider.System))
        {
            Assert.Equal(id, Assert.Single(await new EventTable(other).ListAsync(new EventSearch("demo"), null, 9)).Id.ToString());
        }

        JsonNode one = await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, $"{At}/{id}");
        Assert.Equal("0.3", one["box"]!["ymin"]!.ToString());
        Assert.Null(one["thumbnail_url"]);
        await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"{At}/{id}/thumbnail.jpg");
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"{At}/{id}");
        await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"{At}/{id}");
    }

    /// <summary>The picture is asked of the media loop; the event is worth more than its picture.</summary>
    [Fact]
    public async Task Event_is_written_without_a_picture_where_the_media_loop_hangs()
    {
        await using RunningHost host = await StartAsync(media: new MediaOptions { Port = 0, StuckSeconds = 1, ExitSeconds = 0 });
        await PutAsync(host, "demo", "dogs", """{"name":"Dogs","when":"class_appeared","classes":["dog"]}""");
        Room room = await JoinAsync(host, "demo");
        using var frozen = new ManualResetEventSlim();
        host.App.Services.GetRequiredService<MediaLoop>().Post(frozen.Wait);
        try
        {
            RuleScenes.Appear(room, 7, s_now, "dog");
            EventTable events = host.App.Services.GetRequiredService<EventTable>();
            await Patience.UntilAsync(async () => await events.NewestAsync() > 0);
        }
        finally
        {
            frozen.Set();
        }
    }

    [Fact]
    public async Task Follower_that_comes_again_goes_on_where_it_was()
    {
        await using RunningHost host = await StartAsync();
        long first = await AddAsync(host, "demo", "person", 1);
        long second = await AddAsync(host, "demo", "person", 2);
        await AddAsync(host, "hall", "person", 3);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(At + "/stream?room=demo", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Last-Event-ID", first.ToString());
        using HttpResponseMessage answer = await host.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var stream = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal(second.ToString(), (await EventAsync(stream)).Id);
    }

    [Fact]
    public async Task Search_pages_and_refuses_what_is_no_search()
    {
        await using RunningHost host = await StartAsync();
        for (int hour = 0; hour < 5; hour++)
        {
            await AddAsync(host, hour == 4 ? "hall" : "demo", hour % 2 == 0 ? "person" : "car", hour);
        }

        JsonNode page = await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, At + "?room=demo&limit=3");
        Assert.Equal(3, page["events"]!.AsArray().Count);
        JsonNode rest = await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, $"{At}?room=demo&limit=3&after={page["next"]}");
        Assert.Single(rest["events"]!.AsArray());
        Assert.Null(rest["next"]);
        Assert.Equal(2, await CountAsync(host, "?class=car"));
        Assert.Equal(2, await CountAsync(host, "?from=2030-01-01T15:00:00Z"));
        Assert.Equal(3, await CountAsync(host, "?to=2030-01-01T15:00:00Z"));
        Assert.Equal(0, await CountAsync(host, "?rule=nothing"));
        foreach (string bad in (string[])[
            "?room=no%20room", "?from=yesterday", "?limit=0", "?after=x", "/export?format=exe", "/stream?after=-"])
        {
            await host.JsonAsync(HttpStatusCode.BadRequest, HttpMethod.Get, At + bad);
        }
    }

    [Fact]
    public async Task Export_has_every_event_as_lines_or_as_a_table()
    {
        await using RunningHost host = await StartAsync();
        for (int hour = 0; hour < 600; hour++)
        {
            await AddAsync(host, "demo", hour == 0 ? "=cmd()" : "a \"bag\", red", hour);
        }

        string lines = await host.Client.GetStringAsync(
            new Uri(At + "/export?room=demo", UriKind.Relative), TestContext.Current.CancellationToken);
        string[] all = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(600, all.Length);
        Assert.Equal("=cmd()", JsonNode.Parse(all[0])!["class"]!.ToString());
        string table = await host.Client.GetStringAsync(
            new Uri(At + "/export?format=csv", UriKind.Relative), TestContext.Current.CancellationToken);
        string[] rows = table.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(601, rows.Length);
        Assert.StartsWith("event_id,happened_at,room,", rows[0], StringComparison.Ordinal);
        Assert.Contains(",'=cmd(),", rows[1], StringComparison.Ordinal);
        Assert.Contains(",\"a \"\"bag\"\", red\",", rows[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_is_posted_signed_until_it_is_taken()
    {
        const string Key = "a-key-of-more-than-sixteen";
        await using var receiver = new WebhookReceiver(failures: 2);
        await using RunningHost host = await StartAsync(
            services: services => services.AddSingleton(new WebhookOptions
            {
                Key = Key, FirstDelay = TimeSpan.FromMilliseconds(20), PollEvery = TimeSpan.FromMilliseconds(20),
            }),
            jobs: new Rtc.Server.Options.JobOptions { WebhookKey = Key, WebhookNear = true });
        await PutAsync(
            host, "demo", "people",
            $$$"""{"when":"class_appeared","classes":["person"],"actions":{"webhook":"{{{receiver.Address}}}"}}""");
        RuleScenes.Appear(await JoinAsync(host, "demo"), 3, s_now);
        await Patience.UntilAsync(() => receiver.Came.Count >= 3);
        Assert.All(receiver.Came, one =>
        {
            Assert.Equal("people", JsonNode.Parse(one.Body)!["rule_id"]!.ToString());
            string seconds = one.Signature["t=".Length..one.Signature.IndexOf(',', StringComparison.Ordinal)];
            byte[] hash = System.Security.Cryptography.HMACSHA256.HashData(
                Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes($"{seconds}.{one.Body}"));
            Assert.Equal($"t={seconds},v1={Convert.ToHexStringLower(hash)}", one.Signature);
        });
        Assert.Single(receiver.Came.Select(one => one.Body).Distinct());
    }

    [Fact]
    public async Task Events_of_a_room_are_for_who_may_watch_it()
    {
        const string TokenKey = "a-token-key-of-more-than-thirty-two-characters";
        const string ApiKey = "an-api-key-of-sixteen-and-more";
        await using RunningHost host = await StartAsync(auth: new AuthOptions { TokenKey = TokenKey, ApiKey = ApiKey });
        long id = await AddAsync(host, "demo", "person", 1);
        string watcher = JoinToken.Create(Encoding.UTF8.GetBytes(TokenKey), "demo", JoinRole.Viewer, DateTimeOffset.UtcNow.AddHours(1));
        foreach (string path in (string[])["", "/export", "/stream"])
        {
            await host.JsonAsync(HttpStatusCode.Forbidden, HttpMethod.Get, At + path);
            await host.JsonAsync(HttpStatusCode.Forbidden, HttpMethod.Get, $"{At}{path}?room=hall&token={watcher}");
        }

        await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"{At}/{id}");
        await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, $"{At}/{id}?token={watcher}");
        await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, $"{At}?room=demo&token={watcher}");
        await host.JsonAsync(HttpStatusCode.Forbidden, HttpMethod.Delete, $"{At}/{id}?token={watcher}");
        Assert.Single((await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, At, key: ApiKey))["events"]!.AsArray());
    }

    [Fact]
    public async Task Old_events_go_after_their_days()
    {
        await using RunningHost host = await StartAsync(events: new EventOptions { RetainDays = 30 });
        await AddAsync(host, "demo", "person", DateTimeOffset.UtcNow.AddDays(-31));
        await AddAsync(host, "demo", "person", DateTimeOffset.UtcNow.AddDays(-29));
        await host.App.Services.GetServices<Rtc.Server.Accounts.IStoreWorker>().OfType<EventSweep>().Single().RunAsync();
        Assert.Equal(1, await CountAsync(host, string.Empty));
    }

    private static async Task<int> CountAsync(RunningHost host, string query) =>
        (await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, At + query))["events"]!.AsArray().Count;

    private static Task<long> AddAsync(RunningHost host, string room, string label, int hour) =>
        AddAsync(host, room, label, s_now.AddHours(hour));

    private static async Task<long> AddAsync(RunningHost host, string room, string label, DateTimeOffset at)
    {
        const string Data = """{"track_id":7,"confidence":0.9,"box":{"xmin":0.1,"ymin":0.2,"xmax":0.3,"ymax":0.4}}""";
        return (await host.App.Services.GetRequiredService<EventTable>().AddAsync(
            new StoredEvent(0, room, "door", "Door", "zone_entered", label, at, Data), null, new EventTelling())).Id;
    }

    private static async Task<(string Name, string Id, JsonNode? Data)> EventAsync(StreamReader stream)
    {
        while (true)
        {
            if (await NextAsync(stream) is { Name: "event" } one)
            {
                return one;
            }
        }
    }

    private static async Task<(string Name, string Id, JsonNode? Data)> NextAsync(StreamReader stream)
    {
        var fields = new Dictionary<string, string>();
        while (await stream.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && (line.Length > 0 || fields.Count == 0))
        {
            if (line.Split(": ", 2) is [var name, var value])
            {
                fields[name] = value;
            }
        }

        string data = fields.GetValueOrDefault("data", string.Empty);
        return (fields["event"], fields.GetValueOrDefault("id", string.Empty), data.Length == 0 ? null : JsonNode.Parse(data));
    }

    private static Task<JsonNode> PutAsync(RunningHost host, string room, string rule, string body) => host.JsonAsync(
        HttpStatusCode.Created, HttpMethod.Put, $"/api/rooms/{room}/rules/{rule}",
        new StringContent(body, Encoding.UTF8, "application/json"));

    private static async Task<Room> JoinAsync(RunningHost host, string name)
    {
        RoomRegistry rooms = host.App.Services.GetRequiredService<RoomRegistry>();
        Assert.Null((await rooms.JoinAsync(new JoinRequest { Room = name, Role = "phone" }, new RecordingLink(), "127.0.0.1")).Refusal);
        return (await rooms.FindRoomAsync(name))!;
    }

    private Task<RunningHost> StartAsync(
        EventOptions? events = null, AuthOptions? auth = null, Rtc.Server.Options.JobOptions? jobs = null,
        Action<IServiceCollection>? services = null, MediaOptions? media = null) => RunningHost.StartAsync(
        RunningHost.Options with
        {
            Media = media ?? RunningHost.Options.Media,
            Events = events ?? new EventOptions(),
            Auth = auth ?? new AuthOptions(),
            Jobs = jobs ?? new Rtc.Server.Options.JobOptions(),
            Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
        },
        services: services);

    /// <summary>A server that refuses so many times before it takes what it is posted.</summary>
    private sealed class WebhookReceiver : IAsyncDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _loop;

        public WebhookReceiver(int failures)
        {
            int port = LoopbackPorts.Free();
            Address = $"http://127.0.0.1:{port}/hook";
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            _listener.Start();
            _loop = Task.Run(() => RunAsync(failures));
        }

        public string Address { get; }

        public ConcurrentQueue<(string Body, string Signature)> Came { get; } = [];

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        private async Task RunAsync(int failures)
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using var body = new StreamReader(context.Request.InputStream);
                string text = await body.ReadToEndAsync();
                context.Response.StatusCode = failures-- > 0 ? 500 : 204;
                Came.Enqueue((text, context.Request.Headers["Rtc-Signature"]!));
                context.Response.Close();
            }
        }
    }
}
