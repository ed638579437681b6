using System.Buffers.Binary;

namespace Rtc.Peer.Sctp;

/// <summary>
/// DATA and FORWARD TSN out, SACK in: what may leave now, what is lost and goes again, when the other end is given up
/// (RFC 9260 section 6, RFC 3758, RFC 8985's probe).
/// </summary>
internal sealed class DataSender
{
    private readonly AssociationContext _context;
    private readonly SendQueue _queue;
    private readonly OutstandingChunks _outstanding;
    private readonly CongestionWindow _window;
    private readonly RetransmissionTimeout _rto;
    private readonly int _maxPayload;
    private Instant _retransmitAt = Instant.Never;
    private Instant _probeAt = Instant.Never;
    private bool _probed;
    private int _timeoutsInARow;
    private bool _forwardTsnDue;

    public DataSender(AssociationContext context, SendQueue queue, Tsn firstTsn)
    {
        _context = context;
        _queue = queue;
        _rto = context.Rto;
        _outstanding = new OutstandingChunks(queue, firstTsn);
        _maxPayload = (context.Options.MaxPacketSize - SctpSizes.CommonHeader - SctpSizes.DataHeader) & ~3;
        _window = new CongestionWindow(_maxPayload);
    }

    public Instant NextDeadline => Instant.Min(_retransmitAt, _probeAt);

    /// <summary>Bytes that the other end has room for, as it said last.</summary>
    public uint PeerWindow { get; set; }

    public bool AllAcknowledged => _outstanding.Count == 0;

    public bool AllDelivered => AllAcknowledged && _queue.MessagesHeld == 0;

    public Tsn LastTsn => _outstanding.NextTsn.Previous;

    private bool MaySendNewData =>
        _context.State is AssociationState.Established or AssociationState.ShutdownPending or AssociationState.ShutdownReceived;

    public bool CanSendData(Instant now) =>
        _outstanding.BytesInFlight < _window.Bytes && (_outstanding.HasLost || (MaySendNewData && _queue.Peek(now) is not null));

    public void WriteData(Instant now, ref SctpPacketWriter packet)
    {
        int packetBegan = packet.Room;
        while (_outstanding.BytesInFlight < _window.Bytes)
        {
            bool wrote = _outstanding.TryNextLost(now, _context.Peer.ForwardTsn, out int index)
                ? TryRepeat(now, index, ref packet)
                : TrySendNew(now, ref packet);
            if (!wrote)
            {
                break;
            }
        }

        if (packetBegan != packet.Room)
        {
            ScheduleProbe(now);
        }

        // Giving up an expired message may have moved the point that the other end has to be told.
        WriteForwardTsn(now, ref packet);
    }

    public void WriteForwardTsn(Instant now, ref SctpPacketWriter packet)
    {
        const int MaxSkipped = 32;
        if (!_forwardTsnDue || packet.Room < SctpSizes.ChunkHeader + 4 + (MaxSkipped * 4))
        {
            return;
        }

        _forwardTsnDue = false;
        if (_outstanding.AdvancedAckPoint <= _outstanding.Cumulative)
        {
            return;
        }

        Span<(ushort StreamId, ushort SequenceNumber)> skipped = stackalloc (ushort, ushort)[MaxSkipped];
        int count = _outstanding.CollectSkipped(skipped, out Tsn reached);
        Span<byte> body = packet.Chunk(ChunkType.ForwardTsn, 0, 4 + (count * 4));
        BinaryPrimitives.WriteUInt32BigEndian(body, reached.Value);
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(body[(4 + (i * 4))..], skipped[i].StreamId);
            BinaryPrimitives.WriteUInt16BigEndian(body[(6 + (i * 4))..], skipped[i].SequenceNumber);
        }

