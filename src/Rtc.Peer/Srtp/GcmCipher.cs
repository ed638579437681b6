using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Rtc.Peer.Srtp;

/// <summary>AEAD_AES_128_GCM for SRTP and SRTCP (RFC 7714 sections 8 and 9).</summary>
internal sealed class GcmCipher : ISrtpCipher
{
    private const int TagLength = 16;
    private const int NonceLength = 12;
    private const int IndexLength = 4;
    private const int RtcpHeaderLength = 8;
    private const uint EncryptedFlag = 0x8000_0000;

    private readonly AesGcm _rtp;
    private readonly AesGcm _rtcp;
    private readonly byte[] _rtpSalt;
    private readonly byte[] _rtcpSalt;

    public GcmCipher(SrtpMaster master)
        : this(
            SessionKeys(master, KeyDerivation.RtpEncryption, KeyDerivation.RtpSalt),
            SessionKeys(master, KeyDerivation.RtcpEncryption, KeyDerivation.RtcpSalt))
    {
    }

    /// <summary>With session keys given, as the vectors of RFC 7714 give them.</summary>
    public GcmCipher((byte[] Key, byte[] Salt) rtp, (byte[] Key, byte[] Salt) rtcp)
    {
        _rtp = new AesGcm(rtp.Key, TagLength);
        _rtcp = new AesGcm(rtcp.Key, TagLength);
        _rtpSalt = rtp.Salt;
        _rtcpSalt = rtcp.Salt;
    }

    public int RtpOverhead => TagLength;

    public int RtcpOverhead => TagLength + IndexLength;

    public int ProtectRtp(Span<byte> buffer, int length, int headerLength, uint ssrc, long index)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteRtpNonce(nonce, ssrc, index);
        Span<byte> payload = buffer[headerLength..length];
        _rtp.Encrypt(nonce, payload, payload, buffer.Slice(length, TagLength), buffer[..headerLength]);
        return length + TagLength;
    }

    public int UnprotectRtp(ReadOnlySpan<byte> packet, int headerLength, uint ssrc, long index, Span<byte> output)
    {
        int length = packet.Length - TagLength;
        if (length < headerLength)
        {
            return -1;
        }

        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteRtpNonce(nonce, ssrc, index);
        packet[..headerLength].CopyTo(output);
        return TryDecrypt(_rtp, nonce, packet[headerLength..length], packet[length..], output[headerLength..length], packet[..headerLength])
            ? length
            : -1;
    }

    public int ProtectRtcp(Span<byte> buffer, int length, uint ssrc, uint index)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteRtcpNonce(nonce, ssrc, index);
        Span<byte> trailer = stackalloc byte[IndexLength];
        BinaryPrimitives.WriteUInt32BigEndian(trailer, index | EncryptedFlag);
        Span<byte> associated = stackalloc byte[RtcpHeaderLength + IndexLength];
        buffer[..RtcpHeaderLength].CopyTo(associated);
        trailer.CopyTo(associated[RtcpHeaderLength..]);
        Span<byte> payload = buffer[RtcpHeaderLength..length];
        _rtcp.Encrypt(nonce, payload, payload, buffer.Slice(length, TagLength), associated);
        trailer.CopyTo(buffer[(length + TagLength)..]);
        return length + TagLength + IndexLength;
    }

    public int UnprotectRtcp(ReadOnlySpan<byte> packet, uint ssrc, uint index, bool encrypted, Span<byte> output)
    {
        int length = packet.Length - TagLength - IndexLength;
        if (length < RtcpHeaderLength)
        {
            return -1;
        }

        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteRtcpNonce(nonce, ssrc, index);
        ReadOnlySpan<byte> tag = packet.Slice(length, TagLength);
        ReadOnlySpan<byte> trailer = packet[(length + TagLength)..];
        if (encrypted)
        {
            Span<byte> associated = stackalloc byte[RtcpHeaderLength + IndexLength];
            packet[..RtcpHeaderLength].CopyTo(associated);
            trailer.CopyTo(associated[RtcpHeaderLength..]);
            packet[..RtcpHeaderLength].CopyTo(output);
            return TryDecrypt(_rtcp, nonce, packet[RtcpHeaderLength..length], tag, output[RtcpHeaderLength..length], associated)
                ? length
                : -1;
        }

        // Authenticated only: all of it is associated data, nothing is encrypted (section 9.3).
        Span<byte> all = stackalloc byte[SrtpSession.MaxPacketBytes + IndexLength];
        all = all[..(length + IndexLength)];
        packet[..length].CopyTo(all);
        trailer.CopyTo(all[length..]);
        packet[..length].CopyTo(output);
        return TryDecrypt(_rtcp, nonce, default, tag, default, all) ? length : -1;
    }

    public void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
    }

    /// <summary>
    /// AesGcm has no Try form, so a forged packet costs an exception. It has to come from an address that passed an
    /// ICE check to get this far.
    /// </summary>
    private static bool TryDecrypt(
        AesGcm gcm, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> tag, Span<byte> plain,
        ReadOnlySpan<byte> associated)
    {
        try
        {
            gcm.Decrypt(nonce, cipher, tag, plain, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static (byte[] Key, byte[] Salt) SessionKeys(SrtpMaster master, byte keyLabel, byte saltLabel) =>
        (KeyDerivation.Derive(master, keyLabel, SrtpKeys.KeyLength), KeyDerivation.Derive(master, saltLabel, NonceLength));

    // Two zero bytes, SSRC, roll-over counter, sequence number, mixed with the salt (section 8.1).
    private void WriteRtpNonce(Span<byte> nonce, uint ssrc, long index)
    {
        nonce[..2].Clear();
        BinaryPrimitives.WriteUInt32BigEndian(nonce[2..], ssrc);
        BinaryPrimitives.WriteUInt16BigEndian(nonce[6..], (ushort)(index >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(nonce[8..], (uint)index);
        Mix(nonce, _rtpSalt);
    }

    // Two zero bytes, SSRC, two zero bytes, index (section 9.1).
    private void WriteRtcpNonce(Span<byte> nonce, uint ssrc, uint index)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(nonce[2..], ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[8..], index);
        Mix(nonce, _rtcpSalt);
    }

    private static void Mix(Span<byte> nonce, byte[] salt)
    {
        for (int i = 0; i < NonceLength; i++)
        {
            nonce[i] ^= salt[i];
        }
    }
}
