using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rtc.EndToEnd.Tests;
using Rtc.EndToEnd.Tests.Signalling;
using Rtc.Media.Factory;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>Whole servers in processes of their own that tests kill, drain and cut off.</summary>
public sealed partial class ServerClusterTests(PostgresServer postgres, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Kills = 2;
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
    public async Task Picture_is_back_after_its_owner_was_killed()
    {
        int kills = Environment.GetEnvironmentVariable("RTC_LONG") is { Length: > 0 } ? KillsAtLength : Kills;
        await StartAsync(3);
        var logs = new List<string>();
        var times = new List<double>();
        var relayed = new List<double>();
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
                await using TestPeer there = await TestPeer.ConnectAsync(left.Address, room, isCamera: false);
                await using TestPeer elsewhere = await TestPeer.ConnectAsync(_servers[2].Address, room, isCamera: false);
                await Task.WhenAll(there.SeesAsync(), elsewhere.SeesAsync(), UntilSavedAsync(room, mode));
                killed.Kill();
                double began = TestPeer.NowMs;
                await using TestPeer again = await TestPeer.ConnectAsync(left.Address, room, isCamera: true);
                times.Add(await again.BackAfterAsync(began));

                // Whichever of the two found out first that the owner was gone.
                Assert.Contains(again.At, (Uri[])[left.Address, _servers[2].Address]);

                // Who watched by way of the others stays where it is: one of them is the owner now, and the other takes its copy there.
                relayed.Add(await there.BackAfterAsync(began));
                relayed.Add(await elsewhere.BackAfterAsync(began));
                Assert.Equal(mode, await ModeAsync(left, room));
                Assert.Equal(mode, await ModeAsync(_servers[2], room));
            }

            logs.Add(killed.Output);
            await killed.DisposeAsync();
            _servers.Remove(killed);
            await StartAsync(1, first: kill + 3);
            mode = mode == "privacy" ? "focus" : "privacy";
        }

        logs.AddRange(_servers.Select(server => server.Output));
        Assert.All(Owners(logs), same => Assert.Single(same.Distinct()));
        output.WriteLine(FormattableString.Invariant(
            $"{kills} kills: picture back at the camera after {Median(times):0} ms (median), {Late(times):0} (p95), ")
            + FormattableString.Invariant($"at relayed viewers after {Median(relayed):0} and {Late(relayed):0}"));
    }

    [Fact]
    public async Task Viewers_of_each_codec_go_on_after_their_owner_was_killed()
    {
        Assert.SkipUnless(VideoCodecs.IsUsable(VideoCodec.H264), "no H.264 here");
        await StartAsync(3);
        await using TestPeer camera = await TestPeer.ConnectAsync(
            _servers[0].Address, "codecs", isCamera: true, codecs: VideoCodec.H264);
        var viewers = new List<TestPeer>();
        try
        {
            foreach ((int at, VideoCodec[] codecs) in ((int, VideoCodec[])[])
                [(1, [VideoCodec.Vp8, VideoCodec.H264]), (1, [VideoCodec.Vp8]), (2, [VideoCodec.Vp8]), (2, [VideoCodec.H264])])
            {
                viewers.Add(await TestPeer.ConnectAsync(_servers[at].Address, "codecs", isCamera: false, "?view=source", codecs));
            }

            await Task.WhenAll(viewers.Select(viewer => viewer.SeesAsync()));
            _servers[0].Kill();
            double began = TestPeer.NowMs;
            await using TestPeer again = await TestPeer.ConnectAsync(
                _servers[1].Address, "codecs", isCamera: true, codecs: VideoCodec.H264);
            double[] back = await Task.WhenAll(viewers.Select(viewer => viewer.BackAfterAsync(began)));
            output.WriteLine(FormattableString.Invariant($"back after {string.Join(", ", back.Select(time => $"{time:0} ms"))}"));
            await Task.WhenAll(viewers.Select(viewer => viewer.SeesAsync()));
            Assert.Equal(
                [VideoCodec.H264, VideoCodec.Vp8, VideoCodec.Vp8, VideoCodec.H264], viewers.Select(viewer => viewer.Codec));
        }
        finally
        {
            foreach (TestPeer viewer in viewers)
            {
                await viewer.DisposeAsync();
            }
        }
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

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static double Late(List<double> times) => times.Order().ElementAt((int)(times.Count * 0.95));

    private async Task StartAsync(int count, int first = 0, int drainSeconds = 0)
    {
        _servers.AddRange(await ServerPair.StartAsync(_connection, count, first, drainSeconds));
        await ServerPair.UntilKnownAsync(_servers);
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
