using System.Runtime.CompilerServices;
using Rtc.Store.Events;

namespace Rtc.Server.Events;

/// <summary>
/// New events for all that follow them. They are read from the store, so that nothing is held for a reader that is slow or away: it
/// goes on where it was. The signal only makes it soon.
/// </summary>
internal sealed class EventFeed(EventTable table, TimeProvider time)
{
    private const int AtOnce = 100;

    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);

    private volatile TaskCompletionSource _written = New();

    /// <summary>Ends with the next event that this program writes.</summary>
    public Task Written => _written.Task;

    /// <summary>An event is in the store.</summary>
    public void Tell() => Interlocked.Exchange(ref _written, New()).TrySetResult();

    /// <summary>Those after <paramref name="last"/>, as they come; null where there was none for a while.</summary>
    public async IAsyncEnumerable<StoredEvent?> WatchAsync(
        EventSearch search, long? last, [EnumeratorCancellation] CancellationToken cancel)
    {
        long place = last ?? await table.NewestAsync(cancel);
        while (true)
        {
            Task written = Written;
            List<StoredEvent> rows = await table.ListNewerAsync(search, place, AtOnce, cancel);
            foreach (StoredEvent one in rows)
            {
                yield return one;
                place = one.Id;
            }

            if (rows.Count == 0)
            {
                yield return null;
                await WaitAsync(written, s_look, cancel);
            }
        }
    }

    /// <summary>
    /// Ends with an event written since <paramref name="written"/> was asked for, and after so long in any case: another program at the
    /// same database gives no signal.
    /// </summary>
    public async Task WaitAsync(Task written, TimeSpan longest, CancellationToken cancel)
    {
        await Task.WhenAny(written, Task.Delay(longest, time, cancel));
        cancel.ThrowIfCancellationRequested();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