        if (_retransmitAt == Instant.Never)
        {
            _retransmitAt = now + _rto.Value;
        }
    }

    public bool HandleSack(Instant now, ReadOnlySpan<byte> body)
    {
        if (_context.State < AssociationState.Established)
        {
            return _context.Drop(SctpDrop.UnexpectedChunk);
        }

        if (!SackView.TryParse(body, out SackView sack))
        {
            return _context.Drop(SctpDrop.Malformed);
        }

        if (!_outstanding.TryAcknowledge(sack, _window, now, _rto.LateAfter, _context.Peer.ForwardTsn, out SackOutcome outcome))
        {
            // Old ones are common where packets overtake each other; the rest of the packet is good.
            _context.Stats.Count(SctpDrop.OutOfWindow);
            return true;
        }

        PeerWindow = sack.ReceiverWindow;
        if (outcome.BytesAcknowledged > 0 || outcome.CumulativeAdvanced)
        {
            _timeoutsInARow = 0;
            _probed = false;
            ScheduleProbe(now);
            _rto.Progressed();
            _window.Acknowledged(
                outcome.BytesAcknowledged, outcome.CumulativeAdvanced, _outstanding.Cumulative, outcome.WindowWasFull, AllAcknowledged);
        }

        if (outcome.RoundTrip > TimeSpan.Zero)
        {
            _rto.Measured(outcome.RoundTrip);
            _context.Stats.SmoothedRoundTrip = _rto.SmoothedRoundTrip;
        }

        if (outcome.FoundLoss && _window.Lost(LastTsn))
        {
            _context.Stats.FastRecoveries++;
        }

        if (AllAcknowledged)
        {
            _retransmitAt = Instant.Never;
        }
        else if (outcome.CumulativeAdvanced)
        {
            _retransmitAt = now + _rto.Value;
        }

        // RFC 3758 section 3.5, C3: as long as the other end waits for what was given up, it is told.
        _forwardTsnDue |= _outstanding.AdvancedAckPoint > _outstanding.Cumulative;
        return true;
    }

    /// <summary>A SHUTDOWN's cumulative TSN acknowledges like a SACK without gaps.</summary>
    public bool HandleCumulativeTsn(Instant now, ReadOnlySpan<byte> tsn)
    {
        Span<byte> sack = stackalloc byte[SctpSizes.SackBody];
        sack.Clear();
        tsn.CopyTo(sack);
        BinaryPrimitives.WriteUInt32BigEndian(sack[4..], PeerWindow);
        return HandleSack(now, sack);
    }

    public void Advance(Instant now)
    {
        if (_retransmitAt <= now)
        {
            RetransmissionTimedOut(now);
        }

        if (_probeAt <= now)
        {
            ProbeElapsed(now);
        }
    }

    public void Clear()
    {
        _outstanding.Clear();
        _queue.Clear();
        _retransmitAt = _probeAt = Instant.Never;
    }

    private bool TryRepeat(Instant now, int index, ref SctpPacketWriter packet)
    {
        OutstandingChunk chunk = _outstanding[index];
        if (SctpSizes.Padded(SctpSizes.DataHeader + chunk.Length) > packet.Room)
        {
            return false;
        }

        _outstanding.Repeated(index, now);
        byte immediate = _outstanding.HasLost ? (byte)0 : ChunkFlags.Immediate;
        WriteDataChunk(ref packet, _outstanding.TsnAt(index), chunk.Message, chunk.Offset, chunk.Length, (byte)(chunk.Flags | immediate));
        _context.Stats.ChunksRetransmitted++;
        if (index == 0 || _retransmitAt == Instant.Never)
        {
            _retransmitAt = now + _rto.Value;
        }

        return true;
    }

    private bool TrySendNew(Instant now, ref SctpPacketWriter packet)
    {
        if (!MaySendNewData || !_outstanding.CanAdd || _queue.Peek(now) is not { } message)
        {
            return false;
        }

        int length = Math.Min(message.Length - message.Taken, _maxPayload);
        // One chunk may go into a closed window, to learn when it opens (section 6.1, rule A).
        bool windowOpen = _outstanding.BytesInFlight + length <= PeerWindow || _outstanding.BytesInFlight == 0;
        if (!windowOpen || SctpSizes.Padded(SctpSizes.DataHeader + length) > packet.Room)
        {
            return false;
        }

        (int offset, byte flags) = _queue.Take(message, length);
        Tsn tsn = _outstanding.Add(message, offset, length, flags, now);
        byte immediate = _queue.Peek(now) is null ? ChunkFlags.Immediate : (byte)0;
        WriteDataChunk(ref packet, tsn, message, offset, length, (byte)(flags | immediate));
        _context.Stats.ChunksSent++;
        if (_retransmitAt == Instant.Never)
        {
            _retransmitAt = now + _rto.Value;
        }

        return true;
    }

    private static void WriteDataChunk(
        ref SctpPacketWriter packet, Tsn tsn, OutgoingMessage message, int offset, int length, byte flags)
    {
        Span<byte> body = packet.Chunk(ChunkType.Data, flags, SctpSizes.DataHeader - SctpSizes.ChunkHeader + length);
        BinaryPrimitives.WriteUInt32BigEndian(body, tsn.Value);
        BinaryPrimitives.WriteUInt16BigEndian(body[4..], message.Stream.Id);
        BinaryPrimitives.WriteUInt16BigEndian(body[6..], message.SequenceNumber);
        BinaryPrimitives.WriteUInt32BigEndian(body[8..], (uint)message.Protocol);
        message.Buffer.AsSpan(offset, length).CopyTo(body[12..]);
    }

    private void RetransmissionTimedOut(Instant now)
    {
        _context.Stats.Timeouts++;
        // A closed window that is still acknowledged is no error; without any answer the counter runs on.
        _timeoutsInARow++;
        _probed = true;
        _probeAt = Instant.Never;
        if (_timeoutsInARow > _context.Options.MaxRetransmissions)
        {
            _context.Fail("the other end stopped acknowledging", tellPeer: true);
            return;
        }

        _rto.BackOff();
        _window.TimedOut();
        _outstanding.TimedOut(_context.Peer.ForwardTsn, now);
        _forwardTsnDue |= _outstanding.AdvancedAckPoint > _outstanding.Cumulative;
        _retransmitAt = now + _rto.Value;
    }

    // One probe a silence (RFC 8985 section 7): the next step is the time-out, which also says that the path is bad.
    private void ScheduleProbe(Instant now) =>
        _probeAt = _probed || !_rto.IsMeasured || AllAcknowledged ? Instant.Never : now + _rto.ProbeAfter;

    private void ProbeElapsed(Instant now)
    {
        _probeAt = Instant.Never;
        _probed = true;
        if (_outstanding.TryProbe(now))
        {
            _context.Stats.Probes++;
        }
    }
}
