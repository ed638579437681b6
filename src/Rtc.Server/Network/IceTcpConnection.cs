using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Rtc.Server.Network;

/// <summary>
/// One ICE-TCP connection: datagrams behind two bytes of length (RFC 4571), read and written in the background and
/// handed over on the media loop. One that says nothing of ours ends after a while, and a slow reader loses packets,
/// not our memory. Owned by <see cref="IceTcpListener"/>.
/// </summary>
internal sealed class IceTcpConnection(Socket socket, TransportAddress from, MediaLoop loop, TimeSpan? idle = null) : IDisposable
{
    private const int LengthBytes = 2;
    private const int MaxDatagramBytes = 2048;
    private const int OutboxPackets = 512;

    // What one connection may have waiting for the loop; more is dropped, as a full socket buffer drops UDP.
    private const int MaxWaiting = 512;
    private static readonly TimeSpan s_firstPacketWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(60);

    private readonly Channel<(byte[] Framed, int Length)> _outbox =
        Channel.CreateBounded<(byte[], int)>(
            new BoundedChannelOptions(OutboxPackets) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private int _waiting;

    /// <summary>Reads and writes until either end, or the stop, ends it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Task writing = WriteAsync(stop);
        await ReadAsync(stop);
        _outbox.Writer.TryComplete();
        socket.Dispose();
        await writing;
    }

    /// <summary>Called on the loop's thread; a full outbox drops the packet.</summary>
    public void Send(ReadOnlySpan<byte> datagram)
    {
        byte[] framed = ArrayPool<byte>.Shared.Rent(LengthBytes + datagram.Length);
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)datagram.Length);
        datagram.CopyTo(framed.AsSpan(LengthBytes));
        if (!_outbox.Writer.TryWrite((framed, LengthBytes + datagram.Length)))
        {
            ArrayPool<byte>.Shared.Return(framed);
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task ReadAsync(CancellationToken stop)
    {
        byte[] buffer = new byte[LengthBytes + MaxDatagramBytes];
        int filled = 0;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(idle ?? s_firstPacketWithin);
        try
        {
            while (true)
            {
                int read = await socket.ReceiveAsync(buffer.AsMemory(filled), deadline.Token);
                if (read == 0)
                {
                    return;
                }

                filled += read;
                int used = 0;
                while (filled - used >= LengthBytes)
                {
                    int length = BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(used));
                    if (length > MaxDatagramBytes)
                    {
                        return;
                    }

                    if (filled - used - LengthBytes < length)
                    {
                        break;
                    }

                    if (length > 0)
                    {
                        // A frame of nothing says nothing: it renews no deadline.
                        Hand(buffer.AsSpan(used + LengthBytes, length));
                        deadline.CancelAfter(idle ?? s_idle);
                    }

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
    }

    private void Hand(ReadOnlySpan<byte> datagram)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return;
        }

        int length = datagram.Length;
        byte[] copy = ArrayPool<byte>.Shared.Rent(length);
        datagram.CopyTo(copy);
        loop.Post(() =>
        {
            Interlocked.Decrement(ref _waiting);
            loop.OnTcpDatagram(copy.AsSpan(0, length), from);
            ArrayPool<byte>.Shared.Return(copy);
        });
    }

    private async Task WriteAsync(CancellationToken stop)
    {
        try
        {
            await foreach ((byte[] framed, int length) in _outbox.Reader.ReadAllAsync(stop))
            {
                for (int sent = 0; sent < length;)
                {
                    sent += await socket.SendAsync(framed.AsMemory(sent, length - sent), stop);
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
            // Reading ends with it.
            socket.Dispose();
        }
    }
}
