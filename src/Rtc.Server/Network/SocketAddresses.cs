using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Rtc.Server.Network;

/// <summary>
/// Reads and writes the system's sockaddr in place, so that naming a datagram's sender or receiver allocates
/// nothing. Port at 2 in network order; IPv4 address at 4; IPv6 address at 8.
/// </summary>
internal static class SocketAddresses
{
    private const int PortOffset = 2;
    private const int IPv4Offset = 4;
    private const int IPv6Offset = 8;

    public static TransportAddress Read(SocketAddress from)
    {
        ReadOnlySpan<byte> raw = from.Buffer.Span;
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(raw[PortOffset..]);
        return from.Family == AddressFamily.InterNetwork
            ? TransportAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(raw[IPv4Offset..]), port)
            : new(BinaryPrimitives.ReadUInt128BigEndian(raw[IPv6Offset..]), port, TransportProtocol.Udp);
    }

    /// <summary>Into a socket address of the socket's own family; IPv4 goes to a dual-mode socket as a mapped address.</summary>
    public static void Write(SocketAddress to, TransportAddress address)
    {
        Span<byte> raw = to.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(raw[PortOffset..], address.Port);
        if (to.Family == AddressFamily.InterNetwork)
        {
            BinaryPrimitives.WriteUInt32BigEndian(raw[IPv4Offset..], address.IPv4);
        }
        else
        {
            raw[IPv4Offset..IPv6Offset].Clear();
            BinaryPrimitives.WriteUInt128BigEndian(raw[IPv6Offset..], address.Address);
        }
    }
}
