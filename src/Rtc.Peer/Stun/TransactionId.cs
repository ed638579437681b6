using System.Buffers.Binary;

namespace Rtc.Peer.Stun;

/// <summary>The 96 bits that tie a STUN response to its request (RFC 8489 section 5).</summary>
internal readonly record struct TransactionId(uint High, ulong Low)
{
    public const int Length = 12;

    public static TransactionId Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[4..]));

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[4..], Low);
    }
}
