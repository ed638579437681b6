namespace Rtc.Peer.Sctp;

/// <summary>
/// SCTP over DTLS (RFC 9260, RFC 8261) with data channels on top (RFC 8831, RFC 8832), without I/O. One loop owns it:
/// packets go in by <see cref="Receive"/>, time by <see cref="Advance"/>; afterwards packets and events are taken out
/// until there are none. Packets are written when they are taken, so that none waits in a queue. It reads packets and gives
/// each chunk to the part that knows it.
/// </summary>
internal sealed class SctpAssociation : IDisposable
{
    private readonly SctpOptions _options;
    private readonly SctpMemory _memory = new();
    private readonly AssociationContext _context;
    private readonly DataChannels _channels;
    private readonly DataReceiver _receiver;
    private readonly DataSender _sender;
    private readonly StreamReset _resets;
    private readonly Heartbeat _heartbeat;
    private readonly Handshake _handshake;
    private readonly AssociationEnd _end;
    private bool _endIsTold;

    public SctpAssociation(SctpOptions options)
    {
        _options = options;
        byte[] cookieKey = new byte[16];
        options.Random.Fill(cookieKey);
        uint localTag = Handshake.DrawTag(options.Random);
        var firstTsn = new Tsn(options.Random.NextUInt32());

        var reassembly = new Reassembly(_memory, options.MaxMessageSize);
        _context = new AssociationContext(options, new SctpEventQueue(reassembly));
        var queue = new SendQueue(_memory, Stats, options.SendBufferSize);
        _channels = new DataChannels(_context, queue, reassembly);
        _receiver = new DataReceiver(_context, reassembly);
        _sender = new DataSender(_context, queue, firstTsn);
        _resets = new StreamReset(_context, _channels, _sender, _receiver, queue, reassembly, firstTsn);
        _heartbeat = new Heartbeat(_context, _sender);
        _handshake = new Handshake(_context, _receiver, _sender, _channels, _resets, _heartbeat, firstTsn, localTag, cookieKey);
        _end = new AssociationEnd(_context, _sender, _receiver);
    }

    public SctpStats Stats => _context.Stats;

    /// <summary>Rented arrays that are still held: zero after closing and taking the last event, and after <see cref="Dispose"/>.</summary>
    public int BuffersHeld => _memory.Outstanding;

    public bool IsConnected => _context.IsConnected;

    public bool IsClosed => _context.IsClosed;

    public int ChannelCount => _channels.Count;

    /// <summary>When <see cref="Advance"/> has something to do.</summary>
    public Instant NextDeadline =>
        Instant.Min(
            Instant.Min(Instant.Min(_handshake.NextDeadline, _sender.NextDeadline), _receiver.NextDeadline),
            Instant.Min(Instant.Min(_resets.NextDeadline, _end.NextDeadline), _heartbeat.NextDeadline));

    /// <summary>Begins the handshake; both ends do (RFC 8841 section 9.3). The DTLS client's channels have even stream ids.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isDtlsClient">Which end this is.</param>
    /// <param name="remotePort">Out of the other end's description.</param>
    /// <param name="remoteMaxMessageSize">Out of the other end's description, which may not have been known when the options were
    /// made.</param>
    public void Connect(Instant now, bool isDtlsClient, ushort remotePort, int? remoteMaxMessageSize = null)
    {
        if (_context.State != AssociationState.Idle)
        {
            throw new InvalidOperationException("an association connects once");
        }

        _context.RemotePort = remotePort;
        _channels.Begin(isDtlsClient, remoteMaxMessageSize ?? _options.RemoteMaxMessageSize);
        _handshake.Begin(now);
    }

