using System.Buffers.Binary;

namespace Rtc.Peer.Sctp;

// Everything that goes out: packets written on demand, SACKs taken in, the retransmission timer.
internal sealed partial class SctpAssociation
{
    private Instant _retransmitAt = Instant.Never;
    private Instant _probeAt = Instant.Never;
    private bool _probed;
    private Instant _heartbeatAt = Instant.Never;
    private int _timeoutsInARow;
    private bool _forwardTsnDue;
    private bool _heartbeatDue;
    private byte[] _heartbeatReply = [];
    private int _heartbeatReplyLength;

    /// <summary>Writes the next packet; false when there is nothing to send now.</summary>
    public bool TryTakePacket(Instant now, Span<byte> buffer, out int length)
    {
        length = 0;
        buffer = buffer[..Math.Min(buffer.Length, _options.MaxPacketSize & ~3)];
        if (_lastWord != LastWord.None)
        {
            length = WriteLastWord(buffer);
        }
        else if (_initAckDue is { } cookie && _state != State.Closed)
        {
            _initAckDue = null;
            length = WriteInitAck(buffer, cookie);
        }
        else if (_state is State.CookieWait or State.CookieEchoed && _handshakePacketDue)
        {
            _handshakePacketDue = false;
            length = _state == State.CookieWait ? WriteInit(buffer) : WriteCookieEcho(buffer);
        }
        else if (_state >= State.Established && _state != State.Closed)
        {
            length = WriteEstablished(now, buffer);
        }

        if (length == 0)
        {
            return false;
        }

        Stats.PacketsSent++;
        Stats.BytesSent += length;
        return true;
    }

    private int WriteEstablished(Instant now, Span<byte> buffer)
    {
        var packet = new SctpPacketWriter(buffer, _options.LocalPort, _remotePort, _peerTag);
        if (_cookieAckDue)
        {
            _cookieAckDue = false;
            packet.Chunk(ChunkType.CookieAck, 0, 0);
        }

        if (_heartbeatReplyLength > 0)
        {
            _heartbeatReply.AsSpan(0, _heartbeatReplyLength).CopyTo(packet.Chunk(ChunkType.HeartbeatAck, 0, _heartbeatReplyLength));
            _heartbeatReplyLength = 0;
        }

        bool sackWaits = _sackDue || _sackAt != Instant.Never;
        if (sackWaits && (_sackDue || CanSendData(now)) && packet.Room >= SctpSizes.ChunkHeader + SctpSizes.SackBody)
        {
            WriteSack(ref packet);
        }

        WriteForwardTsn(now, ref packet);
        WriteReconfig(now, ref packet);
        if (_heartbeatDue && packet.Room >= HeartbeatLength + SctpSizes.ChunkHeader)
        {
            _heartbeatDue = false;
            WriteHeartbeat(now, packet.Chunk(ChunkType.Heartbeat, 0, HeartbeatLength));
        }

        WriteData(now, ref packet);
        WriteShutdown(now, ref packet);
        return packet.IsEmpty ? 0 : packet.Finish();
    }

    private bool MaySendNewData => _state is State.Established or State.ShutdownPending or State.ShutdownReceived;

    private bool CanSendData(Instant now) =>
        _outstanding.BytesInFlight < _window.Bytes && (_outstanding.HasLost || (MaySendNewData && _queue.Peek(now) is not null));

