using System.Buffers.Binary;

namespace Rtc.Peer.Sctp;

/// <summary>
/// INIT, INIT ACK, COOKIE ECHO, COOKIE ACK (RFC 9260 section 5). In WebRTC both ends begin, so that the crossing of two
/// INITs (section 5.2) is the rule. What it learns of the other end it gives to the parts that move data.
/// </summary>
internal sealed class Handshake
{
    // A cookie longer than this wouldn't fit into a packet of ours.
    private const int MaxCookie = 1024;
    private const ushort Streams = ushort.MaxValue;

    // Forward-TSN-Supported (RFC 3758 section 3.1), then Supported Extensions with RE-CONFIG and FORWARD TSN (RFC 5061 section 4.2.7).
    private const int ExtensionsLength = 4 + 6;

    // DTLS has just shown that the other end is there, so what got lost is asked for again within a second,
    // for about a minute.
    private const int MaxTries = 60;
    private static readonly TimeSpan s_maxWait = TimeSpan.FromSeconds(1);

    private readonly AssociationContext _context;
    private readonly DataReceiver _receiver;
    private readonly DataSender _sender;
    private readonly DataChannels _channels;
    private readonly StreamReset _resets;
    private readonly Heartbeat _heartbeat;
    private readonly Tsn _firstTsn;
    private readonly byte[] _cookieKey;
    private bool _packetDue;
    private int _tries;
    private StateCookie? _initAckDue;
    private bool _cookieAckDue;
    private byte[] _cookie = [];

    /// <param name="context">The association's.</param>
    /// <param name="receiver">Is told the other end's first TSN.</param>
    /// <param name="sender">Is told the other end's window.</param>
    /// <param name="channels">Open once the association stands.</param>
    /// <param name="resets">Are told the other end's first TSN.</param>
    /// <param name="heartbeat">Begins once the association stands.</param>
    /// <param name="firstTsn">This end's.</param>
    /// <param name="localTag">Has to be in every packet to this end.</param>
    /// <param name="cookieKey">Signs what the other end hands back.</param>
    public Handshake(
        AssociationContext context, DataReceiver receiver, DataSender sender, DataChannels channels, StreamReset resets,
        Heartbeat heartbeat, Tsn firstTsn, uint localTag, byte[] cookieKey)
    {
        _context = context;
        _receiver = receiver;
        _sender = sender;
        _channels = channels;
        _resets = resets;
        _heartbeat = heartbeat;
        _firstTsn = firstTsn;
        LocalTag = localTag;
        _cookieKey = cookieKey;
    }

    public uint LocalTag { get; }

    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>A verification tag is never zero.</summary>
    public static uint DrawTag(PeerRandom random)
    {
        uint tag;
        do
        {
            tag = random.NextUInt32();
        }
        while (tag == 0);

        return tag;
    }

    public void Begin(Instant now)
    {
        _context.State = AssociationState.CookieWait;
        _packetDue = true;
        NextDeadline = now + _context.Rto.Value;
    }

    public bool HandleInit(Instant now, ReadOnlySpan<byte> body)
    {
        if (!InitView.TryParse(body, out InitView init))
        {
            return _context.Drop(SctpDrop.Malformed);
        }

        // While the handshake runs the answer repeats our own INIT; afterwards it takes a new tag, so that the
        // cookie's return can be told from an old one's (section 5.2.2).
        _initAckDue = new StateCookie
        {
            CreatedAt = now,
            LocalTag = IsOpening ? LocalTag : DrawTag(_context.Options.Random),
            PeerTag = init.InitiateTag,
            PeerTsn = init.InitialTsn,
            PeerWindow = init.ReceiverWindow,
            PeerInboundStreams = init.InboundStreams,
            ForwardTsn = init.SupportsForwardTsn,
            Reconfig = init.SupportsReconfig,
        };
        return false;
    }

    public bool HandleInitAck(Instant now, ReadOnlySpan<byte> body)
    {
        if (_context.State != AssociationState.CookieWait)
        {
            return _context.Drop(SctpDrop.UnexpectedChunk);
        }

        if (!InitView.TryParse(body, out InitView init) || init.Cookie.IsEmpty || init.Cookie.Length > MaxCookie)
        {
            return _context.Drop(SctpDrop.Malformed);
        }

        var peer = new PeerParameters(init.InitiateTag, init.InboundStreams, init.SupportsForwardTsn, init.SupportsReconfig);
        LearnPeer(peer, init.InitialTsn, init.ReceiverWindow);
        _cookie = init.Cookie.ToArray();
        _context.State = AssociationState.CookieEchoed;
        _tries = 0;
        _packetDue = true;
        NextDeadline = now + _context.Rto.Value;
        return true;
    }

    public bool HandleCookieEcho(Instant now, ReadOnlySpan<byte> body, uint tag)
    {
        if (!StateCookie.TryRead(body, _cookieKey, now, out StateCookie cookie) || cookie.LocalTag != tag)
        {
            return _context.Drop(SctpDrop.BadCookie);
        }

        // Section 5.2.4, table 12.
        bool localFits = cookie.LocalTag == LocalTag, peerFits = cookie.PeerTag == _context.Peer.Tag;
        if (!localFits)
        {
            if (!peerFits)
            {
                // A: the other end began anew; its channels are gone, and ours with them.
                _context.Fail("the other end restarted the association", tellPeer: true);
            }

            // C: a late copy.
            return _context.Drop(SctpDrop.BadCookie);
        }

        if (!IsOpening && !peerFits)
        {
            return _context.Drop(SctpDrop.BadCookie);
        }

        if (IsOpening)
        {
            // B (tags crossed) and D (all is known) alike: the cookie has everything.
            LearnPeer(
                new PeerParameters(cookie.PeerTag, cookie.PeerInboundStreams, cookie.ForwardTsn, cookie.Reconfig), cookie.PeerTsn,
                cookie.PeerWindow);
            Establish(now);
        }

        _cookieAckDue = true;
        return true;
    }

