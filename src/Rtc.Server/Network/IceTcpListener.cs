using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Rtc.Peer;

namespace Rtc.Server.Network;

/// <summary>
/// Passive ICE-TCP (RFC 6544): connections carry datagrams behind two bytes of length (RFC 4571). A connection
/// that says nothing of ours is closed after a while, and a slow reader loses packets, not our memory.
/// </summary>
internal sealed partial class IceTcpListener : IDisposable
{
    private const int LengthBytes = 2;
    private const int LargestDatagram = 2048;
    private const int MostConnections = 2048;
    private const int MostConnectionsPerAddress = 64;
    private const int OutboxPackets = 512;

    // What one connection may have waiting for the loop; more is dropped, as a full socket buffer drops UDP.
    private const int MostWaiting = 512;
    private static readonly TimeSpan s_firstPacketWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(60);

    private readonly Socket _listener;
    private readonly MediaLoop _loop;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<TransportAddress, Connection> _connections = [];

    private IceTcpListener(Socket listener, MediaLoop loop, ILogger log)
    {
        _listener = listener;
        _loop = loop;
        _log = log;
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
            listener.Listen(128);
            return new IceTcpListener(listener, loop, log);
        }
        catch (SocketException)
        {
            listener.Dispose();
            LogPortTaken(log, port);
            return null;
        }
    }

    public void Start() => _ = AcceptAsync();

    /// <summary>Called on the loop's thread; a full outbox drops the packet.</summary>
    public void Send(ReadOnlySpan<byte> datagram, TransportAddress to)
    {
        if (!_connections.TryGetValue(to, out Connection? connection))
        {
            return;
        }

        byte[] framed = ArrayPool<byte>.Shared.Rent(LengthBytes + datagram.Length);
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)datagram.Length);
        datagram.CopyTo(framed.AsSpan(LengthBytes));
        if (!connection.Outbox.Writer.TryWrite((framed, LengthBytes + datagram.Length)))
        {
            ArrayPool<byte>.Shared.Return(framed);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        foreach (Connection connection in _connections.Values)
        {
            connection.Socket.Dispose();
        }

        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        CancellationToken stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(stop);
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
                continue;
            }

            var remote = (IPEndPoint)socket.RemoteEndPoint!;
            var address = TransportAddress.From(remote.Address, remote.Port, TransportProtocol.Tcp);
            bool full = _connections.Count >= MostConnections
                || _connections.Keys.Count(known => known.Address == address.Address) >= MostConnectionsPerAddress;
            if (full)
            {
                socket.Dispose();
                continue;
            }

            socket.NoDelay = true;
            var connection = new Connection(socket);
            _connections[address] = connection;
            _ = ReadAsync(connection, address, stop);
            _ = WriteAsync(connection, stop);
        }
    }

    private async Task ReadAsync(Connection connection, TransportAddress from, CancellationToken stop)
    {
        byte[] buffer = new byte[LengthBytes + LargestDatagram];
        int filled = 0;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(s_firstPacketWithin);
        try
        {
            while (true)
            {
                int read = await connection.Socket.ReceiveAsync(buffer.AsMemory(filled), deadline.Token);
                if (read == 0)
                {
                    return;
                }

                filled += read;
                int used = 0;
                while (filled - used >= LengthBytes)
                {
                    int length = BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(used));
                    if (length > LargestDatagram)
                    {
                        return;
                    }

                    if (filled - used - LengthBytes < length)
                    {
                        break;
                    }

                    Hand(connection, buffer.AsSpan(used + LengthBytes, length), from);
                    deadline.CancelAfter(s_idle);
                    used += LengthBytes + length;
                }

                buffer.AsSpan(used, filled - used).CopyTo(buffer);
                filled -= used;
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
        finally
        {
            _connections.TryRemove(from, out _);
            _loop.Post(() => _loop.OnTcpClosed(from));
            connection.Outbox.Writer.TryComplete();
            connection.Socket.Dispose();
        }
    }

    private void Hand(Connection connection, ReadOnlySpan<byte> datagram, TransportAddress from)
    {
        if (Interlocked.Increment(ref connection.Waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref connection.Waiting);
            return;
        }

        int length = datagram.Length;
        byte[] copy = ArrayPool<byte>.Shared.Rent(length);
        datagram.CopyTo(copy);
        _loop.Post(() =>
        {
            Interlocked.Decrement(ref connection.Waiting);
            _loop.OnTcpDatagram(copy.AsSpan(0, length), from);
            ArrayPool<byte>.Shared.Return(copy);
        });
    }

    private static async Task WriteAsync(Connection connection, CancellationToken stop)
    {
        try
        {
            await foreach ((byte[] framed, int length) in connection.Outbox.Reader.ReadAllAsync(stop))
            {
                for (int sent = 0; sent < length;)
                {
                    sent += await connection.Socket.SendAsync(framed.AsMemory(sent, length - sent), stop);
                }

                ArrayPool<byte>.Shared.Return(framed);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
        finally
        {
            connection.Socket.Dispose();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "TCP port {Port} is taken: media goes by UDP alone")]
    private static partial void LogPortTaken(ILogger log, int port);

    private sealed class Connection(Socket socket)
    {
        /// <summary>Datagrams that were read and wait for the loop.</summary>
        public int Waiting;

        public Socket Socket { get; } = socket;

        public Channel<(byte[] Framed, int Length)> Outbox { get; } =
            Channel.CreateBounded<(byte[], int)>(new BoundedChannelOptions(OutboxPackets) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    }
}
