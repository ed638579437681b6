using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Rtc.Peer.Dtls;

/// <summary>
/// The certificate that this process shows to its peers, and the OpenSSL context made with it. One serves all
/// peers, on whatever threads their loops run; it must outlive them.
/// </summary>
public sealed unsafe class DtlsIdentity : IDisposable
{
    // Forward-secret and AEAD, nothing else. Our own key is ECDSA; the RSA names are for when we are the client.
    private const string Ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384:" +
        "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES256-GCM-SHA384";

    private const string Groups = "X25519:P-256:P-384";
    private const string SrtpProfiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";

    // WebRTC trusts the fingerprint in the SDP, not the dates; the core has no clock to take them from.
    private static readonly DateTimeOffset s_notBefore = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_notAfter = new(2049, 12, 31, 0, 0, 0, TimeSpan.Zero);

    private DtlsIdentity(SslContextHandle context, string fingerprint)
    {
        Context = context;
        Sha256Fingerprint = fingerprint;
    }

    /// <summary>Upper-case hex pairs with colons, as a=fingerprint wants them (RFC 8122 section 5).</summary>
    public string Sha256Fingerprint { get; }

    internal SslContextHandle Context { get; }

    public static DtlsIdentity Create()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=rtc", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(s_notBefore, s_notAfter);
        byte[] der = certificate.RawData;
        return new DtlsIdentity(CreateContext(der, key.ExportECPrivateKey()), CertificateFingerprint.OfSha256(der));
    }

    public void Dispose() => Context.Dispose();

    private static SslContextHandle CreateContext(byte[] certificate, byte[] privateKey)
    {
        OpenSsl.ERR_clear_error();
        SslContextHandle context = OpenSsl.SSL_CTX_new(OpenSsl.DTLS_method());
        Require(!context.IsInvalid);
        OpenSsl.SSL_CTX_ctrl(context, OpenSsl.ControlMinProtocol, new CLong(OpenSsl.Dtls12), 0);
        OpenSsl.SSL_CTX_ctrl(context, OpenSsl.ControlMaxProtocol, new CLong(OpenSsl.Dtls12), 0);
        OpenSsl.SSL_CTX_ctrl(context, OpenSsl.ControlSessionCacheMode, new CLong(0), 0);
        OpenSsl.SSL_CTX_set_options(
            context,
            OpenSsl.OptionNoQueryMtu | OpenSsl.OptionNoTicket | OpenSsl.OptionNoRenegotiation | OpenSsl.OptionCipherServerPreference);
        Require(OpenSsl.SSL_CTX_set_cipher_list(context, Ciphers) == 1);
        fixed (byte* groups = System.Text.Encoding.ASCII.GetBytes(Groups + '\0'))
        {
            Require(OpenSsl.SSL_CTX_ctrl(context, OpenSsl.ControlGroupsList, new CLong(0), (nint)groups).Value == 1);
        }

        Require(OpenSsl.SSL_CTX_set_tlsext_use_srtp(context, SrtpProfiles) == 0);
        Require(OpenSsl.SSL_CTX_use_certificate_ASN1(context, certificate.Length, certificate) == 1);
        Require(OpenSsl.SSL_CTX_use_PrivateKey_ASN1(OpenSsl.EvpPkeyEc, context, privateKey, new CLong(privateKey.Length)) == 1);
        OpenSsl.SSL_CTX_set_verify(context, OpenSsl.VerifyPeer | OpenSsl.VerifyFailIfNoPeerCertificate, 0);
        OpenSsl.SSL_CTX_set_cert_verify_callback(context, &DtlsBio.VerifyCertificate, 0);
        CryptographicOperations.ZeroMemory(privateKey);
        return context;
    }

    private static void Require(bool done)
    {
        if (!done)
        {
            throw new InvalidOperationException($"OpenSSL refused the DTLS context: {OpenSsl.TakeError()}");
        }
    }
}
