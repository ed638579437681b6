using System.Runtime.InteropServices;
using Rtc.Peer.Srtp;

namespace Rtc.Peer.Dtls;

internal enum DtlsState : byte
{
    Handshaking,
    Connected,

    /// <summary>close_notify came or went.</summary>
    Closed,

    /// <summary>The handshake was refused or ran out of time; <see cref="DtlsTransport.FailureReason"/> says why.</summary>
    Failed,
}

/// <summary>
/// One DTLS 1.2 association (RFC 6347) that keys SRTP (RFC 5764) and carries SCTP. Owned by one peer. Datagrams go in
/// by <see cref="TryReceive"/>, come out in <see cref="Outbox"/>, without an address: ICE knows where to.
/// </summary>
internal sealed unsafe class DtlsTransport : IDisposable
{
    // Room for IPv6, UDP and a tunnel's header in 1,280 bytes.
    private const int Mtu = 1200;
    private const int OutboxCapacity = 64;
    private const int MaxFlight = 8;
    private const int MaxIncomingBytes = 2048;
    private const int TimerSlackMicroseconds = 500; // so that the wall clock has surely passed it too

    // GCM: explicit nonce and tag. ChaCha20-Poly1305 has no explicit nonce.
    private const int MinProtected = 8 + 16;
    private const int MinChaCha = 16;

    private static readonly byte[] s_exporterLabel = "EXTRACTOR-dtls_srtp"u8.ToArray();
    private static readonly TimeSpan s_firstTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestTimeout = TimeSpan.FromMilliseconds(3200);
    private static readonly TimeSpan s_handshakeTimeout = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<CertificateFingerprint> _expected;
    private readonly bool _virtualTime;
    private readonly SslHandle _ssl;
    private readonly byte[] _incoming = new byte[MaxIncomingBytes];
    private readonly DatagramQueue _flight = new(MaxFlight);
    private GCHandle _self;
    private int _incomingLength;
    private int _minProtected = MinProtected;
    private bool _flightIsOld;
    private TimeSpan _timeout = s_firstTimeout;
    private Instant _retransmitAt = Instant.Never;
    private Instant _giveUpAt = Instant.Never;

    /// <param name="virtualTime">
    /// OpenSSL's retransmission runs by the wall clock and cannot be told the time. Where time is simulated it is put off,
    /// and the last flight is sent again here, byte for byte.
    /// </param>
    public DtlsTransport(DtlsIdentity identity, bool isClient, IReadOnlyList<CertificateFingerprint> expected, bool virtualTime = false)
    {
        _expected = expected;
        _virtualTime = virtualTime;
        IsClient = isClient;
        OpenSsl.ERR_clear_error();
        _ssl = OpenSsl.SSL_new(identity.Context);
        if (_ssl.IsInvalid)
        {
            throw new InvalidOperationException($"OpenSSL made no DTLS association: {OpenSsl.TakeError()}");
        }

        _self = GCHandle.Alloc(this);
        nint bio = DtlsBio.Create(GCHandle.ToIntPtr(_self));
        OpenSsl.SSL_set_bio(_ssl, bio, bio);
        OpenSsl.SSL_ctrl(_ssl, OpenSsl.ControlSetMtu, new CLong(Mtu), 0);
        OpenSsl.DTLS_set_timer_cb(_ssl, virtualTime ? &DtlsBio.NeverTimer : &DtlsBio.QuickTimer);
        if (isClient)
        {
            OpenSsl.SSL_set_connect_state(_ssl);
        }
        else
        {
            OpenSsl.SSL_set_accept_state(_ssl);
        }
    }

    public bool IsClient { get; }

    public DtlsState State { get; private set; }

    public string? FailureReason { get; private set; }

    public DatagramQueue Outbox { get; } = new(OutboxCapacity);

    public Instant NextDeadline => State == DtlsState.Handshaking ? Instant.Min(_retransmitAt, _giveUpAt) : Instant.Never;

