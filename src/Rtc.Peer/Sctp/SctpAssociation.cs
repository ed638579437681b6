namespace Rtc.Peer.Sctp;

/// <summary>
/// SCTP over DTLS (RFC 9260, RFC 8261) with data channels on top (RFC 8831, RFC 8832), without I/O. One loop owns it:
/// packets go in by <see cref="Receive"/>, time by <see cref="Advance"/>; afterwards packets and events are taken out
/// until there are none. Packets are written when they are taken, so that none waits in a queue.
/// </summary>
internal sealed partial class SctpAssociation : IDisposable
{
    private enum State : byte
    {
        Idle,
        CookieWait,
        CookieEchoed,
        Established,
        ShutdownPending,
        ShutdownSent,
        ShutdownReceived,
        ShutdownAckSent,
        Closed,
    }

    private readonly SctpOptions _options;
    private readonly SctpMemory _memory = new();
    private readonly SendQueue _queue;
    private readonly OutstandingChunks _outstanding;
    private readonly Reassembly _reassembly;
    private readonly CongestionWindow _window;
    private readonly RetransmissionTimeout _rto;
    private readonly Queue<PendingEvent> _events = new();
    private readonly byte[] _cookieKey = new byte[16];
    private readonly uint _localTag;
    private readonly Tsn _initialTsn;
    private readonly int _maxPayload;
    private readonly PeerRandom _random;
    private State _state;
    private ushort _remotePort;
    private int _remoteMaxMessageSize;
    private ReceivedTsns? _received;
    private IncomingMessage? _lent;

    public SctpAssociation(SctpOptions options)
    {
        _options = options;
        _random = options.Random;
        _random.Fill(_cookieKey);
        _localTag = DrawTag();
        _initialTsn = new Tsn(_random.NextUInt32());
        _maxPayload = (options.MaxPacketSize - SctpSizes.CommonHeader - SctpSizes.DataHeader) & ~3;
        _queue = new SendQueue(_memory, Stats, options.SendBufferSize);
        _outstanding = new OutstandingChunks(_queue, _initialTsn);
        _reassembly = new Reassembly(_memory, options.MaxMessageSize);
        _window = new CongestionWindow(_maxPayload);
        _rto = new RetransmissionTimeout(options);
        _nextRequestNumber = _initialTsn.Value;
    }

    public SctpStats Stats { get; } = new();

    /// <summary>Rented arrays that are still held: zero after closing and taking the last event, and after <see cref="Dispose"/>.</summary>
    public int BuffersHeld => _memory.Outstanding;

    public bool IsConnected => _state is State.Established or State.ShutdownPending;

    public bool IsClosed => _state == State.Closed;

    /// <summary>When <see cref="Advance"/> has something to do.</summary>
    public Instant NextDeadline =>
        Instant.Min(
            Instant.Min(Instant.Min(_handshakeAt, _retransmitAt), Instant.Min(_sackAt, _resetAt)),
            Instant.Min(Instant.Min(_shutdownAt, _heartbeatAt), _probeAt));

    /// <summary>Begins the handshake; both ends do (RFC 8841 section 9.3). The DTLS client's channels have even stream ids.</summary>
    /// <param name="remoteMaxMessageSize">Out of the other end's description, which may not have been known when the options were
    /// made.</param>
    public void Connect(Instant now, bool isDtlsClient, ushort remotePort, int? remoteMaxMessageSize = null)
    {
        if (_state != State.Idle)
        {
            throw new InvalidOperationException("an association connects once");
        }

        _remotePort = remotePort;
        _remoteMaxMessageSize = remoteMaxMessageSize ?? _options.RemoteMaxMessageSize;
        _nextStreamId = isDtlsClient ? 0 : 1;
        _state = State.CookieWait;
        _handshakePacketDue = true;
        _handshakeAt = now + _rto.Value;
    }

    public void Receive(Instant now, ReadOnlySpan<byte> packet)
    {
        Stats.PacketsReceived++;
        Stats.BytesReceived += packet.Length;
        if (_state is State.Idle or State.Closed)
        {
            Stats.Count(SctpDrop.UnexpectedChunk);
            return;
        }

        if (!SctpPacketView.TryParse(packet, out SctpPacketView view, out SctpDrop error))
        {
            Stats.Count(error);
            return;
        }

        if (view.DestinationPort != _options.LocalPort || view.SourcePort != _remotePort)
        {
            Stats.Count(SctpDrop.WrongPort);
            return;
        }

        ChunkReader chunks = view.Chunks;
        bool first = true;
        while (_state != State.Closed && chunks.TryRead(out ChunkView chunk))
        {
            if (!TagFits(view.VerificationTag, chunk, first && chunks.IsAtEnd))
            {
                Stats.Count(SctpDrop.WrongTag);
                break;
            }

            first = false;
            if (!Dispatch(now, chunk, view.VerificationTag))
            {
                break;
            }
        }

        if (chunks.IsMalformed)
        {
            Stats.Count(SctpDrop.Malformed);
        }

        FinishReceiving(now);
    }

    public void Advance(Instant now)
    {
        if (_state is State.Idle or State.Closed)
        {
            return;
        }

        if (_handshakeAt <= now)
        {
            HandshakeTimedOut(now);
        }

        if (_retransmitAt <= now)
        {
            RetransmissionTimedOut(now);
        }

        if (_probeAt <= now)
        {
            ProbeElapsed(now);
        }

        if (_sackAt <= now)
        {
            _sackAt = Instant.Never;
            _sackDue = true;
        }

        if (_resetAt <= now)
        {
            ResetTimedOut(now);
        }

        if (_shutdownAt <= now)
        {
            ShutdownTimedOut(now);
        }

        if (_heartbeatAt <= now)
        {
            HeartbeatElapsed(now);
        }
    }

