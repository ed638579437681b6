using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Srtp;

namespace Rtc.Peer;

internal enum InputKind : byte
{
    None,
    Rtp,
    Rtcp,

    /// <summary>DTLS came: application data may lie ready, see <see cref="PeerTransport.TryReadData"/>.</summary>
    Dtls,
}

/// <summary>
/// The three layers under media and data: ICE says where to, DTLS makes the keys and carries SCTP, SRTP guards media.
/// Owns them for one <see cref="WebRtcPeer"/>, and sorts what arrives by its first byte (RFC 7983).
/// </summary>
internal sealed class PeerTransport : IDisposable
{
    private readonly PeerOptions _options;
    private readonly DropCounters _drops;
    private readonly byte[] _plain = new byte[SrtpSession.MaxPacketBytes];
    private readonly byte[] _message = new byte[SrtpSession.MaxPacketBytes];
    private DtlsTransport? _dtls;
    private SrtpSession? _srtp;
    private bool _dtlsStarted;
    private TransportAddress _dtlsFrom;
    private Instant _dtlsAt;
    private bool _heard;
    private bool _lostStart;
    private TransportAddress _unproven;
    private long _unprovenCredit;

    public PeerTransport(PeerOptions options, PeerRandom random, DropCounters drops)
    {
        _options = options;
        _drops = drops;
        Ice = new IceAgent(
            new IceSettings
            {
                Lite = options.IceLite,
                LocalCandidates = options.LocalCandidates,
                ConsentTimeout = options.ConsentTimeout,
            },
            IceCredentials.Create(random),
            controlling: false,
            random);
    }

    public IceAgent Ice { get; }

    public long BytesReceived { get; private set; }

    public long DatagramsReceived { get; private set; }

    public DtlsState DtlsState => _dtls?.State ?? DtlsState.Handshaking;

    public string? FailureReason => _dtls?.FailureReason;

    public bool IsSecure => _srtp is not null && _dtls!.State == DtlsState.Connected;

    public bool IsDtlsClient => _dtls is { IsClient: true };

    public bool HasDtls => _dtls is not null;

    public SrtpProfile? Profile => _srtp?.Profile;

    public string? CipherName => _dtls?.CipherName;

    public Instant NextDeadline => Instant.Min(Ice.NextDeadline, _dtls?.NextDeadline ?? Instant.Never);

    public void StartDtls(Instant now, bool isClient, IReadOnlyList<CertificateFingerprint> fingerprints)
    {
        _dtls = new DtlsTransport(_options.Identity, isClient, fingerprints, _options.VirtualTime);
        PumpDtls(now);
    }

    public InputKind Receive(Instant now, ReadOnlySpan<byte> datagram, TransportAddress from, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        DatagramsReceived++;
        BytesReceived += datagram.Length;
        InputKind kind = InputKind.None;
        switch (datagram.IsEmpty ? byte.MaxValue : datagram[0])
        {
            case < 4:
                Ice.Receive(now, datagram, from);
                break;
            case >= 20 and <= 63:
                kind = ReceiveDtls(now, datagram, from);
                break;
            case >= 128 and <= 191:
                kind = ReceiveSrtp(now, datagram, from, out plain);
                break;
            default:
                _drops.Count(DropReason.UnknownProtocol);
                break;
        }

        NoteCredit(datagram.Length, from);
        PumpDtls(now);
        return kind;
    }

    public void Advance(Instant now)
    {
        Ice.Advance(now);
        _dtls?.Advance(now);
        PumpDtls(now);
    }

    /// <summary>The next SCTP packet out of the DTLS record that came last.</summary>
    public bool TryReadData(out ReadOnlySpan<byte> message)
    {
        message = default;
        if (_dtls is null || !_dtls.TryRead(_message, out int length))
        {
            return false;
        }

        message = _message.AsSpan(0, length);
        Ice.NoteData(_dtlsAt, _dtlsFrom); // only decrypting proves where it came from
        _heard = true;
        return true;
    }

    public bool TryWriteData(ReadOnlySpan<byte> message) => _dtls is not null && _dtls.TryWrite(message);

    public bool TryProtect(Span<byte> buffer, int length, bool isRtcp, out int protectedLength)
    {
        protectedLength = 0;
        return _srtp is not null
            && (isRtcp
                ? _srtp.TryProtectRtcp(buffer, length, out protectedLength)
                : _srtp.TryProtectRtp(buffer, length, out protectedLength));
    }

    /// <summary>
    /// True once where it turns out that the other side had no keys for what was sent to it so far. Never again after a packet
    /// of its own came under them, which can't be forged.
    /// </summary>
    public bool TakeLostStart()
    {
        bool lost = _lostStart;
        _lostStart = false;
        return lost;
    }

