using Rtc.Store.Queue;
using Rtc.Store.Sql;

namespace Rtc.Jobs;

/// <summary>
/// One attempt at a job: where it goes on, and how it tells how far it is. Used by one task at a time; made by
/// <see cref="JobWorkers"/> and given to the job's kind.
/// </summary>
public sealed class JobRun
{
    private static readonly TimeSpan s_pauseCheck = TimeSpan.FromMilliseconds(250);

    private readonly StorePatience _store;
    private readonly IJobPace _pace;
    private readonly TimeProvider _time;
    private readonly TimeSpan _saveEvery;
    private readonly JobStep[] _steps;
    private readonly Dictionary<string, JobPosition> _positions;
    private readonly long _startedAt;
    private readonly Lock _pauses = new();
    private long _rested;
    private long? _restsSince;
    private double _progress;
    private int _current = -1;
    private long _stepAt;
    private double _stepSeconds;
    private long _savedAt;
    private long _workedSince;

    internal JobRun(
        Job job, string owner, IEnumerable<JobPosition> positions, StorePatience store, IJobPace pace, TimeProvider time,
        TimeSpan saveEvery)
    {
        (Job, _store, _pace, _time, _saveEvery) = (job, store, pace, time, saveEvery);
        Claim = new JobClaim(job.Id, owner, job.Attempt);
        _positions = positions.ToDictionary(position => position.Step);
        _steps = [.. job.Steps.Select(step => step.Status == JobStep.Complete ? step : step with { Status = JobStep.Pending })];
        (_progress, Failures) = (job.Progress, job.Failures);
        _startedAt = _workedSince = _savedAt = time.GetTimestamp();
    }

    public Job Job { get; }

    internal JobClaim Claim { get; }

    internal IReadOnlyList<JobStep> Steps => _steps;

    /// <summary>Attempts in a row, this one left out, that have got no further than those before.</summary>
    internal int Failures { get; private set; }

    /// <summary>Time at work so far, without pauses.</summary>
    internal TimeSpan Worked
    {
        get
        {
            lock (_pauses)
            {
                return _time.GetElapsedTime(_startedAt + _rested, _restsSince ?? _time.GetTimestamp());
            }
        }
    }

    /// <summary>It is time to tell how far the step is; a save costs a transaction, a frame need not have one of its own.</summary>
    public bool IsSaveDue => _time.GetElapsedTime(_savedAt) >= _saveEvery;

    /// <summary>An earlier attempt has done this step.</summary>
    public bool IsComplete(string step) => Array.Exists(_steps, one => one.Id == step && one.Status == JobStep.Complete);

    /// <summary>Where an earlier attempt saved this step; null where it has not begun.</summary>
    public JobPosition? PositionOf(string step) => _positions.GetValueOrDefault(step);

    /// <param name="step">Which.</param>
    /// <param name="cancel">Ends the wait for the store.</param>
    /// <param name="label">Another label than the kind gave it, where only the run knows what does the work.</param>
    public async Task BeginAsync(string step, CancellationToken cancel, string? label = null)
    {
        _current = Array.FindIndex(_steps, one => one.Id == step);
        if (_current < 0)
        {
            throw new ArgumentException($"The job has no step {step}.", nameof(step));
        }

        _stepAt = _time.GetTimestamp();
        _stepSeconds = _steps[_current].Seconds;
        _steps[_current] = _steps[_current] with { Label = label ?? _steps[_current].Label };
        Mark(JobStep.Processing);
        await WriteAsync(_progress, null, null, cancel).ConfigureAwait(false);
    }

    /// <summary>Results up to a position, with that position; <paramref name="fraction"/> is the share of the step that is done.</summary>
    public Task SaveAsync(
        long position, double fraction, Func<SqlSession, Task>? results, CancellationToken cancel, string? state = null)
    {
        Mark(JobStep.Processing);
        return WriteAsync(Overall(fraction), new JobPosition(_steps[_current].Id, position, state), results, cancel);
    }

    /// <summary>Ends the step, with the last of its results.</summary>
    public Task EndAsync(long position, Func<SqlSession, Task>? results, CancellationToken cancel, string? state = null)
    {
        Mark(JobStep.Complete);
        return WriteAsync(Overall(1), new JobPosition(_steps[_current].Id, position, state), results, cancel);
    }

    /// <summary>Called between two frames: returns when the machine has time for the next.</summary>
    public async ValueTask PaceAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        JobPace pace = _pace.Current;
        if (pace != JobPace.Full)
        {
            Rest(_time.GetTimestamp());
            if (pace == JobPace.Half)
            {
                await Task.Delay(_time.GetElapsedTime(_workedSince), _time, cancel).ConfigureAwait(false);
            }

            while (_pace.Current == JobPace.Paused)
            {
                await Task.Delay(s_pauseCheck, _time, cancel).ConfigureAwait(false);
            }

            Rest(null);
        }

        _workedSince = _time.GetTimestamp();
    }

    /// <summary>Work with files, tried again while their place does not answer, as long as with the database.</summary>
    public Task<T> PatientlyAsync<T>(Func<Task<T>> work, CancellationToken cancel) => _store.TryAsync(work, cancel);

    /// <summary>The same, of what comes to nothing.</summary>
    public Task PatientlyAsync(Func<Task> work, CancellationToken cancel) => _store.TryAsync(
        async () =>
        {
            await work().ConfigureAwait(false);
            return true;
        },
        cancel);

    internal void MarkError()
    {
        if (_current >= 0 && _steps[_current].Status == JobStep.Processing)
        {
            Mark(JobStep.Error);
        }
    }

    /// <summary>Begins a pause, or ends it.</summary>
    private void Rest(long? since)
    {
        lock (_pauses)
        {
            _rested += _restsSince is { } from ? _time.GetTimestamp() - from : 0;
            _restsSince = since;
        }
    }

    private double Overall(double fraction) => Math.Clamp((_current + Math.Clamp(fraction, 0, 1)) / _steps.Length, 0, 1);

    private void Mark(string status) => _steps[_current] = _steps[_current] with
    {
        Status = status,
        Seconds = Math.Round(_stepSeconds + _time.GetElapsedTime(_stepAt).TotalSeconds, 3),
    };

    private async Task WriteAsync(double progress, JobPosition? position, Func<SqlSession, Task>? results, CancellationToken cancel)
    {
        progress = Math.Max(progress, _progress);
        if (!await _store.TryAsync(
            queue => queue.SaveAsync(Claim, progress, _steps, position, results, cancel), cancel).ConfigureAwait(false))
        {
            throw new JobLostException();
        }

        _savedAt = _time.GetTimestamp();
        if (progress > _progress)
        {
            // As the table does: what got further is no reason to give up.
            (_progress, Failures) = (progress, 0);
        }

        if (position is not null)
        {
            _positions[position.Step] = position;
        }
    }
}