    /// <summary>The next event. The payload of the one before becomes invalid.</summary>
    public bool TryTakeEvent(out SctpEvent taken)
    {
        GiveBackLent();
        if (!_events.TryDequeue(out PendingEvent pending))
        {
            taken = default;
            return false;
        }

        ReadOnlyMemory<byte> payload = default;
        if (pending.Message is { } message)
        {
            _lent = message;
            payload = pending.IsEmpty ? default : message.Buffer.AsMemory(0, message.Length);
        }

        taken = new SctpEvent
        {
            Kind = pending.Kind,
            ChannelId = pending.ChannelId,
            Text = pending.Text,
            Protocol = pending.Protocol,
            IsRemote = pending.IsRemote,
            IsText = pending.IsText,
            Payload = payload,
        };
        return true;
    }

    /// <summary>Ends the association at once: an ABORT leaves with the next packet taken, and everything held is let go.</summary>
    public void Close(Instant now, string reason = "closed")
    {
        _ = now;
        if (_state is State.Idle or State.Closed)
        {
            _state = State.Closed;
            return;
        }

        Fail(reason, tellPeer: true);
    }

    public void Dispose()
    {
        LetGo();
        GiveBackLent();
        while (_events.TryDequeue(out PendingEvent pending))
        {
            if (pending.Message is { } message)
            {
                _reassembly.Release(message);
            }
        }

        _state = State.Closed;
        _lastWord = LastWord.None;
    }

    // RFC 9260 section 8.5: which tag a packet must carry, by what it holds.
    private bool TagFits(uint tag, ChunkView chunk, bool alone) => chunk.Type switch
    {
        ChunkType.Init => tag == 0 && alone,
        // The cookie says which tag belongs to it.
        ChunkType.CookieEcho => true,
        ChunkType.Abort or ChunkType.ShutdownComplete when (chunk.Flags & ChunkFlags.ReflectedTag) != 0 => tag == _peerTag && _peerTag != 0,
        _ => tag == _localTag,
    };

    /// <summary>False when the rest of the packet is not to be read.</summary>
    private bool Dispatch(Instant now, ChunkView chunk, uint tag)
    {
        switch (chunk.Type)
        {
            case ChunkType.Data:
                return HandleData(chunk);
            case ChunkType.Sack:
                return HandleSack(now, chunk.Body);
            case ChunkType.ForwardTsn:
                return HandleForwardTsn(chunk.Body);
            case ChunkType.Reconfig:
                return HandleReconfig(now, chunk.Body);
            case ChunkType.Heartbeat:
                return HandleHeartbeat(chunk.Body);
            case ChunkType.HeartbeatAck:
                return HandleHeartbeatAck(now, chunk.Body);
            case ChunkType.Init:
                return HandleInit(now, chunk.Body);
            case ChunkType.InitAck:
                return HandleInitAck(now, chunk.Body);
            case ChunkType.CookieEcho:
                return HandleCookieEcho(now, chunk.Body, tag);
            case ChunkType.CookieAck:
                return HandleCookieAck(now);
            case ChunkType.Abort:
                return HandleAbort(chunk.Body);
            case ChunkType.Shutdown:
                return HandleShutdown(now, chunk.Body);
            case ChunkType.ShutdownAck:
                return HandleShutdownAck();
            case ChunkType.ShutdownComplete:
                return HandleShutdownComplete();
            case ChunkType.Error:
                return true;
            default:
                Stats.Count(SctpDrop.UnexpectedChunk);
                // RFC 9260 section 3.2: the highest bit says whether to go on behind a type that isn't known.
                return ((byte)chunk.Type & 0x80) != 0;
        }
    }

    private bool Drop(SctpDrop reason)
    {
        Stats.Count(reason);
        return false;
    }

    private void Fail(string reason, bool tellPeer)
    {
        if (_state == State.Closed)
        {
            return;
        }

        _lastWord = tellPeer ? LastWord.Abort : LastWord.None;
        _abortReason = reason;
        Finish(reason);
    }

    private void Finish(string reason)
    {
        _state = State.Closed;
        LetGo();
        _events.Enqueue(new PendingEvent { Kind = SctpEventKind.Closed, Text = reason });
    }

    private void LetGo()
    {
        _outstanding.Clear();
        _queue.Clear();
        _reassembly.Clear();
        _channels.Clear();
        _channelsByStream.Clear();
        _closing.Clear();
        _handshakeAt = _retransmitAt = _probeAt = _sackAt = _resetAt = _shutdownAt = _heartbeatAt = Instant.Never;
    }

    private void GiveBackLent()
    {
        if (_lent is { } message)
        {
            _lent = null;
            _reassembly.Release(message);
            AnnounceOpenedWindow();
        }
    }

    private uint DrawTag()
    {
        uint tag;
        do
        {
            tag = _random.NextUInt32();
        }
        while (tag == 0);

        return tag;
    }

    /// <summary>An event that waits to be taken, with the message whose buffer it owns.</summary>
    private readonly record struct PendingEvent
    {
        public SctpEventKind Kind { get; init; }

        public int ChannelId { get; init; }

        public string Text { get; init; }

        public string Protocol { get; init; }

        public bool IsRemote { get; init; }

        public bool IsText { get; init; }

        public bool IsEmpty { get; init; }

        public IncomingMessage? Message { get; init; }
    }
}