    private void WriteData(Instant now, ref SctpPacketWriter packet)
    {
        int packetBegan = packet.Room;
        while (_outstanding.BytesInFlight < _window.Bytes)
        {
            bool wrote = _outstanding.TryNextLost(now, _peerForwardTsn, out int index)
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
        Stats.ChunksRetransmitted++;
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
        bool windowOpen = _outstanding.BytesInFlight + length <= _peerWindow || _outstanding.BytesInFlight == 0;
        if (!windowOpen || SctpSizes.Padded(SctpSizes.DataHeader + length) > packet.Room)
        {
            return false;
        }

        (int offset, byte flags) = _queue.Take(message, length);
        Tsn tsn = _outstanding.Add(message, offset, length, flags, now);
        byte immediate = _queue.Peek(now) is null ? ChunkFlags.Immediate : (byte)0;
        WriteDataChunk(ref packet, tsn, message, offset, length, (byte)(flags | immediate));
        Stats.ChunksSent++;
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

    private bool HandleSack(Instant now, ReadOnlySpan<byte> body)
    {
        if (_state < State.Established)
        {
            return Drop(SctpDrop.UnexpectedChunk);
        }

        if (!SackView.TryParse(body, out SackView sack))
        {
            return Drop(SctpDrop.Malformed);
        }

        if (!_outstanding.TryAcknowledge(sack, _window, now, _rto.LateAfter, _peerForwardTsn, out SackOutcome outcome))
        {
            // Old ones are common where packets overtake each other; the rest of the packet is good.
            Stats.Count(SctpDrop.OutOfWindow);
            return true;
        }

        _peerWindow = sack.ReceiverWindow;
        if (outcome.BytesAcknowledged > 0 || outcome.CumulativeAdvanced)
        {
            _timeoutsInARow = 0;
            _probed = false;
            ScheduleProbe(now);
            _rto.Progressed();
            _window.Acknowledged(
                outcome.BytesAcknowledged, outcome.CumulativeAdvanced, _outstanding.Cumulative, outcome.WindowWasFull,
                _outstanding.Count == 0);
        }

        if (outcome.RoundTrip > TimeSpan.Zero)
        {
            _rto.Measured(outcome.RoundTrip);
            Stats.SmoothedRoundTrip = _rto.SmoothedRoundTrip;
        }

        if (outcome.FoundLoss && _window.Lost(_outstanding.NextTsn.Previous))
        {
            Stats.FastRecoveries++;
        }

        if (_outstanding.Count == 0)
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

    private void RetransmissionTimedOut(Instant now)
    {
        Stats.Timeouts++;
        // A closed window that is still acknowledged is no fault; without any answer the counter runs on.
        _timeoutsInARow++;
        if (_timeoutsInARow > _options.MaxRetransmissions)
        {
            Fail("the other end stopped acknowledging", tellPeer: true);
            return;
        }

        _probed = true;
        _probeAt = Instant.Never;
        _rto.BackOff();
        _window.TimedOut();
        _outstanding.TimedOut(_peerForwardTsn, now);
        _forwardTsnDue |= _outstanding.AdvancedAckPoint > _outstanding.Cumulative;
        _retransmitAt = now + _rto.Value;
    }

    // One probe a silence (RFC 8985 section 7): the next step is the time-out, which also says that the path is bad.
    private void ScheduleProbe(Instant now) =>
        _probeAt = _probed || !_rto.IsMeasured || _outstanding.Count == 0 ? Instant.Never : now + _rto.ProbeAfter;

    private void ProbeElapsed(Instant now)
    {
        _probeAt = Instant.Never;
        _probed = true;
        if (_outstanding.TryProbe(now))
        {
            Stats.Probes++;
        }
    }

    private void WriteForwardTsn(Instant now, ref SctpPacketWriter packet)
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

    // HEARTBEAT keeps an idle association honest; its info is the time of sending (RFC 9260 section 8.3).
    private const int HeartbeatLength = 12;

    private void HeartbeatElapsed(Instant now)
    {
        _heartbeatAt = now + _options.HeartbeatInterval;
        _heartbeatDue = _state == State.Established && _outstanding.Count == 0;
    }

    private static void WriteHeartbeat(Instant now, Span<byte> body)
    {
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)ParameterType.HeartbeatInfo);
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], HeartbeatLength);
        BinaryPrimitives.WriteInt64BigEndian(body[4..], now.Microseconds);
    }

    private bool HandleHeartbeatAck(Instant now, ReadOnlySpan<byte> body)
    {
        if (body.Length == HeartbeatLength)
        {
            long sent = BinaryPrimitives.ReadInt64BigEndian(body[4..]);
            TimeSpan trip = now - new Instant(sent);
            // Our own figure came back; a made-up one is caught by its size.
            if (sent >= 0 && sent <= now.Microseconds && trip < _options.HeartbeatInterval)
            {
                _rto.Measured(trip);
            }
        }

        return true;
    }

    private bool HandleHeartbeat(ReadOnlySpan<byte> body)
    {
        const int LongestEcho = 512;
        if (_state < State.Established || body.Length is < SctpSizes.ChunkHeader or > LongestEcho)
        {
            return Drop(SctpDrop.UnexpectedChunk);
        }

        if (_heartbeatReply.Length == 0)
        {
            _heartbeatReply = new byte[LongestEcho];
        }

        body.CopyTo(_heartbeatReply);
        _heartbeatReplyLength = body.Length;
        return true;
    }
}
