using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Rtc.Store;
using Rtc.Store.Files;
using Rtc.Store.Queue;

namespace Rtc.Jobs;

/// <summary>
/// This program's workers: one loop takes jobs while a place is free, each job runs beside it under a lease that is renewed, and an
/// error of one job ends that one alone. Owns the runs; <see cref="DisposeAsync"/> puts what runs back into the queue.
/// </summary>
public sealed partial class JobWorkers : IAsyncDisposable
{
    private static readonly TimeSpan s_storeGone = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_paused = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lockedByAnother = TimeSpan.FromMilliseconds(20);

    // What a timer is late by, or a clock's reading early.
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(1);
    private const int LeasePart = 3;

    private readonly Database _database;
    private readonly JobQueue _queue;
    private readonly StorePatience _store;
    private readonly Dictionary<string, IJobKind> _kinds;
    private readonly string[] _kindNames;
    private readonly JobOptions _options;
    private readonly IJobPace _pace;
    private readonly JobCounters _counters;
    private readonly ILogger _log;
    private readonly string _owner = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}";
    private readonly SemaphoreSlim _places;
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly ConcurrentDictionary<JobId, CancellationTokenSource> _lost = [];
    private readonly ConcurrentDictionary<Task, bool> _runs = [];
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;
    private Task _listener = Task.CompletedTask;

    public JobWorkers(
        Database database, IEnumerable<IJobKind> kinds, JobOptions options, IJobPace pace, JobCounters counters, ILogger<JobWorkers> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(database);
        (_database, _options, _pace, _counters, _log) = (database, options, pace, counters, log);
        _queue = new JobQueue(database);
        _store = new StorePatience(_queue, database.Time, options.StorePatience);
        _kinds = kinds.ToDictionary(kind => kind.Name);
        _kindNames = [.. _kinds.Keys];
        _places = new SemaphoreSlim(options.Workers);
    }

    private TimeProvider Time => _database.Time;

    /// <summary>Jobs that run now.</summary>
    public int Running => _runs.Count;

    /// <summary>Begins to take jobs; a program that knows no kind takes none.</summary>
    public void Start()
    {
        if (_kinds.Count > 0 && _loop.IsCompleted && !_stopping.IsCancellationRequested)
        {
            _loop = Task.Run(TakeAsync);
            _listener = Task.Run(ListenAsync);
        }
    }

    /// <summary>There may be a job to take.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    /// <summary>Ends the run of a job that was cancelled, where it runs here.</summary>
    public void Drop(JobId job)
    {
        if (_lost.TryGetValue(job, out CancellationTokenSource? lost))
        {
            lost.Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await _listener.ConfigureAwait(false);
        await Task.WhenAll(_runs.Keys).ConfigureAwait(false);
    }

    private async Task TakeAsync()
    {
        CancellationToken stop = _stopping.Token;
        try
        {
            while (true)
            {
                await _places.WaitAsync(stop).ConfigureAwait(false);
                Job job;
                try
                {
                    job = await NextAsync(stop).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    _places.Release();
                    throw;
                }

                Task run = Task.Run(() => RunAsync(job), CancellationToken.None);
                _runs[run] = true;
                _ = run.ContinueWith(
                    ended =>
                    {
                        _runs.TryRemove(ended, out _);
                        _places.Release();
                    },
                    CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    /// <summary>Waits for a job: until it is told of one, the first back-off is over, or it is time to look.</summary>
    private async Task<Job> NextAsync(CancellationToken stop)
    {
        while (true)
        {
            TimeSpan wait = s_paused;
            try
            {
                if (_pace.Current != JobPace.Paused)
                {
                    if (await _queue.TakeAsync(_owner, _kindNames, _options.Lease, stop).ConfigureAwait(false) is { } job)
                    {
                        return job;
                    }

                    wait = _options.PollEvery;
                    if (await _queue.NextReadyAsync(_kindNames, stop).ConfigureAwait(false) - _database.Now is { } until && until < wait)
                    {
                        // One that is ready and was not given is in another worker's hands just now.
                        wait = until > TimeSpan.Zero ? until + s_tick : s_lockedByAnother;
                    }
                }
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                // Whatever the database says: a program without workers would not be noticed.
                LogStoreGone(_log, error.InnerException?.Message ?? error.Message);
                wait = s_storeGone;
            }

            await WaitAsync(wait, stop).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(TimeSpan longest, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await using ITimer timer = Time.CreateTimer(_ => over.Cancel(), null, longest, Timeout.InfiniteTimeSpan);
        try
        {
            await _wake.WaitAsync(over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Nobody has told of one: it is time to look.
        }
    }

    private async Task RunAsync(Job job)
    {
        var claim = new JobClaim(job.Id, _owner, job.Attempt);

        // Not disposed of: who drops the job may have it in hand when the attempt ends.
        var lost = new CancellationTokenSource();
        using var limit = new CancellationTokenSource();
        using var any = CancellationTokenSource.CreateLinkedTokenSource(lost.Token, limit.Token, _stopping.Token);
        using var ended = new CancellationTokenSource();
        _lost[job.Id] = lost;
        if (job.Attempt == 1)
        {
            _counters.Taken(_database.Now - job.CreatedAt);
        }

        JobRun? run = null;
        Task beats = Task.CompletedTask;
        string how;
        try
        {
            List<JobPosition> positions = job.Attempt == 1
                ? []
                : await _store.TryAsync(queue => queue.PositionsAsync(job.Id, any.Token), any.Token).ConfigureAwait(false);
            run = new JobRun(job, _owner, positions, _store, _pace, Time, _options.SaveEvery);
            if (job.Failures >= _options.MaxFailures)
            {
                throw new JobFailedException(
                    $"{job.Error ?? "Its worker ended without a word"} ({job.Failures} times in a row, Jobs:MaxFailures)");
            }

            JobRun running = run;
            beats = BeatAsync(running, lost, limit, ended.Token);
            string? result = await _kinds[job.Kind].RunAsync(run, any.Token).ConfigureAwait(false);
            how = await _store.TryAsync(queue => queue.CompleteAsync(claim, run.Steps, result), lost.Token).ConfigureAwait(false)
                ? "completed"
                : "lost";
        }
        catch (Exception error)
        {
            how = await EndAsync(job, claim, run, error, lost.IsCancellationRequested, limit.IsCancellationRequested).ConfigureAwait(false);
        }

        _lost.TryRemove(job.Id, out _);
        await ended.CancelAsync().ConfigureAwait(false);
        await beats.ConfigureAwait(false);
        _counters.Ended(how);
        LogEnded(_log, job.Kind, job.Id, job.Attempt, how);
    }

    /// <summary>What an attempt that ended with an exception leaves behind.</summary>
    private async Task<string> EndAsync(Job job, JobClaim claim, JobRun? run, Exception error, bool isLost, bool isTooLong)
    {
        if (isLost || error is JobLostException)
        {
            return "lost";
        }

        bool stops = _stopping.IsCancellationRequested && error is OperationCanceledException;
        string reason = isTooLong
            ? $"It took longer than {_options.MaxTime.TotalMinutes:F0} minutes (Jobs:MaxMinutes)"
            : error.Message.Replace('\0', ' ');
        int failures = run?.Failures ?? job.Failures;
        bool isAway = error is FilesUnavailableException && _database.Now - job.CreatedAt < _options.FilesPatience;
        bool isOver = isTooLong || error is JobFailedException || (!isAway && failures + 1 >= _options.MaxFailures);
        TimeSpan delay = _options.DelayAfter(isAway ? job.Attempt : failures, Random.Shared.NextDouble());
        if (!stops)
        {
            run?.MarkError();
            LogFailed(_log, error, job.Kind, job.Id, job.Attempt);
        }

        IReadOnlyList<JobStep> steps = run?.Steps ?? job.Steps;
        try
        {
            // Nobody waits for a program that ends; the lease runs out by itself.
            using var end = new CancellationTokenSource(_options.StorePatience, Time);
            bool isWritten = stops
                ? await _queue.ReleaseAsync(claim, end.Token).ConfigureAwait(false)
                : await _store.TryAsync(
                    queue => isOver
                        ? queue.FailAsync(claim, reason, steps)
                        : queue.RetryAsync(claim, reason, delay, steps, isOwn: !isAway),
                    _stopping.Token).ConfigureAwait(false);
            return !isWritten ? "lost" : stops ? "released" : isOver ? "failed" : "retried";
        }
        catch (Exception gone)
        {
            // Whatever it is: the lease is renewed no more, and the job is taken up again when that has run out.
            LogStoreGone(_log, gone.Message);
            return "lost";
        }
    }

    /// <summary>Renews the lease until the attempt has ended; ends it where it has gone to another or took too long.</summary>
    private async Task BeatAsync(JobRun run, CancellationTokenSource lost, CancellationTokenSource limit, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                await Task.Delay(_options.Lease / LeasePart, Time, ended).ConfigureAwait(false);
                if (run.Worked > _options.MaxTime)
                {
                    await limit.CancelAsync().ConfigureAwait(false);
                    return;
                }

                try
                {
                    if (!await _queue.RenewAsync(run.Claim, _options.Lease, ended).ConfigureAwait(false))
                    {
                        await lost.CancelAsync().ConfigureAwait(false);
                        return;
                    }
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    // Nobody else can take the job either; the next write will tell whose it is.
                    LogStoreGone(_log, error.InnerException?.Message ?? error.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It has ended.
        }
    }

    private async Task ListenAsync()
    {
        CancellationToken stop = _stopping.Token;
        try
        {
            while (true)
            {
                try
                {
                    await _database.ListenAsync(Heard, stop).ConfigureAwait(false);
                    return;
                }
                catch (Exception error) when (error is not OperationCanceledException)
                {
                    // Meanwhile the queue is looked at as it is anyway.
                    await Task.Delay(s_storeGone, Time, stop).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The program ends.
        }
    }

    private void Heard(string message)
    {
        if (message == JobTable.QueuedMessage)
        {
            Wake();
        }
        else if (Guid.TryParse(message, out Guid job))
        {
            Drop(new JobId(job));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Kind} {Job}, attempt {Attempt}: {How}")]
    private static partial void LogEnded(ILogger log, string kind, JobId job, int attempt, string how);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Kind} {Job}, attempt {Attempt} failed")]
    private static partial void LogFailed(ILogger log, Exception error, string kind, JobId job, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Jobs wait for the database: {Reason}")]
    private static partial void LogStoreGone(ILogger log, string reason);
}
