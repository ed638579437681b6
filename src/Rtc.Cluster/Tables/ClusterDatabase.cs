using Npgsql;

namespace Rtc.Cluster.Tables;

/// <summary>
/// The cluster's own tables in the store's PostgreSQL: pooled connections, and the tables made with the first use. Owned by
/// <see cref="ClusterNode"/>.
/// </summary>
internal sealed class ClusterDatabase : IAsyncDisposable
{
    private const int PreparedStatements = 20;

    // Any number that no other program of the database uses for the same.
    private const long TablesLock = 0x5274_6343_6C75_7374;

    // A database that is away must not hold up what can go on without it.
    private const int ConnectSeconds = 3;
    private const int CommandSeconds = 5;
    private const int MaxTries = 4;

    private readonly NpgsqlDataSource _source;

    public ClusterDatabase(string connection, string clusterId)
    {
        ClusterId = clusterId;
        var settings = new NpgsqlConnectionStringBuilder(connection)
        {
            ApplicationName = "rtc-cluster",
            Timeout = ConnectSeconds,
            CommandTimeout = CommandSeconds,
        };
        settings.MaxAutoPrepare = settings.MaxAutoPrepare == 0 ? PreparedStatements : settings.MaxAutoPrepare;
        _source = NpgsqlDataSource.Create(settings);
    }

    public string ClusterId { get; }

    /// <summary>With patience for a database that answers slowly: there is nothing yet that could go on without it.</summary>
    public async Task MakeTablesAsync(CancellationToken cancel = default)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                await MakeTablesOnceAsync(cancel).ConfigureAwait(false);
                return;
            }
            catch (NpgsqlException error) when (error.GetBaseException() is TimeoutException && tries < MaxTries)
            {
                cancel.ThrowIfCancellationRequested();
            }
        }
    }

    private async Task MakeTablesOnceAsync(CancellationToken cancel)
    {
        await using Stream resource = typeof(ClusterDatabase).Assembly.GetManifestResourceStream("Rtc.Cluster.Tables.cluster.sql")!;
        using var text = new StreamReader(resource);
        string sql = await text.ReadToEndAsync(cancel).ConfigureAwait(false);
        await InTransactionAsync(async command =>
        {
            // Two nodes that start together would both find no table.
            command.CommandText = $"SELECT pg_advisory_xact_lock({TablesLock})";
            await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }

    /// <summary>Runs one command; every one may name the cluster as @cluster.</summary>
    public async Task<T> RunAsync<T>(Func<NpgsqlCommand, Task<T>> work)
    {
        await using NpgsqlConnection connection = await _source.OpenConnectionAsync().ConfigureAwait(false);
        await using NpgsqlCommand command = connection.CreateCommand();
        command.Parameters.AddWithValue("cluster", ClusterId);
        return await work(command).ConfigureAwait(false);
    }

    /// <summary>Several commands that all count, or none: false undoes what was done.</summary>
    public async Task<bool> InTransactionAsync(Func<NpgsqlCommand, Task<bool>> work)
    {
        await using NpgsqlConnection connection = await _source.OpenConnectionAsync().ConfigureAwait(false);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync().ConfigureAwait(false);
        await using NpgsqlCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        bool done = await work(command).ConfigureAwait(false);
        if (done)
        {
            await transaction.CommitAsync().ConfigureAwait(false);
        }

        return done;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
