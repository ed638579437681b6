namespace Rtc.Peer.Sctp;

/// <summary>
/// Chunks sent and not yet acknowledged cumulatively, in the order of their TSNs. Finds losses by SACKs,
/// repeats, and gives up what may be given up (RFC 3758).
/// </summary>
internal sealed partial class OutstandingChunks(SendQueue queue, Tsn firstTsn)
{
    /// <summary>More chunks than this under way are not sent; SACK gap blocks could name 65,535.</summary>
    public const int MaxChunks = 16384;

    private readonly ChunkRing _ring = new(firstTsn);
    private int _lostCount;
    private int _acknowledgedAbove;

    // No lost chunk lies before this TSN, so that repeating a whole window doesn't search it again for every chunk.
    private Tsn _lostFrom = firstTsn;
    private long _sendOrder;

    /// <summary>Highest TSN that the other end acknowledged with everything before it.</summary>
    public Tsn Cumulative => _ring.Cumulative;

    /// <summary>How far the other end may skip, over what was abandoned (RFC 3758 section 3.5).</summary>
    public Tsn AdvancedAckPoint { get; private set; } = firstTsn.Previous;

    public int Count => _ring.Count;

    public Tsn NextTsn => _ring.NextTsn;

    public int BytesInFlight { get; private set; }

    public bool HasLost => _lostCount > 0;

    public bool CanAdd => Count < MaxChunks;

    private ref OutstandingChunk At(int index) => ref _ring[index];

    public Tsn Add(OutgoingMessage message, int offset, int length, byte flags, Instant now)
    {
        BytesInFlight += length;
        return _ring.Add(new OutstandingChunk
        {
            Message = message,
            Offset = offset,
            Length = length,
            Flags = flags,
            SentAt = now,
            SendOrder = ++_sendOrder,
            Transmissions = 1,
        });
    }

    /// <summary>The time-out of the oldest chunk: everything under way counts as lost (RFC 9260 section 6.3.3).</summary>
    public void TimedOut(bool mayAbandon, Instant now)
    {
        for (int i = 0; i < Count; i++)
        {
            ref OutstandingChunk chunk = ref At(i);
            if (chunk.State == ChunkState.InFlight)
            {
                MarkLost(i, ref chunk, mayAbandon, now);
            }
        }

        SettleAbandoned();
        AdvanceAckPoint();
    }

    /// <summary>
    /// Counts the newest chunk under way as lost, so that it goes again and its acknowledgement tells of all before it.
    /// False where there is none that may be repeated.
    /// </summary>
    public bool TryProbe(Instant now)
    {
        for (int i = Count - 1; i >= 0; i--)
        {
            ref OutstandingChunk chunk = ref At(i);
            OutgoingMessage message = chunk.Message;
            bool spent = message.MaxRetransmits >= 0 && chunk.Transmissions > message.MaxRetransmits;
            if (chunk.State == ChunkState.InFlight && !spent && message.Expiry > now)
            {
                MarkLost(i, ref chunk, mayAbandon: false, now);
                return true;
            }
        }

        return false;
    }

    /// <summary>The next lost chunk to send again, if it fits. It counts as sent with <see cref="Repeated"/>.</summary>
    public bool TryNextLost(Instant now, bool mayAbandon, out int index)
    {
        index = 0;
        if (_lostCount == 0)
        {
            return false;
        }

        bool abandoned = false;
        index = Math.Max(0, _lostFrom - Cumulative - 1);
        for (; index < Count; index++)
        {
            ref OutstandingChunk chunk = ref At(index);
            if (chunk.State == ChunkState.Lost)
            {
                if (!mayAbandon || chunk.Message.Expiry > now)
                {
                    break;
                }

                // It expired while it waited for the window.
                abandoned = true;
                Abandon(chunk.Message);
            }
        }

        if (abandoned)
        {
            SettleAbandoned();
            AdvanceAckPoint();
            return TryNextLost(now, mayAbandon, out index);
        }

        _lostFrom = TsnAt(index);
        return index < Count;
    }

    public ref readonly OutstandingChunk this[int index] => ref _ring[index];

    public Tsn TsnAt(int index) => _ring.TsnAt(index);

