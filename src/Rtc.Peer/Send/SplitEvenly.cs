namespace Rtc.Peer.Send;

/// <summary>Cuts a length into the fewest parts within a budget, all of nearly one size: no tiny last packet.</summary>
internal readonly struct SplitEvenly
{
    private readonly int _base;
    private readonly int _longer;

    public SplitEvenly(int length, int budget)
    {
        Parts = Math.Max(1, (length + budget - 1) / budget);
        _base = length / Parts;
        _longer = length % Parts;
    }

    public int Parts { get; }

    public int Length(int part) => _base + (part < _longer ? 1 : 0);
}
