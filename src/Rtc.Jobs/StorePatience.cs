using Rtc.Store;
using Rtc.Store.Files;
using Rtc.Store.Queue;

namespace Rtc.Jobs;

/// <summary>
/// Work with the database and the files while they may be gone: work of minutes is not thrown away for an answer that comes in seconds.
/// Should another worker have taken the job meanwhile, the write is refused as ever.
/// </summary>
internal sealed class StorePatience(JobQueue queue, TimeProvider time, TimeSpan patience)
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_last = TimeSpan.FromSeconds(5);

    public Task<T> TryAsync<T>(Func<JobQueue, Task<T>> write, CancellationToken cancel) => TryAsync(() => write(queue), cancel);

    public async Task<T> TryAsync<T>(Func<Task<T>> work, CancellationToken cancel)
    {
        long from = time.GetTimestamp();
        for (TimeSpan wait = s_first; ; wait = wait * 2 < s_last ? wait * 2 : s_last)
        {
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (Exception error)
                when (error is StoreUnavailableException or FilesUnavailableException && time.GetElapsedTime(from) < patience)
            {
                await Task.Delay(wait, time, cancel).ConfigureAwait(false);
            }
        }
    }
}
