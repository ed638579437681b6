using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Rtc.Peer;

namespace Rtc.Server.Network;

/// <summary>
/// The thread that owns the media socket and every peer. Datagrams go to the peer they belong to and what the
/// peer wants sent leaves at once; whoever else has something for a peer posts it here. So no peer has a lock,
/// and a packet crosses no thread between the socket and the frame it completes.
/// </summary>
internal sealed partial class MediaLoop : IDisposable
{
    private const int LargestDatagram = 2048;
    private const int MostReceivedAtOnce = 64;
    private const int MostAddressesPerPeer = 32;
    private const int SocketBufferBytes = 4 << 20;
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromMilliseconds(100);

    private readonly ILogger<MediaLoop> _log;
    private readonly Socket _socket;
    private readonly IceTcpListener? _tcp;
    private readonly Socket _wakeSocket;
    private readonly SocketAddress _wakeAddress;
    private readonly SocketAddress _from;
    private readonly SocketAddress _to;
    private readonly byte[] _buffer = new byte[LargestDatagram];
    private readonly ConcurrentQueue<Action> _posted = new();
    private readonly Dictionary<TransportAddress, PeerPort> _byAddress = [];
    private readonly Dictionary<string, PeerPort>.AlternateLookup<ReadOnlySpan<char>> _byUfrag =
        new Dictionary<string, PeerPort>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly PriorityQueue<PeerPort, long> _deadlines = new();
    private readonly List<PeerPort> _ports = [];
    private readonly Thread _thread;
    private int _asleep;
    private volatile bool _stopping;

