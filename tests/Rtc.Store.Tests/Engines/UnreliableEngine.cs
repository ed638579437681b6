using System.Data;
using System.Data.Common;
using Rtc.Store.Sql;

namespace Rtc.Store.Tests.Engines;

/// <summary>An engine whose database is gone while a test says so: no connection is made, and none that is there answers.</summary>
internal sealed class UnreliableEngine(ISqlEngine inner) : ISqlEngine
{
    private volatile bool _isGone;
    private volatile bool _isBroken;
    private int _lostAnswers;

    public bool IsGone
    {
        get => _isGone;
        set => _isGone = value;
    }

    /// <summary>It answers, with an error that no other try would help.</summary>
    public bool IsBroken
    {
        get => _isBroken;
        set => _isBroken = value;
    }

    /// <summary>It answers, and takes nothing: a disk that is full, or a standby.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>Connections that were asked for while it was gone or broken.</summary>
    public int Refused;

    /// <summary>So many uses of the database are done, and yet end in an error, as where the connection is lost behind them.</summary>
    public void LoseAnswers(int count) => Volatile.Write(ref _lostAnswers, count);

    public string Name => inner.Name;

    public string TimeType => inner.TimeType;

    public SemaphoreSlim? Writer => inner.Writer;

    public async Task<DbConnection> OpenAsync(CancellationToken cancel)
    {
        if (_isGone || _isBroken)
        {
            Interlocked.Increment(ref Refused);
            throw _isGone ? new GoneException() : new BrokenException();
        }

        DbConnection connection = await inner.OpenAsync(cancel);
        connection.StateChange += (_, change) =>
        {
            if (change.CurrentState == ConnectionState.Closed && Volatile.Read(ref _lostAnswers) > 0)
            {
                Interlocked.Decrement(ref _lostAnswers);
                throw new GoneException();
            }
        };
        return connection;
    }

    public Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancel) =>
        _isGone || IsReadOnly ? throw new GoneException() : inner.BeginWriteAsync(connection, cancel);

    public string Translate(string sql) => inner.Translate(sql);

    public object ValueOf(object value) => inner.ValueOf(value);

    public Task LockMigrationsAsync(DbConnection connection, CancellationToken cancel) => inner.LockMigrationsAsync(connection, cancel);

    public bool IsTransient(DbException error) => error is GoneException || inner.IsTransient(error);

    public bool IsFull(DbException error) => inner.IsFull(error);

    public bool IsOrphan(DbException error) => inner.IsOrphan(error);

    public Task NotifyAsync(DbConnection connection, string message, CancellationToken cancel) =>
        inner.NotifyAsync(connection, message, cancel);

    /// <summary>Nothing is heard: what is found is found by looking.</summary>
    public Task ListenAsync(Action<string> heard, CancellationToken cancel) => Task.CompletedTask;

    public Task InsertManyAsync(
        DbConnection connection, DbTransaction transaction, string table, IReadOnlyList<SqlColumn> columns,
        IEnumerable<object?[]> rows, CancellationToken cancel) =>
        inner.InsertManyAsync(connection, transaction, table, columns, rows, cancel);

    public Task<DateTimeOffset?> TimeAsync(DbConnection connection, CancellationToken cancel) => inner.TimeAsync(connection, cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private sealed class BrokenException() : DbException("permission denied");

    private sealed class GoneException() : DbException("the database is gone");
}
