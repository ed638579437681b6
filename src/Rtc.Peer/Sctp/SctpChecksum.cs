using System.Buffers.Binary;
using System.Numerics;

namespace Rtc.Peer.Sctp;

/// <summary>CRC32C over a packet with its checksum field taken as zero, stored little-endian (RFC 9260 section 6.8, appendix A).</summary>
internal static class SctpChecksum
{
    private const int Offset = 8;

    public static uint Compute(ReadOnlySpan<byte> packet)
    {
        uint crc = Update(uint.MaxValue, packet[..Offset]);
        crc = BitOperations.Crc32C(crc, 0u);
        return ~Update(crc, packet[SctpSizes.CommonHeader..]);
    }

    public static bool Matches(ReadOnlySpan<byte> packet) =>
        BinaryPrimitives.ReadUInt32LittleEndian(packet[Offset..]) == Compute(packet);

    public static void Write(Span<byte> packet) =>
        BinaryPrimitives.WriteUInt32LittleEndian(packet[Offset..], Compute(packet));

    /// <summary>The plain CRC32C of some bytes.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> data) => ~Update(uint.MaxValue, data);

    private static uint Update(uint crc, ReadOnlySpan<byte> data)
    {
        while (data.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[8..];
        }

        foreach (byte value in data)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
