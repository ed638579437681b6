namespace Rtc.Server.Frames;

/// <summary>Holds the newest frame of one socket until the worker is free; an older one that still waits is dropped and counted.</summary>
internal sealed class FrameQueue : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0, 1);
    private PendingFrame? _newest;
    private bool _closed;

    public long Dropped { get; private set; }

    public int Waiting => _newest is null ? 0 : 1;

    /// <summary>Takes the frame over. True where an older one had to go.</summary>
    public bool Put(PendingFrame frame)
    {
        lock (_gate)
        {
            bool dropped = _newest is not null || _closed;
            if (_closed)
            {
                frame.Dispose();
                return true;
            }

            _newest?.Dispose();
            _newest = frame;
            Dropped += dropped ? 1 : 0;
            if (_arrived.CurrentCount == 0)
            {
                _arrived.Release();
            }

            return dropped;
        }
    }

    /// <summary>The newest frame, as soon as there is one; it is the caller's.</summary>
    public async Task<PendingFrame> TakeAsync(CancellationToken stop)
    {
        while (true)
        {
            await _arrived.WaitAsync(stop);
            lock (_gate)
            {
                if (_newest is { } frame)
                {
                    _newest = null;
                    return frame;
                }
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _newest?.Dispose();
            _newest = null;
        }

        _arrived.Dispose();
    }
}
