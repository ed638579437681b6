using System.Net;
using System.Net.Sockets;

namespace Rtc.Server.Network;

/// <summary>
/// Ends a poll from another thread: two sockets on loopback that know only each other, so that it depends on the address
/// of no interface and no stranger can use it. A wake that the system won't send is none, and the loop comes round by
/// itself soon after.
/// </summary>
internal sealed class WakeSignal : IDisposable
{
    private readonly Socket _receiver;
    private readonly Socket _sender;
    private readonly byte[] _buffer = new byte[1];

    public WakeSignal()
    {
        _receiver = Bind();
        _sender = new Socket(_receiver.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        _sender.Connect(_receiver.LocalEndPoint!);
        _receiver.Connect(_sender.LocalEndPoint!);
    }

    /// <summary>Readable from <see cref="Set"/> until <see cref="Reset"/>.</summary>
    public Socket Receiver => _receiver;

    /// <summary>May be called from any thread, at any time, and never throws.</summary>
    public void Set()
    {
        try
        {
            _sender.Send(_buffer);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // No loopback, no buffer, or the loop has ended.
        }
    }

    public void Reset()
    {
        try
        {
            while (_receiver.Available > 0)
            {
                _receiver.Receive(_buffer);
            }
        }
        catch (SocketException)
        {
            // It is looked at again with the next wait.
        }
    }

    public void Dispose()
    {
        _receiver.Dispose();
        _sender.Dispose();
    }

    /// <summary>A machine may have one of the two families only.</summary>
    private static Socket Bind()
    {
        try
        {
            return Bind(IPAddress.Loopback);
        }
        catch (SocketException) when (Socket.OSSupportsIPv6)
        {
            return Bind(IPAddress.IPv6Loopback);
        }
    }

    private static Socket Bind(IPAddress loopback)
    {
        var socket = new Socket(loopback.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        try
        {
            socket.Bind(new IPEndPoint(loopback, 0));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }
}
