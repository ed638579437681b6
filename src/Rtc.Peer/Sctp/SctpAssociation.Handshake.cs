using System.Buffers.Binary;

namespace Rtc.Peer.Sctp;

// INIT, INIT ACK, COOKIE ECHO, COOKIE ACK (RFC 9260 section 5). In WebRTC both ends begin, so that the
// crossing of two INITs (section 5.2) is the rule.
internal sealed partial class SctpAssociation
{
    // A cookie longer than this wouldn't fit into a packet of ours.
    private const int LongestCookie = 1024;
    private const ushort Streams = ushort.MaxValue;

    // DTLS has just shown that the other end is there, so what got lost is asked for again within a second,
    // for about a minute.
    private const int MaxHandshakeTries = 60;
    private static readonly TimeSpan s_longestHandshakeWait = TimeSpan.FromSeconds(1);

    private Instant _handshakeAt = Instant.Never;
    private bool _handshakePacketDue;
    private int _handshakeTries;
    private StateCookie? _initAckDue;
    private bool _cookieAckDue;
    private byte[] _cookie = [];
    private uint _peerTag;
    private uint _peerWindow;
    private int _peerInboundStreams;
    private bool _peerForwardTsn;
    private bool _peerReconfig;

    private bool HandleInit(Instant now, ReadOnlySpan<byte> body)
    {
        if (!InitView.TryParse(body, out InitView init))
        {
            return Drop(SctpDrop.Malformed);
        }

        // While the handshake runs the answer repeats our own INIT; afterwards it takes a new tag, so that the
        // cookie's return can be told from an old one's (section 5.2.2).
        bool opening = _state is State.CookieWait or State.CookieEchoed;
        _initAckDue = new StateCookie
        {
            CreatedAt = now,
            LocalTag = opening ? _localTag : DrawTag(),
            PeerTag = init.InitiateTag,
            PeerTsn = init.InitialTsn,
            PeerWindow = init.ReceiverWindow,
            PeerInboundStreams = init.InboundStreams,
            ForwardTsn = init.SupportsForwardTsn,
            Reconfig = init.SupportsReconfig,
        };
        return false;
    }

    private bool HandleInitAck(Instant now, ReadOnlySpan<byte> body)
    {
        if (_state != State.CookieWait)
        {
            return Drop(SctpDrop.UnexpectedChunk);
        }

        if (!InitView.TryParse(body, out InitView init) || init.Cookie.IsEmpty || init.Cookie.Length > LongestCookie)
        {
            return Drop(SctpDrop.Malformed);
        }

        LearnPeer(
            init.InitiateTag, init.InitialTsn, init.ReceiverWindow, init.InboundStreams, init.SupportsForwardTsn, init.SupportsReconfig);
        _cookie = init.Cookie.ToArray();
        _state = State.CookieEchoed;
        _handshakeTries = 0;
        _handshakePacketDue = true;
        _handshakeAt = now + _rto.Value;
        return true;
    }

    private bool HandleCookieEcho(Instant now, ReadOnlySpan<byte> body, uint tag)
    {
        if (!StateCookie.TryRead(body, _cookieKey, now, out StateCookie cookie) || cookie.LocalTag != tag)
        {
            return Drop(SctpDrop.BadCookie);
        }

        // Section 5.2.4, table 12.
        bool localFits = cookie.LocalTag == _localTag, peerFits = cookie.PeerTag == _peerTag;
        if (!localFits)
        {
            if (!peerFits)
            {
                // A: the other end began anew; its channels are gone, and ours with them.
                Fail("the other end restarted the association", tellPeer: true);
            }

            // C: a late copy.
            return Drop(SctpDrop.BadCookie);
        }

        bool opening = _state is State.CookieWait or State.CookieEchoed;
        if (!opening && !peerFits)
        {
            return Drop(SctpDrop.BadCookie);
        }

        if (opening)
        {
            // B (tags crossed) and D (all is known) alike: the cookie has everything.
            LearnPeer(cookie.PeerTag, cookie.PeerTsn, cookie.PeerWindow, cookie.PeerInboundStreams, cookie.ForwardTsn, cookie.Reconfig);
            Establish(now);
        }

        _cookieAckDue = true;
        return true;
    }

