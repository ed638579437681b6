namespace Rtc.Peer.Sctp;

/// <summary>A whole message, its bytes in a rented array that belongs to the value's holder.</summary>
internal readonly record struct IncomingMessage(ushort StreamId, PayloadProtocol Protocol, byte[] Buffer, int Length)
{
    public ReadOnlySpan<byte> Payload => Buffer.AsSpan(0, Length);
}

/// <summary>
/// Puts DATA chunks together to messages and brings each stream's into order (RFC 9260 sections 6.5, 6.6, 6.9).
/// Everything it holds counts against the receive window.
/// </summary>
internal sealed class Reassembly(SctpMemory memory, int maxMessageSize)
{
    // A chunk of one byte costs us much more than that; what is kept is charged at least this.
    private const int MinCharge = 128;

    private readonly Dictionary<uint, Fragment> _fragments = [];
    private readonly Stack<Fragment> _free = new();
    private readonly Dictionary<ushort, IncomingStream> _streams = [];
    private readonly Queue<IncomingMessage> _ready = new();

    /// <summary>What is held, in bytes charged to the window.</summary>
    public int ChargedBytes { get; private set; }

    public int StreamCount => _streams.Count;

    /// <summary>The next message in order. The caller owns its buffer and calls <see cref="Release"/> with it.</summary>
    public bool TryTake(out IncomingMessage message) => _ready.TryDequeue(out message);

    /// <summary>A message that <see cref="TryTake"/> gave is done with.</summary>
    public void Release(IncomingMessage message)
    {
        ChargedBytes -= Charge(message.Length);
        memory.Return(message.Buffer);
    }

    public bool Knows(ushort streamId) => _streams.ContainsKey(streamId);

    /// <summary>Takes a chunk whose TSN is new. False when its message grows larger than allowed.</summary>
    public bool TryAdd(DataView data)
    {
        if (data.IsBegin && data.IsEnd)
        {
            if (data.Payload.Length > maxMessageSize)
            {
                return false;
            }

            byte[] buffer = memory.Rent(data.Payload.Length);
            data.Payload.CopyTo(buffer);
            ChargedBytes += Charge(data.Payload.Length);
            Order(new IncomingMessage(data.StreamId, data.Protocol, buffer, data.Payload.Length), data.SequenceNumber, data.IsUnordered);
            return true;
        }

        Fragment fragment = Keep(data);
        (Fragment first, Fragment last) = Join(fragment);
        if (first.RunBytes > maxMessageSize)
        {
            return false;
        }

        if (first.IsBegin && last.IsEnd)
        {
            Assemble(first, last);
        }

        return true;
    }

    /// <summary>The sender gave up everything up to a TSN (RFC 3758 section 3.6): what is incomplete up to there goes.</summary>
    public void SkipTo(Tsn cumulative)
    {
        if (_fragments.Count == 0)
        {
            return;
        }

        List<uint> gone = [.. _fragments.Keys.Where(tsn => new Tsn(tsn) <= cumulative)];
        foreach (uint tsn in gone)
        {
            Fragment fragment = _fragments[tsn];
            if (fragment.Tsn == fragment.RunFirst && fragment.RunLast > cumulative)
            {
                // The run's tail has arrived early; without its beginning it waits for the next skip.
                BehindSkip(fragment, cumulative);
            }
        }

        foreach (uint tsn in gone)
        {
            Drop(_fragments[tsn]);
        }
    }

    /// <summary>The sender gave up a stream's ordered messages up to this one: what waits behind it is released.</summary>
    public void SkipOrdered(ushort streamId, ushort sequenceNumber)
    {
        IncomingStream stream = Stream(streamId);
        if ((short)(sequenceNumber - stream.Next) < 0)
        {
            return;
        }

        // Messages at or before the skipped one that had arrived whole are still handed on, in order.
        stream.Next = (ushort)(sequenceNumber + 1);
        Flush(stream);
    }

    /// <summary>The sender starts the stream anew (RFC 6525 section 5.2.2).</summary>
    public void Reset(ushort streamId)
    {
        if (_streams.Remove(streamId, out IncomingStream? stream))
        {
            foreach ((_, IncomingMessage message) in stream.Held)
            {
                Release(message);
            }
        }
    }

    public void Clear()
    {
        foreach (Fragment fragment in _fragments.Values.ToArray())
        {
            Drop(fragment);
        }

        foreach (ushort id in _streams.Keys.ToArray())
        {
            Reset(id);
        }

        while (_ready.TryDequeue(out IncomingMessage message))
        {
            Release(message);
        }
    }

    private static int Charge(int length) => Math.Max(length, MinCharge);

    private Fragment Keep(DataView data)
    {
        Fragment fragment = _free.TryPop(out Fragment? used) ? used : new Fragment();
        fragment.Tsn = data.Tsn;
        fragment.StreamId = data.StreamId;
        fragment.SequenceNumber = data.SequenceNumber;
        fragment.Protocol = data.Protocol;
        fragment.IsBegin = data.IsBegin;
        fragment.IsEnd = data.IsEnd;
        fragment.IsUnordered = data.IsUnordered;
        fragment.Length = data.Payload.Length;
        fragment.Buffer = memory.Rent(data.Payload.Length);
        data.Payload.CopyTo(fragment.Buffer);
        fragment.RunFirst = fragment.RunLast = data.Tsn;
        fragment.RunBytes = fragment.Length;
        ChargedBytes += Charge(fragment.Length);
        _fragments.Add(data.Tsn.Value, fragment);
        return fragment;
    }

