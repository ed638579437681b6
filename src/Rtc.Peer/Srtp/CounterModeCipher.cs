using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Rtc.Peer.Srtp;

/// <summary>AES_CM_128_HMAC_SHA1_80 for SRTP and SRTCP (RFC 3711 sections 4.1.1 and 4.2.1).</summary>
internal sealed class CounterModeCipher : ISrtpCipher
{
    private const int TagLength = 10;
    private const int MacLength = 20;
    private const int SaltLength = 14;
    private const int AuthenticationKeyLength = 20;
    private const int IndexLength = 4;
    private const int RtcpHeaderLength = 8;
    private const int BlockLength = 16;
    private const uint EncryptedFlag = 0x8000_0000;

    private readonly ICryptoTransform _rtp;
    private readonly ICryptoTransform _rtcp;
    private readonly IncrementalHash _rtpMac;
    private readonly IncrementalHash _rtcpMac;
    private readonly byte[] _rtpSalt;
    private readonly byte[] _rtcpSalt;
    private readonly byte[] _stream = new byte[SrtpSession.MaxPacketBytes + BlockLength];

    public CounterModeCipher(SrtpMaster master)
    {
        _rtp = CreateAes(KeyDerivation.Derive(master, KeyDerivation.RtpEncryption, SrtpKeys.KeyLength));
        _rtcp = CreateAes(KeyDerivation.Derive(master, KeyDerivation.RtcpEncryption, SrtpKeys.KeyLength));
        _rtpMac = CreateMac(KeyDerivation.Derive(master, KeyDerivation.RtpAuthentication, AuthenticationKeyLength));
        _rtcpMac = CreateMac(KeyDerivation.Derive(master, KeyDerivation.RtcpAuthentication, AuthenticationKeyLength));
        _rtpSalt = KeyDerivation.Derive(master, KeyDerivation.RtpSalt, SaltLength);
        _rtcpSalt = KeyDerivation.Derive(master, KeyDerivation.RtcpSalt, SaltLength);
    }

    public int RtpOverhead => TagLength;

    public int RtcpOverhead => TagLength + IndexLength;

    public int ProtectRtp(Span<byte> buffer, int length, int headerLength, uint ssrc, long index)
    {
        Crypt(_rtp, _rtpSalt, ssrc, index, buffer[headerLength..length], buffer[headerLength..length]);
        Span<byte> mac = stackalloc byte[MacLength];
        Authenticate(_rtpMac, buffer[..length], (uint)(index >> 16), mac);
        mac[..TagLength].CopyTo(buffer[length..]);
        return length + TagLength;
    }

    public int UnprotectRtp(ReadOnlySpan<byte> packet, int headerLength, uint ssrc, long index, Span<byte> output)
    {
        int length = packet.Length - TagLength;
        if (length < headerLength)
        {
            return -1;
        }

        Span<byte> mac = stackalloc byte[MacLength];
        Authenticate(_rtpMac, packet[..length], (uint)(index >> 16), mac);
        if (!CryptographicOperations.FixedTimeEquals(mac[..TagLength], packet[length..]))
        {
            return -1;
        }

        packet[..headerLength].CopyTo(output);
        Crypt(_rtp, _rtpSalt, ssrc, index, packet[headerLength..length], output[headerLength..length]);
        return length;
    }

    public int ProtectRtcp(Span<byte> buffer, int length, uint ssrc, uint index)
    {
        Crypt(_rtcp, _rtcpSalt, ssrc, index, buffer[RtcpHeaderLength..length], buffer[RtcpHeaderLength..length]);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[length..], index | EncryptedFlag);
        Span<byte> mac = stackalloc byte[MacLength];
        Authenticate(_rtcpMac, buffer[..length], index | EncryptedFlag, mac);
        mac[..TagLength].CopyTo(buffer[(length + IndexLength)..]);
        return length + IndexLength + TagLength;
    }

    public int UnprotectRtcp(ReadOnlySpan<byte> packet, uint ssrc, uint index, bool encrypted, Span<byte> output)
    {
        int length = packet.Length - TagLength - IndexLength;
        if (length < RtcpHeaderLength)
        {
            return -1;
        }

        Span<byte> mac = stackalloc byte[MacLength];
        Authenticate(_rtcpMac, packet[..length], encrypted ? index | EncryptedFlag : index, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac[..TagLength], packet[(length + IndexLength)..]))
        {
            return -1;
        }

        packet[..length].CopyTo(output);
        if (encrypted)
        {
            Crypt(_rtcp, _rtcpSalt, ssrc, index, packet[RtcpHeaderLength..length], output[RtcpHeaderLength..length]);
        }

        return length;
    }

    public void Dispose()
    {
        _rtp.Dispose();
        _rtcp.Dispose();
        _rtpMac.Dispose();
        _rtcpMac.Dispose();
    }

    /// <summary>Key stream blocks for IV = salt × 2^16 ⊕ SSRC × 2^64 ⊕ index × 2^16, encrypted in one go.</summary>
    private void Crypt(ICryptoTransform aes, byte[] salt, uint ssrc, long index, ReadOnlySpan<byte> input, Span<byte> output)
    {
        if (input.IsEmpty)
        {
            return; // a receiver report without blocks: nothing behind the header
        }

        Span<byte> iv = stackalloc byte[BlockLength];
        iv.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(iv[4..], ssrc);
        BinaryPrimitives.WriteUInt16BigEndian(iv[8..], (ushort)(index >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(iv[10..], (uint)index);
        for (int i = 0; i < salt.Length; i++)
        {
            iv[i] ^= salt[i];
        }

        int blocks = (input.Length + BlockLength - 1) / BlockLength;
        Span<byte> stream = _stream.AsSpan(0, blocks * BlockLength);
        for (int block = 0; block < blocks; block++)
        {
            Span<byte> counter = stream.Slice(block * BlockLength, BlockLength);
            iv.CopyTo(counter);
            BinaryPrimitives.WriteUInt16BigEndian(counter[14..], (ushort)block);
        }

        aes.TransformBlock(_stream, 0, stream.Length, _stream, 0);
        Xor(input, stream, output);
    }

    private static void Xor(ReadOnlySpan<byte> input, ReadOnlySpan<byte> stream, Span<byte> output)
    {
        int at = 0;
        for (; at <= input.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            (Vector128.Create(input[at..]) ^ Vector128.Create(stream[at..])).CopyTo(output[at..]);
        }

        for (; at < input.Length; at++)
        {
            output[at] = (byte)(input[at] ^ stream[at]);
        }
    }

    private static void Authenticate(IncrementalHash mac, ReadOnlySpan<byte> packet, uint suffix, Span<byte> result)
    {
        Span<byte> trailer = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(trailer, suffix);
        mac.AppendData(packet);
        mac.AppendData(trailer);
        mac.GetHashAndReset(result);
    }

    /// <summary>One block cipher for the life of the session: the one-shot form makes a new context each time.</summary>
    private static ICryptoTransform CreateAes(byte[] key)
    {
        using Aes aes = Aes.Create();
#pragma warning disable CA5358 // ECB over counter blocks is counter mode, which .NET does not have by itself.
        aes.Mode = CipherMode.ECB;
#pragma warning restore CA5358
        aes.Padding = PaddingMode.None;
        return aes.CreateEncryptor(key, null);
    }

#pragma warning disable CA5350 // The profile prescribes HMAC-SHA1.
    private static IncrementalHash CreateMac(byte[] key) => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, key);
#pragma warning restore CA5350
}
