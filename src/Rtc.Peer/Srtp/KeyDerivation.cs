using System.Security.Cryptography;

namespace Rtc.Peer.Srtp;

/// <summary>Session keys out of a master key and salt: AES in counter mode over a label (RFC 3711 section 4.3).</summary>
internal static class KeyDerivation
{
    public const byte RtpEncryption = 0;
    public const byte RtpAuthentication = 1;
    public const byte RtpSalt = 2;
    public const byte RtcpEncryption = 3;
    public const byte RtcpAuthentication = 4;
    public const byte RtcpSalt = 5;

    // The salt of the GCM profiles has 12 bytes and is padded with zeros on the right (RFC 7714 section 11).
    private const int PaddedSaltLength = 14;
    private const int LabelAt = 7;

    public static byte[] Derive(SrtpMaster master, byte label, int length)
    {
        using Aes aes = Aes.Create();
        aes.Key = master.Key;
        Span<byte> block = stackalloc byte[16];
        block.Clear();
        master.Salt.CopyTo(block[..PaddedSaltLength]);
        block[LabelAt] ^= label; // the key derivation rate is zero, so the index is too
        Span<byte> stream = stackalloc byte[16];
        byte[] key = new byte[length];
        for (int at = 0; at < length; at += 16)
        {
            block[15] = (byte)(at / 16);
            aes.EncryptEcb(block, stream, PaddingMode.None);
            stream[..Math.Min(16, length - at)].CopyTo(key.AsSpan(at));
        }

        return key;
    }
}
