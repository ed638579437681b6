using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Cluster.Silo;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Nodes;

/// <summary>The owner of a room is killed: the next node that is asked has it at once, at a higher epoch, and no two at one.</summary>
public sealed class OwnerKillTests(PostgresServer server, ITestOutputHelper output)
{
    private const int Kills = 1;
    private const int KillsAtLength = 100;

    [Fact]
    public async Task Room_of_a_killed_node_has_one_new_owner_each_time()
    {
        int kills = Environment.GetEnvironmentVariable("RTC_LONG") is { Length: > 0 } ? KillsAtLength : Kills;
        string connection = await server.CreateDatabaseAsync();
        var nodes = new List<NodeProcess>();
        var trace = new List<(string Room, long Epoch, string Owner)>();
        var times = new List<double>();
        try
        {
            nodes.AddRange(await Task.WhenAll(
                Enumerable.Range(0, 3).Select(number => NodeProcess.StartAsync(connection, "n" + number))));

            for (int kill = 0; kill < kills; kill++)
            {
                string room = "room" + (kill % 4);
                (string owner, long epoch) = await nodes[kill % 3].PlaceAsync(room);
                trace.Add((room, epoch, owner));
                NodeProcess killed = nodes.Single(node => node.Id == owner);
                killed.Kill();
                nodes.Remove(killed);

                long began = Stopwatch.GetTimestamp();
                (string Owner, long Epoch)[] answers = await Task.WhenAll(nodes.Select(node => node.PlaceAsync(room)));
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                Assert.Single(answers.Distinct());
                Assert.True(answers[0].Epoch > epoch);
                Assert.NotEqual(owner, answers[0].Owner);
                trace.Add((room, answers[0].Epoch, answers[0].Owner));

                await killed.DisposeAsync();
                if (kill + 1 < kills)
                {
                    nodes.Add(await NodeProcess.StartAsync(connection, owner));
                }
            }
        }
        finally
        {
            foreach (NodeProcess node in nodes)
            {
                await node.DisposeAsync();
            }
        }

        // Whatever node said it, one epoch of one room is one owner's.
        Assert.All(
            trace.GroupBy(entry => (entry.Room, entry.Epoch), entry => entry.Owner), owners => Assert.Single(owners.Distinct()));
        times.Sort();
        (double median, double p95) = (times[times.Count / 2], times[(int)(times.Count * 0.95)]);
        output.WriteLine(FormattableString.Invariant($"{times.Count} kills: taken over after {median:0} ms (median), {p95:0} ms (p95)"));
    }

    [Fact]
    public async Task Rooms_are_known_while_the_database_is_away_and_none_is_taken()
    {
        await using var own = new PostgresServer();
        var settings = new ClusterSettings
        {
            Connection = await own.CreateDatabaseAsync(),
            NodeId = "alone",
            SiloPort = PostgresServer.FreePort(),
        };
        await using ClusterNode node =
            await ClusterNode.StartAsync(settings, new TestHost(), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        string runs = await KilledNode.PlaceAsync(node, "runs");
        Assert.StartsWith("alone ", runs, StringComparison.Ordinal);
        await own.StopAsync();

        Assert.Equal(runs, await KilledNode.PlaceAsync(node, "runs"));
        Assert.StartsWith("unavailable", await KilledNode.PlaceAsync(node, "new"), StringComparison.Ordinal);

        await own.StartAsync();
        Assert.StartsWith("alone ", await KilledNode.PlaceAsync(node, "new"), StringComparison.Ordinal);
        Assert.Equal(runs, await KilledNode.PlaceAsync(node, "runs"));
    }
}
