namespace Rtc.Analysis.Language;

/// <summary>Lets so many requests through in any minute, of all jobs together.</summary>
internal sealed class RequestPace(int perMinute, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Queue<long> _sent = new();

    public async Task WaitAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_sent.Count == perMinute)
            {
                TimeSpan since = time.GetElapsedTime(_sent.Dequeue());
                if (since < s_minute)
                {
                    await Task.Delay(s_minute - since, time, cancel).ConfigureAwait(false);
                }
            }

            _sent.Enqueue(time.GetTimestamp());
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