    public bool TryGetTarget(out TransportAddress target) => Ice.TryGetTarget(out target, out _);

    /// <summary>What ICE and DTLS have to send.</summary>
    public bool TryTake(out OutgoingDatagram datagram)
    {
        datagram = default;
        if (Ice.Outbox.TryTake(out ReadOnlyMemory<byte> memory, out TransportAddress to))
        {
            datagram = new OutgoingDatagram(memory, to);
            return true;
        }

        while (_dtls is not null && _dtls.Outbox.Count > 0)
        {
            if (!Ice.TryGetTarget(out to, out bool validated))
            {
                return false; // kept: ICE may find a way before it is too late
            }

            _dtls.Outbox.TryTake(out memory, out _);
            if (validated || TrySpendCredit(memory.Length, to))
            {
                datagram = new OutgoingDatagram(memory, to);
                return true;
            }

            _drops.Count(DropReason.AmplificationHeld);
        }

        return false;
    }

    public void Close() => _dtls?.Close();

    public void Dispose()
    {
        _dtls?.Dispose();
        _srtp?.Dispose();
    }

    private InputKind ReceiveDtls(Instant now, ReadOnlySpan<byte> datagram, TransportAddress from)
    {
        if (!Ice.IsAuthenticated(from))
        {
            _drops.Count(DropReason.UnknownAddress);
            return InputKind.None;
        }

        int repeated = _dtls?.RepeatedFlights ?? 0;
        if (_dtls is null || !_dtls.TryReceive(now, datagram))
        {
            _drops.Count(_dtls is null ? DropReason.DtlsBeforeDescription : DropReason.DtlsMalformed);
            return InputKind.None;
        }

        _dtlsFrom = from;
        _dtlsAt = now;
        _lostStart |= _srtp is not null && !_heard && _dtls.RepeatedFlights > repeated;
        return InputKind.Dtls;
    }

    private InputKind ReceiveSrtp(Instant now, ReadOnlySpan<byte> datagram, TransportAddress from, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        if (_srtp is null)
        {
            _drops.Count(DropReason.SrtpBeforeKeys);
            return InputKind.None;
        }

        if (!Ice.IsAuthenticated(from))
        {
            _drops.Count(DropReason.UnknownAddress);
            return InputKind.None;
        }

        // RFC 5761 section 4: packet types 64 to 95 (192 to 223 with the marker's bit) are RTCP.
        bool isRtcp = datagram.Length > 1 && (datagram[1] & 0x7F) is >= 64 and <= 95;
        SrtpResult result = isRtcp
            ? _srtp.UnprotectRtcp(datagram, _plain, out int length)
            : _srtp.UnprotectRtp(datagram, _plain, out length);
        if (result != SrtpResult.Ok)
        {
            _drops.Count(result switch
            {
                SrtpResult.Forged => DropReason.SrtpForged,
                SrtpResult.Replayed => DropReason.SrtpReplayed,
                SrtpResult.TooManyStreams => DropReason.SrtpTooManyStreams,
                _ => DropReason.SrtpMalformed,
            });
            return InputKind.None;
        }

        Ice.NoteData(now, from);
        _heard = true;
        plain = _plain.AsSpan(0, length);
        return isRtcp ? InputKind.Rtcp : InputKind.Rtp;
    }

    /// <summary>
    /// A server may answer as soon as a check with the password came. A client would send first, so it waits until its own
    /// check was answered: an address that did not ask gets no DTLS from us.
    /// </summary>
    private void PumpDtls(Instant now)
    {
        if (_dtls is null)
        {
            return;
        }

        if (!_dtlsStarted && Ice.TryGetTarget(out _, out bool validated) && (validated || !_dtls.IsClient))
        {
            _dtlsStarted = true;
            _dtls.Start(now);
        }

        if (_srtp is null && _dtls.State == DtlsState.Connected && _dtls.ExportSrtpKeys() is { } keys)
        {
            _srtp = new SrtpSession(keys);
        }
    }

    private void NoteCredit(int length, TransportAddress from)
    {
        if (_unproven != from)
        {
            if (!Ice.TryGetTarget(out TransportAddress target, out bool validated) || validated || target != from)
            {
                return;
            }

            _unproven = from;
            _unprovenCredit = 0;
        }

        _unprovenCredit += length;
    }

    private bool TrySpendCredit(int length, TransportAddress to)
    {
        if (to != _unproven || _unprovenCredit < length)
        {
            return false;
        }

        _unprovenCredit -= length;
        return true;
    }
}
