using System.Buffers.Binary;

namespace Rtc.Peer.Rtcp;

/// <summary>What a receiver says about one source (RFC 3550 section 6.4.1).</summary>
internal readonly record struct ReportBlock(
    Ssrc Source,
    byte FractionLost,
    int CumulativeLost,
    uint ExtendedHighest,
    uint Jitter,
    uint LastSenderReport,
    uint DelaySinceLastSenderReport)
{
    public const int Length = 24;

    /// <summary>The caller has seen to it that <see cref="Length"/> bytes are there.</summary>
    public static ReportBlock Read(ReadOnlySpan<byte> bytes)
    {
        int lost = (bytes[5] << 16) | (bytes[6] << 8) | bytes[7];
        return new ReportBlock(
            new Ssrc(BinaryPrimitives.ReadUInt32BigEndian(bytes)),
            bytes[4],
            (lost << 8) >> 8, // 24 bits, signed
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]));
    }

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Source.Value);
        BinaryPrimitives.WriteInt32BigEndian(bytes[4..], Math.Clamp(CumulativeLost, -0x800000, 0x7FFFFF));
        bytes[4] = FractionLost;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], ExtendedHighest);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[20..], DelaySinceLastSenderReport);
    }
}
