using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Rtc.Store.Sql;

namespace Rtc.Store.Engines;

/// <summary>
/// SQLite in one file, written ahead (WAL), so that readers and the one writer don't wait for each other. Several programs may
/// have it open. Times are text of one length, so that they compare as they follow each other.
/// </summary>
internal sealed class SqliteEngine : ISqlEngine
{
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int ForeignKey = 787;
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.ffffffZ";

    // What another program's transaction may take; those of this one wait for each other without a thread.
    private const int BusyMilliseconds = 10_000;

    private readonly string _connection;

    public SqliteEngine(string file)
    {
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        KeepToOwner(file);

        // A pool of its own by the name of the file; the calls below are synchronous, as SQLite itself is.
        _connection = new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, DefaultTimeout = 30 }.ConnectionString;
    }

    public string Name => "Sqlite";

    public string TimeType => "text";

    public SemaphoreSlim? Writer { get; } = new(1);

    public Task<DbConnection> OpenAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var connection = new SqliteConnection(_connection);
        try
        {
            connection.Open();
            using SqliteCommand settings = connection.CreateCommand();
            settings.CommandText = $"PRAGMA busy_timeout={BusyMilliseconds}; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";
            settings.ExecuteNonQuery();
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        return Task.FromResult<DbConnection>(connection);
    }

    /// <summary>A new file is its owner's alone: it holds addresses and hashes of keys. SQLite's other files follow it.</summary>
    private static void KeepToOwner(string file)
    {
        if (OperatingSystem.IsWindows() || File.Exists(file))
        {
            return;
        }

        try
        {
            new FileStream(
                file, new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                }).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Another program made it just now, or SQLite itself says what is wrong with the place.
        }
    }

    /// <summary>Immediate: one that begins by reading and then writes may find that another has written meanwhile.</summary>
    public Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    public string Translate(string sql) =>
        sql.Replace("::jsonb", string.Empty, StringComparison.Ordinal).Replace(" FOR UPDATE SKIP LOCKED", string.Empty,
            StringComparison.Ordinal);

    public object ValueOf(object value) => value switch
    {
        Guid id => id.ToString(),
        DateTimeOffset time => time.ToUniversalTime().ToString(TimeFormat, CultureInfo.InvariantCulture),
        bool yes => yes ? 1L : 0L,
        _ => value,
    };

    /// <summary>The transaction that applies them has the whole file.</summary>
    public Task LockMigrationsAsync(DbConnection connection, CancellationToken cancel) => Task.CompletedTask;

    public bool IsTransient(DbException error) => error is SqliteException { SqliteErrorCode: Busy or Locked or CannotOpen };

    public bool IsFull(DbException error) => error is SqliteException { SqliteErrorCode: Full };

    public bool IsOrphan(DbException error) => error is SqliteException { SqliteExtendedErrorCode: ForeignKey };

    /// <summary>Other programs see it at their next look.</summary>
    public Task NotifyAsync(DbConnection connection, string message, CancellationToken cancel) => Task.CompletedTask;

    public Task ListenAsync(Action<string> heard, CancellationToken cancel) => Task.CompletedTask;

    public Task InsertManyAsync(
        DbConnection connection, DbTransaction transaction, string table, IReadOnlyList<SqlColumn> columns,
        IEnumerable<object?[]> rows, CancellationToken cancel)
    {
        using SqliteCommand command = ((SqliteConnection)connection).CreateCommand();
        command.Transaction = (SqliteTransaction)transaction;
        command.CommandText = $"INSERT INTO {table} ({string.Join(", ", columns.Select(column => column.Name))}) VALUES "
            + $"({string.Join(", ", columns.Select(column => "@" + column.Name))})";
        SqliteParameter[] parameters = [.. columns.Select(column => command.Parameters.Add("@" + column.Name, SqliteType.Text))];
        foreach (object?[] row in rows)
        {
            cancel.ThrowIfCancellationRequested();
            for (int at = 0; at < parameters.Length; at++)
            {
                parameters[at].ResetSqliteType();
                parameters[at].Value = row[at] is { } value ? ValueOf(value) : DBNull.Value;
            }

            command.ExecuteNonQuery();
        }

        return Task.CompletedTask;
    }

    public Task<DateTimeOffset?> TimeAsync(DbConnection connection, CancellationToken cancel) => Task.FromResult<DateTimeOffset?>(null);

    public ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(_connection))
        {
            SqliteConnection.ClearPool(connection);
        }

        Writer?.Dispose();
        return ValueTask.CompletedTask;
    }
}
