using System.Collections.Concurrent;

namespace Rtc.Server.Network;

/// <summary>
/// What other threads have for the one thread of a loop. Any thread posts and asks; the loop alone runs it. A loop
/// that sleeps is woken by the first post, and by no other, so a busy loop costs no poster a system call.
/// </summary>
internal sealed class LoopInbox(Action wake, TimeSpan patience)
{
    private readonly ConcurrentQueue<Action> _posted = new();
    private int _asleep;
    private volatile bool _closed;

    public bool IsClosed => _closed;

    public bool HasWork => !_posted.IsEmpty;

    /// <summary>Has the work run on the loop's thread, soon.</summary>
    public void Post(Action work)
    {
        _posted.Enqueue(work);
        Nudge();
    }

    /// <summary>
    /// Has the question run on the loop's thread and brings its answer back; canceled where the loop has ended, and a
    /// <see cref="LoopTimeoutException"/> where it does not come to it in time. The asker has gone then, so the question
    /// is not put any more, unless it has to be <paramref name="evenLate"/>.
    /// </summary>
    public async Task<T> AskAsync<T>(Func<T> question, bool evenLate = false)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_closed)
        {
            Post(() =>
            {
                if (answer.Task.IsCompleted && !evenLate)
                {
                    return;
                }

                try
                {
                    answer.TrySetResult(question());
                }
                catch (Exception error)
                {
                    answer.TrySetException(error);
                }
            });
        }

        // Seen only after the question was laid down: either the loop still runs it, or this is seen.
        if (_closed)
        {
            answer.TrySetCanceled();
        }

        try
        {
            return await answer.Task.WaitAsync(patience);
        }
        catch (TimeoutException) when (!answer.Task.IsCompleted)
        {
            answer.TrySetCanceled();
            throw new LoopTimeoutException();
        }
    }

    /// <summary>The loop is about to wait. False where work is there already: it must not.</summary>
    public bool TryFallAsleep()
    {
        // A full fence: the flag must be seen before the queue is looked at, or a nudge is missed.
        Interlocked.Exchange(ref _asleep, 1);
        return _posted.IsEmpty;
    }

    /// <summary>The loop waits no longer and need not be woken.</summary>
    public void WakeUp() => Volatile.Write(ref _asleep, 0);

    /// <summary>
    /// Runs what is there now; what that posts is left for the next round, and so is the rest when a piece of work throws.
    /// </summary>
    public void RunPosted()
    {
        for (int left = _posted.Count; left > 0 && _posted.TryDequeue(out Action? work); left--)
        {
            work();
        }
    }

    /// <summary>Nothing is asked any more. The loop sees it at once, runs what was posted before and ends.</summary>
    public void Close()
    {
        _closed = true;
        Nudge();
    }

    private void Nudge()
    {
        if (Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            wake();
        }
    }
}