    public void Receive(Instant now, ReadOnlySpan<byte> packet)
    {
        Stats.PacketsReceived++;
        Stats.BytesReceived += packet.Length;
        if (_context.State is AssociationState.Idle or AssociationState.Closed)
        {
            Stats.Count(SctpDrop.UnexpectedChunk);
            return;
        }

        if (!SctpPacketView.TryParse(packet, out SctpPacketView view, out SctpDrop error))
        {
            Stats.Count(error);
            return;
        }

        if (view.DestinationPort != _options.LocalPort || view.SourcePort != _context.RemotePort)
        {
            Stats.Count(SctpDrop.WrongPort);
            return;
        }

        ReadChunks(now, view);
        _channels.HandOnMessages();
        _resets.PerformDeferred();
        _receiver.FinishPacket(now);
        LetGoIfClosed();
    }

    public void Advance(Instant now)
    {
        if (_context.State is AssociationState.Idle or AssociationState.Closed)
        {
            return;
        }

        _handshake.Advance(now);
        _sender.Advance(now);
        _receiver.Advance(now);
        _resets.Advance(now);
        _end.Advance(now);
        _heartbeat.Advance(now);
        LetGoIfClosed();
    }

    /// <summary>The next event. The payload of the one before becomes invalid.</summary>
    public bool TryTakeEvent(out SctpEvent taken)
    {
        if (_context.Events.TakeBackLent())
        {
            _receiver.AnnounceOpenedWindow();
        }

        return _context.Events.TryTake(out taken);
    }

