namespace Rtc.Peer.Receive;

/// <summary>
/// Packets that came before an earlier one did: a ring indexed by sequence number, at most
/// <see cref="Window"/> ahead of the next wanted one. Owns their buffers until they are taken or dropped.
/// </summary>
internal sealed class PacketSlots(PacketBufferPool pool) : IDisposable
{
    public const int Window = 1024;

    private const int InitialSize = 64;

    private Slot[] _slots = new Slot[InitialSize];

    public int Count { get; private set; }

    private int Mask => _slots.Length - 1;

    public bool Contains(long sequence)
    {
        ref Slot slot = ref _slots[sequence & Mask];
        return slot.Filled && slot.Packet.Sequence == sequence;
    }

    /// <summary>The caller keeps all stored packets within <see cref="Window"/> of each other, from <paramref name="next"/> on.</summary>
    public bool TryAdd(in MediaPacket packet, ReadOnlySpan<byte> payload, long next)
    {
        while (packet.Sequence - next >= _slots.Length && _slots.Length < Window)
        {
            Grow();
        }

        ref Slot slot = ref _slots[packet.Sequence & Mask];
        if (slot.Filled || payload.Length > PacketBufferPool.BufferLength)
        {
            return false;
        }

        slot.Filled = true;
        slot.Packet = packet;
        slot.Length = payload.Length;
        if (payload.Length > 0)
        {
            slot.Buffer = pool.Rent();
            payload.CopyTo(slot.Buffer);
        }

        Count++;
        return true;
    }

    /// <summary>The payload stays valid until <see cref="Remove"/>.</summary>
    public bool TryPeek(long sequence, out MediaPacket packet, out ReadOnlySpan<byte> payload)
    {
        ref Slot slot = ref _slots[sequence & Mask];
        if (!slot.Filled || slot.Packet.Sequence != sequence)
        {
            packet = default;
            payload = default;
            return false;
        }

        packet = slot.Packet;
        payload = slot.Buffer.AsSpan(0, slot.Length);
        return true;
    }

    public void Remove(long sequence)
    {
        ref Slot slot = ref _slots[sequence & Mask];
        if (slot.Filled && slot.Packet.Sequence == sequence)
        {
            Release(ref slot);
        }
    }

    public void RemoveBefore(long sequence)
    {
        for (int i = 0; Count > 0 && i < _slots.Length; i++)
        {
            if (_slots[i].Filled && _slots[i].Packet.Sequence < sequence)
            {
                Release(ref _slots[i]);
            }
        }
    }

    public void Clear() => RemoveBefore(long.MaxValue);

    public void Dispose() => Clear();

    private void Release(ref Slot slot)
    {
        if (slot.Buffer is { } buffer)
        {
            pool.Return(buffer);
        }

        slot = default;
        Count--;
    }

    private void Grow()
    {
        var larger = new Slot[_slots.Length * 2];
        foreach (Slot slot in _slots)
        {
            if (slot.Filled)
            {
                larger[slot.Packet.Sequence & (larger.Length - 1)] = slot;
            }
        }

        _slots = larger;
    }

    private struct Slot
    {
        public bool Filled;
        public MediaPacket Packet;
        public byte[]? Buffer;
        public int Length;
    }
}
