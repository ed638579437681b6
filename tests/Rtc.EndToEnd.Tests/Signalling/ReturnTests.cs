using System.Text.Json;
using Rtc.Bench;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>Who loses its connection and shows its resume token finds what it left, as long as the room waits.</summary>
public sealed class ReturnTests(ReturnTests.ForgetfulServer server) : IClassFixture<ReturnTests.ForgetfulServer>, IDisposable
{
    private readonly HttpClient _http = new() { Timeout = Patience.Time };
    private readonly ServerProcess _server = server.Process;

    /// <summary>The wait is an option, 30 s by default; the tests don't have that long.</summary>
    public sealed class ForgetfulServer : IAsyncLifetime
    {
        public ServerProcess Process { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Process = await ServerProcess.StartAsync(["--model", "motion", "--set", "Rooms:LingerSeconds=4"]);

        public async ValueTask DisposeAsync() => await Process.DisposeAsync();
    }

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_phone_that_comes_back_in_time_finds_tracks_target_and_settings()
    {
        // The watcher reads results over the hub; it stays through it all.
        await using HubClient watcher = await HubClient.OpenAsync(_server);
        await watcher.JoinAsync("return");
        HubClient hub = await HubClient.OpenAsync(_server);
        JsonElement place = (await hub.JoinAsync("return", "phone")).Result;
        BenchPhone phone = await MediaClient.PublishAsync(hub, _http);
        await watcher.CallRawAsync("Configure", """[{"mode":"focus+annotate","blur":0.25,"confidence":0.2}]""");

        // Somebody taps on a thing that moves, again where it had moved on.
        JsonElement seen = default;
        int target = -1;
        await ServerState.UntilAsync("nothing was selected", async () =>
        {
            seen = await watcher.PushedAsync("detections", body => body.GetProperty("detections").GetArrayLength() > 0);
            JsonElement box = seen.GetProperty("detections")[0];
            double x = (box.GetProperty("xmin").GetDouble() + box.GetProperty("xmax").GetDouble()) / 2;
            double y = (box.GetProperty("ymin").GetDouble() + box.GetProperty("ymax").GetDouble()) / 2;
            await watcher.CallRawAsync("Select", FormattableString.Invariant($$"""[{"x":{{x}},"y":{{y}}}]"""));
            long asked = Frame(await watcher.PushedAsync("detections"));
            target = Target(await watcher.PushedAsync("detections", body => Frame(body) > asked + 2));
            return target >= 0;
        });

        // The phone is gone without a word, signalling and media.
        hub.Drop();
        await phone.VanishAsync();
        await phone.DisposeAsync();
        await hub.DisposeAsync();

        await using HubClient back = await HubClient.OpenAsync(_server);
        JsonElement again = (await back.JoinAsync("return", "phone", resume: place.GetProperty("resume").GetString())).Result;
        Assert.True(again.GetProperty("resumed").GetBoolean());
        Assert.Equal(place.GetProperty("resume").GetString(), again.GetProperty("resume").GetString());
        Assert.Equal("focus+annotate", again.GetProperty("settings").GetProperty("mode").GetString());
        Assert.Equal(0.25, again.GetProperty("settings").GetProperty("blur").GetDouble());

        long left = Frame(await watcher.PushedAsync("detections"));
        await using BenchPhone returned = await MediaClient.PublishAsync(back, _http);
        JsonElement after = await watcher.PushedAsync("detections", body => Frame(body) > left);
        Assert.True(Frame(after) > Frame(seen), "the room's pictures are counted anew");
        Assert.Equal(target, Target(after));
        Assert.Equal(1, (await _server.RoomAsync("return")).GetProperty("phones").GetInt32());
    }

    [Fact]
    public async Task A_phone_that_comes_too_late_begins_anew()
    {
        HubClient hub = await HubClient.OpenAsync(_server);
        JsonElement place = (await hub.JoinAsync("late", "phone")).Result;
        BenchPhone phone = await MediaClient.PublishAsync(hub, _http);
        await hub.CallRawAsync("Configure", """[{"mode":"plain"}]""");
        hub.Drop();
        await phone.DisposeAsync();
        await hub.DisposeAsync();
        await _server.UntilNoRoomAsync("late");

        await using HubClient back = await HubClient.OpenAsync(_server);
        JsonElement again = (await back.JoinAsync("late", "phone", resume: place.GetProperty("resume").GetString())).Result;

        Assert.False(again.GetProperty("resumed").GetBoolean());
        Assert.NotEqual(place.GetProperty("resume").GetString(), again.GetProperty("resume").GetString());
        Assert.Equal("annotate", again.GetProperty("settings").GetProperty("mode").GetString());
    }

    [Fact]
    public async Task Another_rooms_role_or_token_resumes_nothing()
    {
        await using HubClient hub = await HubClient.OpenAsync(_server);
        string resume = (await hub.JoinAsync("mine", "viewer")).Result.GetProperty("resume").GetString()!;
        foreach ((string room, string role, string shown)
            in ((string, string, string)[])[
                ("other", "viewer", resume), ("mine", "phone", resume), ("mine", "viewer", resume[..^1] + "!"), ("mine", "viewer", "")
            ])
        {
            await using HubClient thief = await HubClient.OpenAsync(_server);
            Assert.False((await thief.JoinAsync(room, role, resume: shown)).Result.GetProperty("resumed").GetBoolean());
        }
    }

