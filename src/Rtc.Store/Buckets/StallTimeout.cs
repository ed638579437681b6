namespace Rtc.Store.Buckets;

/// <summary>Ends what makes no progress for a while, however long it may take in all.</summary>
internal sealed class StallTimeout : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _caller;

    public StallTimeout(CancellationToken caller)
    {
        _caller = caller;
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        Progress();
    }

    public CancellationToken Token => _source.Token;

    /// <summary>It was time that ended it, not its caller.</summary>
    public bool IsOver => _source.IsCancellationRequested && !_caller.IsCancellationRequested;

    public void Progress() => _source.CancelAfter(s_patience);

    public void Dispose() => _source.Dispose();
}
