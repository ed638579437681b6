using System.Reflection;
using System.Runtime.InteropServices;

namespace Rtc.Peer.Dtls;

/// <summary>The calls of OpenSSL 3 that DTLS needs. Names are the library's own.</summary>
internal static unsafe partial class OpenSsl
{
    public const int ControlFlush = 11;
    public const int ControlSetMtu = 17;
    public const int ControlSessionCacheMode = 44;
    public const int ControlDtlsGetTimeout = 73;
    public const int ControlDtlsHandleTimeout = 74;
    public const int ControlGroupsList = 92;
    public const int ControlMinProtocol = 123;
    public const int ControlMaxProtocol = 124;

    public const int Dtls12 = 0xFEFD;
    public const int EvpPkeyEc = 408;

    public const ulong OptionNoQueryMtu = 1UL << 12;
    public const ulong OptionNoTicket = 1UL << 14;
    public const ulong OptionCipherServerPreference = 1UL << 22;
    public const ulong OptionNoRenegotiation = 1UL << 30;

    public const int VerifyPeer = 1;
    public const int VerifyFailIfNoPeerCertificate = 2;
    public const int CertificateRejected = 28;

    public const int ErrorWantRead = 2;
    public const int ErrorZeroReturn = 6;

    public const int BioTypeSourceSink = 0x0400;
    public const int BioFlagsRead = 1;
    public const int BioFlagsAll = 7;
    public const int BioFlagsShouldRetry = 8;

    private const string Ssl = "rtc-openssl-ssl";
    private const string Crypto = "rtc-openssl-crypto";

    static OpenSsl() => NativeLibrary.SetDllImportResolver(typeof(OpenSsl).Assembly, Resolve);

    [LibraryImport(Crypto)]
    public static partial byte* OpenSSL_version(int type);

    [LibraryImport(Crypto)]
    public static partial void ERR_clear_error();

    [LibraryImport(Crypto)]
    public static partial CULong ERR_get_error();

    [LibraryImport(Crypto)]
    public static partial void ERR_error_string_n(CULong error, byte* buffer, nuint length);

    [LibraryImport(Ssl)]
    public static partial nint DTLS_method();

    [LibraryImport(Ssl)]
    public static partial SslContextHandle SSL_CTX_new(nint method);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_free(nint context);

    [LibraryImport(Ssl)]
    public static partial CLong SSL_CTX_ctrl(SslContextHandle context, int command, CLong number, nint pointer);

    [LibraryImport(Ssl)]
    public static partial ulong SSL_CTX_set_options(SslContextHandle context, ulong options);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_set_verify(SslContextHandle context, int mode, nint callback);

    [LibraryImport(Ssl)]
    public static partial void SSL_CTX_set_cert_verify_callback(
        SslContextHandle context, delegate* unmanaged[Cdecl]<nint, nint, int> callback, nint argument);

    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_cipher_list(SslContextHandle context, string ciphers);