    [Fact]
    public async Task An_old_connection_that_dies_late_takes_nothing_from_the_new_one()
    {
        HubClient old = await HubClient.OpenAsync(_server);
        JsonElement place = (await old.JoinAsync("two-links", "phone")).Result;
        BenchPhone phone = await MediaClient.PublishAsync(old, _http);
        await using HubClient fresh = await HubClient.OpenAsync(_server);
        JsonElement again = (await fresh.JoinAsync("two-links", "phone", resume: place.GetProperty("resume").GetString())).Result;
        Assert.True(again.GetProperty("resumed").GetBoolean());
        Assert.Equal(place.GetProperty("peer_id").GetString(), again.GetProperty("peer_id").GetString());

        await old.CallAsync("Leave");
        await old.DisposeAsync();

        Assert.Null((await fresh.CallAsync("Release")).Error);
        Assert.Equal(1, (await _server.RoomAsync("two-links")).GetProperty("phones").GetInt32());
        await phone.DisposeAsync();
        Assert.Equal("peer_closed", (await fresh.PushedAsync("notice")).GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_second_phone_takes_over_where_that_is_wanted()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion", "--set", "Rooms:PhoneTakeover=true"]);
        await using HubClient first = await HubClient.OpenAsync(server);
        await first.JoinAsync("one-camera", "phone");
        await using BenchPhone phone = await MediaClient.PublishAsync(first, _http);
        await using HubClient second = await HubClient.OpenAsync(server);

        Assert.Null((await second.JoinAsync("one-camera", "phone")).Error);

        await using BenchPhone successor = await MediaClient.PublishAsync(second, _http);
        Assert.Equal("unknown_session", (await first.CallAsync("Restart")).Code);
        await ServerState.UntilAsync("the first phone was not told", () => Task.FromResult(phone.ClosedBecause is not null));
        long received = (await server.RoomAsync("one-camera")).GetProperty("received").GetInt64();
        await ServerState.UntilAsync(
            "the second phone's pictures are not taken",
            async () => (await server.RoomAsync("one-camera")).GetProperty("received").GetInt64() > received + 10);
        Assert.Equal(1, (await server.RoomAsync("one-camera")).GetProperty("phones").GetInt32());
    }

    [Fact]
    public async Task Of_two_phones_the_second_is_on_air_when_the_first_has_gone()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion", "--set", "Rooms:PhonesPerRoom=2"]);
        BenchPhone first = await MediaClient.PublishAsync(server, _http, "two-cameras");
        await using BenchViewer viewer = await MediaClient.WatchAsync(server, _http, "two-cameras");
        await ServerState.UntilAsync("no picture came", () => Task.FromResult(viewer.Frames > 10));
        await using BenchPhone second = await MediaClient.PublishAsync(server, _http, "two-cameras");
        Assert.Equal(2, (await server.RoomAsync("two-cameras")).GetProperty("phones").GetInt32());
        await ServerState.UntilAsync("the second does not film", () => Task.FromResult(second.Measured.Figures.Sent > 10));

        await first.DisposeAsync();

        await ServerState.UntilAsync(
            "the first is still there", async () => (await server.RoomAsync("two-cameras")).GetProperty("phones").GetInt32() == 1);
        long before = viewer.Frames;
        await ServerState.UntilAsync("the second's pictures do not come", () => Task.FromResult(viewer.Frames > before + 20));
    }

    [Fact]
    public async Task Client_takes_its_place_on_a_new_server_after_kill_9()
    {
        await using ServerProcess doomed = await ServerProcess.StartAsync(["--model", "motion"]);
        await using HubClient hub = await HubClient.OpenAsync(doomed);
        JsonElement place = (await hub.JoinAsync("killed", "phone")).Result;
        BenchPhone phone = await MediaClient.PublishAsync(hub, _http);
        doomed.Kill();
        await hub.Closed;
        await phone.DisposeAsync();

        await using ServerProcess restarted = await ServerProcess.StartAsync(
            ["--model", "motion"], port: doomed.Port, mediaPort: doomed.MediaPort);
        await using HubClient back = await HubClient.OpenAsync(restarted);
        JsonElement again = (await back.JoinAsync("killed", "phone", resume: place.GetProperty("resume").GetString())).Result;
        Assert.False(again.GetProperty("resumed").GetBoolean());
        await using BenchPhone returned = await MediaClient.PublishAsync(back, _http);
        await ServerState.UntilAsync(
            "no picture came after the restart", async () => (await restarted.RoomAsync("killed")).GetProperty("received").GetInt64() > 10);
    }

    private static long Frame(JsonElement detections) => detections.GetProperty("frame_id").GetInt64();

    private static int Target(JsonElement detections) =>
        detections.GetProperty("target_id") is { ValueKind: JsonValueKind.Number } id ? id.GetInt32() : -1;
}
