namespace Rtc.Peer.Sctp;

// DATA and FORWARD TSN in, SACK out.
internal sealed partial class SctpAssociation
{
    // RFC 9260 section 6.2: at the latest every second packet with data is acknowledged.
    private const int PacketsForSack = 2;

    // Above the announced window only holes may be filled, and only up to this many times its size.
    private const int HardLimitFactor = 2;

    private Instant _sackAt = Instant.Never;
    private bool _sackDue;
    private bool _dataSeen;
    private int _packetsSinceSack;
    private uint _announcedWindow = uint.MaxValue;

    private uint ReceiveWindow => (uint)Math.Max(0, _options.ReceiveBufferSize - _reassembly.ChargedBytes);

    private bool HandleData(ChunkView chunk)
    {
        if (_received is null || _state is not (State.Established or State.ShutdownPending or State.ShutdownSent))
        {
            return Drop(SctpDrop.UnexpectedChunk);
        }

        if (!DataView.TryParse(chunk, out DataView data))
        {
            return Drop(SctpDrop.Malformed);
        }

        _dataSeen = true;
        _sackDue |= data.WantsImmediateSack;
        int charged = _reassembly.ChargedBytes;
        if ((charged >= _options.ReceiveBufferSize && data.Tsn > _received.Highest)
            || charged >= HardLimitFactor * _options.ReceiveBufferSize)
        {
            _sackDue = true;
            Stats.Count(SctpDrop.BufferFull);
            return true;
        }

        TsnNovelty novelty = _received.Add(data.Tsn);
        if (novelty != TsnNovelty.New)
        {
            _sackDue = true;
            Stats.Count(novelty == TsnNovelty.Duplicate ? SctpDrop.Duplicate : SctpDrop.OutOfWindow);
            return true;
        }

        // Streams are states of ours; a peer doesn't get more of them than channels.
        if (!data.IsUnordered && !_reassembly.Knows(data.StreamId) && _reassembly.StreamCount >= _options.MaxChannels)
        {
            Stats.Count(SctpDrop.NoChannel);
            return true;
        }

        if (!_reassembly.TryAdd(data))
        {
            Fail($"the other end sent a message of more than {_options.MaxMessageSize} bytes", tellPeer: true);
            return false;
        }

        return true;
    }

    private bool HandleForwardTsn(ReadOnlySpan<byte> body)
    {
        if (_received is null || _state < State.Established)
        {
            return Drop(SctpDrop.UnexpectedChunk);
        }

        if (!ForwardTsnView.TryParse(body, out ForwardTsnView forward))
        {
            return Drop(SctpDrop.Malformed);
        }

        _sackDue = true;
        int step = forward.NewCumulativeTsn - _received.Cumulative;
        if (step <= 0)
        {
            return true;
        }

        if (step > OutstandingChunks.Most)
        {
            return Drop(SctpDrop.OutOfWindow);
        }

        _received.SkipTo(forward.NewCumulativeTsn);
        _reassembly.SkipTo(forward.NewCumulativeTsn);
        for (int i = 0; i < forward.StreamCount; i++)
        {
            (ushort streamId, ushort sequenceNumber) = forward.Stream(i);
            if (_reassembly.Knows(streamId) || _reassembly.StreamCount < _options.MaxChannels)
            {
                _reassembly.SkipOrdered(streamId, sequenceNumber);
            }
        }

        return true;
    }

    private void FinishReceiving(Instant now)
    {
        HandOnMessages();
        PerformDeferredReset();
        if (!_dataSeen)
        {
            return;
        }

        _dataSeen = false;
        _packetsSinceSack++;
        if (_packetsSinceSack >= PacketsForSack || _received!.HasGaps)
        {
            _sackDue = true;
        }
        else if (!_sackDue && _sackAt == Instant.Never && _state != State.Closed)
        {
            _sackAt = now + _options.SackDelay;
        }
    }

    private void WriteSack(ref SctpPacketWriter packet)
    {
        _announcedWindow = ReceiveWindow;
        _received!.WriteSack(ref packet, _announcedWindow);
        _sackDue = false;
        _sackAt = Instant.Never;
        _packetsSinceSack = 0;
    }

    /// <summary>Tells a sender that stood still that there is room again.</summary>
    private void AnnounceOpenedWindow()
    {
        int quarter = _options.ReceiveBufferSize / 4;
        _sackDue |= _received is not null && IsConnected && _announcedWindow < quarter && ReceiveWindow >= 2 * quarter;
    }
}
