using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Rtc.Bench;

/// <summary>
/// How bad a link is: what share is lost at random, how long a round trip takes, how much passes, what is reordered. A
/// datagram comes up to <see cref="JitterMs"/> late, evenly spread. <see cref="Bursts"/> is the chance that a datagram begins
/// a run of losses (Gilbert's model), <see cref="BurstLength"/> how many such a run takes on average.
/// </summary>
public sealed record LinkQuality(
    double Loss = 0, double RoundTripMs = 0, double RateKbps = 0, double JitterMs = 0, double Reorder = 0, int Seed = 1)
{
    public double Bursts { get; init; }

    public double BurstLength { get; init; } = 4;

    public bool IsPerfect => Loss <= 0 && RoundTripMs <= 0 && RateKbps <= 0 && JitterMs <= 0 && Reorder <= 0 && Bursts <= 0;
}

/// <summary>
/// A small UDP relay on loopback that does to datagrams what a bad network does. A client talks to
/// <see cref="Port"/>, the relay to the server; each client gets a port of its own on the server's side.
/// </summary>
public sealed class ImpairedLink : IDisposable
{
    // A router's queue: what would wait longer than this behind the rate cap is dropped.
    private const double MaxQueueMs = 300;

    private readonly Socket _front;
    private readonly IPEndPoint _server;
    private readonly ConcurrentDictionary<IPEndPoint, Socket> _backs = [];
    private readonly PriorityQueue<(Socket Socket, byte[] Data, EndPoint To), long> _delayed = new();
    private readonly object _gate = new();
    private readonly Direction[] _directions;
    private volatile bool _stopping;
    private LinkQuality _quality;

    public ImpairedLink(int serverPort, LinkQuality quality)
    {
        _quality = quality;
        _directions = [new Direction(quality.Seed), new Direction(quality.Seed + 1)];
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

    /// <summary>From now on every client comes from another port, as behind a NAT that forgot it.</summary>
    public void Rebind()
    {
        foreach (IPEndPoint client in _backs.Keys)
        {
            if (_backs.TryRemove(client, out Socket? back))
            {
                _backs[client] = AddBack(client);
                back.Dispose();
            }
        }
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
            Direction way = _directions[direction];
            if (quality is null || way.IsLost(quality))
            {
                Dropped++;
                return;
            }

            double now = NowMs;
            double sent = now;
            if (quality.RateKbps > 0)
            {
                double start = Math.Max(now, way.FreeAt);
                if (start - now > MaxQueueMs)
                {
                    Dropped++;
                    return;
                }

                sent = start + (data.Length * 8 / quality.RateKbps);
                way.FreeAt = sent;
            }

            double arrives = sent + (quality.RoundTripMs / 2) + (way.Random.NextDouble() * quality.JitterMs);
            if (way.Random.NextDouble() < quality.Reorder)
            {
                arrives += 5 + (way.Random.NextDouble() * 15);
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

    /// <summary>One way of the two, with dice of its own: what happens to its datagrams doesn't depend on the other's timing.</summary>
    private sealed class Direction(int seed)
    {
        private bool _inBurst;

        public Random Random { get; } = new(seed);

        /// <summary>When the line has sent all that waits behind the rate cap.</summary>
        public double FreeAt { get; set; }

        public bool IsLost(LinkQuality quality)
        {
            if (quality.Bursts > 0)
            {
                _inBurst = _inBurst ? Random.NextDouble() >= 1 / quality.BurstLength : Random.NextDouble() < quality.Bursts;
                if (_inBurst)
                {
                    return true;
                }
            }

            return Random.NextDouble() < quality.Loss;
        }
    }
}