    private bool HandleCookieAck(Instant now)
    {
        if (_state == State.CookieEchoed)
        {
            Establish(now);
        }

        return true;
    }

    private void LearnPeer(uint tag, Tsn firstTsn, uint window, ushort inboundStreams, bool forwardTsn, bool reconfig)
    {
        if (_received is null || _peerTag != tag)
        {
            _received = new ReceivedTsns(firstTsn);
            _expectedRequestNumber = firstTsn.Value;
        }

        _peerTag = tag;
        _peerWindow = window;
        _peerInboundStreams = inboundStreams;
        _peerForwardTsn = forwardTsn;
        _peerReconfig = reconfig;
    }

    private void Establish(Instant now)
    {
        _state = State.Established;
        _handshakeAt = Instant.Never;
        _handshakePacketDue = false;
        _cookie = [];
        _rto.Progressed();
        _heartbeatAt = now + _options.HeartbeatInterval;
        _events.Enqueue(new PendingEvent { Kind = SctpEventKind.Connected });
        OpenWaitingChannels();
    }

    private void HandshakeTimedOut(Instant now)
    {
        _handshakeTries++;
        if (_handshakeTries > MaxHandshakeTries)
        {
            Fail("the other end did not answer the SCTP handshake", tellPeer: false);
            return;
        }

        _handshakePacketDue = true;
        TimeSpan backedOff = _rto.Value * Math.Min(1 << Math.Min(_handshakeTries, 4), 16);
        _handshakeAt = now + (backedOff < s_longestHandshakeWait ? backedOff : s_longestHandshakeWait);
    }

    private int WriteInit(Span<byte> buffer)
    {
        var packet = new SctpPacketWriter(buffer, _options.LocalPort, _remotePort, 0);
        Span<byte> body = packet.Chunk(ChunkType.Init, 0, SctpSizes.InitBody + ExtensionsLength);
        WriteInitBody(body, _localTag);
        WriteExtensions(body[SctpSizes.InitBody..]);
        return packet.Finish();
    }

    private int WriteInitAck(Span<byte> buffer, StateCookie cookie)
    {
        var packet = new SctpPacketWriter(buffer, _options.LocalPort, _remotePort, cookie.PeerTag);
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

    private void WriteInitBody(Span<byte> body, uint tag)
    {
        BinaryPrimitives.WriteUInt32BigEndian(body, tag);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], (uint)_options.ReceiveBufferSize);
        BinaryPrimitives.WriteUInt16BigEndian(body[8..], Streams);
        BinaryPrimitives.WriteUInt16BigEndian(body[10..], Streams);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], _initialTsn.Value);
    }

    // Forward-TSN-Supported (RFC 3758 section 3.1), then Supported Extensions with RE-CONFIG and FORWARD TSN (RFC 5061 section 4.2.7).
    private const int ExtensionsLength = 4 + 6;

    private static void WriteExtensions(Span<byte> parameters)
    {
        BinaryPrimitives.WriteUInt16BigEndian(parameters, (ushort)ParameterType.ForwardTsnSupported);
        BinaryPrimitives.WriteUInt16BigEndian(parameters[2..], 4);
        BinaryPrimitives.WriteUInt16BigEndian(parameters[4..], (ushort)ParameterType.SupportedExtensions);
        BinaryPrimitives.WriteUInt16BigEndian(parameters[6..], 6);
        parameters[8] = (byte)ChunkType.Reconfig;
        parameters[9] = (byte)ChunkType.ForwardTsn;
    }

    private int WriteCookieEcho(Span<byte> buffer)
    {
        var packet = new SctpPacketWriter(buffer, _options.LocalPort, _remotePort, _peerTag);
        _cookie.CopyTo(packet.Chunk(ChunkType.CookieEcho, 0, _cookie.Length));
        return packet.Finish();
    }
}
