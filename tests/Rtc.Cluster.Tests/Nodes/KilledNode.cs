using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Cluster.Rooms;
using Rtc.Cluster.Silo;

namespace Rtc.Cluster.Tests.Nodes;

/// <summary>
/// A node in a process of its own, told by lines what to do: "place ROOM" finds who has a room, or takes it where nobody does or the one
/// that did is gone. It answers each with a line, and is killed.
/// </summary>
internal static class KilledNode
{
    public static async Task<int> RunAsync(string[] args)
    {
        var settings = new ClusterSettings
        {
            Connection = args[0],
            NodeId = args[1],
            SiloPort = int.Parse(args[2], CultureInfo.InvariantCulture),
        };
        await using ClusterNode node =
            await ClusterNode.StartAsync(settings, new TestHost(), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } line)
        {
            string[] words = line.Split(' ');
            Console.WriteLine(words[0] switch
            {
                "place" => await PlaceAsync(node, words[1]),
                "nodes" => string.Join(',', node.Nodes.Select(other => other.NodeId)),
                _ => "what?",
            });
        }

        return 0;
    }

    public static async Task<string> PlaceAsync(ClusterNode node, string room)
    {
        try
        {
            RoomEntry entry = await node.FindAsync(room);
            while (entry.Owner is null || (entry.Owner != node.Self && !await node.IsAliveAsync(entry.Owner)))
            {
                entry = await node.ClaimAsync(room, entry.Epoch);
            }

            return string.Create(CultureInfo.InvariantCulture, $"{entry.Owner.NodeId} {entry.Epoch}");
        }
        catch (ClusterUnavailableException error)
        {
            return "unavailable " + error.InnerException?.GetType().Name;
        }
    }
}
