using System.Data.Common;
using Rtc.Store.Engines;
using Rtc.Store.Migrations;
using Rtc.Store.Sql;

namespace Rtc.Store;

/// <summary>
/// The database of one program: opens it with the first use, migrates it then, and lends sessions to the tables. Work may be run
/// again after a lost connection, so it must be one that does the same twice.
/// </summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>A pooled connection that the server closed meanwhile is noticed with its next use.</summary>
    private const int Tries = 3;

    private const int ClockReadings = 3;

    private static readonly TimeSpan s_clockAge = TimeSpan.FromMinutes(1);

    private readonly Lazy<ISqlEngine> _engine;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _opening = new(1);
    private volatile bool _isReady;
    private TimeSpan _offset;
    private long _offsetAt;
    private bool _hasOffset;

    public Database(StoreOptions options, TimeProvider time)
        : this(() => options.Connection is { Length: > 0 } connection ? new PostgresEngine(connection) : new SqliteEngine(options.File),
            time)
    {
        ArgumentNullException.ThrowIfNull(options);
    }

    internal Database(Func<ISqlEngine> engine, TimeProvider time)
    {
        _engine = new Lazy<ISqlEngine>(engine);
        _time = time;
    }

    public TimeProvider Time => _time;

    /// <summary>Nothing has been read or written yet.</summary>
    public bool IsUntouched => !_engine.IsValueCreated;

    /// <summary>
    /// The time that leases and rows have: that of the database where several machines share one, so that their clocks need not
    /// agree. A test's clock is believed as it is.
    /// </summary>
    public DateTimeOffset Now => _time.GetUtcNow() + _offset;

    /// <summary>Opens and migrates; the first use does it too.</summary>
    public async Task OpenAsync(CancellationToken cancel = default)
    {
        if (_isReady)
        {
            return;
        }

        await _opening.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (!_isReady)
            {
                ISqlEngine engine = _engine.Value;
                await Migrator.ApplyAsync(engine, _time.GetUtcNow(), cancel).ConfigureAwait(false);
                _isReady = true;
            }
        }
        catch (DbException error) when (IsUnavailable(error))
        {
            throw Unavailable(error);
        }
        finally
        {
            _opening.Release();
        }
    }

    public Task<T> ReadAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel = default) => RunAsync(work, Use.Reads, cancel);

    /// <summary>In one transaction, which an exception undoes.</summary>
    public Task<T> WriteAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel = default) => RunAsync(work, Use.Writes, cancel);

    /// <summary>One statement, which is a transaction by itself: the database is asked once in place of twice.</summary>
    internal Task<T> WriteOnceAsync<T>(Func<SqlSession, Task<T>> work, CancellationToken cancel = default) =>
        RunAsync(work, Use.WritesOnce, cancel);

    /// <summary>Tells the other programs at the database, after the transaction that it is about.</summary>
    public Task NotifyAsync(string message, CancellationToken cancel = default) => TryAsync(
        async engine =>
        {
            await using DbConnection connection = await engine.OpenAsync(cancel).ConfigureAwait(false);
            await engine.NotifyAsync(connection, message, cancel).ConfigureAwait(false);
            return true;
        },
        cancel);

    /// <summary>
    /// Calls for each message of another program until cancelled; returns where the connection is lost or there are none.
    /// </summary>
    public async Task ListenAsync(Action<string> heard, CancellationToken cancel)
    {
        await OpenAsync(cancel).ConfigureAwait(false);
        try
        {
            await _engine.Value.ListenAsync(heard, cancel).ConfigureAwait(false);
        }
        catch (DbException error) when (IsUnavailable(error))
        {
            throw Unavailable(error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine.IsValueCreated)
        {
            await _engine.Value.DisposeAsync().ConfigureAwait(false);
        }

        _opening.Dispose();
    }

    private Task<T> RunAsync<T>(Func<SqlSession, Task<T>> work, Use use, CancellationToken cancel) => TryAsync(
        async engine =>
        {
            await using DbConnection connection = await engine.OpenAsync(cancel).ConfigureAwait(false);
            await ReadClockAsync(engine, connection, cancel).ConfigureAwait(false);
            if (use == Use.Reads)
            {
                return await work(new SqlSession(engine, connection, null, cancel)).ConfigureAwait(false);
            }

            await (engine.Writer?.WaitAsync(cancel) ?? Task.CompletedTask).ConfigureAwait(false);
            try
            {
                if (use == Use.WritesOnce)
                {
                    return await work(new SqlSession(engine, connection, null, cancel)).ConfigureAwait(false);
                }

                await using DbTransaction transaction = await engine.BeginWriteAsync(connection, cancel).ConfigureAwait(false);
                T result = await work(new SqlSession(engine, connection, transaction, cancel)).ConfigureAwait(false);
                await transaction.CommitAsync(cancel).ConfigureAwait(false);
                return result;
            }
            finally
            {
                engine.Writer?.Release();
            }
        },
        cancel);

    private async Task<T> TryAsync<T>(Func<ISqlEngine, Task<T>> work, CancellationToken cancel)
    {
        await OpenAsync(cancel).ConfigureAwait(false);
        for (int left = Tries - 1; ; left--)
        {
            try
            {
                return await work(_engine.Value).ConfigureAwait(false);
            }
            catch (DbException error) when (_engine.Value.IsTransient(error) && !_engine.Value.IsFull(error) && left > 0)
            {
                // The next connection may be a good one.
            }
            catch (DbException error) when (IsUnavailable(error))
            {
                throw Unavailable(error);
            }
            catch (DbException error) when (_engine.Value.IsOrphan(error))
            {
                throw new RowGoneException(error);
            }
        }
    }

    private bool IsUnavailable(DbException error) => _engine.Value.IsTransient(error) || _engine.Value.IsFull(error);

    private StoreUnavailableException Unavailable(DbException error) => new(error, _engine.Value.IsFull(error));

    private async Task ReadClockAsync(ISqlEngine engine, DbConnection connection, CancellationToken cancel)
    {
        if (_time != TimeProvider.System || (_hasOffset && _time.GetElapsedTime(_offsetAt) < s_clockAge))
        {
            return;
        }

        // What a program pays with its first question is not the clocks' difference: the quickest of a few answers is the nearest.
        (TimeSpan took, TimeSpan offset) quickest = (TimeSpan.MaxValue, TimeSpan.Zero);
        for (int i = 0; i < ClockReadings; i++)
        {
            DateTimeOffset asked = _time.GetUtcNow();
            long began = _time.GetTimestamp();
            if (await engine.TimeAsync(connection, cancel).ConfigureAwait(false) is not { } shared)
            {
                break;
            }

            TimeSpan took = _time.GetElapsedTime(began);
            if (took < quickest.took)
            {
                quickest = (took, shared - asked - (took / 2));
            }
        }

        // At once: others read the time meanwhile, and a slow answer's guess is what made them wait.
        _offset = quickest.offset;
        _offsetAt = _time.GetTimestamp();
        _hasOffset = true;
    }

    private enum Use
    {
        Reads,
        Writes,
        WritesOnce,
    }
}
