using Rtc.Cluster.Rooms;
using Rtc.Cluster.Tables;
using Rtc.EndToEnd.Tests;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Tables;

/// <summary>Who owns a room, in both tables alike.</summary>
public sealed class RoomTableTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly RoomOwner s_first = new("a", "1");
    private static readonly RoomOwner s_second = new("b", "1");

    private readonly List<ClusterDatabase> _databases = [];

    public static TheoryData<bool> Tables => [true, false];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (ClusterDatabase database in _databases)
        {
            await database.DisposeAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Unknown_room_has_no_owner_and_epoch_zero(bool postgres)
    {
        IRoomTable table = await OpenAsync(postgres);
        Assert.Equal(RoomEntry.Unknown("demo"), await table.FindAsync("demo"));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Claim_at_the_epoch_that_was_read_makes_an_owner(bool postgres)
    {
        IRoomTable table = await OpenAsync(postgres);
        RoomEntry first = await table.ClaimAsync("demo", s_first, 0);
        RoomEntry second = await table.ClaimAsync("demo", s_second, first.Epoch);

        Assert.Equal(s_first, first.Owner);
        Assert.Equal(s_second, second.Owner);
        Assert.True(second.Epoch > first.Epoch);
        Assert.Equal(second, await table.FindAsync("demo"));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Claim_at_an_old_epoch_is_answered_with_the_owner(bool postgres)
    {
        IRoomTable table = await OpenAsync(postgres);
        RoomEntry first = await table.ClaimAsync("demo", s_first, 0);
        Assert.Equal(first, await table.ClaimAsync("demo", s_second, 0));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Of_twenty_that_claim_at_once_one_is_the_owner(bool postgres)
    {
        IRoomTable table = await OpenAsync(postgres);
        RoomOwner[] owners = [.. Enumerable.Range(0, 20).Select(number => new RoomOwner("n" + number, "1"))];
        RoomEntry[] answers = await Task.WhenAll(owners.Select(owner => Task.Run(() => table.ClaimAsync("demo", owner, 0))));

        Assert.Single(answers.Distinct());
        Assert.Single(owners, owner => answers[0].Owner == owner);
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Owner_before_releases_and_saves_nothing_any_more(bool postgres)
    {
        IRoomTable table = await OpenAsync(postgres);
        RoomEntry first = await table.ClaimAsync("demo", s_first, 0);
        await table.SaveAsync(s_first, [new RoomSave("demo", first.Epoch, "mine")]);
        RoomEntry second = await table.ClaimAsync("demo", s_second, first.Epoch);
        await table.ReleaseAsync("demo", s_first, first.Epoch, "too late");
        await table.SaveAsync(s_first, [new RoomSave("demo", first.Epoch, "too late")]);

        Assert.Equal("mine", second.Snapshot);
        Assert.Equal(second, await table.FindAsync("demo"));
        Assert.Empty(await table.HeldAsync(s_first));
        Assert.Equal(second.Epoch, (await table.HeldAsync(s_second))["demo"]);
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Released_room_keeps_its_epoch_and_what_was_written(bool postgres)
    {
        IRoomTable table = await OpenAsync(postgres);
        RoomEntry first = await table.ClaimAsync("demo", s_first, 0);
        await table.ReleaseAsync("demo", s_first, first.Epoch, "kept");
        Assert.Equal(first with { Owner = null, Snapshot = "kept" }, await table.FindAsync("demo"));
    }

    /// <summary>An owner that was cut off while its room was forgotten must not find its own epoch again.</summary>
    [Theory]
    [MemberData(nameof(Tables))]
    public async Task Epoch_goes_on_growing_after_a_room_was_forgotten(bool postgres)
    {
        IRoomTable table = await OpenAsync(postgres);
        RoomEntry first = await table.ClaimAsync("demo", s_first, 0);
        await table.ReleaseAsync("demo", s_first, first.Epoch, null);
        await Task.Delay(5);
        await table.ForgetAsync(TimeSpan.Zero);
        Assert.Equal(RoomEntry.Unknown("demo"), await table.FindAsync("demo"));

        Assert.True((await table.ClaimAsync("demo", s_second, 0)).Epoch > first.Epoch);
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task All_who_ask_for_the_key_get_one(bool postgres)
    {
        IRoomTable table = await OpenAsync(postgres);
        byte[][] keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(table.KeyAsync)));
        Assert.All(keys, key => Assert.Equal(keys[0], key));
        Assert.Equal(32, keys[0].Length);
    }

    /// <summary>Every node asks for its own once a second: to look through the rooms of all others took 13 ms of 20,000.</summary>
    [Fact]
    public async Task Rooms_of_a_node_are_not_looked_for_among_all()
    {
        const string Fill = "INSERT INTO cluster_rooms SELECT 'test', 'room' || n, 'node' || n % 1000, '1', n, NULL, now() "
            + "FROM generate_series(1, 20000) n; ANALYZE cluster_rooms";
        string connection = await server.CreateDatabaseAsync();
        await using var database = new ClusterDatabase(connection, "test");
        await database.MakeTablesAsync();
        await using var source = Npgsql.NpgsqlDataSource.Create(connection);
        await using Npgsql.NpgsqlCommand fill = source.CreateCommand(Fill);
        await fill.ExecuteNonQueryAsync();
        await using Npgsql.NpgsqlCommand used = source.CreateCommand(
            "SELECT sum(idx_scan) FROM pg_stat_user_indexes WHERE relname = 'cluster_rooms'");
        using var limit = new CancellationTokenSource(Patience.Time);
        do
        {
            await Task.Delay(20, limit.Token);
            Assert.Equal(20, (await new PostgresRooms(database).HeldAsync(new RoomOwner("node7", "1"))).Count);
        }
        while (await used.ExecuteScalarAsync(limit.Token) is not > 0m);
    }

    private async Task<IRoomTable> OpenAsync(bool postgres)
    {
        if (!postgres)
        {
            return new MemoryRooms(TimeProvider.System);
        }

        var database = new ClusterDatabase(await server.CreateDatabaseAsync(), "test");
        _databases.Add(database);
        await database.MakeTablesAsync();
        return new PostgresRooms(database);
    }
}
