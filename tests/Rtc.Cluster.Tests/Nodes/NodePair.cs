using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Cluster.Silo;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Nodes;

/// <summary>Nodes of one process on a PostgreSQL of the tests' own, started once for a class.</summary>
public sealed class NodePair(PostgresServer server) : IAsyncLifetime
{
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

    internal Task<ClusterNode> StartAsync(string id, TestHost host) => ClusterNode.StartAsync(
        new ClusterSettings { Connection = Connection, NodeId = id, SiloPort = PostgresServer.FreePort() },
        host, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
}
