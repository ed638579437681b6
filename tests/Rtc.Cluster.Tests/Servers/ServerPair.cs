using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Rtc.EndToEnd.Tests;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>Two servers, n0 and n1, for the tests that leave them as they are.</summary>
public sealed class ServerPair(PostgresServer postgres) : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public ServerProcess[] Servers { get; private set; } = [];

    public string Connection { get; private set; } = string.Empty;

    public async ValueTask InitializeAsync()
    {
        Connection = await postgres.CreateDatabaseAsync();

        // Rooms of the tests before, which a node keeps for a while, are no reason to open one elsewhere.
        Servers = await StartAsync(Connection, 2, maxRooms: 1000);
        await UntilKnownAsync(Servers);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess server in Servers)
        {
            await server.DisposeAsync();
        }
    }

    public static Task<ServerProcess[]> StartAsync(
        string connection, int count, int first = 0, int drainSeconds = 0, int maxViewers = 500, int maxRooms = 50,
        IReadOnlyDictionary<string, string>? environment = null) =>
        Task.WhenAll(Enumerable.Range(first, count).Select(number => ServerProcess.StartAsync(
            ["--cluster", connection],
            new Dictionary<string, string>(environment ?? new Dictionary<string, string>())
            {
                ["RTC__Cluster__NodeId"] = "n" + number,
                ["RTC__Cluster__SiloPort"] = ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture),
                ["RTC__Rooms__DrainSeconds"] = drainSeconds.ToString(CultureInfo.InvariantCulture),
                ["RTC__Rooms__LingerSeconds"] = "1",
                ["RTC__Rooms__MaxViewersPerRoom"] = maxViewers.ToString(CultureInfo.InvariantCulture),
                ["RTC__Rooms__MaxRooms"] = maxRooms.ToString(CultureInfo.InvariantCulture),
                ["RTC__Model__Name"] = "motion",

                // How busy the machine of the tests is must not decide where a room goes.
                ["RTC__Limits__MaxCpuPercent"] = "0",
                ["RTC__Limits__MaxMemoryPercent"] = "0",
                ["RTC__Limits__MaxLoopLatenessMs"] = "0",
            })));

    /// <summary>Waits until each of them has heard of all.</summary>
    public static async Task UntilKnownAsync(IReadOnlyCollection<ServerProcess> servers)
    {
        long began = Stopwatch.GetTimestamp();
        foreach (ServerProcess server in servers)
        {
            while ((await server.Http.GetFromJsonAsync<JsonElement>("/api/cluster")).GetProperty("nodes").GetArrayLength() < servers.Count)
            {
                Assert.True(Stopwatch.GetElapsedTime(began) < s_patience, "the nodes do not find each other");
                await Task.Delay(50);
            }
        }
    }
}