    public string? CipherName =>
        State == DtlsState.Connected
            ? Marshal.PtrToStringUTF8((nint)OpenSsl.SSL_CIPHER_get_name(OpenSsl.SSL_get_current_cipher(_ssl)))
            : null;

    /// <summary>How often the client repeated its own flight since ours was lost: it had no keys until then.</summary>
    public int RepeatedFlights { get; private set; }

    /// <summary>The client's first flight. A server only waits.</summary>
    public void Start(Instant now)
    {
        _giveUpAt = now + s_handshakeTimeout;
        if (IsClient)
        {
            Handshake(now);
        }
    }

    /// <summary>False when the datagram was dropped because it is not made of DTLS records.</summary>
    public bool TryReceive(Instant now, ReadOnlySpan<byte> datagram)
    {
        if (State is DtlsState.Closed or DtlsState.Failed)
        {
            return true;
        }

        if (datagram.Length > MaxIncomingBytes || !DtlsRecords.AreWellFormed(datagram, _minProtected))
        {
            return false;
        }

        datagram.CopyTo(_incoming);
        _incomingLength = datagram.Length;
        if (State == DtlsState.Handshaking)
        {
            Handshake(now);
        }
        else if (!IsClient && datagram[0] is DtlsRecords.ChangeCipherSpec or DtlsRecords.Handshake)
        {
            // The client did not get our last flight. OpenSSL sends it again, but not where it sees an old record number.
            // Only the side that sends the last flight does this: two would answer each other endlessly.
            RepeatedFlights++;
            if (_virtualTime)
            {
                ResendFlight();
            }
        }

        return true;
    }

    /// <summary>The next message of application data in what came last; call until false after each <see cref="TryReceive"/>.</summary>
    public bool TryRead(Span<byte> buffer, out int length)
    {
        length = 0;
        if (State != DtlsState.Connected)
        {
            return false;
        }

        OpenSsl.ERR_clear_error();
        int result = OpenSsl.SSL_read(_ssl, buffer, buffer.Length);
        if (result > 0)
        {
            length = result;
            return true;
        }

        int error = OpenSsl.SSL_get_error(_ssl, result);
        if (error == OpenSsl.ErrorZeroReturn)
        {
            State = DtlsState.Closed;
        }
        else if (error != OpenSsl.ErrorWantRead)
        {
            Fail($"DTLS: {OpenSsl.TakeError()}");
        }

        return false;
    }

    /// <summary>One message in one datagram.</summary>
    public bool TryWrite(ReadOnlySpan<byte> message)
    {
        if (State != DtlsState.Connected || message.IsEmpty)
        {
            return false;
        }

        OpenSsl.ERR_clear_error();
        return OpenSsl.SSL_write(_ssl, message, message.Length) == message.Length;
    }

    public void Advance(Instant now)
    {
        if (State != DtlsState.Handshaking)
        {
            return;
        }

        if (now >= _giveUpAt)
        {
            Fail("the DTLS handshake took too long");
            return;
        }

        if (now < _retransmitAt)
        {
            return;
        }

        if (_virtualTime)
        {
            ResendFlight();
            _timeout = TimeSpan.FromTicks(Math.Min(_timeout.Ticks * 2, s_longestTimeout.Ticks));
            _retransmitAt = now + _timeout;
        }
        else
        {
            OpenSsl.ERR_clear_error();
            if (OpenSsl.SSL_ctrl(_ssl, OpenSsl.ControlDtlsHandleTimeout, default, 0).Value < 0)
            {
                Fail("the other side did not answer the DTLS handshake");
            }

            ArmTimer(now);
        }
    }

    public void Close()
    {
        if (State == DtlsState.Connected)
        {
            OpenSsl.ERR_clear_error();
            _ = OpenSsl.SSL_shutdown(_ssl);
            State = DtlsState.Closed;
        }
        else if (State == DtlsState.Handshaking)
        {
            State = DtlsState.Closed;
        }
    }

