using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Server.Network;
using Rtc.Server.Options;
using Rtc.Server.Recordings;
using Rtc.Server.Rooms;
using Rtc.Server.Tests.Hosting;
using Rtc.Server.Tests.Rooms;
using Rtc.Server.Videos;
using Rtc.Signaling;
using Rtc.Signaling.Messages;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Server.Tests.Routes;

/// <summary>Rooms are recorded over HTTP and become videos; what a killed server left becomes one with the next start.</summary>
public sealed class RecordingRoutesTests : IDisposable
{
    private const string At = "/api/rooms/demo/recording";
    private const string ClipAt = "/api/rooms/demo/clip";
    private readonly StubProbe _probe = new();
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");

    private string Files => Path.Combine(_state.FullName, "videos");

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public async Task Recording_becomes_a_video_with_its_sidecar()
    {
        await using RunningHost host = await StartAsync();
        await JsonAsync(host, HttpStatusCode.NotFound, HttpMethod.Post, At, """{"view":"source"}""");
        Room room = await JoinAsync(host);
        await JsonAsync(host, HttpStatusCode.NoContent, HttpMethod.Get, At);
        await JsonAsync(host, HttpStatusCode.BadRequest, HttpMethod.Post, At, """{"view":"everything"}""");
        Assert.Equal("annotated", (await JsonAsync(host, HttpStatusCode.Created, HttpMethod.Post, At))["view"]!.ToString());
        await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Delete, At);
        JsonNode begun = await JsonAsync(host, HttpStatusCode.Created, HttpMethod.Post, At, """{"view":"source"}""");
        Assert.Equal("recording", begun["status"]!.ToString());
        await JsonAsync(host, HttpStatusCode.Conflict, HttpMethod.Post, At, "{}");
        await SendAsync(host, room, 40);
        Assert.Equal("source", (await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Get, At))["view"]!.ToString());
        JsonNode ended = await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Delete, At);
        Assert.Equal(("finished", "request", "40"),
            (ended["status"]!.ToString(), ended["ended_by"]!.ToString(), ended["pictures"]!.ToString()));
        await JsonAsync(host, HttpStatusCode.NotFound, HttpMethod.Delete, At);

        string id = Assert.Single(ended["video_ids"]!.AsArray())!.ToString();
        JsonNode video = Assert.Single((await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Get, "/api/videos"))["videos"]!.AsArray())!;
        Assert.Equal((id, "ready", "true"),
            (video["video_id"]!.ToString(), video["status"]!.ToString(), video["has_sidecar"]!.ToString()));
        Assert.Matches(@"^demo \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d source\.webm$", video["name"]!.ToString());
        string lines = await host.Client.GetStringAsync(
            new Uri($"/api/videos/{id}/sidecar", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(40, lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(2, Directory.GetFiles(Files, id + "*").Length);

        await JsonAsync(host, HttpStatusCode.NoContent, HttpMethod.Delete, $"/api/videos/{id}");
        await JsonAsync(host, HttpStatusCode.NotFound, HttpMethod.Get, $"/api/videos/{id}/sidecar");
        Assert.Empty(Directory.GetFiles(Files));
    }

    [Fact]
    public async Task Recording_that_nothing_can_read_back_is_a_video_all_the_same()
    {
        _probe.IsMissing = true;
        await using RunningHost host = await StartAsync();
        Room room = await JoinAsync(host);
        await JsonAsync(host, HttpStatusCode.Created, HttpMethod.Post, At, """{"view":"source"}""");
        await SendAsync(host, room, 30);
        JsonNode ended = await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Delete, At);
        JsonNode video = await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Get, $"/api/videos/{ended["video_ids"]![0]}");
        Assert.Equal(("1", "640", "480", "30", "vp8", "30"), (
            video["duration_seconds"]!.ToString(), video["width"]!.ToString(), video["height"]!.ToString(), video["fps"]!.ToString(),
            video["codec"]!.ToString(), video["total_frames"]!.ToString()));
    }

    [Fact]
    public async Task Recording_belongs_to_the_user_who_began_it()
    {
        await using RunningHost host = await StartAsync();
        UserTable users = host.App.Services.GetRequiredService<UserTable>();
        string key = (await users.AddKeyAsync("a@example.org", "test", TestContext.Current.CancellationToken)).Key;
        Room room = await JoinAsync(host);
        await JsonAsync(host, HttpStatusCode.Unauthorized, HttpMethod.Post, At, "{}", key[..^4] + "0000");
        await JsonAsync(host, HttpStatusCode.Created, HttpMethod.Post, At, """{"view":"source"}""", key);
        await SendAsync(host, room, 3);
        JsonNode ended = await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Delete, At);
        string sidecar = $"/api/videos/{ended["video_ids"]![0]}/sidecar";
        await JsonAsync(host, HttpStatusCode.NotFound, HttpMethod.Get, sidecar);
        Assert.Empty((await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Get, "/api/videos"))["videos"]!.AsArray());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(sidecar, UriKind.Relative));
        request.Headers.Add("X-API-Key", key);
        using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(0, 10_240, 0, HttpStatusCode.ServiceUnavailable, "Recordings:MaxAtOnce")]
    [InlineData(50, 1, 0, HttpStatusCode.RequestEntityTooLarge, "Store:QuotaMegabytes")]
    [InlineData(50, 10_240, 1_000_000_000, HttpStatusCode.InsufficientStorage, "Store:MinFreeMegabytes")]
    public async Task Recording_over_a_limit_is_refused_and_leaves_nothing(
        int atOnce, int quota, int free, HttpStatusCode expected, string option)
    {
        await using RunningHost host = await StartAsync(
            new RecordingOptions { MaxAtOnce = atOnce }, new StoreOptions { QuotaMegabytes = quota, MinFreeMegabytes = free });
        await JoinAsync(host);
        if (quota == 1)
        {
            await host.App.Services.GetRequiredService<UploadTable>().TryAddAsync(
                new Upload(new VideoId(Guid.CreateVersion7()), (await LocalAsync(host)).Id, "a", 999_999, DateTimeOffset.UtcNow),
                1_000_000, null, TestContext.Current.CancellationToken);
        }

        JsonNode refused = await JsonAsync(host, expected, HttpMethod.Post, At, "{}");
        Assert.Contains(option, refused["detail"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, host.App.Services.GetRequiredService<RecordingWriter>().Count);
        Assert.True(!Directory.Exists(Files) || Directory.GetFiles(Files).Length == 0);
    }

    [Fact]
    public async Task What_a_killed_server_left_is_a_video_after_the_next_start()
    {
        string left;
        await using (RunningHost killed = await StartAsync())
        {
            Room room = await JoinAsync(killed);
            JsonNode begun = await JsonAsync(killed, HttpStatusCode.Created, HttpMethod.Post, At, """{"view":"source"}""");
            left = begun["recording_id"]!.ToString();
            await SendAsync(killed, room, 70);
            await UntilAsync(async () => (await JsonAsync(killed, HttpStatusCode.OK, HttpMethod.Get, At))["pictures"]!.ToString() == "70");

            // What lies there now is put back after the end, as if there had been none; the manifest is locked while it is at work.
            foreach (string file in Directory.GetFiles(Files).Where(file => !file.EndsWith(".recording", StringComparison.Ordinal)))
            {
                File.Copy(file, Path.Combine(_state.FullName, Path.GetFileName(file)));
            }

            var manifest = new RecordingManifest(
                Guid.Parse(left), (await LocalAsync(killed)).Id.Value, "demo", "source", DateTimeOffset.UtcNow);
            await using (manifest.Create(_state.FullName))
            {
                Assert.Null(RecordingManifest.TryLock(RecordingManifest.PathIn(_state.FullName, manifest.Id)));
            }

            foreach (JsonNode? video in (await JsonAsync(killed, HttpStatusCode.OK, HttpMethod.Delete, At))["video_ids"]!.AsArray())
            {
                await JsonAsync(killed, HttpStatusCode.NoContent, HttpMethod.Delete, $"/api/videos/{video}");
            }
        }

        foreach (string file in Directory.GetFiles(_state.FullName, left + "*"))
        {
            File.Move(file, Path.Combine(Files, Path.GetFileName(file)));
        }

        // Killed in the middle of a part.
        File.AppendAllBytes(Path.Combine(Files, left + ".webm"), [0x1F, 0x43, 0xB6, 0x75, 1, 0, 0, 0, 0, 0, 9, 9, 1, 2, 3]);
        long written = new FileInfo(Path.Combine(Files, left + ".webm")).Length;
        await File.WriteAllTextAsync(
            Path.Combine(Files, Guid.NewGuid() + ".recording"), "{", TestContext.Current.CancellationToken);
        await using RunningHost host = await StartAsync();
        JsonNode? found = null;
        await UntilAsync(async () =>
        {
            found = await TryGetAsync(host, $"/api/videos/{left}");
            return found is not null && Directory.GetFiles(Files, "*.recording").Length == 0;
        });
        Assert.Equal(written - 15, (long)found!["bytes"]!);
        Assert.Equal("true", found["has_sidecar"]!.ToString());
    }

    [Fact]
    public async Task Clearing_up_leaves_what_is_recorded_and_what_belongs_to_a_video()
    {
        await using RunningHost host = await StartAsync();
        Room room = await JoinAsync(host);
        await JsonAsync(host, HttpStatusCode.Created, HttpMethod.Post, At, """{"view":"source"}""");
        await SendAsync(host, room, 3);
        string stored = (await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Delete, At))["video_ids"]![0]!.ToString();
        string atWork = (await JsonAsync(host, HttpStatusCode.Created, HttpMethod.Post, At, """{"view":"source"}"""))["recording_id"]!
            .ToString();
        string orphan = Guid.NewGuid().ToString();
        await File.WriteAllTextAsync(Path.Combine(Files, orphan + ".jsonl"), "{}", TestContext.Current.CancellationToken);
        foreach (string file in Directory.GetFiles(Files))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-3));
        }

        await host.App.Services.GetServices<Rtc.Server.Accounts.IStoreWorker>().OfType<VideoSweep>().Single().RunAsync();
        Assert.Equal(2, Directory.GetFiles(Files, stored + "*").Length);
        Assert.Single(Directory.GetFiles(Files, atWork + "*"));
        Assert.Empty(Directory.GetFiles(Files, orphan + "*"));
    }

    [Fact]
    public async Task Last_seconds_become_a_clip_with_its_tracks()
    {
        await using RunningHost host = await StartAsync(new RecordingOptions { KeepLast = true });
        await JsonAsync(host, HttpStatusCode.NotFound, HttpMethod.Post, ClipAt);
        Room room = await JoinAsync(host);
        await SendAsync(host, room, 400);
        JsonNode clip = await JsonAsync(host, HttpStatusCode.Created, HttpMethod.Post, ClipAt);

        // Keys come every two seconds: the first of the last ten is at 4 s, and pictures go on to 13.3 s.
        Assert.Equal(("finished", "clip", "280", "source"),
            (clip["status"]!.ToString(), clip["ended_by"]!.ToString(), clip["pictures"]!.ToString(), clip["view"]!.ToString()));
        string id = Assert.Single(clip["video_ids"]!.AsArray())!.ToString();
        JsonNode video = await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Get, $"/api/videos/{id}");
        Assert.Equal("true", video["has_sidecar"]!.ToString());
        string lines = await host.Client.GetStringAsync(
            new Uri($"/api/videos/{id}/sidecar", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(280, lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        await JsonAsync(host, HttpStatusCode.NoContent, HttpMethod.Get, At);
    }

    /// <summary>A browser sends the key that its page was given as a cookie, to the library and to the room alike.</summary>
    [Theory]
    [InlineData("Cookie", "rtc-key=")]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("X-API-Key", "")]
    public async Task Recording_is_of_the_user_that_the_request_names(string header, string before)
    {
        await using RunningHost host = await StartAsync();
        Room room = await JoinAsync(host);
        (_, string key) = await host.App.Services.GetRequiredService<UserTable>().AddKeyAsync(
            "ann@example.org", "page", TestContext.Current.CancellationToken);
        using var begin = new HttpRequestMessage(HttpMethod.Post, new Uri(At, UriKind.Relative))
        {
            Content = new StringContent("""{"view":"source"}""", Encoding.UTF8, "application/json"),
        };
        begin.Headers.Add(header, before + key);
        using HttpResponseMessage begun = await host.Client.SendAsync(begin, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, begun.StatusCode);
        await SendAsync(host, room, 40);
        JsonNode ended = await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Delete, At);
        await JsonAsync(host, HttpStatusCode.OK, HttpMethod.Get, $"/api/videos/{ended["video_ids"]![0]}", key: key);
    }

    [Fact]
    public async Task Room_that_held_nothing_answers_with_the_seconds_that_follow()
    {
        await using RunningHost host = await StartAsync();
        Room room = await JoinAsync(host);
        await SendAsync(host, room, 400);
        Task<JsonNode> asked = JsonAsync(host, HttpStatusCode.Created, HttpMethod.Post, ClipAt);
        MediaLoop loop = host.App.Services.GetRequiredService<MediaLoop>();
        await UntilAsync(() => loop.AskAsync(() => room.Recorder.Clips.Last.IsAsked));
        await SendAsync(host, room, 301, from: 420);
        Assert.Equal("298", (await asked)["pictures"]!.ToString());
    }

    [Fact]
    public async Task Clip_over_a_limit_or_of_a_private_room_is_refused_and_leaves_nothing()
    {
        await using RunningHost host = await StartAsync(
            new RecordingOptions { KeepLast = true, MaxAtOnce = 0 }, new StoreOptions { MinFreeMegabytes = 0 });
        Room room = await JoinAsync(host);
        await SendAsync(host, room, 400);
        JsonNode refused = await JsonAsync(host, HttpStatusCode.ServiceUnavailable, HttpMethod.Post, ClipAt);
        Assert.Contains("Recordings:MaxAtOnce", refused["detail"]!.ToString(), StringComparison.Ordinal);
        await host.App.Services.GetRequiredService<MediaLoop>().AskAsync(
            () => room.Commands.Configure(room.Members.All[0], new SettingsMessage { Mode = "privacy" }));
        refused = await JsonAsync(host, HttpStatusCode.Forbidden, HttpMethod.Post, ClipAt);
        Assert.Equal("view_forbidden", refused["code"]!.ToString());
        Assert.Equal(0, host.App.Services.GetRequiredService<RecordingWriter>().Count);
        Assert.True(!Directory.Exists(Files) || Directory.GetFiles(Files).Length == 0);
    }

    private Task<RunningHost> StartAsync(RecordingOptions? recordings = null, StoreOptions? store = null) => RunningHost.StartAsync(
        RunningHost.Options with
        {
            Store = store ?? new StoreOptions { MinFreeMegabytes = 0 },
            Recordings = recordings ?? new RecordingOptions(),
            Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
        },
        services: services => services.AddSingleton<IVideoProbe>(_probe));

    private static Task<User> LocalAsync(RunningHost host) => host.App.Services.GetRequiredService<UserTable>().LocalAsync();

    private static async Task<Room> JoinAsync(RunningHost host)
    {
        RoomRegistry rooms = host.App.Services.GetRequiredService<RoomRegistry>();
        var request = new JoinRequest { Room = "demo", Role = "phone" };
        Assert.Null((await rooms.JoinAsync(request, new RecordingLink(), "127.0.0.1")).Refusal);
        return (await rooms.FindRoomAsync("demo"))!;
    }

    /// <summary>So many pictures of the room's phone, each with a result.</summary>
    private static Task<bool> SendAsync(RunningHost host, Room room, int count, int from = 0) =>
        host.App.Services.GetRequiredService<MediaLoop>().AskAsync(() =>
        {
            RoomMember phone = room.Members.All[0];
            for (int number = from; number < from + count; number++)
            {
                EncodedFrame frame = VideoFrames.Vp8(number, isKey: number % 60 == 0);
                frame.Arrival = new Instant(number * 1_000_000L / 30);
                room.Recorder.OnSource(frame);
                frame.Dispose();
                room.Recorder.OnDetections(
                    (uint)(1000 + (number * 3000)), Encoding.UTF8.GetBytes("""{"type":"detections","detections":[]}"""));
            }

            return phone is not null;
        });

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (!await isSo())
        {
            await Task.Delay(20, limit.Token);
        }
    }

    private static async Task<JsonNode?> TryGetAsync(RunningHost host, string path)
    {
        using HttpResponseMessage answer = await host.Client.GetAsync(
            new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            : null;
    }

    private static Task<JsonNode> JsonAsync(
        RunningHost host, HttpStatusCode expected, HttpMethod method, string path, string? body = null, string? key = null) =>
        host.JsonAsync(expected, method, path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), key);

    private sealed class StubProbe : IVideoProbe
    {
        /// <summary>The programs that read videos are not installed.</summary>
        public bool IsMissing { get; set; }

        public Task<(ProbedVideo? Video, string? Refusal)> ReadAsync(string file, CancellationToken cancel) => IsMissing
            ? throw new UploadException(503, "no_program", "ffprobe is not installed.")
            : Task.FromResult<(ProbedVideo?, string?)>(
                (new ProbedVideo(new VideoFacts(1.3, 640, 480, 30, "vp8", 40, false), ".webm"), null));
    }
}
