namespace Rtc.Peer.Sctp;

/// <summary>DATA and FORWARD TSN in, SACK out (RFC 9260 section 6.2, RFC 3758).</summary>
internal sealed class DataReceiver(AssociationContext context, Reassembly reassembly)
{
    // RFC 9260 section 6.2: at the latest every second packet with data is acknowledged.
    private const int PacketsForSack = 2;

    // Above the announced window only holes may be filled, and only up to this many times its size.
    private const int HardLimitFactor = 2;

    private readonly SctpOptions _options = context.Options;
    private ReceivedTsns? _received;
    private Instant _sackAt = Instant.Never;
    private bool _dataSeen;
    private int _packetsSinceSack;
    private uint _announcedWindow = uint.MaxValue;

    public Instant NextDeadline => _sackAt;

    /// <summary>A SACK goes with the next packet, or makes one of its own.</summary>
    public bool SackDue { get; private set; }

    /// <summary>A SACK goes along if a packet leaves anyway.</summary>
    public bool SackWaits => SackDue || _sackAt != Instant.Never;

    public bool HasBegun => _received is not null;

    /// <summary>Highest TSN up to which everything arrived or was given up.</summary>
    public Tsn Cumulative => _received!.Cumulative;

    private uint Window => (uint)Math.Max(0, _options.ReceiveBufferSize - reassembly.ChargedBytes);

    /// <summary>The other end's first TSN is known.</summary>
    public void Begin(Tsn firstTsn) => _received = new ReceivedTsns(firstTsn);

    public bool HandleData(ChunkView chunk)
    {
        if (_received is null
            || context.State is not (AssociationState.Established or AssociationState.ShutdownPending or AssociationState.ShutdownSent))
        {
            return context.Drop(SctpDrop.UnexpectedChunk);
        }

        if (!DataView.TryParse(chunk, out DataView data))
        {
            return context.Drop(SctpDrop.Malformed);
        }

        _dataSeen = true;
        SackDue |= data.WantsImmediateSack;
        int charged = reassembly.ChargedBytes;
        if ((charged >= _options.ReceiveBufferSize && data.Tsn > _received.Highest)
            || charged >= HardLimitFactor * _options.ReceiveBufferSize)
        {
            SackDue = true;
            context.Stats.Count(SctpDrop.BufferFull);
            return true;
        }

        TsnNovelty novelty = _received.Add(data.Tsn);
        if (novelty != TsnNovelty.New)
        {
            SackDue = true;
            context.Stats.Count(novelty == TsnNovelty.Duplicate ? SctpDrop.Duplicate : SctpDrop.OutOfWindow);
            return true;
        }

        // A stream costs memory here; a peer gets no more of them than channels.
        if (!data.IsUnordered && !reassembly.Knows(data.StreamId) && reassembly.StreamCount >= _options.MaxChannels)
        {
            context.Stats.Count(SctpDrop.NoChannel);
            return true;
        }

        if (!reassembly.TryAdd(data))
        {
            context.Fail($"the other end sent a message of more than {_options.MaxMessageSize} bytes", tellPeer: true);
            return false;
        }

        return true;
    }

    public bool HandleForwardTsn(ReadOnlySpan<byte> body)
    {
        if (_received is null || context.State < AssociationState.Established)
        {
            return context.Drop(SctpDrop.UnexpectedChunk);
        }

        if (!ForwardTsnView.TryParse(body, out ForwardTsnView forward))
        {
            return context.Drop(SctpDrop.Malformed);
        }

        SackDue = true;
        int step = forward.NewCumulativeTsn - _received.Cumulative;
        if (step <= 0)
        {
            return true;
        }

        if (step > OutstandingChunks.MaxChunks)
        {
            return context.Drop(SctpDrop.OutOfWindow);
        }

        _received.SkipTo(forward.NewCumulativeTsn);
        reassembly.SkipTo(forward.NewCumulativeTsn);
        for (int i = 0; i < forward.StreamCount; i++)
        {
            (ushort streamId, ushort sequenceNumber) = forward.Stream(i);
            if (reassembly.Knows(streamId) || reassembly.StreamCount < _options.MaxChannels)
            {
                reassembly.SkipOrdered(streamId, sequenceNumber);
            }
        }

        return true;
    }

    /// <summary>A whole packet was read: says when it is acknowledged.</summary>
    public void FinishPacket(Instant now)
    {
        if (!_dataSeen)
        {
            return;
        }

        _dataSeen = false;
        _packetsSinceSack++;
        if (_packetsSinceSack >= PacketsForSack || _received!.HasGaps)
        {
            SackDue = true;
        }
        else if (!SackDue && _sackAt == Instant.Never && !context.IsClosed)
        {
            _sackAt = now + _options.SackDelay;
        }
    }

    public void WriteSack(ref SctpPacketWriter packet)
    {
        _announcedWindow = Window;
        _received!.WriteSack(ref packet, _announcedWindow);
        SackDue = false;
        _sackAt = Instant.Never;
        _packetsSinceSack = 0;
    }

    /// <summary>A message was handed on: tells a sender that stood still that there is room again.</summary>
    public void AnnounceOpenedWindow()
    {
        int quarter = _options.ReceiveBufferSize / 4;
        SackDue |= _received is not null && context.IsConnected && _announcedWindow < quarter && Window >= 2 * quarter;
    }

    public void Advance(Instant now)
    {
        if (_sackAt <= now)
        {
            _sackAt = Instant.Never;
            SackDue = true;
        }
    }

    public void Clear()
    {
        reassembly.Clear();
        _sackAt = Instant.Never;
    }
}
