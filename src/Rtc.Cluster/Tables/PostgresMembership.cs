using System.Globalization;
using Npgsql;
using Orleans.Runtime;

namespace Rtc.Cluster.Tables;

/// <summary>
/// Orleans' membership table: a row a silo and one version over all of them. Every change names the version that it follows on, so of
/// two at once one is refused and tries again.
/// </summary>
internal sealed class PostgresMembership(ClusterDatabase database) : IMembershipTable
{
    private const char BetweenSuspects = '|';
    private const char BetweenParts = ';';

    private const string Columns =
        "silo, silo_name, host_name, status, proxy_port, suspects, started_at, alive_at, etag";

    public async Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        await database.MakeTablesAsync().ConfigureAwait(false);
        if (tryInitTableVersion)
        {
            await ChangeAsync("INSERT INTO cluster_versions (cluster_id, version) VALUES (@cluster, 0) ON CONFLICT DO NOTHING")
                .ConfigureAwait(false);
        }
    }

    public Task<MembershipTableData> ReadRow(SiloAddress key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return ReadAsync(key.ToParsableString());
    }

    public Task<MembershipTableData> ReadAll() => ReadAsync(null);

    public async Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(tableVersion);
        return await database.InTransactionAsync(async command =>
            await MovesOnAsync(command, tableVersion).ConfigureAwait(false) && await WriteAsync(
                command,
                $"INSERT INTO cluster_silos (cluster_id, {Columns}) VALUES (@cluster, @silo, @name, @host, @status, @proxy, @suspects, "
                    + "@started, @alive, 0) ON CONFLICT DO NOTHING",
                entry).ConfigureAwait(false)).ConfigureAwait(false);
    }

    public async Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(tableVersion);
        int known = int.Parse(etag, CultureInfo.InvariantCulture);
        return await database.InTransactionAsync(async command =>
        {
            if (!await MovesOnAsync(command, tableVersion).ConfigureAwait(false))
            {
                return false;
            }

            command.Parameters.AddWithValue("etag", known);
            return await WriteAsync(
                command,
                "UPDATE cluster_silos SET silo_name = @name, host_name = @host, status = @status, proxy_port = @proxy, "
                    + "suspects = @suspects, started_at = @started, alive_at = @alive, etag = etag + 1 "
                    + "WHERE cluster_id = @cluster AND silo = @silo AND etag = @etag",
                entry).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    public Task UpdateIAmAlive(MembershipEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return ChangeAsync(
            "UPDATE cluster_silos SET alive_at = @alive WHERE cluster_id = @cluster AND silo = @silo",
            ("alive", Utc(entry.IAmAliveTime)), ("silo", entry.SiloAddress.ToParsableString()));
    }

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => ChangeAsync(
        "DELETE FROM cluster_silos WHERE cluster_id = @cluster AND status <> @active AND alive_at < @before",
        ("active", (int)SiloStatus.Active), ("before", beforeDate.UtcDateTime));

    public async Task DeleteMembershipTableEntries(string clusterId)
    {
        await ChangeAsync("DELETE FROM cluster_silos WHERE cluster_id = @other", ("other", clusterId)).ConfigureAwait(false);
        await ChangeAsync("DELETE FROM cluster_versions WHERE cluster_id = @other", ("other", clusterId)).ConfigureAwait(false);
    }

    private Task<int> ChangeAsync(string sql, params (string Name, object Value)[] values) => database.RunAsync(async command =>
    {
        command.CommandText = sql;
        foreach ((string name, object value) in values)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    });

    private async Task<bool> MovesOnAsync(NpgsqlCommand command, TableVersion next)
    {
        command.Parameters.Clear();
        command.Parameters.AddWithValue("cluster", database.ClusterId);
        command.Parameters.AddWithValue("next", next.Version);
        command.Parameters.AddWithValue("before", int.Parse(next.VersionEtag, CultureInfo.InvariantCulture));
        command.CommandText = "UPDATE cluster_versions SET version = @next WHERE cluster_id = @cluster AND version = @before";
        return await command.ExecuteNonQueryAsync().ConfigureAwait(false) == 1;
    }

    private static async Task<bool> WriteAsync(NpgsqlCommand command, string sql, MembershipEntry entry)
    {
        command.CommandText = sql;
        command.Parameters.AddWithValue("silo", entry.SiloAddress.ToParsableString());
        command.Parameters.AddWithValue("name", entry.SiloName ?? string.Empty);
        command.Parameters.AddWithValue("host", entry.HostName ?? string.Empty);
        command.Parameters.AddWithValue("status", (int)entry.Status);
        command.Parameters.AddWithValue("proxy", entry.ProxyPort);
        command.Parameters.AddWithValue("suspects", Suspects(entry));
        command.Parameters.AddWithValue("started", Utc(entry.StartTime));
        command.Parameters.AddWithValue("alive", Utc(entry.IAmAliveTime));
        return await command.ExecuteNonQueryAsync().ConfigureAwait(false) == 1;
    }

    private Task<MembershipTableData> ReadAsync(string? silo) => database.RunAsync(async command =>
    {
        // One statement, so that rows and version are of one moment.
        command.CommandText =
            $"SELECT version, {Columns} FROM cluster_versions LEFT JOIN cluster_silos USING (cluster_id) WHERE cluster_id = @cluster"
            + (silo is null ? string.Empty : " AND silo = @silo");
        if (silo is not null)
        {
            command.Parameters.AddWithValue("silo", silo);
        }

        var rows = new List<Tuple<MembershipEntry, string>>();
        int? version = null;
        await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false))
        {
            while (await reader.ReadAsync().ConfigureAwait(false))
            {
                version = reader.GetInt32(0);
                if (!reader.IsDBNull(1))
                {
                    rows.Add(Row(reader));
                }
            }
        }

        if (version is null)
        {
            command.CommandText = "SELECT version FROM cluster_versions WHERE cluster_id = @cluster";
            version = await command.ExecuteScalarAsync().ConfigureAwait(false) as int? ?? 0;
        }

        string etag = version.Value.ToString(CultureInfo.InvariantCulture);
        return new MembershipTableData(rows, new TableVersion(version.Value, etag));
    });

    private static Tuple<MembershipEntry, string> Row(NpgsqlDataReader reader)
    {
        var entry = new MembershipEntry
        {
            SiloAddress = SiloAddress.FromParsableString(reader.GetString(1)),
            SiloName = reader.GetString(2),
            HostName = reader.GetString(3),
            Status = (SiloStatus)reader.GetInt32(4),
            ProxyPort = reader.GetInt32(5),
            SuspectTimes = Suspects(reader.GetString(6)),
            StartTime = reader.GetDateTime(7),
            IAmAliveTime = reader.GetDateTime(8),
        };
        return Tuple.Create(entry, reader.GetInt32(9).ToString(CultureInfo.InvariantCulture));
    }

    private static string Suspects(MembershipEntry entry) => string.Join(
        BetweenSuspects,
        (entry.SuspectTimes ?? []).Select(suspect => string.Create(
            CultureInfo.InvariantCulture, $"{suspect.Item1.ToParsableString()}{BetweenParts}{suspect.Item2.Ticks}")));

    private static List<Tuple<SiloAddress, DateTime>> Suspects(string text) =>
    [
        .. text.Split(BetweenSuspects, StringSplitOptions.RemoveEmptyEntries).Select(suspect => suspect.Split(BetweenParts)).Select(
            parts => Tuple.Create(
                SiloAddress.FromParsableString(parts[0]),
                new DateTime(long.Parse(parts[1], CultureInfo.InvariantCulture), DateTimeKind.Utc))),
    ];

    private static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time == default ? DateTime.UnixEpoch : time, DateTimeKind.Utc);
}
