namespace Rtc.Peer.Sctp;

/// <summary>
/// Chunks in the order of their TSNs, beginning behind the last one that is acknowledged cumulatively, in a ring that grows
/// and is kept.
/// </summary>
internal sealed class ChunkRing(Tsn firstTsn)
{
    private OutstandingChunk[] _chunks = new OutstandingChunk[64];
    private int _head;

    /// <summary>The TSN before the first chunk.</summary>
    public Tsn Cumulative { get; private set; } = firstTsn.Previous;

    public int Count { get; private set; }

    public Tsn NextTsn => Cumulative + (Count + 1);

    /// <summary>Valid until the next <see cref="Add"/>, which may move the ring.</summary>
    public ref OutstandingChunk this[int index] => ref _chunks[(_head + index) & (_chunks.Length - 1)];

    public Tsn TsnAt(int index) => Cumulative + (index + 1);

    public Tsn Add(in OutstandingChunk chunk)
    {
        if (Count == _chunks.Length)
        {
            var larger = new OutstandingChunk[_chunks.Length * 2];
            for (int i = 0; i < Count; i++)
            {
                larger[i] = this[i];
            }

            _chunks = larger;
            _head = 0;
        }

        Tsn tsn = NextTsn;
        this[Count++] = chunk;
        return tsn;
    }

    /// <summary>The first chunk is acknowledged; returns its message.</summary>
    public OutgoingMessage RemoveFirst()
    {
        ref OutstandingChunk first = ref this[0];
        OutgoingMessage message = first.Message;
        first = default;
        _head = (_head + 1) & (_chunks.Length - 1);
        Count--;
        Cumulative = Cumulative.Next;
        return message;
    }
}
