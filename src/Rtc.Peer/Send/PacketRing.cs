namespace Rtc.Peer.Send;

/// <summary>
/// One stream's packets by sequence number: those already sent, kept to be sent again, and behind them
/// those that still wait for the pacer. [<see cref="Oldest"/>, <see cref="Sent"/>) is the cache,
/// [<see cref="Sent"/>, <see cref="Head"/>) the queue. Numbers that were not sent yet can be taken back.
/// </summary>
internal sealed class PacketRing
{
    private const int InitialSize = 128;
    internal const int MaxSize = 4096;

    private PacketRecord[] _records = new PacketRecord[InitialSize];

    public PacketRing(long first)
    {
        Oldest = first;
        Sent = first;
        Head = first;
    }

    public long Oldest { get; private set; }

    public long Sent { get; private set; }

    public long Head { get; private set; }

    public int Waiting => (int)(Head - Sent);

    public bool NearlyFull => Head - Oldest > MaxSize / 2;

    public ref PacketRecord this[long sequence] => ref _records[sequence & (_records.Length - 1)];

    public bool WasSent(long sequence) => sequence >= Oldest && sequence < Sent;

    public ref PacketRecord Add()
    {
        if (Head - Oldest == _records.Length)
        {
            Grow();
        }

        ref PacketRecord record = ref this[Head++];
        record = default;
        return ref record;
    }

    public void MarkSent() => Sent++;

    public void ForgetBefore(long sequence)
    {
        for (; Oldest < sequence; Oldest++)
        {
            this[Oldest] = default;
        }
    }

    /// <summary>Takes back what was added from <paramref name="sequence"/> on and never sent.</summary>
    public void TakeBack(long sequence)
    {
        while (Head > sequence)
        {
            this[--Head] = default;
        }
    }

    private void Grow()
    {
        var larger = new PacketRecord[_records.Length * 2];
        for (long i = Oldest; i < Head; i++)
        {
            larger[i & (larger.Length - 1)] = this[i];
        }

        _records = larger;
    }
}