    /// <summary>Null when no profile was agreed upon, which WebRTC does not allow.</summary>
    public SrtpKeys? ExportSrtpKeys()
    {
        nint profile = State == DtlsState.Connected ? OpenSsl.SSL_get_selected_srtp_profile(_ssl) : 0;
        if (profile == 0)
        {
            return null;
        }

        // struct { const char *name; unsigned long id; }
        var id = (SrtpProfile)Marshal.ReadInt32(profile, nint.Size);
        if (id is not (SrtpProfile.AeadAes128Gcm or SrtpProfile.Aes128CmHmacSha1Length80))
        {
            return null;
        }

        Span<byte> material = stackalloc byte[SrtpKeys.MaterialLength(id)];
        int done = OpenSsl.SSL_export_keying_material(
            _ssl, material, (nuint)material.Length, s_exporterLabel, (nuint)s_exporterLabel.Length, 0, 0, 0);
        return done == 1 ? SrtpKeys.FromMaterial(id, material, IsClient) : null;
    }

    public void Dispose()
    {
        _ssl.Dispose();
        if (_self.IsAllocated)
        {
            _self.Free();
        }
    }

    internal void Emit(ReadOnlySpan<byte> datagram)
    {
        Outbox.TryAdd(datagram, default);
        if (State == DtlsState.Handshaking)
        {
            if (_flightIsOld)
            {
                _flight.Clear();
                _flightIsOld = false;
            }

            _flight.TryAdd(datagram, default);
        }
    }

    internal int TakeIncoming(Span<byte> buffer)
    {
        int length = Math.Min(_incomingLength, buffer.Length);
        _incoming.AsSpan(0, length).CopyTo(buffer);
        _incomingLength = 0;
        return length;
    }

    internal bool AcceptsCertificate(ReadOnlySpan<byte> certificate)
    {
        foreach (CertificateFingerprint fingerprint in _expected)
        {
            if (fingerprint.Matches(certificate))
            {
                return true;
            }
        }

        FailureReason = "the certificate is not the one whose fingerprint the SDP promised";
        return false;
    }

    private void Handshake(Instant now)
    {
        _flightIsOld = true; // what is written from here on answers what came: a new flight
        OpenSsl.ERR_clear_error();
        int result = OpenSsl.SSL_do_handshake(_ssl);
        if (result == 1)
        {
            State = DtlsState.Connected;
            _minProtected = CipherName!.Contains("CHACHA", StringComparison.Ordinal) ? MinChaCha : MinProtected;
            return;
        }

        int error = OpenSsl.SSL_get_error(_ssl, result);
        if (error != OpenSsl.ErrorWantRead)
        {
            Fail(FailureReason ?? $"DTLS: {OpenSsl.TakeError()}");
            return;
        }

        if (!_virtualTime)
        {
            ArmTimer(now);
        }
        else if (!_flightIsOld)
        {
            _timeout = s_firstTimeout;
            _retransmitAt = now + _timeout;
        }
    }

    private void ArmTimer(Instant now)
    {
        // struct timeval: two longs on every system that OpenSSL 3 and .NET share but Windows, where they are 32 bits wide.
        CLong* left = stackalloc CLong[2];
        bool running = OpenSsl.SSL_ctrl(_ssl, OpenSsl.ControlDtlsGetTimeout, default, (nint)left).Value == 1;
        _retransmitAt = running
            ? now + TimeSpan.FromMicroseconds((left[0].Value * 1_000_000.0) + left[1].Value + TimerSlackMicroseconds)
            : Instant.Never;
    }

    // The datagrams as they were: records seen already fall to the other side's replay check, the lost ones are new to it.
    private void ResendFlight() => _flight.ForEach(static (datagram, outbox) => outbox.TryAdd(datagram, default), Outbox);

    private void Fail(string reason)
    {
        FailureReason = reason;
        State = DtlsState.Failed;
    }
}
