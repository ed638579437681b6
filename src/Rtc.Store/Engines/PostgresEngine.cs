using System.Data.Common;
using System.Net.Sockets;
using Npgsql;
using NpgsqlTypes;
using Rtc.Store.Sql;

namespace Rtc.Store.Engines;

/// <summary>PostgreSQL by Npgsql: pooled connections, statements prepared as they repeat, bulk by COPY.</summary>
internal sealed class PostgresEngine : ISqlEngine
{
    private const string Channel = "rtc_jobs";

    // Any number that no other program of the database uses for the same.
    private const long MigrationLock = 0x5274_6353_746F_7265;
    private const int PreparedStatements = 40;

    private readonly NpgsqlDataSource _source;
    private readonly string _listening;

    public PostgresEngine(string connection)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection) { ApplicationName = "rtc" };
        settings.MaxAutoPrepare = settings.MaxAutoPrepare == 0 ? PreparedStatements : settings.MaxAutoPrepare;
        _source = NpgsqlDataSource.Create(settings);
        _listening = new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false, KeepAlive = 30 }.ConnectionString;
    }

    public string Name => "Postgres";

    public string TimeType => "timestamptz";

    public SemaphoreSlim? Writer => null;

    public async Task<DbConnection> OpenAsync(CancellationToken cancel) => await _source.OpenConnectionAsync(cancel).ConfigureAwait(false);

    public async Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel) =>
        await connection.BeginTransactionAsync(cancel).ConfigureAwait(false);

    public string Translate(string sql) => sql;

    public object ValueOf(object value) => value is DateTimeOffset time ? time.ToUniversalTime() : value;

    public async Task LockMigrationsAsync(DbConnection connection, CancellationToken cancel)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT pg_advisory_xact_lock({MigrationLock})";
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>After a failover the old server may go on for a while, and only read.</summary>
    public bool IsTransient(DbException error) =>
        error.IsTransient || error.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction
            || error is NpgsqlException { InnerException: IOException or TimeoutException or SocketException };

    public bool IsFull(DbException error) => error.SqlState == PostgresErrorCodes.DiskFull;

    public bool IsOrphan(DbException error) => error.SqlState == PostgresErrorCodes.ForeignKeyViolation;

    public async Task NotifyAsync(DbConnection connection, string message, CancellationToken cancel)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = "SELECT pg_notify(@channel, @message)";
        command.Parameters.Add(new NpgsqlParameter<string>("channel", Channel));
        command.Parameters.Add(new NpgsqlParameter<string>("message", message));
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    public async Task ListenAsync(Action<string> heard, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(_listening);
        await connection.OpenAsync(cancel).ConfigureAwait(false);
        connection.Notification += (_, notification) => heard(notification.Payload);
        await using (NpgsqlCommand listen = connection.CreateCommand())
        {
            listen.CommandText = $"LISTEN {Channel}";
            await listen.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
        }

        while (true)
        {
            await connection.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    public async Task InsertManyAsync(
        DbConnection connection, DbTransaction transaction, string table, IReadOnlyList<SqlColumn> columns,
        IEnumerable<object?[]> rows, CancellationToken cancel)
    {
        string names = string.Join(", ", columns.Select(column => column.Name));
        await using NpgsqlBinaryImporter copy = await ((NpgsqlConnection)connection)
            .BeginBinaryImportAsync($"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)", cancel).ConfigureAwait(false);
        foreach (object?[] row in rows)
        {
            await copy.StartRowAsync(cancel).ConfigureAwait(false);
            for (int at = 0; at < columns.Count; at++)
            {
                if (row[at] is not { } value)
                {
                    await copy.WriteNullAsync(cancel).ConfigureAwait(false);
                }
                else if (columns[at].IsJson)
                {
                    await copy.WriteAsync((string)value, NpgsqlDbType.Jsonb, cancel).ConfigureAwait(false);
                }
                else
                {
                    await copy.WriteAsync(ValueOf(value), cancel).ConfigureAwait(false);
                }
            }
        }

        await copy.CompleteAsync(cancel).ConfigureAwait(false);
    }

    public async Task<DateTimeOffset?> TimeAsync(DbConnection connection, CancellationToken cancel)
    {
        await using DbCommand command = connection.CreateCommand();
        command.CommandText = "SELECT clock_timestamp()";
        return new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancel).ConfigureAwait(false))!);
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
