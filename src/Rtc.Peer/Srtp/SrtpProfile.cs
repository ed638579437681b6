namespace Rtc.Peer.Srtp;

/// <summary>The protection profiles in use, by their DTLS-SRTP numbers (RFC 5764 section 4.1.2, RFC 7714 section 14.2).</summary>
internal enum SrtpProfile
{
    Aes128CmHmacSha1Length80 = 1,
    AeadAes128Gcm = 7,
}
