using System.Net.Http.Json;
using System.Text.Json;
using Rtc.EndToEnd.Tests;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>Three servers, n0 to n2.</summary>
public sealed class RelayServers(PostgresServer postgres) : IAsyncLifetime
{
    /// <summary>That a room has at one node.</summary>
    public const int MaxViewers = 5;

    public ServerProcess[] Servers { get; private set; } = [];

    public string Connection { get; private set; } = string.Empty;

    public async ValueTask InitializeAsync()
    {
        Connection = await postgres.CreateDatabaseAsync();

        // Rooms of the tests before, which a node keeps for a while, are no reason to open one elsewhere.
        Servers = await ServerPair.StartAsync(Connection, 3, maxViewers: MaxViewers, maxRooms: 1000);
        await ServerPair.UntilKnownAsync(Servers);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess server in Servers)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Copies and peers of each node, as they report it once a second.</summary>
    public async Task UntilAsync(int at, Func<string[], bool> holds)
    {
        string[] nodes = [];
        using var limit = new CancellationTokenSource(Patience.Time);
        while (!holds(nodes))
        {
            Assert.False(limit.IsCancellationRequested, string.Join(' ', nodes));
            await Task.Delay(50);
            JsonElement cluster = await Servers[at].Http.GetFromJsonAsync<JsonElement>("/api/cluster");
            nodes = [.. cluster.GetProperty("nodes").EnumerateArray().Where(node => node.GetProperty("node_id").GetString()![0] == 'n')
                .Select(node => $"{node.GetProperty("copies").GetInt32()}:{node.GetProperty("peers").GetInt32()}")];
        }
    }
}
