using System.Data.Common;

namespace Rtc.Store.Sql;

/// <summary>One connection within one read or one transaction; owned by <see cref="Database"/>, lent to the tables.</summary>
public sealed class SqlSession
{
    // Well below what a statement may have in either database.
    private const int ValuesAtOnce = 500;

    private readonly ISqlEngine _engine;
    private readonly DbConnection _connection;
    private readonly DbTransaction? _transaction;

    internal SqlSession(ISqlEngine engine, DbConnection connection, DbTransaction? transaction, CancellationToken cancel)
    {
        (_engine, _connection, _transaction, Cancel) = (engine, connection, transaction, cancel);
    }

    internal CancellationToken Cancel { get; }

    /// <summary>True where a statement may use what only PostgreSQL has.</summary>
    internal bool IsPostgres => _engine.Name == "Postgres";

    /// <summary>How many rows it changed.</summary>
    internal async Task<int> ExecuteAsync(string sql, params (string Name, object? Value)[] values)
    {
        await using DbCommand command = Command(sql, values);
        return await command.ExecuteNonQueryAsync(Cancel).ConfigureAwait(false);
    }

    internal async Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read, params (string Name, object? Value)[] values)
    {
        await using DbCommand command = Command(sql, values);
        await using DbDataReader reader = await command.ExecuteReaderAsync(Cancel).ConfigureAwait(false);
        List<T> rows = [];
        while (await reader.ReadAsync(Cancel).ConfigureAwait(false))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    internal async Task<T?> FirstAsync<T>(string sql, Func<DbDataReader, T> read, params (string Name, object? Value)[] values)
        where T : class
    {
        List<T> rows = await QueryAsync(sql, read, values).ConfigureAwait(false);
        return rows.Count > 0 ? rows[0] : null;
    }

    /// <summary>Those of many values that a column has; they may be any number.</summary>
    internal async Task<HashSet<T>> AmongAsync<T>(string table, string column, IReadOnlyCollection<T> values, Func<DbDataReader, T> read)
        where T : notnull
    {
        HashSet<T> found = [];
        foreach (T[] some in values.Chunk(ValuesAtOnce))
        {
            (string, object?)[] named = [.. some.Select((value, at) => ($"v{at}", (object?)value))];
            found.UnionWith(await QueryAsync(
                $"SELECT {column} FROM {table} WHERE {column} IN ({string.Join(", ", named.Select(one => "@" + one.Item1))})", read, named)
                .ConfigureAwait(false));
        }

        return found;
    }

    /// <summary>
    /// Waits until no other transaction has this turn, and keeps it to the end of its own. SQLite has one writer at a time in any case.
    /// </summary>
    internal Task TakeTurnAsync(long turn) =>
        IsPostgres ? ExecuteAsync("SELECT pg_advisory_xact_lock(@turn)", ("turn", turn)) : Task.CompletedTask;

    internal Task InsertManyAsync(string table, IReadOnlyList<SqlColumn> columns, IEnumerable<object?[]> rows) =>
        _engine.InsertManyAsync(
            _connection, _transaction ?? throw new InvalidOperationException("Rows are inserted within a transaction."), table, columns,
            rows, Cancel);

    private DbCommand Command(string sql, (string Name, object? Value)[] values)
    {
        DbCommand command = _connection.CreateCommand();
        command.Transaction = _transaction;
        command.CommandText = _engine.Translate(sql);
        foreach ((string name, object? value) in values)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value is null ? DBNull.Value : _engine.ValueOf(value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
