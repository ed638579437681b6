using System.Data.Common;

namespace Rtc.Store.Sql;

/// <summary>
/// What differs between the databases: how a connection is made, how a value travels, and which errors pass by themselves.
/// </summary>
internal interface ISqlEngine : IAsyncDisposable
{
    /// <summary>The folder of its migrations.</summary>
    string Name { get; }

    /// <summary>The type of a column that holds a moment.</summary>
    string TimeType { get; }

    Task<DbConnection> OpenAsync(CancellationToken cancel);

    /// <summary>Held through a transaction where only one may write at a time: the others wait without a thread.</summary>
    SemaphoreSlim? Writer { get; }

    Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel);

    /// <summary>Statements are written for PostgreSQL; another engine leaves out what it has no word for.</summary>
    string Translate(string sql);

    object ValueOf(object value);

    /// <summary>Held while the tables are changed, by one program at a time; released with the connection.</summary>
    Task LockMigrationsAsync(DbConnection connection, CancellationToken cancel);

    /// <summary>True where the same statement may succeed a moment later: the server is gone, or two transactions met.</summary>
    bool IsTransient(DbException error);

    /// <summary>True where its disk has no room for what was written; nothing of the transaction is there then.</summary>
    bool IsFull(DbException error);

    /// <summary>True where a row names another that is gone.</summary>
    bool IsOrphan(DbException error);

    /// <summary>
    /// Tells all programs at the database; outside of any transaction, since a commit that notifies waits for all others.
    /// </summary>
    Task NotifyAsync(DbConnection connection, string message, CancellationToken cancel);

    /// <summary>Calls for each notification until cancelled or the connection is lost; returns at once where there are none.</summary>
    Task ListenAsync(Action<string> heard, CancellationToken cancel);

    /// <summary>Rows straight into a table; the fastest way that the engine has.</summary>
    Task InsertManyAsync(
        DbConnection connection, DbTransaction transaction, string table, IReadOnlyList<SqlColumn> columns,
        IEnumerable<object?[]> rows, CancellationToken cancel);

    /// <summary>The time of the database, where programs on several machines share one; null where the machine's own is meant.</summary>
    Task<DateTimeOffset?> TimeAsync(DbConnection connection, CancellationToken cancel);
}