    public bool HandleCookieAck(Instant now)
    {
        if (_context.State == AssociationState.CookieEchoed)
        {
            Establish(now);
        }

        return true;
    }

    public void Advance(Instant now)
    {
        if (NextDeadline > now)
        {
            return;
        }

        _tries++;
        if (_tries > MaxTries)
        {
            _context.Fail("the other end did not answer the SCTP handshake", tellPeer: false);
            return;
        }

        _packetDue = true;
        TimeSpan backedOff = _context.Rto.Value * Math.Min(1 << Math.Min(_tries, 4), 16);
        NextDeadline = now + (backedOff < s_maxWait ? backedOff : s_maxWait);
    }

    /// <summary>A packet that has to travel alone: INIT, INIT ACK or COOKIE ECHO; 0 where none is due.</summary>
    public int WritePacket(Span<byte> buffer)
    {
        if (_initAckDue is { } cookie)
        {
            _initAckDue = null;
            return WriteInitAck(buffer, cookie);
        }

        if (!IsOpening || !_packetDue)
        {
            return 0;
        }

        _packetDue = false;
        return _context.State == AssociationState.CookieWait ? WriteInit(buffer) : WriteCookieEcho(buffer);
    }

    public void WriteCookieAck(ref SctpPacketWriter packet)
    {
        if (_cookieAckDue)
        {
            _cookieAckDue = false;
            packet.Chunk(ChunkType.CookieAck, 0, 0);
        }
    }

    public void Clear() => NextDeadline = Instant.Never;

    private bool IsOpening => _context.State is AssociationState.CookieWait or AssociationState.CookieEchoed;

    private void LearnPeer(PeerParameters peer, Tsn firstTsn, uint window)
    {
        if (!_receiver.HasBegun || _context.Peer.Tag != peer.Tag)
        {
            _receiver.Begin(firstTsn);
            _resets.Begin(firstTsn);
        }

        _context.Peer = peer;
        _sender.PeerWindow = window;
    }

    private void Establish(Instant now)
    {
        _context.State = AssociationState.Established;
        NextDeadline = Instant.Never;
        _packetDue = false;
        _cookie = [];
        _context.Rto.Progressed();
        _heartbeat.Begin(now);
        _context.Events.Enqueue(new PendingEvent { Kind = SctpEventKind.Connected });
        _channels.OpenWaiting();
    }

    private int WriteInit(Span<byte> buffer)
    {
        SctpPacketWriter packet = PacketWithTag(buffer, 0);
        Span<byte> body = packet.Chunk(ChunkType.Init, 0, SctpSizes.InitBody + ExtensionsLength);
        WriteInitBody(body, LocalTag);
        WriteExtensions(body[SctpSizes.InitBody..]);
        return packet.Finish();
    }

    private int WriteInitAck(Span<byte> buffer, StateCookie cookie)
    {
        SctpPacketWriter packet = PacketWithTag(buffer, cookie.PeerTag);
        Span<byte> body = packet.Chunk(
            ChunkType.InitAck, 0, SctpSizes.InitBody + SctpSizes.ChunkHeader + StateCookie.Length + ExtensionsLength);
        WriteInitBody(body, cookie.LocalTag);
        Span<byte> parameter = body[SctpSizes.InitBody..];
        BinaryPrimitives.WriteUInt16BigEndian(parameter, (ushort)ParameterType.StateCookie);
        BinaryPrimitives.WriteUInt16BigEndian(parameter[2..], SctpSizes.ChunkHeader + StateCookie.Length);
        cookie.Write(parameter[SctpSizes.ChunkHeader..], _cookieKey);
        WriteExtensions(parameter[(SctpSizes.ChunkHeader + StateCookie.Length)..]);
        return packet.Finish();
    }

    private int WriteCookieEcho(Span<byte> buffer)
    {
        SctpPacketWriter packet = _context.Packet(buffer);
        _cookie.CopyTo(packet.Chunk(ChunkType.CookieEcho, 0, _cookie.Length));
        return packet.Finish();
    }

    private SctpPacketWriter PacketWithTag(Span<byte> buffer, uint tag) =>
        new(buffer, _context.Options.LocalPort, _context.RemotePort, tag);

    private void WriteInitBody(Span<byte> body, uint tag)
    {
        BinaryPrimitives.WriteUInt32BigEndian(body, tag);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], (uint)_context.Options.ReceiveBufferSize);
        BinaryPrimitives.WriteUInt16BigEndian(body[8..], Streams);
        BinaryPrimitives.WriteUInt16BigEndian(body[10..], Streams);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], _firstTsn.Value);
    }

    private static void WriteExtensions(Span<byte> parameters)
    {
        BinaryPrimitives.WriteUInt16BigEndian(parameters, (ushort)ParameterType.ForwardTsnSupported);
        BinaryPrimitives.WriteUInt16BigEndian(parameters[2..], 4);
        BinaryPrimitives.WriteUInt16BigEndian(parameters[4..], (ushort)ParameterType.SupportedExtensions);
        BinaryPrimitives.WriteUInt16BigEndian(parameters[6..], 6);
        parameters[8] = (byte)ChunkType.Reconfig;
        parameters[9] = (byte)ChunkType.ForwardTsn;
    }
}
