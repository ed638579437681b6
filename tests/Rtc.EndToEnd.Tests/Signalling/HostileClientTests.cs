using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>Crowds and giants at a running server's door; whoever behaves is served meanwhile.</summary>
[Collection(AloneCollection.Name)]
public sealed class HostileClientTests(HostileClientTests.HastyServer server, ITestOutputHelper output)
    : IClassFixture<HostileClientTests.HastyServer>
{
    private const int Giants = 9;
    private const int Storm = 500;
    private const int StormRooms = 20;

    private ServerProcess Server => server.Process;

    public sealed class HastyServer : IAsyncLifetime
    {
        public ServerProcess Process { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Process = await ServerProcess.StartAsync(["--model", "motion", "--set", "Rooms:LingerSeconds=2"]);

        public async ValueTask DisposeAsync() => await Process.DisposeAsync();
    }

    [Fact]
    public async Task A_foreign_pages_socket_is_refused() =>
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => HubClient.OpenSilentAsync(Server, "https://evil.example"));

    [Fact]
    public async Task Ten_megabytes_in_one_frame_are_cut_off_wherever_they_come()
    {
        const int Size = 10 << 20;
        double before = Server.ResidentMegabytes();
        string giant = new('x', Size);

        // Before the handshake, after it, as an argument, and as a description. A client that goes on writing is left to
        // itself for some seconds, so all of them come at once.
        await Task.WhenAll(Enumerable.Range(0, Giants).Select(async i =>
        {
            await using HubClient client = i % 3 == 0 ? await HubClient.OpenSilentAsync(Server) : await HubClient.OpenAsync(Server);
            await SendGiantAsync(
                client,
                i % 3 == 1 ? giant : $$"""{"type":1,"invocationId":"9","target":"Offer","arguments":[{"sdp":"{{giant}}"}]}""" + '\u001e');
            await client.Closed;
            using var content = new StringContent(giant);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/sdp");
            try
            {
                using HttpResponseMessage answer = await Server.Http.PostAsync("/whip/giants", content);
                Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
            }
            catch (HttpRequestException)
            {
                // The server closed while we still wrote.
            }
        }));

        double grown = Server.ResidentMegabytes() - before;
        output.WriteLine($"{Giants * 2 * Size >> 20} MB thrown at the server cost {grown:0} MB of memory");
        Assert.True(grown < 90, $"memory grew by {grown:0} MB");
        Assert.True(await Server.SlowestAnswerAsync(3) < ServerState.DeafMs);
        await Server.UntilNoRoomAsync("giants");
    }

    [Fact]
    public async Task Five_hundred_clients_at_once_get_in_and_leave_nothing_behind()
    {
        long began = Stopwatch.GetTimestamp();
        using var over = new CancellationTokenSource();
        Task<double> answers = Server.SlowestAnswerAsync(int.MaxValue, over.Token);
        (HubClient Client, HubAnswer Joined, HubAnswer Offered)[] all = await Task.WhenAll(Enumerable.Range(0, Storm).Select(async i =>
        {
            HubClient client = await HubClient.OpenAsync(Server);
            HubAnswer joined = await client.JoinAsync($"storm-{i % StormRooms}", i < StormRooms ? "phone" : "viewer");
            HubAnswer offered = await client.CallAsync(
                "Offer", new JsonObject { ["sdp"] = i < StormRooms ? Offers.Phone() : Offers.Viewer() });
            return (client, joined, offered);
        }));
        double stormed = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        await over.CancelAsync();
        double slowest = await answers;

        Assert.All(all, one => Assert.Null(one.Joined.Error));
        Assert.All(all, one => Assert.Null(one.Offered.Error));
        Assert.All(await Server.RoomsAsync(), room => Assert.Equal(1, room.GetProperty("phones").GetInt32()));
        Assert.Equal(Storm - StormRooms, (await Server.RoomsAsync()).Sum(room => room.GetProperty("viewers").GetInt32()));
        output.WriteLine($"{Storm} joins and offers in {stormed:0} ms, slowest answer meanwhile {slowest:0} ms");
        Assert.True(slowest < ServerState.DeafMs, $"the server was deaf for {slowest:0} ms");

        // Half say goodbye, half are torn off; those had a connection under way, which has to be given up too.
        await Task.WhenAll(all.Select(async (one, i) =>
        {
            if (i % 2 == 0)
            {
                await one.Client.CallAsync("Leave");
            }

            await one.Client.DisposeAsync();
        }));
        await Server.UntilNoRoomAsync();
        await ServerState.UntilAsync(
            "peers were left behind", async () => await Server.MetricAsync("rtc_peers") == 0 && await Server.MetricAsync("rtc_rooms") == 0);
    }

    private static async Task SendGiantAsync(HubClient client, string text)
    {
        try
        {
            await client.SendTextAsync(text);
        }
        catch (Exception error) when (error is System.Net.WebSockets.WebSocketException or IOException)
        {
            // Closed while we still wrote.
        }
    }
}