    public MediaLoop(MediaClock clock, IPAddress host, int port, ILogger<MediaLoop> log)
    {
        Clock = clock;
        _log = log;
        bool dual = host.Equals(IPAddress.Any) && Socket.OSSupportsIPv6 || host.AddressFamily == AddressFamily.InterNetworkV6;
        _socket = new Socket(dual ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        if (dual)
        {
            _socket.DualMode = true;
        }

        _socket.ReceiveBufferSize = SocketBufferBytes;
        _socket.SendBufferSize = SocketBufferBytes;
        _socket.Blocking = false;
        IPAddress bound = dual && host.Equals(IPAddress.Any) ? IPAddress.IPv6Any : host;
        _socket.Bind(new IPEndPoint(bound, port));
        Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        _from = new SocketAddress(_socket.AddressFamily);
        _to = new SocketAddress(_socket.AddressFamily);
        _tcp = IceTcpListener.TryOpen(bound, Port, this, log);

        // A one-byte datagram to ourselves ends the wait for packets: the portable way to wake a poll.
        IPAddress self = bound.Equals(IPAddress.Any) || bound.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : bound;
        _wakeSocket = new Socket(self.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        _wakeAddress = new IPEndPoint(self, Port).Serialize();
        _thread = new Thread(Run) { IsBackground = true, Name = "media", Priority = ThreadPriority.AboveNormal };
    }

    public MediaClock Clock { get; }

    public int Port { get; }

    /// <summary>Whether it is reached over IPv6 too.</summary>
    public bool HasIPv6 => _socket.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Whether the same port number is open on TCP too.</summary>
    public bool HasTcp => _tcp is not null;

    /// <summary>Datagrams that belong to no peer.</summary>
    public long DatagramsUnclaimed { get; private set; }

    /// <summary>Datagrams that the socket would not take.</summary>
    public long SendFailures { get; private set; }

    /// <summary>For readers on the loop's thread.</summary>
    public IReadOnlyList<PeerPort> Ports => _ports;

    public void Start()
    {
        _thread.Start();
        _tcp?.Start();
    }

    /// <summary>Runs the work on the loop's thread, soon.</summary>
    public void Post(Action work)
    {
        _posted.Enqueue(work);
        if (Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            ReadOnlySpan<byte> nudge = [0];
            _wakeSocket.SendTo(nudge, SocketFlags.None, _wakeAddress);
        }
    }

    /// <summary>Runs the question on the loop's thread and brings its answer back.</summary>
    public Task<T> AskAsync<T>(Func<T> question)
    {
        if (Thread.CurrentThread == _thread)
        {
            return Task.FromResult(question());
        }

        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_stopping)
        {
            answer.SetCanceled();
            return answer.Task;
        }

        Post(() =>
        {
            try
            {
                answer.SetResult(question());
            }
            catch (Exception error)
            {
                answer.SetException(error);
            }
        });
        return answer.Task;
    }

    public PeerPort Add(WebRtcPeer peer, IPeerOwner owner)
    {
        var port = new PeerPort(peer, owner);
        _ports.Add(port);
        LearnUfrag(port);
        return port;
    }

    /// <summary>To be called after anything was asked of a peer outside of the loop's own rounds: sends what it has to send.</summary>
    public void Flush(PeerPort port)
    {
        LearnUfrag(port);
        Drain(port);
    }

    /// <summary>Takes the peer off the loop and disposes it. Its last words are sent first.</summary>
    public void Remove(PeerPort port)
    {
        if (port.IsRemoved)
        {
            return;
        }

        port.Peer.Close(Clock.Now);
        SendAll(port);
        port.IsRemoved = true;
        _ports.Remove(port);
        while (_deadlines.Remove(port, out _, out _))
        {
            // A deadline half a minute away would keep the peer's buffers until then; there may be several.
        }

        foreach (TransportAddress address in port.Addresses)
        {
            if (_byAddress.TryGetValue(address, out PeerPort? owner) && owner == port)
            {
                _byAddress.Remove(address);
            }
        }

        foreach (string ufrag in _byUfrag.Dictionary.Where(pair => pair.Value == port).Select(pair => pair.Key).ToArray())
        {
            _byUfrag.Dictionary.Remove(ufrag);
        }

        port.Peer.Dispose();
    }

    /// <summary>A datagram that came framed over TCP; called on the loop's thread.</summary>
    internal void OnTcpDatagram(ReadOnlySpan<byte> datagram, TransportAddress from) => Route(Clock.Now, datagram, from);

    /// <summary>A TCP connection ended: its address leads nowhere any more. Called on the loop's thread.</summary>
    internal void OnTcpClosed(TransportAddress address)
    {
        if (_byAddress.Remove(address, out PeerPort? port))
        {
            port.Addresses.Remove(address);
            port.Peer.RemoveAddress(Clock.Now, address);
            Drain(port);
        }
    }

    public void Dispose()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        Post(static () => { });
        if (_thread.IsAlive)
        {
            _thread.Join(TimeSpan.FromSeconds(5));
        }

        _tcp?.Dispose();
        _socket.Dispose();
        _wakeSocket.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            try
            {
                RunOnce();
            }
            catch (Exception error)
            {
                // The loop outlives a fault: a peer's own faults were contained below; this is the shell's.
                LogFault(_log, error);
            }
        }

