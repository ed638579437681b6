using System.Text.Json.Nodes;
using Rtc.Bench;
using Xunit;

namespace Rtc.EndToEnd.Tests.Signalling;

/// <summary>Who comes and goes hundreds of times leaves a server as it was: in memory, threads, sockets and counts.</summary>
[Collection(AloneCollection.Name)]
public sealed class ChurnTests(ITestOutputHelper output)
{
    private const int Clients = 4;
    private const int Warm = 200;
    private const int Counted = 500;
    private const int Viewers = 20;

    [Fact]
    public async Task Hundreds_of_joins_and_leaves_leave_nothing_behind()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(["--model", "motion", "--set", "Rooms:LingerSeconds=1"]);
        using var http = new HttpClient { Timeout = Patience.Time };
        await ChurnAsync(server, http, Warm);
        (double Megabytes, int Threads, int Files) before = await SettledAsync(server);

        await ChurnAsync(server, http, Counted);
        (double Megabytes, int Threads, int Files) after = await SettledAsync(server);

        output.WriteLine(
            $"after {Warm} joins {before.Megabytes:0} MB, {before.Threads} threads, {before.Files} files; after {Counted} more "
                + $"{after.Megabytes:0} MB, {after.Threads} threads, {after.Files} files");
        Assert.True(after.Megabytes < before.Megabytes + 60, $"memory grew from {before.Megabytes:0} to {after.Megabytes:0} MB");
        Assert.InRange(after.Threads, 1, before.Threads + 24);
        Assert.InRange(after.Files, 1, before.Files + 24);
        Assert.True(await server.MetricAsync("rtc_joins_total") >= Warm + Counted);
    }

    /// <summary>
    /// Every other join opens a room of its own and closes it; the rest go through one that stays. Some are connected for real.
    /// </summary>
    private static async Task ChurnAsync(ServerProcess server, HttpClient http, int joins)
    {
        await using HubClient host = await HubClient.OpenAsync(server);
        await host.JoinAsync("stays", "phone");
        await using BenchPhone phone = await MediaClient.PublishAsync(host, http);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async one =>
        {
            await using HubClient client = await HubClient.OpenAsync(server);
            for (int i = one; i < joins - Viewers; i += Clients)
            {
                bool own = i % 2 == 0;
                HubAnswer joined;
                do
                {
                    // A machine that is busy with other work may be told to come again: the loop is late, whoever made it so.
                    joined = await client.JoinAsync(own ? $"own-{i}" : "stays", own ? "phone" : "viewer");
                }
                while (joined.Code == "overloaded");

                Assert.Null(joined.Error);
                Assert.Null((await client.CallAsync("Offer", new JsonObject { ["sdp"] = own ? Offers.Phone() : Offers.Viewer() })).Error);
                Assert.Null((await client.CallAsync("Leave")).Error);
            }

            for (int i = one; i < Viewers; i += Clients)
            {
                await using BenchViewer viewer = await MediaClient.WatchAsync(server, http, "stays");
                await ServerState.UntilAsync("no picture came", () => Task.FromResult(viewer.Frames > 0));
            }
        }));
        await host.CallAsync("Leave");
    }

    private static async Task<(double Megabytes, int Threads, int Files)> SettledAsync(ServerProcess server)
    {
        await server.UntilNoRoomAsync();
        await ServerState.UntilAsync(
            "peers were left behind", async () => await server.MetricAsync("rtc_peers") == 0 && await server.MetricAsync("rtc_rooms") == 0);
        (double, int, int) Read() =>
            (server.ResidentMegabytes(), Directory.GetDirectories($"/proc/{server.ProcessId}/task").Length, Directory
                .GetFiles($"/proc/{server.ProcessId}/fd").Length);

        // Pools give back what they held, and the collector comes by: the least of some readings is what is kept.
        (double Megabytes, int Threads, int Files) least = Read();
        for (int i = 0; i < 10; i++)
        {
            await Task.Delay(100);
            (double Megabytes, int Threads, int Files) now = Read();
            least = (Math.Min(least.Megabytes, now.Megabytes), Math.Min(least.Threads, now.Threads), Math.Min(least.Files, now.Files));
        }

        return least;
    }
}