    public void Repeated(int index, Instant now)
    {
        ref OutstandingChunk chunk = ref At(index);
        chunk.State = ChunkState.InFlight;
        chunk.Transmissions++;
        chunk.Misses = 0;
        chunk.SentAt = now;
        chunk.SendOrder = ++_sendOrder;
        _lostCount--;
        BytesInFlight += chunk.Length;
    }

    /// <summary>
    /// The ordered streams that a FORWARD TSN skips, each with its last sequence number, and how far it may go:
    /// up to the advanced point, or to where the list is full.
    /// </summary>
    public int CollectSkipped(Span<(ushort StreamId, ushort SequenceNumber)> skipped, out Tsn reached)
    {
        int count = 0;
        reached = Cumulative;
        for (int i = 0; i < AdvancedAckPoint - Cumulative; i++)
        {
            ref OutstandingChunk chunk = ref At(i);
            if ((chunk.Flags & ChunkFlags.Unordered) == 0)
            {
                int at = 0;
                while (at < count && skipped[at].StreamId != chunk.Message.Stream.Id)
                {
                    at++;
                }

                if (at == skipped.Length)
                {
                    break;
                }

                skipped[at] = (chunk.Message.Stream.Id, chunk.Message.SequenceNumber);
                count = Math.Max(count, at + 1);
            }

            reached = TsnAt(i);
        }

        return count;
    }

    public void Clear()
    {
        while (Count > 0)
        {
            queue.Abandon(At(0).Message);
            RemoveFirst();
        }

        BytesInFlight = 0;
        _lostCount = 0;
        _acknowledgedAbove = 0;
    }

    private void RemoveFirst() => queue.Release(_ring.RemoveFirst());

    private void MarkLost(int index, ref OutstandingChunk chunk, bool mayAbandon, Instant now)
    {
        if (TsnAt(index) < _lostFrom)
        {
            _lostFrom = TsnAt(index);
        }

        chunk.State = ChunkState.Lost;
        _lostCount++;
        BytesInFlight -= chunk.Length;
        OutgoingMessage message = chunk.Message;
        bool spent = message.MaxRetransmits >= 0 && chunk.Transmissions > message.MaxRetransmits;
        if (mayAbandon && (spent || message.Expiry <= now))
        {
            Abandon(message);
        }
    }

    // A message given up half sent gets a TSN for its end, which is never sent. Without it the other end may have
    // received every TSN there is, would take the FORWARD TSN for an old one and wait for the message's end endlessly.
    // The message being cut is the newest, so that the TSN follows its others. The ring may move: last use of a ref.
    private void Abandon(OutgoingMessage message)
    {
        if (message.IsAbandoned)
        {
            return;
        }

        queue.Abandon(message);
        if (message.Taken < message.Length)
        {
            (int offset, byte flags) = (message.Taken, message.Unordered ? ChunkFlags.Unordered : (byte)0);
            message.Taken = message.Length;
            message.ChunksHeld++;
            Add(message, offset, 0, (byte)(flags | ChunkFlags.End), default);
        }
    }

    // Abandoning one chunk abandons its message: all its chunks stop counting (RFC 3758 section 3.5, A3).
    private void SettleAbandoned()
    {
        for (int i = 0; i < Count; i++)
        {
            ref OutstandingChunk chunk = ref At(i);
            if (!chunk.Message.IsAbandoned || chunk.State == ChunkState.Abandoned)
            {
                continue;
            }

            StopCounting(chunk);
            chunk.State = ChunkState.Abandoned;
        }
    }

    private void StopCounting(in OutstandingChunk chunk)
    {
        switch (chunk.State)
        {
            case ChunkState.InFlight:
                BytesInFlight -= chunk.Length;
                break;
            case ChunkState.Lost:
                _lostCount--;
                break;
            case ChunkState.Acknowledged:
                _acknowledgedAbove--;
                break;
        }
    }

    private void AdvanceAckPoint()
    {
        if (AdvancedAckPoint < Cumulative)
        {
            AdvancedAckPoint = Cumulative;
        }

        for (int i = AdvancedAckPoint - Cumulative; i < Count && At(i).State == ChunkState.Abandoned; i++)
        {
            AdvancedAckPoint = AdvancedAckPoint.Next;
        }
    }
}
