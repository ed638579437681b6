using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Rtc.Server.Options;
using Rtc.Signaling;

namespace Rtc.Server.Network;

/// <summary>
/// Passive ICE-TCP (RFC 6544): takes connections on the media port's number, as many as it may, and finds the one to send by.
/// </summary>
internal sealed partial class IceTcpListener : IDisposable
{
    private const int Backlog = 128;
    private static readonly TimeSpan s_untilDescriptorsAreFree = TimeSpan.FromMilliseconds(100);

    private readonly Socket _listener;
    private readonly MediaLoop _loop;
    private readonly AddressQuota _quota;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TransportAddress, IceTcpConnection> _connections = [];

    private IceTcpListener(Socket listener, MediaLoop loop, AddressQuota quota)
    {
        _listener = listener;
        _loop = loop;
        _quota = quota;
    }

    /// <summary>As many connections as the options allow where nobody sets them.</summary>
    public static AddressQuota DefaultQuota()
    {
        var limits = new LimitOptions();
        return new AddressQuota(limits.MaxIceTcpConnections, limits.MaxIceTcpPerAddress);
    }

    /// <summary>Null where the port is taken: media then goes by UDP alone.</summary>
    public static IceTcpListener? TryOpen(IPAddress bound, int port, MediaLoop loop, AddressQuota quota, ILogger log)
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
            return new IceTcpListener(listener, loop, quota);
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
            catch (SocketException error) when (error.SocketErrorCode == SocketError.TooManyOpenSockets)
            {
                // A connection that waits keeps its place in the backlog.
                await Task.Delay(s_untilDescriptorsAreFree, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (SocketException)
            {
                // That one is gone already; the next one may come.
            }
        }
    }

    private void Take(Socket socket, CancellationToken stop)
    {
        IPEndPoint remote;
        try
        {
            remote = (IPEndPoint)socket.RemoteEndPoint!;
            socket.NoDelay = true;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return;
        }

        if (!_quota.TryEnter(remote.Address))
        {
            socket.Dispose();
            return;
        }

        var address = TransportAddress.From(remote.Address, remote.Port, TransportProtocol.Tcp);
        var connection = new IceTcpConnection(socket, address, _loop);
        _connections[address] = connection;
        _ = ServeAsync(connection, address, remote.Address, stop);
    }

    private async Task ServeAsync(IceTcpConnection connection, TransportAddress address, IPAddress client, CancellationToken stop)
    {
        try
        {
            await connection.RunAsync(stop);
        }
        finally
        {
            connection.Dispose();
            bool isLast = _connections.TryRemove(KeyValuePair.Create(address, connection));
            _quota.Leave(client);
            if (isLast)
            {
                // Else its client has come again from the same port, before this one was seen to be gone.
                _loop.Post(() => _loop.OnTcpClosed(address));
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "TCP port {Port} is taken: media goes by UDP alone")]
    private static partial void LogPortTaken(ILogger log, int port);
}
