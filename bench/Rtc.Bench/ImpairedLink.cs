using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Rtc.Bench;

/// <summary>How bad a link is: what share is lost at random, how long a round trip takes, how much passes, what is reordered.</summary>
public sealed record LinkQuality(double Loss = 0, double RoundTripMs = 0, double RateKbps = 0, double JitterMs = 0, double Reorder = 0, int Seed = 1)
{
    public bool IsPerfect => Loss <= 0 && RoundTripMs <= 0 && RateKbps <= 0 && JitterMs <= 0 && Reorder <= 0;
}

/// <summary>
/// A small UDP relay on loopback that does to datagrams what a bad network does. A client talks to
/// <see cref="Port"/>, the relay to the server; each client gets a port of its own on the server's side.
/// </summary>
public sealed class ImpairedLink : IDisposable
{
    // A router's queue: what would wait longer than this behind the rate cap is dropped.
    private const double LongestQueueMs = 300;

    private readonly Socket _front;
    private readonly IPEndPoint _server;
    private readonly ConcurrentDictionary<IPEndPoint, Socket> _backs = [];
    private readonly PriorityQueue<(Socket Socket, byte[] Data, EndPoint To), long> _delayed = new();
    private readonly object _gate = new();
    private readonly Random _random;
    private readonly double[] _lineFreeAt = new double[2];
    private volatile bool _stopping;
    private LinkQuality _quality;

    public ImpairedLink(int serverPort, LinkQuality quality)
    {
        _quality = quality;
        _random = new Random(quality.Seed);
        _server = new IPEndPoint(IPAddress.Loopback, serverPort);
        _front = Open();
        Port = ((IPEndPoint)_front.LocalEndPoint!).Port;
        new Thread(() => Pump(_front, null)) { IsBackground = true, Name = "link in" }.Start();
        new Thread(Deliver) { IsBackground = true, Name = "link out", Priority = ThreadPriority.AboveNormal }.Start();
    }

    public int Port { get; }

    public long Dropped { get; private set; }

    public long Passed { get; private set; }

    /// <summary>May be changed while it runs; a <see langword="null"/> passes nothing at all.</summary>
    public LinkQuality? Quality
    {
        get => _quality;
        set => Volatile.Write(ref _quality!, value!);
    }

    public void Dispose()
    {
        _stopping = true;
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }

        _front.Dispose();
        foreach (Socket back in _backs.Values)
        {
            back.Dispose();
        }
    }

    private static Socket Open()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void Pump(Socket from, IPEndPoint? client)
    {
        byte[] buffer = new byte[2048];
        while (!_stopping)
        {
            try
            {
                EndPoint sender = new IPEndPoint(IPAddress.Any, 0);
                int length = from.ReceiveFrom(buffer, ref sender);
                if (client is null)
                {
                    var known = (IPEndPoint)sender;
                    Socket back = _backs.GetOrAdd(known, AddBack);
                    Pass(back, buffer.AsSpan(0, length), _server, 0);
                }
                else
                {
                    Pass(_front, buffer.AsSpan(0, length), client, 1);
                }
            }
            catch (SocketException) when (!_stopping)
            {
                // An ICMP answer to a datagram that found nobody.
            }
            catch (SocketException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }

    private Socket AddBack(IPEndPoint client)
    {
        Socket back = Open();
        new Thread(() => Pump(back, client)) { IsBackground = true, Name = "link back" }.Start();
        return back;
    }

    private void Pass(Socket socket, ReadOnlySpan<byte> data, EndPoint to, int direction)
    {
        lock (_gate)
        {
            LinkQuality? quality = _quality;
            if (quality is null || _random.NextDouble() < quality.Loss)
            {
                Dropped++;
                return;
            }

            double now = NowMs;
            double sent = now;
            if (quality.RateKbps > 0)
            {
                double start = Math.Max(now, _lineFreeAt[direction]);
                if (start - now > LongestQueueMs)
                {
                    Dropped++;
                    return;
                }

                sent = start + (data.Length * 8 / quality.RateKbps);
                _lineFreeAt[direction] = sent;
            }

            double arrives = sent + (quality.RoundTripMs / 2) + (_random.NextDouble() * quality.JitterMs);
            if (_random.NextDouble() < quality.Reorder)
            {
                arrives += 5 + (_random.NextDouble() * 15);
            }

            Passed++;
            _delayed.Enqueue((socket, data.ToArray(), to), (long)(arrives * 1000));
            Monitor.Pulse(_gate);
        }
    }

    private static double NowMs => Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency;

    private void Deliver()
    {
        while (!_stopping)
        {
            (Socket Socket, byte[] Data, EndPoint To) next;
            lock (_gate)
            {
                if (!_delayed.TryPeek(out next, out long at))
                {
                    Monitor.Wait(_gate, 100);
                    continue;
                }

                double wait = (at / 1000.0) - NowMs;
                if (wait > 0)
                {
                    Monitor.Wait(_gate, Math.Max(1, (int)wait));
                    continue;
                }

                _delayed.Dequeue();
            }

            try
            {
                next.Socket.SendTo(next.Data, next.To);
            }
            catch (SocketException)
            {
            }
            catch (ObjectDisposedException)
            {
            }
        }
    }
}
