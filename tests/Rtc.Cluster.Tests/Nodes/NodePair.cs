using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Cluster.Silo;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Nodes;

/// <summary>Nodes of one process on a PostgreSQL of the tests' own, started once for a class.</summary>
public sealed class NodePair(PostgresServer server) : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public ClusterNode[] Nodes { get; private set; } = [];

    internal TestHost First { get; } = new();

    internal TestHost Second { get; } = new();

    public string Connection { get; private set; } = string.Empty;

    public async ValueTask InitializeAsync()
    {
        Connection = await server.CreateDatabaseAsync();
        Nodes = await Task.WhenAll(StartAsync("a", First), StartAsync("b", Second));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ClusterNode node in Nodes)
        {
            await node.DisposeAsync();
        }
    }

    public static async Task UntilAsync(Func<bool> holds)
    {
        long began = Stopwatch.GetTimestamp();
        while (!holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < s_patience, "it never came");
            await Task.Delay(20);
        }
    }

    internal Task<ClusterNode> StartAsync(string id, TestHost host) => ClusterNode.StartAsync(
        new ClusterSettings { Connection = Connection, NodeId = id, SiloPort = PostgresServer.FreePort() },
        host, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
}
