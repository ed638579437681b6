using System.Net;
using System.Net.Sockets;

namespace Rtc.Server.Network;

/// <summary>A UDP port of the media loop, whose thread alone uses it. Nothing here allocates for a datagram.</summary>
internal sealed class DatagramSocket : IDisposable
{
    private const int MaxDatagramBytes = 2048;

    private readonly SocketAddress _from;
    private readonly SocketAddress _to;
    private readonly byte[] _buffer = new byte[MaxDatagramBytes];

    public DatagramSocket(IPAddress host, int port, int bufferBytes)
    {
        bool dual = host.Equals(IPAddress.Any) && Socket.OSSupportsIPv6 || host.AddressFamily == AddressFamily.InterNetworkV6;
        Socket = new Socket(dual ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        if (dual)
        {
            Socket.DualMode = true;
        }

        Socket.ReceiveBufferSize = bufferBytes;
        Socket.SendBufferSize = bufferBytes;
        Socket.Blocking = false;
        Bound = dual && host.Equals(IPAddress.Any) ? IPAddress.IPv6Any : host;
        Socket.Bind(new IPEndPoint(Bound, port));
        Port = ((IPEndPoint)Socket.LocalEndPoint!).Port;
        _from = new SocketAddress(Socket.AddressFamily);
        _to = new SocketAddress(Socket.AddressFamily);
    }

    /// <summary>For whoever waits for it.</summary>
    public Socket Socket { get; }

    /// <summary>The address it is bound to, any of IPv6 where it was asked for any of IPv4 and has both.</summary>
    public IPAddress Bound { get; }

    public int Port { get; }

    /// <summary>Whether it is reached over IPv6 too.</summary>
    public bool HasIPv6 => Socket.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Whether a datagram waits now.</summary>
    public bool HasMore => Socket.Available > 0;

    /// <summary>Datagrams that the system would not take.</summary>
    public long SendFailures { get; private set; }

    /// <summary>One datagram, good until the next is taken. False for an empty one and for what could not be received.</summary>
    public bool TryReceive(out ReadOnlySpan<byte> datagram, out TransportAddress from)
    {
        datagram = default;
        from = default;
        int length;
        try
        {
            length = Socket.ReceiveFrom(_buffer, SocketFlags.None, _from);
        }
        catch (SocketException)
        {
            // An ICMP error for something sent earlier comes out here on some systems; a truncated giant does too.
            return false;
        }

        if (length == 0)
        {
            return false;
        }

        datagram = _buffer.AsSpan(0, length);
        from = SocketAddresses.Read(_from);
        return true;
    }

    public void Send(ReadOnlySpan<byte> datagram, TransportAddress to)
    {
        SocketAddresses.Write(_to, to);
        try
        {
            Socket.SendTo(datagram, SocketFlags.None, _to);
        }
        catch (SocketException)
        {
            // A full buffer or an unreachable candidate: to the peer it is a lost packet.
            SendFailures++;
        }
    }

    public void Dispose() => Socket.Dispose();
}
