using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Cluster.Nodes;
using Rtc.Cluster.Silo;
using Rtc.Cluster.Tests.Nodes;
using Rtc.EndToEnd.Tests;
using Rtc.EndToEnd.Tests.Signalling;
using Rtc.Pipeline.Settings;
using Rtc.Server.Cluster;
using Rtc.Server.Network;
using Rtc.Server.Rooms;
using Rtc.Signaling.Messages;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>Viewers at nodes that don't own their room. Each test has a room of its own.</summary>
public sealed class RelayTests(RelayServers servers, ITestOutputHelper output) : IClassFixture<RelayServers>
{
    /// <summary>
    /// Asked is 3 ms; a busy machine of the tests wakes three processes late. It can wake the viewer without a hop last, too: measured with
    /// a processor taken by others, a hop of 0.3 ms comes out as anything from -0.01.
    /// </summary>
    private const double MaxHopMs = 25;

    private ServerProcess[] Servers => servers.Servers;

    [Fact]
    public async Task Each_node_takes_one_copy_however_many_watch_there()
    {
        await using TestPeer camera = await TestPeer.ConnectAsync(Servers[0].Address, "copied", isCamera: true);
        var viewers = new List<TestPeer>();
        try
        {
            foreach (int at in (int[])[0, 1, 1, 2, 2, 2])
            {
                viewers.Add(await TestPeer.ConnectAsync(Servers[at].Address, "copied", isCamera: false));
                Assert.Equal((0, Servers[at].Address), (viewers[^1].Redirects, viewers[^1].At));
            }

            await Task.WhenAll(viewers.Select(viewer => viewer.SeesAsync(60)));

            // The camera, the viewer that is there, and one copy for each other node.
            await servers.UntilAsync(0, nodes => nodes is ["0:4", "1:2", "1:3"]);
            for (int at = 0; at < Servers.Length; at++)
            {
                await UntilMetricAsync(Servers[at], $"rtc_rooms_relayed {(at == 0 ? 0 : 1)}");

                // Of a node that has much to do nothing may have been heard for a moment.
                await UntilMetricAsync(Servers[at], "rtc_cluster_nodes 3");
            }

            JsonElement room = await Servers[2].Http.GetFromJsonAsync<JsonElement>("/api/rooms/copied");
            Assert.Equal((1, 6), (room.GetProperty("phones").GetInt32(), room.GetProperty("viewers").GetInt32()));
            Assert.InRange(room.GetProperty("coded").GetInt64(), 1, room.GetProperty("received").GetInt64());

            // Each node lists the rooms of all, and has their pictures.
            foreach (ServerProcess server in Servers)
            {
                JsonElement rooms = await server.Http.GetFromJsonAsync<JsonElement>("/api/rooms");
                Assert.Single(rooms.EnumerateArray(), found => found.GetProperty("room").GetString() == "copied");
                await UntilPictureAsync(server, "/api/rooms/copied/thumbnail.jpg");
            }

            double hop = HopMs(viewers[0], viewers[1]);
            output.WriteLine(FormattableString.Invariant($"a hop adds {hop:0.00} ms (median)"));
            Assert.InRange(hop, -MaxHopMs, MaxHopMs);
        }
        finally
        {
            foreach (TestPeer viewer in viewers)
            {
                await viewer.DisposeAsync();
            }
        }

        // Whoever watched is gone: the copies are ended, and all of their frames are back in the pool.
        await servers.UntilAsync(0, nodes => nodes is ["0:1", "0:0", "0:0"]);
        await UntilMetricAsync(Servers[1], "rtc_frames_lent 0");
    }

    [Fact]
    public async Task What_a_viewer_asks_reaches_the_owner_and_everybody_hears_of_it()
    {
        await using TestPeer camera = await TestPeer.ConnectAsync(Servers[0].Address, "asked", isCamera: true);
        await using TestPeer here = await TestPeer.ConnectAsync(Servers[0].Address, "asked", isCamera: false);
        await using TestPeer there = await TestPeer.ConnectAsync(Servers[1].Address, "asked", isCamera: false);
        await using HubClient listener = await HubClient.OpenAsync(Servers[2]);
        Assert.Null((await listener.JoinAsync("asked")).Error);
        await there.SeesAsync();

        await there.SayAsync("""{"type":"configure","mode":"focus"}""");
        await here.HearsAsync("\"mode\":\"focus\"");
        await there.HearsAsync("\"mode\":\"focus\"");
        await listener.PushedAsync(
            "settings", settings => settings.TryGetProperty("mode", out JsonElement mode) && mode.GetString() == "focus");

        // The owner's detector looks for it, in a picture with nothing in it.
        await there.SayAsync("""{"type":"select","x":0.5,"y":0.5}""");
        await here.HearsAsync("nothing_there");
        await there.HearsAsync("nothing_there");

        await there.SayAsync("""{"type":"configure","model":"none-such"}""");
        await there.HearsAsync("bad_value");
        await there.HearsAsync("\"type\":\"detections\"");
        await listener.PushedAsync("stats", stats => stats.GetProperty("viewers").GetInt32() == 3);
        await listener.PushedAsync("detections");
    }

