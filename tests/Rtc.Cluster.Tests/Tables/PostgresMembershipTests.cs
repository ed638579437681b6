using System.Net;
using Orleans;
using Orleans.Runtime;
using Rtc.Cluster.Tables;
using Rtc.Store.Tests.Engines;

namespace Rtc.Cluster.Tests.Tables;

/// <summary>What Orleans asks of a membership table: of two changes at one version one is refused, whole or not at all.</summary>
public sealed class PostgresMembershipTests(PostgresServer server) : IAsyncLifetime
{
    private ClusterDatabase _database = null!;
    private PostgresMembership _table = null!;

    public async ValueTask InitializeAsync()
    {
        _database = new ClusterDatabase(await server.CreateDatabaseAsync(), "test");
        _table = new PostgresMembership(_database);
        await _table.InitializeMembershipTable(tryInitTableVersion: true);
    }

    public ValueTask DisposeAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task New_table_is_empty_at_version_zero()
    {
        MembershipTableData read = await _table.ReadAll();
        Assert.Empty(read.Members);
        Assert.Equal((0, "0"), (read.Version.Version, read.Version.VersionEtag));
    }

    [Fact]
    public async Task Entry_is_read_back_as_it_was_written()
    {
        MembershipEntry written = Entry(1);
        written.SuspectTimes = [Tuple.Create(Entry(2).SiloAddress, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc))];
        Assert.True(await _table.InsertRow(written, await NextAsync()));

        (MembershipEntry read, string etag) = Assert.Single((await _table.ReadRow(written.SiloAddress)).Members);
        Assert.Equal("0", etag);
        Assert.Equal(written.SiloAddress, read.SiloAddress);
        Assert.Equal((written.HostName, written.SiloName, written.ProxyPort), (read.HostName, read.SiloName, read.ProxyPort));
        Assert.Equal(written.SuspectTimes, read.SuspectTimes);
        Assert.Equal(written.StartTime, read.StartTime);
    }

    [Fact]
    public async Task Change_at_an_old_version_is_refused_whole()
    {
        TableVersion next = await NextAsync();
        Assert.True(await _table.InsertRow(Entry(1), next));
        Assert.False(await _table.InsertRow(Entry(2), next));

        MembershipTableData read = await _table.ReadAll();
        Assert.Single(read.Members);
        Assert.Equal(1, read.Version.Version);
    }

    [Fact]
    public async Task Same_silo_is_not_inserted_twice()
    {
        Assert.True(await _table.InsertRow(Entry(1), await NextAsync()));
        Assert.False(await _table.InsertRow(Entry(1), await NextAsync()));
        Assert.Equal(1, (await _table.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task Update_with_an_old_etag_is_refused_whole()
    {
        MembershipEntry entry = Entry(1);
        Assert.True(await _table.InsertRow(entry, await NextAsync()));
        entry.Status = SiloStatus.Active;
        Assert.True(await _table.UpdateRow(entry, "0", await NextAsync()));
        entry.Status = SiloStatus.Dead;
        Assert.False(await _table.UpdateRow(entry, "0", await NextAsync()));

        MembershipTableData read = await _table.ReadAll();
        Assert.Equal(SiloStatus.Active, Assert.Single(read.Members).Item1.Status);
        Assert.Equal(2, read.Version.Version);
    }

    [Fact]
    public async Task Sign_of_life_changes_neither_version_nor_etag()
    {
        MembershipEntry entry = Entry(1);
        Assert.True(await _table.InsertRow(entry, await NextAsync()));
        entry.IAmAliveTime = entry.IAmAliveTime.AddMinutes(3);
        await _table.UpdateIAmAlive(entry);

        MembershipTableData read = await _table.ReadAll();
        (MembershipEntry after, string etag) = Assert.Single(read.Members);
        Assert.Equal((entry.IAmAliveTime, "0", 1), (after.IAmAliveTime, etag, read.Version.Version));
    }

    [Fact]
    public async Task Defunct_silos_are_swept_and_active_ones_stay()
    {
        MembershipEntry dead = Entry(1);
        dead.Status = SiloStatus.Dead;
        MembershipEntry active = Entry(2);
        active.Status = SiloStatus.Active;
        Assert.True(await _table.InsertRow(dead, await NextAsync()));
        Assert.True(await _table.InsertRow(active, await NextAsync()));

        await _table.CleanupDefunctSiloEntries(DateTimeOffset.UtcNow.AddYears(1));

        Assert.Equal(active.SiloAddress, Assert.Single((await _table.ReadAll()).Members).Item1.SiloAddress);
    }

    [Fact]
    public async Task Tables_are_made_once_by_nodes_that_start_together()
    {
        string connection = await server.CreateDatabaseAsync();
        ClusterDatabase[] databases = [.. Enumerable.Range(0, 6).Select(_ => new ClusterDatabase(connection, "test"))];
        await Task.WhenAll(databases.Select(database => new PostgresMembership(database).InitializeMembershipTable(true)));
        foreach (ClusterDatabase database in databases)
        {
            await database.DisposeAsync();
        }
    }

    private async Task<TableVersion> NextAsync() => (await _table.ReadAll()).Version.Next();

    private static MembershipEntry Entry(int number) => new()
    {
        SiloAddress = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 11000 + number), number),
        HostName = "host",
        SiloName = "node" + number,
        Status = SiloStatus.Joining,
        ProxyPort = 30000,
        StartTime = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        IAmAliveTime = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
    };
}
