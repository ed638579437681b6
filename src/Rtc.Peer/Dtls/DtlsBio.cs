using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rtc.Peer.Dtls;

/// <summary>
/// OpenSSL's way to the outside: every write is one datagram of a <see cref="DtlsTransport"/>, every read takes the one
/// that lies there. A memory BIO would run datagrams together.
/// </summary>
internal static unsafe class DtlsBio
{
    // OpenSSL starts at one second; measured, 50 ms makes a lost flight cost 60 to 75 ms.
    private const uint FirstTimerMicroseconds = 50_000;
    private const uint MaxTimerMicroseconds = 3_200_000;
    private const uint TimerNeverMicroseconds = 3_600_000_000;

    private static readonly nint s_method = CreateMethod();

    public static nint Create(nint transport)
    {
        nint bio = OpenSsl.BIO_new(s_method);
        OpenSsl.BIO_set_data(bio, transport);
        return bio;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static uint QuickTimer(nint ssl, uint current) =>
        current == 0 ? FirstTimerMicroseconds : Math.Min(current * 2, MaxTimerMicroseconds);

    /// <summary>OpenSSL's timer reads the wall clock, which a run in virtual time must not.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static uint NeverTimer(nint ssl, uint current) => TimerNeverMicroseconds;

    /// <summary>Stands in for the check of a chain: the certificate is right when its hash is the one in the SDP.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static int VerifyCertificate(nint store, nint argument)
    {
        nint ssl = OpenSsl.X509_STORE_CTX_get_ex_data(store, OpenSsl.SSL_get_ex_data_X509_STORE_CTX_idx());
        nint certificate = OpenSsl.X509_STORE_CTX_get0_cert(store);
        int length = certificate == 0 ? 0 : OpenSsl.i2d_X509(certificate, null);
        if (length > 0 && TransportOf(OpenSsl.SSL_get_rbio(ssl)) is { } transport)
        {
            byte[] der = new byte[length];
            fixed (byte* start = der)
            {
                byte* at = start;
                _ = OpenSsl.i2d_X509(certificate, &at);
            }

            if (transport.AcceptsCertificate(der))
            {
                return 1;
            }
        }

        OpenSsl.X509_STORE_CTX_set_error(store, OpenSsl.CertificateRejected);
        return 0;
    }

    private static nint CreateMethod()
    {
        nint method = OpenSsl.BIO_meth_new(OpenSsl.BioTypeSourceSink | 100, "rtc datagram\0"u8);
        _ = OpenSsl.BIO_meth_set_write(method, &Write);
        _ = OpenSsl.BIO_meth_set_read(method, &Read);
        _ = OpenSsl.BIO_meth_set_ctrl(method, &Control);
        return method;
    }

    private static DtlsTransport? TransportOf(nint bio)
    {
        nint data = OpenSsl.BIO_get_data(bio);
        return data == 0 ? null : GCHandle.FromIntPtr(data).Target as DtlsTransport;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint bio, byte* data, int length)
    {
        OpenSsl.BIO_clear_flags(bio, OpenSsl.BioFlagsAll | OpenSsl.BioFlagsShouldRetry);

        // A full queue is a lost datagram, which DTLS is made for; asking to retry would stall the handshake.
        TransportOf(bio)?.Emit(new ReadOnlySpan<byte>(data, length));
        return length;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(nint bio, byte* data, int length)
    {
        OpenSsl.BIO_clear_flags(bio, OpenSsl.BioFlagsAll | OpenSsl.BioFlagsShouldRetry);
        int taken = TransportOf(bio)?.TakeIncoming(new Span<byte>(data, length)) ?? 0;
        if (taken == 0)
        {
            OpenSsl.BIO_set_flags(bio, OpenSsl.BioFlagsRead | OpenSsl.BioFlagsShouldRetry);
            return -1;
        }

        return taken;
    }

    /// <summary>0 to everything unknown: 73 and 76 ask about kernel TLS.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static CLong Control(nint bio, int command, CLong number, void* pointer) =>
        new(command == OpenSsl.ControlFlush ? 1 : 0);
}
