namespace Rtc.Store.Buckets;

/// <summary>Ends what makes no progress for a while, however long it may take in all.</summary>
internal sealed class StallTimeout : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _caller;
    private readonly TimeSpan _patience;

    public StallTimeout(TimeSpan patience, CancellationToken caller)
    {
        (_patience, _caller) = (patience, caller);
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        Progress();
    }

    public CancellationToken Token => _source.Token;

    /// <summary>It was time that ended it, not its caller.</summary>
    public bool IsOver => _source.IsCancellationRequested && !_caller.IsCancellationRequested;

    public void Progress() => _source.CancelAfter(_patience);

    public void Dispose() => _source.Dispose();
}
