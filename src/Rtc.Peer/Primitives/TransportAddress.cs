using System.Buffers.Binary;
using System.Net;

namespace Rtc.Peer.Primitives;

public enum TransportProtocol : byte
{
    Udp,
    Tcp,
}

/// <summary>
/// Where a datagram came from or goes to. IPv4 is kept as an IPv4-mapped IPv6 address, so that
/// comparing and hashing cost the same for both. A value: routing a packet allocates nothing.
/// </summary>
public readonly record struct TransportAddress(UInt128 Address, ushort Port, TransportProtocol Protocol)
{
    private static readonly UInt128 s_mappedPrefix = new(0, 0x0000_FFFF_0000_0000);

    public bool IsIPv4 => (Address >> 32) == (s_mappedPrefix >> 32);

    public uint IPv4 => (uint)Address;

    public static TransportAddress From(IPAddress address, int port, TransportProtocol protocol = TransportProtocol.Udp)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        UInt128 value = length == 4
            ? s_mappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return new(value, (ushort)port, protocol);
    }

    public static TransportAddress FromIPv4(uint address, ushort port, TransportProtocol protocol = TransportProtocol.Udp) =>
        new(s_mappedPrefix | address, port, protocol);

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Address);
        return new IPAddress(IsIPv4 ? bytes[12..] : bytes);
    }

    public override string ToString() => IsIPv4 ? $"{ToIPAddress()}:{Port}/{Protocol}" : $"[{ToIPAddress()}]:{Port}/{Protocol}";
}