    /// <summary>Writes the next packet; false when there is nothing to send now.</summary>
    public bool TryTakePacket(Instant now, Span<byte> buffer, out int length)
    {
        buffer = buffer[..Math.Min(buffer.Length, _options.MaxPacketSize & ~3)];
        length = _context.FinalChunk != FinalChunk.None ? _end.WriteFinalChunk(buffer)
            : _context.State is AssociationState.Idle or AssociationState.Closed ? 0
            : _handshake.WritePacket(buffer);
        if (length == 0 && _context.State is >= AssociationState.Established and < AssociationState.Closed)
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

    /// <summary>
    /// Opens a channel, also before the association stands. Returns the number by which it is named here, which is not
    /// the stream's; −1 when there are too many.
    /// </summary>
    public int OpenChannel(string label, ChannelOptions options) => _channels.Open(label, options);

    /// <summary>Queues a message. Its bytes are copied.</summary>
    public SctpSendResult Send(Instant now, int channelId, ReadOnlySpan<byte> payload, bool isText) =>
        _channels.Send(now, channelId, payload, isText);

    /// <summary>Bytes of a channel that haven't left yet.</summary>
    public long BufferedAmount(int channelId) => _channels.BufferedAmount(channelId);

    /// <summary>Closes a channel once what was sent on it has arrived; <see cref="SctpEventKind.ChannelClosed"/> follows.</summary>
    public void CloseChannel(int channelId) => _channels.Close(channelId);

    /// <summary>Ends the association after everything sent has arrived; nothing new is taken from now on.</summary>
    public void Shutdown() => _end.Begin();

    /// <summary>Ends the association at once: an ABORT leaves with the next packet taken, and everything held is let go.</summary>
    public void Close(string reason = "closed")
    {
        if (_context.State is AssociationState.Idle or AssociationState.Closed)
        {
            _context.State = AssociationState.Closed;
            return;
        }

        _context.Fail(reason, tellPeer: true);
        LetGoIfClosed();
    }

    public void Dispose()
    {
        _context.State = AssociationState.Closed;
        _context.FinalChunk = FinalChunk.None;
        LetGoIfClosed();
        _context.Events.Clear();
    }

    private void ReadChunks(Instant now, SctpPacketView packet)
    {
        ChunkReader chunks = packet.Chunks;
        bool first = true;
        while (!_context.IsClosed && chunks.TryRead(out ChunkView chunk))
        {
            if (!TagFits(packet.VerificationTag, chunk, first && chunks.IsAtEnd))
            {
                Stats.Count(SctpDrop.WrongTag);
                break;
            }

            first = false;
            if (!Dispatch(now, chunk, packet.VerificationTag))
            {
                break;
            }
        }

        if (chunks.IsMalformed)
        {
            Stats.Count(SctpDrop.Malformed);
        }
    }

    // RFC 9260 section 8.5: which tag a packet must carry, by what it holds.
    private bool TagFits(uint tag, ChunkView chunk, bool alone) => chunk.Type switch
    {
        ChunkType.Init => tag == 0 && alone,
        // The cookie says which tag belongs to it.
        ChunkType.CookieEcho => true,
        ChunkType.Abort or ChunkType.ShutdownComplete when (chunk.Flags & ChunkFlags.ReflectedTag) != 0 =>
            tag == _context.Peer.Tag && tag != 0,
        _ => tag == _handshake.LocalTag,
    };

    /// <summary>False when the rest of the packet is not to be read.</summary>
    private bool Dispatch(Instant now, ChunkView chunk, uint tag)
    {
        switch (chunk.Type)
        {
            case ChunkType.Data:
                return _receiver.HandleData(chunk);
            case ChunkType.Sack:
                return _sender.HandleSack(now, chunk.Body);
            case ChunkType.ForwardTsn:
                return _receiver.HandleForwardTsn(chunk.Body);
            case ChunkType.Reconfig:
                return _resets.HandleReconfig(now, chunk.Body);
            case ChunkType.Heartbeat:
                return _heartbeat.HandleRequest(chunk.Body);
            case ChunkType.HeartbeatAck:
                return _heartbeat.HandleReply(now, chunk.Body);
            case ChunkType.Init:
                return _handshake.HandleInit(now, chunk.Body);
            case ChunkType.InitAck:
                return _handshake.HandleInitAck(now, chunk.Body);
            case ChunkType.CookieEcho:
                return _handshake.HandleCookieEcho(now, chunk.Body, tag);
            case ChunkType.CookieAck:
                return _handshake.HandleCookieAck(now);
            case ChunkType.Abort:
                return _end.HandleAbort(chunk.Body);
            case ChunkType.Shutdown:
                return _end.HandleShutdown(now, chunk.Body);
            case ChunkType.ShutdownAck:
                return _end.HandleShutdownAck();
            case ChunkType.ShutdownComplete:
                return _end.HandleShutdownComplete();
            case ChunkType.Error:
                return true;
            default:
                Stats.Count(SctpDrop.UnexpectedChunk);
                // RFC 9260 section 3.2: the highest bit says whether to go on behind a type that isn't known.
                return ((byte)chunk.Type & 0x80) != 0;
        }
    }

    private int WriteEstablished(Instant now, Span<byte> buffer)
    {
        SctpPacketWriter packet = _context.Packet(buffer);
        _handshake.WriteCookieAck(ref packet);
        _heartbeat.WriteReply(ref packet);
        bool sackGoes = _receiver.SackWaits && (_receiver.SackDue || _sender.CanSendData(now));
        if (sackGoes && packet.Room >= SctpSizes.ChunkHeader + SctpSizes.SackBody)
        {
            _receiver.WriteSack(ref packet);
        }

        _sender.WriteForwardTsn(now, ref packet);
        _resets.Write(now, ref packet);
        _heartbeat.Write(now, ref packet);
        _sender.WriteData(now, ref packet);
        _end.Write(now, ref packet);
        return packet.IsEmpty ? 0 : packet.Finish();
    }

    private void LetGoIfClosed()
    {
        if (!_context.IsClosed)
        {
            return;
        }

        _handshake.Clear();
        _sender.Clear();
        _receiver.Clear();
        _channels.Clear();
        _resets.Clear();
        _end.Clear();
        _heartbeat.Clear();
        if (!_endIsTold)
        {
            _endIsTold = true;
            _context.Events.Enqueue(new PendingEvent { Kind = SctpEventKind.Closed, Text = _context.CloseReason });
        }
    }
}
