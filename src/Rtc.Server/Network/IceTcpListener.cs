using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Rtc.Peer;

namespace Rtc.Server.Network;

/// <summary>Passive ICE-TCP (RFC 6544): takes connections on the media port's number, as many as it may, and finds the one to send by.</summary>
internal sealed partial class IceTcpListener : IDisposable
{
    private const int Backlog = 128;
    private const int MostConnections = 2048;
    private const int MostConnectionsPerAddress = 64;

    private readonly Socket _listener;
    private readonly MediaLoop _loop;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TransportAddress, IceTcpConnection> _connections = [];

    private IceTcpListener(Socket listener, MediaLoop loop)
    {
        _listener = listener;
        _loop = loop;
    }

    /// <summary>Null where the port is taken: media then goes by UDP alone.</summary>
    public static IceTcpListener? TryOpen(IPAddress bound, int port, MediaLoop loop, ILogger log)
    {
        var listener = new Socket(bound.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (bound.AddressFamily == AddressFamily.InterNetworkV6)
            {
                listener.DualMode = true;
            }

            listener.Bind(new IPEndPoint(bound, port));
            listener.Listen(Backlog);
            return new IceTcpListener(listener, loop);
        }
        catch (SocketException)
        {
            listener.Dispose();
            LogPortTaken(log, port);
            return null;
        }
    }

    public int Connections => _connections.Count;

    public void Start() => _ = AcceptAsync();

    /// <summary>Called on the loop's thread.</summary>
    public void Send(ReadOnlySpan<byte> datagram, TransportAddress to)
    {
        if (_connections.TryGetValue(to, out IceTcpConnection? connection))
        {
            connection.Send(datagram);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        foreach (IceTcpConnection connection in _connections.Values)
        {
            connection.Dispose();
        }

        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        CancellationToken stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                Take(await _listener.AcceptAsync(stop), stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // That one is gone already; the next one may come.
            }
        }
    }

    private void Take(Socket socket, CancellationToken stop)
    {
        var remote = (IPEndPoint)socket.RemoteEndPoint!;
        var address = TransportAddress.From(remote.Address, remote.Port, TransportProtocol.Tcp);
        bool full = _connections.Count >= MostConnections
            || _connections.Keys.Count(known => known.Address == address.Address) >= MostConnectionsPerAddress;
        if (full)
        {
            socket.Dispose();
            return;
        }

        socket.NoDelay = true;
        var connection = new IceTcpConnection(socket, address, _loop);
        _connections[address] = connection;
        _ = ServeAsync(connection, address, stop);
    }

    private async Task ServeAsync(IceTcpConnection connection, TransportAddress address, CancellationToken stop)
    {
        try
        {
            await connection.RunAsync(stop);
        }
        finally
        {
            connection.Dispose();
            _connections.TryRemove(address, out _);
            _loop.Post(() => _loop.OnTcpClosed(address));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "TCP port {Port} is taken: media goes by UDP alone")]
    private static partial void LogPortTaken(ILogger log, int port);
}