        foreach (PeerPort port in _ports.ToArray())
        {
            Remove(port);
        }
    }

    private void RunOnce()
    {
        // A full fence: the flag must be seen before the queue is looked at, or a nudge is missed.
        Interlocked.Exchange(ref _asleep, 1);
        TimeSpan wait = _posted.IsEmpty ? UntilNextDeadline() : TimeSpan.Zero;
        bool readable = _socket.Poll(wait, SelectMode.SelectRead);
        Volatile.Write(ref _asleep, 0);
        for (int count = 0; readable && count < MostReceivedAtOnce; count++)
        {
            ReceiveOne();
            readable = _socket.Available > 0;
        }

        for (int left = _posted.Count; left > 0 && _posted.TryDequeue(out Action? work); left--)
        {
            work();
        }

        AdvanceDue();
    }

    private TimeSpan UntilNextDeadline()
    {
        if (!_deadlines.TryPeek(out _, out long microseconds))
        {
            return s_longestSleep;
        }

        TimeSpan left = new Instant(microseconds) - Clock.Now;
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < s_longestSleep ? left : s_longestSleep;
    }

    private void ReceiveOne()
    {
        int length;
        try
        {
            length = _socket.ReceiveFrom(_buffer, SocketFlags.None, _from);
        }
        catch (SocketException)
        {
            // An ICMP error for something sent earlier comes out here on some systems; a truncated giant does too.
            return;
        }

        if (length > 1)
        {
            Route(Clock.Now, _buffer.AsSpan(0, length), SocketAddresses.Read(_from));
        }
    }

    private void Route(Instant now, ReadOnlySpan<byte> datagram, TransportAddress from)
    {
        PeerPort? port = null;
        if (StunUsername.TryGetLocalUfrag(datagram, out ReadOnlySpan<byte> ufrag))
        {
            Span<char> name = stackalloc char[256];
            if (ufrag.Length <= name.Length)
            {
                int length = System.Text.Encoding.ASCII.GetChars(ufrag, name);
                _byUfrag.TryGetValue(name[..length], out port);
            }
        }
        else
        {
            _byAddress.TryGetValue(from, out port);
        }

        if (port is null)
        {
            DatagramsUnclaimed++;
            return;
        }

        try
        {
            port.Peer.Receive(now, datagram, from);
            Drain(port);
        }
        catch (Exception error)
        {
            CloseFaulty(port, error);
        }
    }

    private void AdvanceDue()
    {
        Instant now = Clock.Now;
        while (_deadlines.TryPeek(out PeerPort? port, out long at) && at <= now.Microseconds)
        {
            _deadlines.Dequeue();
            if (port.IsRemoved || at != port.QueuedDeadline.Microseconds)
            {
                continue;
            }

            port.QueuedDeadline = Instant.Never;
            try
            {
                port.Peer.Advance(now);
                Drain(port);
            }
            catch (Exception error)
            {
                CloseFaulty(port, error);
            }
        }
    }

    private void Drain(PeerPort port)
    {
        if (port.IsRemoved)
        {
            return;
        }

        SendAll(port);
        while (!port.IsRemoved && port.Peer.TryTakeEvent(out PeerEvent happened))
        {
            if (happened.Kind == PeerEventKind.AddressLearned)
            {
                LearnAddress(port, happened.Address);
            }

            port.Owner.OnEvent(port, ref happened);
        }

        if (port.IsRemoved)
        {
            return;
        }

        SendAll(port);
        Instant next = port.Peer.NextDeadline;
        if (next < port.QueuedDeadline || port.QueuedDeadline == Instant.Never && next != Instant.Never)
        {
            port.QueuedDeadline = next;
            _deadlines.Enqueue(port, next.Microseconds);
        }
    }

    private void SendAll(PeerPort port)
    {
        while (port.Peer.TryTakeDatagram(out OutgoingDatagram datagram))
        {
            if (datagram.To.Protocol == TransportProtocol.Tcp)
            {
                _tcp?.Send(datagram.Data.Span, datagram.To);
                continue;
            }

            SocketAddresses.Write(_to, datagram.To);
            try
            {
                _socket.SendTo(datagram.Data.Span, SocketFlags.None, _to);
            }
            catch (SocketException)
            {
                // A full buffer or an unreachable candidate: to the peer it is a lost packet.
                SendFailures++;
            }
        }
    }

    private void LearnAddress(PeerPort port, TransportAddress address)
    {
        if (port.Addresses.Contains(address))
        {
            _byAddress[address] = port;
            return;
        }

        if (port.Addresses.Count == MostAddressesPerPeer)
        {
            _byAddress.Remove(port.Addresses[0]);
            port.Addresses.RemoveAt(0);
        }

        port.Addresses.Add(address);
        _byAddress[address] = port;
    }

    private void LearnUfrag(PeerPort port)
    {
        if (port is { IsRemoved: false, Peer.LocalUfrag: { Length: > 0 } ufrag } && !ReferenceEquals(ufrag, port.LearnedUfrag))
        {
            port.LearnedUfrag = ufrag;
            _byUfrag.Dictionary.TryAdd(ufrag, port);
        }
    }

    private void CloseFaulty(PeerPort port, Exception error)
    {
        LogPeerFault(_log, error);
        var closed = new PeerEvent { Kind = PeerEventKind.Closed, Reason = "internal error" };
        port.Owner.OnEvent(port, ref closed);
        Remove(port);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The media loop met a fault and goes on")]
    private static partial void LogFault(ILogger log, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "A peer broke an invariant and is closed")]
    private static partial void LogPeerFault(ILogger log, Exception error);
}
