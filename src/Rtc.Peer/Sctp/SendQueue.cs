namespace Rtc.Peer.Sctp;

/// <summary>
/// Messages that wait to be cut into chunks, stream by stream. Streams take turns at the borders of messages (without
/// RFC 8260 one message's chunks must follow each other), so that a bulk transfer doesn't starve a chatty channel.
/// Owns the messages' memory until their last chunk is let go.
/// </summary>
internal sealed class SendQueue(SctpMemory memory, SctpStats stats, int capacity)
{
    private readonly Dictionary<ushort, OutgoingStream> _streams = [];
    private readonly Queue<OutgoingStream> _rotation = new();
    private readonly Stack<OutgoingMessage> _free = new();
    private OutgoingMessage? _current;

    /// <summary>Bytes of all messages kept, cut or not.</summary>
    public long HeldBytes { get; private set; }

    public int MessagesHeld { get; private set; }

    public OutgoingStream Stream(ushort id)
    {
        if (!_streams.TryGetValue(id, out OutgoingStream? stream))
        {
            stream = new OutgoingStream(id);
            _streams.Add(id, stream);
        }

        return stream;
    }

    public OutgoingStream? FindStream(ushort id) => _streams.GetValueOrDefault(id);

    public bool HasRoomFor(int length) => HeldBytes + length <= capacity;

    public OutgoingMessage Enqueue(ushort streamId, PayloadProtocol protocol, ReadOnlySpan<byte> payload)
    {
        OutgoingStream stream = Stream(streamId);
        OutgoingMessage message = _free.TryPop(out OutgoingMessage? used) ? used : new OutgoingMessage();
        message.Stream = stream;
        message.Protocol = protocol;
        message.Buffer = memory.Rent(payload.Length);
        payload.CopyTo(message.Buffer);
        message.Length = payload.Length;
        message.Taken = 0;
        message.Unordered = false;
        message.MaxRetransmits = -1;
        message.Expiry = Instant.Never;
        message.IsAbandoned = false;
        message.ChunksHeld = 0;
        HeldBytes += payload.Length;
        MessagesHeld++;
        stream.MessagesHeld++;
        stream.BufferedBytes += payload.Length;
        stream.Waiting.Enqueue(message);
        if (!stream.IsInRotation)
        {
            stream.IsInRotation = true;
            _rotation.Enqueue(stream);
        }

        return message;
    }

    /// <summary>The message whose chunk is next; expired ones are dropped on the way.</summary>
    public OutgoingMessage? Peek(Instant now)
    {
        if (_current is { IsAbandoned: true })
        {
            _current = null;
        }

        while (_current is null && _rotation.TryDequeue(out OutgoingStream? stream))
        {
            if (!stream.Waiting.TryDequeue(out OutgoingMessage? message))
            {
                stream.IsInRotation = false;
                continue;
            }

            _rotation.Enqueue(stream);
            if (message.Expiry <= now)
            {
                Abandon(message);
                ReleaseIfFinished(message);
            }
            else
            {
                _current = message;
            }
        }

        return _current;
    }

    /// <summary>Cuts the next chunk off the message that <see cref="Peek"/> returned.</summary>
    public (int Offset, byte Flags) Take(OutgoingMessage message, int length)
    {
        int offset = message.Taken;
        byte flags = 0;
        if (offset == 0)
        {
            flags |= ChunkFlags.Begin;
            message.SequenceNumber = message.Unordered ? (ushort)0 : message.Stream.NextSequenceNumber++;
        }

        message.Taken += length;
        message.ChunksHeld++;
        message.Stream.BufferedBytes -= length;
        flags |= message.Unordered ? ChunkFlags.Unordered : (byte)0;
        if (message.Taken == message.Length)
        {
            flags |= ChunkFlags.End;
            _current = null;
        }

        return (offset, flags);
    }

    /// <summary>Nothing more of this message will be cut or repeated.</summary>
    public void Abandon(OutgoingMessage message)
    {
        if (!message.IsAbandoned)
        {
            message.IsAbandoned = true;
            message.Stream.BufferedBytes -= message.Length - message.Taken;
            stats.MessagesAbandoned++;
        }
    }

    /// <summary>A chunk lets go of its message.</summary>
    public void Release(OutgoingMessage message)
    {
        message.ChunksHeld--;
        ReleaseIfFinished(message);
    }

    /// <summary>Forgets a stream after its reset: its sequence numbers start over.</summary>
    public void Remove(ushort streamId)
    {
        if (_streams.Remove(streamId, out OutgoingStream? stream))
        {
            DropWaiting(stream);
        }
    }

    /// <summary>Drops what of a stream hasn't begun to leave.</summary>
    public void DropWaiting(OutgoingStream stream)
    {
        while (stream.Waiting.TryDequeue(out OutgoingMessage? message))
        {
            Abandon(message);
            ReleaseIfFinished(message);
        }
    }

    public void Clear()
    {
        if (_current is { ChunksHeld: 0 } current)
        {
            Abandon(current);
            ReleaseIfFinished(current);
        }

        _current = null;
        foreach (OutgoingStream stream in _streams.Values)
        {
            DropWaiting(stream);
        }

        _streams.Clear();
        _rotation.Clear();
    }

    private void ReleaseIfFinished(OutgoingMessage message)
    {
        if (!message.IsFinished || message.Buffer.Length == 0)
        {
            return;
        }

        // An abandoned message that is still the current one must not be taken up again.
        if (ReferenceEquals(_current, message))
        {
            _current = null;
        }

        memory.Return(message.Buffer);
        message.Buffer = [];
        HeldBytes -= message.Length;
        MessagesHeld--;
        message.Stream.MessagesHeld--;
        _free.Push(message);
    }
}
