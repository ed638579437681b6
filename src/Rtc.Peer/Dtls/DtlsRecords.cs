using System.Buffers.Binary;

namespace Rtc.Peer.Dtls;

/// <summary>The record layer's headers (RFC 6347 section 4.1), checked before OpenSSL sees them.</summary>
internal static class DtlsRecords
{
    public const int HeaderLength = 13;
    public const byte ChangeCipherSpec = 20;
    public const byte Handshake = 22;

    private const byte ApplicationData = 23;
    private const ushort Dtls10 = 0xFEFF; // what a first ClientHello is allowed to carry
    private const ushort Dtls12 = 0xFEFD;

    /// <summary>
    /// True when the datagram is whole records of versions and types that exist, none shorter than its protection.
    /// OpenSSL 3.0 takes an encrypted record without room for nonce and tag for an error of its own and gives the whole
    /// association up, so that one forged datagram would end it.
    /// </summary>
    /// <param name="minProtected">Bytes that every record of epoch 1 and up has to have.</param>
    public static bool AreWellFormed(ReadOnlySpan<byte> datagram, int minProtected)
    {
        do
        {
            if (datagram.Length < HeaderLength)
            {
                return false;
            }

            byte type = datagram[0];
            ushort version = BinaryPrimitives.ReadUInt16BigEndian(datagram[1..]);
            ushort epoch = BinaryPrimitives.ReadUInt16BigEndian(datagram[3..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[11..]);
            if (type is < ChangeCipherSpec or > ApplicationData
                || version is not (Dtls10 or Dtls12)
                || length == 0
                || length > datagram.Length - HeaderLength
                || (epoch > 0 && length < minProtected))
            {
                return false;
            }

            datagram = datagram[(HeaderLength + length)..];
        }
        while (!datagram.IsEmpty);

        return true;
    }
}
