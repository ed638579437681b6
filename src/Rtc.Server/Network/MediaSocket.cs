using System.Net;
using System.Net.Sockets;

namespace Rtc.Server.Network;

/// <summary>
/// The one UDP port of all peers. Waiting, receiving and sending belong to the media loop's thread; only
/// <see cref="Wake"/> may be called from others. Nothing here allocates for a datagram.
/// </summary>
internal sealed class MediaSocket : IDisposable
{
    private const int MaxDatagramBytes = 2048;
    private const int BufferBytes = 4 << 20;

    private readonly Socket _socket;
    private readonly WakeSignal _wake = new();
    private readonly SocketAddress _from;
    private readonly SocketAddress _to;
    private readonly byte[] _buffer = new byte[MaxDatagramBytes];

    public MediaSocket(IPAddress host, int port)
    {
        bool dual = host.Equals(IPAddress.Any) && Socket.OSSupportsIPv6 || host.AddressFamily == AddressFamily.InterNetworkV6;
        _socket = new Socket(dual ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        if (dual)
        {
            _socket.DualMode = true;
        }

        _socket.ReceiveBufferSize = BufferBytes;
        _socket.SendBufferSize = BufferBytes;
        _socket.Blocking = false;
        Bound = dual && host.Equals(IPAddress.Any) ? IPAddress.IPv6Any : host;
        _socket.Bind(new IPEndPoint(Bound, port));
        Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        _from = new SocketAddress(_socket.AddressFamily);
        _to = new SocketAddress(_socket.AddressFamily);
    }

    /// <summary>The address it is bound to, any of IPv6 where it was asked for any of IPv4 and has both.</summary>
    public IPAddress Bound { get; }

    public int Port { get; }

    /// <summary>Whether it is reached over IPv6 too.</summary>
    public bool HasIPv6 => _socket.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Whether a datagram waits now.</summary>
    public bool HasMore => _socket.Available > 0;

    /// <summary>Datagrams that the system would not take.</summary>
    public long SendFailures { get; private set; }

    /// <summary>True as soon as a datagram waits, false where none came in time or somebody wakes it.</summary>
    public bool Wait(TimeSpan longest) => MicrosecondPoll.ForDatagram(_socket, _wake, longest);

    /// <summary>Ends the wait under way, or the next one. Never throws: whatever happens to our addresses, whoever posts goes on.</summary>
    public void Wake() => _wake.Set();

    /// <summary>One datagram, good until the next is taken. False for an empty one and for what could not be received.</summary>
    public bool TryReceive(out ReadOnlySpan<byte> datagram, out TransportAddress from)
    {
        datagram = default;
        from = default;
        int length;
        try
        {
            length = _socket.ReceiveFrom(_buffer, SocketFlags.None, _from);
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
            _socket.SendTo(datagram, SocketFlags.None, _to);
        }
        catch (SocketException)
        {
            // A full buffer or an unreachable candidate: to the peer it is a lost packet.
            SendFailures++;
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _wake.Dispose();
    }
}