    // Neighbours form runs, and only the two ends of a run know where the other end is: joining costs the same
    // for the first chunk of a message and for the two-hundredth.
    private (Fragment First, Fragment Last) Join(Fragment fragment)
    {
        Fragment first = fragment, last = fragment;
        long bytes = fragment.Length;
        if (!fragment.IsBegin
            && _fragments.TryGetValue(fragment.Tsn.Previous.Value, out Fragment? left)
            && !left.IsEnd
            && left.IsOneWith(fragment))
        {
            first = _fragments[left.RunFirst.Value];
            bytes += first.RunBytes;
        }

        if (!fragment.IsEnd
            && _fragments.TryGetValue(fragment.Tsn.Next.Value, out Fragment? right)
            && !right.IsBegin
            && right.IsOneWith(fragment))
        {
            last = _fragments[right.RunLast.Value];
            bytes += last.RunBytes;
        }

        first.RunFirst = last.RunFirst = first.Tsn;
        first.RunLast = last.RunLast = last.Tsn;
        first.RunBytes = last.RunBytes = bytes;
        return (first, last);
    }

    private void Assemble(Fragment first, Fragment last)
    {
        int length = (int)first.RunBytes, at = 0;
        byte[] buffer = memory.Rent(length);
        (ushort streamId, ushort sequenceNumber, PayloadProtocol protocol, bool unordered) =
            (first.StreamId, first.SequenceNumber, first.Protocol, first.IsUnordered);
        Tsn end = last.Tsn;
        for (Tsn tsn = first.Tsn; tsn <= end; tsn = tsn.Next)
        {
            Fragment part = _fragments[tsn.Value];
            part.Buffer.AsSpan(0, part.Length).CopyTo(buffer.AsSpan(at));
            at += part.Length;
            Drop(part);
        }

        ChargedBytes += Charge(length);
        Order(new IncomingMessage(streamId, protocol, buffer, length), sequenceNumber, unordered);
    }

    private void Drop(Fragment fragment)
    {
        _fragments.Remove(fragment.Tsn.Value);
        ChargedBytes -= Charge(fragment.Length);
        memory.Return(fragment.Buffer);
        fragment.Buffer = [];
        _free.Push(fragment);
    }

    private void BehindSkip(Fragment first, Tsn cumulative)
    {
        Fragment last = _fragments[first.RunLast.Value];
        Fragment newFirst = _fragments[cumulative.Next.Value];
        long bytes = 0;
        for (Tsn tsn = newFirst.Tsn; tsn <= last.Tsn; tsn = tsn.Next)
        {
            bytes += _fragments[tsn.Value].Length;
        }

        newFirst.RunFirst = last.RunFirst = newFirst.Tsn;
        newFirst.RunLast = last.RunLast = last.Tsn;
        newFirst.RunBytes = last.RunBytes = bytes;
    }

    private IncomingStream Stream(ushort id)
    {
        if (!_streams.TryGetValue(id, out IncomingStream? stream))
        {
            stream = new IncomingStream();
            _streams.Add(id, stream);
        }

        return stream;
    }

    private void Order(IncomingMessage message, ushort sequenceNumber, bool unordered)
    {
        if (unordered)
        {
            _ready.Enqueue(message);
            return;
        }

        IncomingStream stream = Stream(message.StreamId);
        short ahead = (short)(sequenceNumber - stream.Next);
        if (ahead == 0)
        {
            _ready.Enqueue(message);
            stream.Next++;
            Flush(stream);
        }
        else if (ahead > 0)
        {
            stream.Hold(sequenceNumber, message);
        }
        else
        {
            // A sequence number used twice: the sender broke the rules, and the order stays as it is.
            Release(message);
        }
    }

    private void Flush(IncomingStream stream)
    {
        int released = 0;
        while (released < stream.Held.Count && (short)(stream.Held[released].SequenceNumber - stream.Next) <= 0)
        {
            (ushort number, IncomingMessage message) = stream.Held[released++];
            _ready.Enqueue(message);
            if (number == stream.Next)
            {
                stream.Next++;
            }
        }

        stream.Held.RemoveRange(0, released);
    }

    private sealed class Fragment
    {
        public Tsn Tsn { get; set; }

        public Tsn RunFirst { get; set; }

        public Tsn RunLast { get; set; }

        public long RunBytes { get; set; }

        public ushort StreamId { get; set; }

        public ushort SequenceNumber { get; set; }

        public PayloadProtocol Protocol { get; set; }

        public bool IsBegin { get; set; }

        public bool IsEnd { get; set; }

        public bool IsUnordered { get; set; }

        public byte[] Buffer { get; set; } = [];

        public int Length { get; set; }

        public bool IsOneWith(Fragment other) =>
            StreamId == other.StreamId && IsUnordered == other.IsUnordered && (IsUnordered || SequenceNumber == other.SequenceNumber);
    }

    private sealed class IncomingStream
    {
        public ushort Next { get; set; }

        /// <summary>Whole messages that wait for an earlier one, in order.</summary>
        public List<(ushort SequenceNumber, IncomingMessage Message)> Held { get; } = [];

        public void Hold(ushort sequenceNumber, IncomingMessage message)
        {
            int at = Held.Count;
            while (at > 0 && (short)(Held[at - 1].SequenceNumber - sequenceNumber) > 0)
            {
                at--;
            }

            Held.Insert(at, (sequenceNumber, message));
        }
    }
}