    [Fact]
    public async Task What_is_asked_of_a_room_over_http_is_answered_at_any_node()
    {
        await using TestPeer camera = await TestPeer.ConnectAsync(Servers[0].Address, "asked-for", isCamera: true);
        await using TestPeer there = await TestPeer.ConnectAsync(Servers[1].Address, "asked-for", isCamera: false);
        await there.SeesAsync();
        foreach (HttpClient http in (HttpClient[])[Servers[1].Http, Servers[2].Http])
        {
            using HttpResponseMessage heat = await http.GetAsync("/api/rooms/asked-for/heat.png");
            Assert.Equal((HttpStatusCode.OK, "image/png"), (heat.StatusCode, heat.Content.Headers.ContentType?.MediaType));
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], (await heat.Content.ReadAsByteArrayAsync())[..4]);
            Assert.Equal(
                await Servers[0].Http.GetStringAsync("/api/rooms/asked-for/model"),
                await http.GetStringAsync("/api/rooms/asked-for/model"));

            // What the owner refuses is refused in its words, and a room that nobody has in this node's own.
            var unknown = new { model = "none-such" };
            using HttpResponseMessage wrong = await http.PutAsJsonAsync("/api/rooms/asked-for/model", unknown);
            using HttpResponseMessage atOwner = await Servers[0].Http.PutAsJsonAsync("/api/rooms/asked-for/model", unknown);
            Assert.Equal((atOwner.StatusCode, await DetailAsync(atOwner)), (wrong.StatusCode, await DetailAsync(wrong)));
            using HttpResponseMessage nowhere = await http.GetAsync("/api/rooms/nowhere/heat.png");
            Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
            using HttpResponseMessage large = await http.PutAsync("/api/rooms/asked-for/model", new ByteArrayContent(new byte[1 << 20]));
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        }

        // What is changed at one node is so at all.
        string rule = """{"name":"Somebody","when":"class_appeared","classes":["person"]}""";
        using HttpResponseMessage made = await Servers[1].Http.PutAsync(
            "/api/rooms/asked-for/rules/door", new StringContent(rule, System.Text.Encoding.UTF8, "application/json"));
        Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        Assert.Contains("door", await Servers[0].Http.GetStringAsync("/api/rooms/asked-for/rules"), StringComparison.Ordinal);
        Assert.Contains("door", await Servers[2].Http.GetStringAsync("/api/rooms/asked-for/rules"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Private_room_shows_its_source_at_no_node()
    {
        await using TestPeer camera = await TestPeer.ConnectAsync(Servers[0].Address, "hidden", isCamera: true);
        await using TestPeer source = await TestPeer.ConnectAsync(Servers[1].Address, "hidden", isCamera: false, "?view=source");
        await source.SeesAsync();
        Assert.Equal(Servers[1].Address, source.At);

        await camera.SayAsync("""{"type":"configure","mode":"privacy"}""");
        await source.HearsAsync("view_changed");
        await source.SeesAsync(30);
        HttpRequestException refused = await Assert.ThrowsAsync<HttpRequestException>(
            () => TestPeer.ConnectAsync(Servers[1].Address, "hidden", isCamera: false, "?view=source"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        HttpRequestException alsoFirst = await Assert.ThrowsAsync<HttpRequestException>(
            () => TestPeer.ConnectAsync(Servers[2].Address, "hidden", isCamera: false, "?view=source"));
        Assert.Equal(HttpStatusCode.Forbidden, alsoFirst.StatusCode);
        await using TestPeer blurred = await TestPeer.ConnectAsync(Servers[2].Address, "hidden", isCamera: false);
        await blurred.SeesAsync();

        // Whoever made it private lifts that; a viewer elsewhere does not.
        await blurred.SayAsync("""{"type":"configure","mode":"plain"}""");
        await blurred.HearsAsync("privacy_guarded");
        await camera.SayAsync("""{"type":"configure","mode":"plain"}""");
        await blurred.HearsAsync("\"mode\":\"plain\"");
        await blurred.SeesAsync();
    }

    [Fact]
    public async Task Viewer_for_whom_its_node_has_no_place_is_sent_to_the_owner()
    {
        await using TestPeer camera = await TestPeer.ConnectAsync(Servers[0].Address, "full", isCamera: true);
        var viewers = new List<HubClient>();
        for (int number = 0; number < RelayServers.MaxViewers; number++)
        {
            viewers.Add(await HubClient.OpenAsync(Servers[1]));
            Assert.StartsWith(
                "n1~", (await viewers[^1].JoinAsync("full")).Result.GetProperty("node").GetString(), StringComparison.Ordinal);
        }

        await using TestPeer sent = await TestPeer.ConnectAsync(Servers[1].Address, "full", isCamera: false);
        Assert.Equal((1, Servers[0].Address), (sent.Redirects, sent.At));
        await sent.SeesAsync();
        await viewers[0].PushedAsync("peers", peers => peers.GetProperty("viewers").GetInt32() == RelayServers.MaxViewers + 1);
        foreach (HubClient viewer in viewers)
        {
            await viewer.DisposeAsync();
        }
    }

    [Fact]
    public async Task Forged_or_old_relay_request_is_refused()
    {
        await using TestPeer camera = await TestPeer.ConnectAsync(Servers[0].Address, "sealed", isCamera: true);
        await using ClusterNode node = await ClusterNode.StartAsync(
            new ClusterSettings { Connection = servers.Connection, NodeId = "other", SiloPort = PostgresServer.FreePort() },
            new TestHost(), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        await NodePair.UntilAsync(() => node.Find("n0") is not null);
        const string Body = """{"member":"m","name":"","rights":1,"release":true}""";
        DateTimeOffset now = DateTimeOffset.UtcNow;
        NodeQuestion good = NodeSeal.Close(node.Key, "other", "n0", "command", "sealed", Body, now);
        NodeQuestion[] forged =
        [
            good with { Body = Body },
            good with { Room = "another" },
            good with { Kind = "feed" },
            good with { Body = good.Body + " " },
            NodeSeal.Close([.. node.Key.Reverse()], "other", "n0", "command", "sealed", Body, now),
            NodeSeal.Close(node.Key, "other", "n1", "command", "sealed", Body, now),
            NodeSeal.Close(node.Key, "other", "n0", "command", "sealed", Body, now - NodeSeal.Life * 2),
        ];
        foreach (NodeQuestion question in forged)
        {
            Assert.Null(await node.AskAsync("n0", question));
        }

        string metrics = await Servers[0].Http.GetStringAsync("/metrics");
        Assert.Contains($"reason=\"relay\"}} {forged.Length}", metrics, StringComparison.Ordinal);

        // One that is signed is heard: this node relays nothing of that room, and one that asks properly is served.
        Assert.Null(await node.AskAsync("n0", good));
        await using TestPeer viewer = await TestPeer.ConnectAsync(Servers[1].Address, "sealed", isCamera: false);
        await viewer.SeesAsync();
        Assert.Contains($"reason=\"relay\"}} {forged.Length}", await Servers[0].Http.GetStringAsync("/metrics"), StringComparison.Ordinal);

        // A copy of a view or in a codec that there is none of is refused, and so is one without a description.
        using var copying = new LoopbackPeer(echoes: false, NullLogger<MediaLoop>.Instance);
        var copy = new FeedAudience(RoomView.Source, 1, [], 0, 0) { Formats = VideoFormats.H264, IsSecond = true };
        var offer = new FeedOffer("feed", copy, await copying.OfferAsync());
        foreach (FeedOffer odd in (FeedOffer[])
            [
                offer with { Sdp = "v=0" },
                offer with { Audience = copy with { View = (RoomView)2 } },
                offer with { Audience = copy with { Formats = (VideoFormats)8 } },
            ])
        {
            Assert.Null(await AskAsync(FeedMessages.Open, odd));
        }

        Assert.NotNull(FeedMessages.Read<FeedAnswer>(await AskAsync(FeedMessages.Open, offer))?.Sdp);
        await AskAsync(FeedMessages.End, new FeedEnd(offer.Feed));
        await camera.SayAsync("""{"type":"configure","mode":"privacy"}""");
        await camera.HearsAsync("\"mode\":\"privacy\"");
        FeedAnswer? hidden = FeedMessages.Read<FeedAnswer>(await AskAsync(FeedMessages.Open, offer));
        Assert.Equal((null, "privacy"), (hidden?.Sdp, hidden?.Settings.Mode));

        Task<string?> AskAsync<T>(string kind, T message) => node.AskAsync("n0", NodeSeal.Close(
            node.Key, "other", "n0", kind, "sealed", FeedMessages.Write(message), DateTimeOffset.UtcNow));
    }

    private static async Task<string?> DetailAsync(HttpResponseMessage problem) =>
        (await problem.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString();

    private static async Task UntilMetricAsync(ServerProcess server, string line)
    {
        using var limit = new CancellationTokenSource(Patience.Time);
        while (!(await server.Http.GetStringAsync("/metrics", limit.Token)).Contains($"\n{line}\n", StringComparison.Ordinal))
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private static async Task UntilPictureAsync(ServerProcess server, string path)
    {
        using var limit = new CancellationTokenSource(Patience.Time);
        HttpStatusCode status;
        do
        {
            using HttpResponseMessage answer = await server.Http.GetAsync(path, limit.Token);
            status = answer.StatusCode;
        }
        while (status == HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.OK, status);
    }

    /// <summary>Of the pictures that both got, how much later the second did.</summary>
    private static double HopMs(TestPeer first, TestPeer second)
    {
        double[] later = [.. first.Arrivals.Where(seen => second.Arrivals.ContainsKey(seen.Key))
            .Select(seen => second.Arrivals[seen.Key] - seen.Value).Order()];
        Assert.InRange(later.Length, 30, int.MaxValue);
        return later[later.Length / 2];
    }
}