    /// <summary>0 is success here, unlike everywhere else.</summary>
    [LibraryImport(Ssl, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SSL_CTX_set_tlsext_use_srtp(SslContextHandle context, string profiles);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_use_certificate_ASN1(SslContextHandle context, int length, ReadOnlySpan<byte> der);

    [LibraryImport(Ssl)]
    public static partial int SSL_CTX_use_PrivateKey_ASN1(
        int type, SslContextHandle context, ReadOnlySpan<byte> der, CLong length);

    [LibraryImport(Ssl)]
    public static partial SslHandle SSL_new(SslContextHandle context);

    [LibraryImport(Ssl)]
    public static partial void SSL_free(nint ssl);

    [LibraryImport(Ssl)]
    public static partial CLong SSL_ctrl(SslHandle ssl, int command, CLong number, nint pointer);

    [LibraryImport(Ssl)]
    public static partial void DTLS_set_timer_cb(SslHandle ssl, delegate* unmanaged[Cdecl]<nint, uint, uint> callback);

    [LibraryImport(Ssl)]
    public static partial void SSL_set_bio(SslHandle ssl, nint read, nint write);

    [LibraryImport(Ssl)]
    public static partial nint SSL_get_rbio(nint ssl);

    [LibraryImport(Ssl)]
    public static partial void SSL_set_accept_state(SslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial void SSL_set_connect_state(SslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_do_handshake(SslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_read(SslHandle ssl, Span<byte> buffer, int length);

    [LibraryImport(Ssl)]
    public static partial int SSL_write(SslHandle ssl, ReadOnlySpan<byte> buffer, int length);

    [LibraryImport(Ssl)]
    public static partial int SSL_shutdown(SslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_get_error(SslHandle ssl, int result);

    [LibraryImport(Ssl)]
    public static partial nint SSL_get_selected_srtp_profile(SslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial int SSL_export_keying_material(
        SslHandle ssl, Span<byte> output, nuint length, ReadOnlySpan<byte> label, nuint labelLength,
        nint context, nuint contextLength, int useContext);

    [LibraryImport(Ssl)]
    public static partial nint SSL_get_current_cipher(SslHandle ssl);

    [LibraryImport(Ssl)]
    public static partial byte* SSL_CIPHER_get_name(nint cipher);

    [LibraryImport(Ssl)]
    public static partial int SSL_get_ex_data_X509_STORE_CTX_idx();

    [LibraryImport(Crypto)]
    public static partial nint X509_STORE_CTX_get_ex_data(nint context, int index);

    [LibraryImport(Crypto)]
    public static partial nint X509_STORE_CTX_get0_cert(nint context);

    [LibraryImport(Crypto)]
    public static partial void X509_STORE_CTX_set_error(nint context, int error);

    [LibraryImport(Crypto)]
    public static partial int i2d_X509(nint certificate, byte** output);

    [LibraryImport(Crypto)]
    public static partial nint BIO_meth_new(int type, ReadOnlySpan<byte> name);

    [LibraryImport(Crypto)]
    public static partial int BIO_meth_set_write(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> write);

    [LibraryImport(Crypto)]
    public static partial int BIO_meth_set_read(nint method, delegate* unmanaged[Cdecl]<nint, byte*, int, int> read);

    [LibraryImport(Crypto)]
    public static partial int BIO_meth_set_ctrl(nint method, delegate* unmanaged[Cdecl]<nint, int, CLong, void*, CLong> control);

    [LibraryImport(Crypto)]
    public static partial nint BIO_new(nint method);

    [LibraryImport(Crypto)]
    public static partial void BIO_set_data(nint bio, nint data);

    [LibraryImport(Crypto)]
    public static partial nint BIO_get_data(nint bio);

    [LibraryImport(Crypto)]
    public static partial void BIO_set_flags(nint bio, int flags);

    [LibraryImport(Crypto)]
    public static partial void BIO_clear_flags(nint bio, int flags);

    /// <summary>The oldest error of this thread in the library's words.</summary>
    public static string TakeError()
    {
        CULong code = ERR_get_error();
        if (code.Value == 0)
        {
            return "no reason given";
        }

        byte* text = stackalloc byte[256];
        ERR_error_string_n(code, text, 256);
        return Marshal.PtrToStringUTF8((nint)text) ?? "no reason given";
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        string[] candidates = name switch
        {
            Ssl => ["libssl.so.3", "libssl-3-x64.dll", "libssl-3-arm64.dll", "libssl-3.dll", "libssl.3.dylib"],
            Crypto => ["libcrypto.so.3", "libcrypto-3-x64.dll", "libcrypto-3-arm64.dll", "libcrypto-3.dll", "libcrypto.3.dylib"],
            _ => [],
        };
        foreach (string candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out nint handle))
            {
                return handle;
            }
        }

        return candidates.Length == 0
            ? 0
            : throw new DllNotFoundException(
                $"OpenSSL 3 is missing ({string.Join(", ", candidates)}). Debian and Ubuntu: apt install libssl3");
    }
}

internal sealed class SslContextHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        OpenSsl.SSL_CTX_free(handle);
        return true;
    }
}

/// <summary>One DTLS association; freeing it frees its BIO too.</summary>
internal sealed class SslHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        OpenSsl.SSL_free(handle);
        return true;
    }
}
