using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rtc.EndToEnd.Tests;
using Rtc.EndToEnd.Tests.Signalling;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>Whole servers in processes of their own, on a PostgreSQL of the tests' own.</summary>
public sealed partial class ServerClusterTests(PostgresServer postgres, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Kills = 3;
    private const int KillsAtLength = 100;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly List<ServerProcess> _servers = [];
    private string _connection = string.Empty;

    public async ValueTask InitializeAsync() => _connection = await postgres.CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Viewer_of_any_node_sees_the_camera_of_another()
    {
        await StartAsync(2);
        await using TestPeer camera = await TestPeer.ConnectAsync(_servers[0].Address, "demo", isCamera: true);
        await camera.SeesAsync();
        await using TestPeer here = await TestPeer.ConnectAsync(_servers[0].Address, "demo", isCamera: false);
        await using TestPeer there = await TestPeer.ConnectAsync(_servers[1].Address, "demo", isCamera: false);
        await here.SeesAsync();
        await there.SeesAsync();

        Assert.Equal((0, _servers[0].Address), (camera.Redirects, camera.At));
        JsonElement cluster = await _servers[1].Http.GetFromJsonAsync<JsonElement>("/api/cluster");
        Assert.Equal("n1", cluster.GetProperty("node_id").GetString());
        Assert.Equal(["n0", "n1"], cluster.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("node_id").GetString()));

        // A room of another node is known here too.
        JsonElement room = await _servers[1].Http.GetFromJsonAsync<JsonElement>("/api/rooms/demo");
        Assert.Equal(1, room.GetProperty("phones").GetInt32());
    }

    [Fact]
    public async Task Camera_is_sent_to_the_node_that_has_its_room()
    {
        await StartAsync(2);
        await using HubClient first = await HubClient.OpenAsync(_servers[0]);
        HubAnswer joined = await first.JoinAsync("demo", "phone");
        Assert.Null(joined.Error);
        Assert.StartsWith("n0~", joined.Result.GetProperty("node").GetString(), StringComparison.Ordinal);
        Assert.Equal(_servers[1].Address.AbsoluteUri, Assert.Single(joined.Result.GetProperty("nodes").EnumerateArray()).GetString());

        await using HubClient second = await HubClient.OpenAsync(_servers[1]);
        Assert.Equal("redirect", (await second.JoinAsync("demo", "phone")).Code);
        JsonElement sent = await second.PushedAsync("redirect");
        Assert.Equal(("demo", "n0"), (sent.GetProperty("room").GetString(), sent.GetProperty("node").GetString()));
        Assert.StartsWith($"{_servers[0].Address}hub?node=n0", sent.GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forged_hint_is_refused_and_a_signed_one_is_not()
    {
        await StartAsync(1);
        using HttpResponseMessage forged = await TestPeer.PostAsync(new Uri(_servers[0].Address, "/whip/demo?node=n0~AAAA"), "v=0");
        Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        Assert.Contains("bad_hint", await forged.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await using HubClient hub = await HubClient.OpenAsync(_servers[0]);
        string hint = (await hub.JoinAsync("demo", "viewer")).Result.GetProperty("node").GetString()!;
        using HttpResponseMessage signed =
            await TestPeer.PostAsync(new Uri(_servers[0].Address, "/whip/demo?node=" + Uri.EscapeDataString(hint)), "v=0");
        Assert.Equal(HttpStatusCode.BadRequest, signed.StatusCode);
        using HttpResponseMessage other =
            await TestPeer.PostAsync(new Uri(_servers[0].Address, "/whip/other?node=" + Uri.EscapeDataString(hint)), "v=0");
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
    }

    [Fact]
    public async Task Picture_is_back_after_its_owner_was_killed()
    {
        int kills = Environment.GetEnvironmentVariable("RTC_LONG") is { Length: > 0 } ? KillsAtLength : Kills;
        await StartAsync(2);
        var logs = new List<string>();
        var times = new List<double>();
        string mode = "privacy";
        for (int kill = 0; kill < kills; kill++)
        {
            ServerProcess killed = _servers[0];
            ServerProcess left = _servers[1];
            string room = "demo" + kill;
            await using (TestPeer camera = await TestPeer.ConnectAsync(killed.Address, room, isCamera: true, "?mode=" + mode))
            {
                await camera.SeesAsync();
                Assert.Equal(killed.Address, camera.At);
                await UntilSavedAsync(room, mode);
                killed.Kill();
                long began = Stopwatch.GetTimestamp();
                await using TestPeer again = await TestPeer.ConnectAsync(left.Address, room, isCamera: true);
                await again.SeesAsync(1);
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                Assert.Equal(left.Address, again.At);
                Assert.Equal(mode, await ModeAsync(left, room));
            }

            logs.Add(killed.Output);
            await killed.DisposeAsync();
            _servers.Remove(killed);
            await StartAsync(1, first: kill + 2);
            mode = mode == "privacy" ? "focus" : "privacy";
        }

        logs.AddRange(_servers.Select(server => server.Output));
        Assert.All(Owners(logs), same => Assert.Single(same.Distinct()));
        times.Sort();
        output.WriteLine(FormattableString.Invariant(
            $"{times.Count} kills: picture back after {times[times.Count / 2]:0} ms (median), {times[(int)(times.Count * 0.95)]:0} (p95)"));
    }

    /// <summary>As after a cut that healed: the table says that another took the room over meanwhile.</summary>
    [Fact]
    public async Task Owner_that_finds_a_higher_epoch_lets_go_and_sends_its_members_on()
    {
        await StartAsync(2);
        await using HubClient phone = await HubClient.OpenAsync(_servers[0]);
        await using HubClient other = await HubClient.OpenAsync(_servers[1]);
        Assert.Null((await phone.JoinAsync("cut", "phone")).Error);
        Assert.Null((await other.JoinAsync("other", "phone")).Error);
        await RunAsync(
            "UPDATE cluster_rooms SET owner = taken.owner, incarnation = taken.incarnation, epoch = cluster_rooms.epoch + 1 "
                + "FROM cluster_rooms AS taken WHERE cluster_rooms.room = 'cut' AND taken.room = 'other'");

        Assert.Equal("n1", (await phone.PushedAsync("redirect")).GetProperty("node").GetString());
        Assert.Contains("lets go of cut", _servers[0].Output, StringComparison.Ordinal);
        Assert.DoesNotContain("lets go of other", _servers[1].Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drain_moves_members_to_another_node_and_ends()
    {
        await StartAsync(2, drainSeconds: 20);
        await using HubClient phone = await HubClient.OpenAsync(_servers[0]);
        Assert.Null((await phone.JoinAsync("demo", "phone")).Error);

        Assert.Null((await phone.CallAsync("Configure", new System.Text.Json.Nodes.JsonObject { ["mode"] = "focus" })).Error);
        using HttpResponseMessage drain = await _servers[0].Http.PostAsync("/api/cluster/drain", null);
        Assert.Equal(HttpStatusCode.Accepted, drain.StatusCode);
        JsonElement sent = await phone.PushedAsync("redirect");
        Assert.Equal("n1", sent.GetProperty("node").GetString());

        // The one that took it over goes on with what was set.
        await using HubClient moved = await HubClient.OpenAsync(_servers[1]);
        HubAnswer joined = await moved.JoinAsync("demo", "phone");
        Assert.Null(joined.Error);
        Assert.Equal("focus", joined.Result.GetProperty("settings").GetProperty("mode").GetString());
        Assert.Equal(0, await _servers[0].ExitAsync(s_patience));
    }

    [Fact]
    public async Task Rooms_go_on_while_the_database_is_away()
    {
        await using var own = new PostgresServer();
        _connection = await own.CreateDatabaseAsync();
        await StartAsync(1);
        await using TestPeer camera = await TestPeer.ConnectAsync(_servers[0].Address, "runs", isCamera: true);
        await camera.SeesAsync();
        await own.StopAsync();

        await camera.SeesAsync(40);
        await using TestPeer viewer = await TestPeer.ConnectAsync(_servers[0].Address, "runs", isCamera: false);
        await viewer.SeesAsync();
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(
            () => TestPeer.ConnectAsync(_servers[0].Address, "new", isCamera: true));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("cluster_unavailable", refused.Message, StringComparison.Ordinal);

        await own.StartAsync();
        await camera.SeesAsync();
        await using TestPeer late = await TestPeer.ConnectAsync(_servers[0].Address, "new", isCamera: true);
        await late.SeesAsync();
    }

    private async Task StartAsync(int count, int first = 0, int drainSeconds = 0)
    {
        ServerProcess[] started = await Task.WhenAll(Enumerable.Range(first, count).Select(number => ServerProcess.StartAsync(
            ["--cluster", _connection],
            new Dictionary<string, string>
            {
                ["RTC__Cluster__NodeId"] = "n" + number,
                ["RTC__Cluster__SiloPort"] = ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture),
                ["RTC__Rooms__DrainSeconds"] = drainSeconds.ToString(CultureInfo.InvariantCulture),
                ["RTC__Rooms__LingerSeconds"] = "1",
                ["RTC__Model__Name"] = "motion",

                // How busy the machine of the tests is must not decide where a room goes.
                ["RTC__Limits__MaxCpuPercent"] = "0",
                ["RTC__Limits__MaxMemoryPercent"] = "0",
                ["RTC__Limits__MaxLoopLatenessMs"] = "0",
                ["Logging__LogLevel__Rtc"] = "Information",
            })));
        _servers.AddRange(started);
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            JsonElement cluster = await _servers[0].Http.GetFromJsonAsync<JsonElement>("/api/cluster");
            if (cluster.GetProperty("nodes").GetArrayLength() >= _servers.Count)
            {
                return;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < s_patience, "the nodes do not find each other");
            await Task.Delay(50);
        }
    }

    /// <summary>What a new owner begins with is written once a second.</summary>
    private Task UntilSavedAsync(string room, string mode) => UntilAsync(
        $"SELECT count(*) FROM cluster_rooms WHERE room = '{room}' AND snapshot LIKE '%\"mode\":\"{mode}\"%'", count => count == 1);

    private async Task UntilAsync(string sql, Func<long, bool> holds)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(_connection);
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            await using Npgsql.NpgsqlCommand command = source.CreateCommand(sql);
            if (holds((long)(await command.ExecuteScalarAsync())!))
            {
                return;
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < s_patience, sql);
            await Task.Delay(50);
        }
    }

    private async Task RunAsync(string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(_connection);
        await using Npgsql.NpgsqlCommand command = source.CreateCommand(sql);
        Assert.Equal(1, await command.ExecuteNonQueryAsync());
    }

    private static async Task<string?> ModeAsync(ServerProcess server, string room)
    {
        await using HubClient viewer = await HubClient.OpenAsync(server);
        return (await viewer.JoinAsync(room)).Result.GetProperty("settings").GetProperty("mode").GetString();
    }

    /// <summary>Of every room and epoch, the nodes that said that they own it then.</summary>
    private static IEnumerable<string[]> Owners(IEnumerable<string> logs) => logs
        .SelectMany(log => OwnsPattern().Matches(log).Select(match => match.Groups))
        .GroupBy(groups => (groups["room"].Value, groups["epoch"].Value), groups => groups["node"].Value)
        .Select(same => same.ToArray());

    [GeneratedRegex(@"(?<node>\S+) owns (?<room>\S+) at epoch (?<epoch>\d+)")]
    private static partial Regex OwnsPattern();
}
