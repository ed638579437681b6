using Npgsql;
using Orleans.Runtime;
using Rtc.Cluster.Rooms;

namespace Rtc.Cluster.Tests.Nodes;

/// <summary>Two nodes of its own: while a silo is replaced, calls between them may be lost.</summary>
public sealed class DeadSiloTests(NodePair pair) : IClassFixture<NodePair>
{
    /// <summary>Orleans would end the process, and all of its rooms with it.</summary>
    [Fact]
    public async Task Silo_that_was_declared_dead_is_replaced_and_its_rooms_are_kept()
    {
        RoomEntry claimed = await pair.Nodes[0].ClaimAsync("kept", 0);
        await NodePair.UntilAsync(() => pair.Nodes[1].Find("a") is not null);
        await using (var source = NpgsqlDataSource.Create(pair.Connection))
        {
            await using NpgsqlCommand dead = source.CreateCommand(
                "UPDATE cluster_versions SET version = version + 1; "
                    + $"UPDATE cluster_silos SET status = {(int)SiloStatus.Dead}, etag = etag + 1 WHERE silo_name = 'a'");
            await dead.ExecuteNonQueryAsync();
            await NodePair.UntilAsync(() => CountActive(source) >= 2);
        }

        await NodePair.UntilAsync(() => pair.Nodes[0].ReportAsync().GetAwaiter().GetResult());
        Assert.Equal(claimed.Epoch, (await pair.Nodes[0].HeldAsync())!["kept"]);
        Assert.Equal(claimed.Owner, (await pair.Nodes[1].FindAsync("kept")).Owner);
        Assert.True(await pair.Nodes[1].IsAliveAsync(claimed.Owner!));
    }

    private static long CountActive(NpgsqlDataSource source)
    {
        using NpgsqlCommand count = source.CreateCommand(
            $"SELECT count(*) FROM cluster_silos WHERE status = {(int)SiloStatus.Active}");
        return (long)count.ExecuteScalar()!;
    }
}
