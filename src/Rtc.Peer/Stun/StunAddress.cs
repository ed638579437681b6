using System.Buffers.Binary;

namespace Rtc.Peer.Stun;

/// <summary>The value of MAPPED-ADDRESS and XOR-MAPPED-ADDRESS (RFC 8489 sections 14.1 and 14.2).</summary>
internal static class StunAddress
{
    public const int MaxLength = 20;

    private const byte FamilyIPv4 = 1;
    private const byte FamilyIPv6 = 2;

    public static bool TryRead(
        ReadOnlySpan<byte> value, TransactionId transaction, bool xored, TransportProtocol protocol, out TransportAddress address)
    {
        address = default;
        if (value.Length < 8)
        {
            return false;
        }

        ushort port = BinaryPrimitives.ReadUInt16BigEndian(value[2..]);
        if (xored)
        {
            port ^= (ushort)(StunView.MagicCookie >> 16);
        }

        if (value[1] == FamilyIPv4 && value.Length == 8)
        {
            uint ip = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
            address = TransportAddress.FromIPv4(xored ? ip ^ StunView.MagicCookie : ip, port, protocol);
            return true;
        }

        if (value[1] == FamilyIPv6 && value.Length == 20)
        {
            UInt128 ip = BinaryPrimitives.ReadUInt128BigEndian(value[4..]);
            address = new TransportAddress(xored ? ip ^ Mask(transaction) : ip, port, protocol);
            return true;
        }

        return false;
    }

    public static int WriteXored(Span<byte> value, TransportAddress address, TransactionId transaction)
    {
        value[0] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(address.Port ^ (StunView.MagicCookie >> 16)));
        if (address.IsIPv4)
        {
            value[1] = FamilyIPv4;
            BinaryPrimitives.WriteUInt32BigEndian(value[4..], address.IPv4 ^ StunView.MagicCookie);
            return 8;
        }

        value[1] = FamilyIPv6;
        BinaryPrimitives.WriteUInt128BigEndian(value[4..], address.Address ^ Mask(transaction));
        return 20;
    }

    private static UInt128 Mask(TransactionId transaction) =>
        new(((ulong)StunView.MagicCookie << 32) | transaction.High, transaction.Low);
}
