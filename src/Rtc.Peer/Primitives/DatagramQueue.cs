namespace Rtc.Peer.Primitives;

/// <summary>
/// A bounded ring of datagrams that wait for the shell, in buffers that are allocated once and used again.
/// When it is full the newest is refused: all that write here retransmit.
/// </summary>
internal sealed class DatagramQueue(int capacity)
{
    public const int MaxDatagramBytes = 1500;

    private readonly Slot[] _slots = new Slot[capacity];
    private int _first;

    public int Count { get; private set; }

    public bool TryAdd(ReadOnlySpan<byte> datagram, TransportAddress to)
    {
        Span<byte> buffer = Reserve();
        if (buffer.Length < datagram.Length)
        {
            return false;
        }

        datagram.CopyTo(buffer);
        Commit(datagram.Length, to);
        return true;
    }

    /// <summary>The buffer of the next free place, empty when there is none; <see cref="Commit"/> makes it part of the queue.</summary>
    public Span<byte> Reserve()
    {
        if (Count == _slots.Length)
        {
            return default;
        }

        ref Slot slot = ref _slots[(_first + Count) % _slots.Length];
        slot.Buffer ??= new byte[MaxDatagramBytes];
        return slot.Buffer;
    }

    public void Commit(int length, TransportAddress to)
    {
        ref Slot slot = ref _slots[(_first + Count) % _slots.Length];
        slot.Length = length;
        slot.To = to;
        Count++;
    }

    /// <summary>The memory stays as it is until something is added again.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> datagram, out TransportAddress to)
    {
        if (Count == 0)
        {
            datagram = default;
            to = default;
            return false;
        }

        ref Slot slot = ref _slots[_first];
        datagram = slot.Buffer.AsMemory(0, slot.Length);
        to = slot.To;
        Count--;

        // An empty ring starts over with the buffers it has, so that it never makes more than once waited together.
        _first = Count == 0 ? 0 : (_first + 1) % _slots.Length;
        return true;
    }

    public void ForEach<TState>(Action<ReadOnlySpan<byte>, TState> act, TState state)
    {
        for (int i = 0; i < Count; i++)
        {
            ref Slot slot = ref _slots[(_first + i) % _slots.Length];
            act(slot.Buffer.AsSpan(0, slot.Length), state);
        }
    }

    public void Clear() => Count = 0;

    private struct Slot
    {
        public byte[]? Buffer;
        public int Length;
        public TransportAddress To;
    }
}
