using System.Net;
using Rtc.Peer;
using Rtc.Signaling;

namespace Rtc.Server.Network;

/// <summary>
/// The thread that owns the media socket and every peer. Datagrams go to the peer they belong to and what the
/// peer wants sent leaves at once; whoever else has something for a peer posts it here. So no peer has a lock,
/// and a packet crosses no thread between the socket and the frame it completes.
/// </summary>
internal sealed partial class MediaLoop : IDisposable
{
    /// <summary>Peers with ports of their own that one loop waits for.</summary>
    private const int MaxOwnSockets = 256;

    private const int MaxReceivedAtOnce = 64;
    private static readonly TimeSpan s_longestSleep = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly ILogger<MediaLoop> _log;
    private readonly MediaSocket _socket;
    private readonly IceTcpListener? _tcp;
    private readonly LoopInbox _inbox;
    private readonly PeerSlots _peers;
    private readonly Thread _thread;
    private readonly LoopLateness _lateness;
    private List<PeerSlot>? _own;
    private long _rounds;

    /// <param name="clock">The time that peers are told.</param>
    /// <param name="host">The address to listen on.</param>
    /// <param name="port">The port of both UDP and TCP; 0 lets the system choose.</param>
    /// <param name="log">Where errors go.</param>
    /// <param name="patience">How long a question to the loop waits for its answer; null is five seconds.</param>
    /// <param name="tcpConnections">How many ICE-TCP connections there may be; null is the default of the options.</param>
    public MediaLoop(
        MediaClock clock, IPAddress host, int port, ILogger<MediaLoop> log, TimeSpan? patience = null, AddressQuota? tcpConnections = null)
    {
        Clock = clock;
        _lateness = new LoopLateness(clock);
        _log = log;
        _socket = new MediaSocket(host, port);
        _inbox = new LoopInbox(_socket.Wake, patience ?? s_patience);
        _tcp = IceTcpListener.TryOpen(_socket.Bound, Port, this, tcpConnections ?? IceTcpListener.DefaultQuota(), log);
        _peers = new PeerSlots(clock, Send, log);
        _thread = new Thread(Run) { IsBackground = true, Name = "media", Priority = ThreadPriority.AboveNormal };
    }

    public MediaClock Clock { get; }

    public int Port => _socket.Port;

    /// <summary>Whether it is reached over IPv6 too.</summary>
    public bool HasIPv6 => _socket.HasIPv6;

    /// <summary>Whether the same port number is open on TCP too.</summary>
    public bool HasTcp => _tcp is not null;

    /// <summary>Datagrams that belong to no peer.</summary>
    public long DatagramsUnclaimed => _peers.Unclaimed;

    /// <summary>Datagrams that the socket would not take.</summary>
    public long SendFailures => _socket.SendFailures;

    /// <summary>Open ICE-TCP connections.</summary>
    public int TcpConnections => _tcp?.Connections ?? 0;

    /// <summary>The worst that the loop was late since this was asked last; from any thread.</summary>
    public TimeSpan TakeLateness() => _lateness.TakeWorst();

    /// <summary>How often it came round, which it does ten times a second at least. Read from any thread.</summary>
    public long Rounds => Volatile.Read(ref _rounds);

    /// <summary>For readers on the loop's thread, to whom alone a peer's place belongs; so do all calls about one.</summary>
    public IReadOnlyList<PeerSlot> Ports => _peers.All;

    public void Start()
    {
        _thread.Start();
        _tcp?.Start();
    }

    /// <summary>Runs the work on the loop's thread, soon.</summary>
    public void Post(Action work) => _inbox.Post(work);

    /// <summary>Runs the question on the loop's thread and brings its answer back; see <see cref="LoopInbox.AskAsync"/>.</summary>
    public Task<T> AskAsync<T>(Func<T> question, bool evenLate = false) =>
        Thread.CurrentThread == _thread ? Task.FromResult(question()) : _inbox.AskAsync(question, evenLate);

    /// <summary>A peer more with a port of its own may be added.</summary>
    public bool HasRoomForOwnSocket => (_own?.Count(slot => !slot.IsRemoved) ?? 0) < MaxOwnSockets;

    public PeerSlot Add(WebRtcPeer peer, IPeerOwner owner) => _peers.Add(peer, owner);

    /// <summary>A peer with a port of its own, which ends with it.</summary>
    public PeerSlot Add(WebRtcPeer peer, IPeerOwner owner, DatagramSocket socket)
    {
        PeerSlot port = _peers.Add(peer, owner, socket);
        (_own ??= []).Add(port);
        return port;
    }

    /// <summary>To be called after anything was asked of a peer: what it has to send leaves before the loop waits again.</summary>
    public void Flush(PeerSlot port) => _peers.Flush(port);

    /// <summary>
    /// Asks something of a peer, contains what it throws, and sends as <see cref="Flush"/> does; see <see cref="PeerSlots.Call"/>.
    /// </summary>
    public bool Call<T>(PeerSlot port, T argument, Func<WebRtcPeer, Instant, T, bool> call) => _peers.Call(port, argument, call);

    /// <summary>Takes the peer off the loop and disposes it. Its last words are sent first.</summary>
    public void Remove(PeerSlot port) => _peers.Remove(port);

    /// <summary>Takes the peer off the loop and disposes it without a word, as one that lost its network.</summary>
    public void Abandon(PeerSlot port) => _peers.Abandon(port);

    /// <summary>A datagram that came framed over TCP; called on the loop's thread.</summary>
    internal void OnTcpDatagram(ReadOnlySpan<byte> datagram, TransportAddress from) => _peers.Receive(datagram, from);

    /// <summary>A TCP connection ended: its address leads nowhere any more. Called on the loop's thread.</summary>
    internal void OnTcpClosed(TransportAddress address) => _peers.CloseAddress(address);

    public void Dispose()
    {
        if (_inbox.IsClosed)
        {
            return;
        }

        _inbox.Close();
        if (_thread.IsAlive)
        {
            _thread.Join(TimeSpan.FromSeconds(5));
        }

        _tcp?.Dispose();
        _socket.Dispose();
    }

    private void Run()
    {
        // Made once: a delegate a round would be garbage at the rate of packets.
        Action round = RunOnce;
        while (!_inbox.IsClosed)
        {
            Guard(round);
        }

        // Who asked before the end gets an answer.
        Action rest = _inbox.RunPosted;
        while (_inbox.HasWork)
        {
            Guard(rest);
        }

        foreach (PeerSlot port in _peers.All.ToArray())
        {
            _peers.Remove(port);
        }
    }

    /// <summary>The loop outlives an error. A peer's own errors are contained where it is served: this one is the shell's.</summary>
    private void Guard(Action step)
    {
        try
        {
            step();
        }
        catch (Exception error)
        {
            LogError(_log, error);
        }
    }

    /// <summary>One round, on the loop's thread; a test that starts no thread is it.</summary>
    internal void RunOnce()
    {
        Volatile.Write(ref _rounds, _rounds + 1);
        TimeSpan wait = _inbox.TryFallAsleep() ? _peers.UntilDue(s_longestSleep) : TimeSpan.Zero;
        _lateness.Sleeps(wait);
        PruneOwn();
        bool readable = _socket.Wait(wait, _own);
        _inbox.WakeUp();
        _lateness.Wakes();
        for (int count = 0; readable && count < MaxReceivedAtOnce; count++)
        {
            if (_socket.TryReceive(out ReadOnlySpan<byte> datagram, out TransportAddress from))
            {
                _peers.Receive(datagram, from);
            }

            readable = _socket.HasMore;
        }

        if (_own is { } own)
        {
            ReceiveOwn(own);
        }

        // A frame that came in leaves before whatever was posted, which may take milliseconds.
        _peers.DrainMarked();
        _inbox.RunPosted();
        _peers.AdvanceDue();
        _peers.DrainMarked();
        _lateness.EndsRound();
    }

    private void PruneOwn()
    {
        if (_own is { } own)
        {
            own.RemoveAll(static slot => slot.IsRemoved);
            _own = own.Count == 0 ? null : own;
        }
    }

    private void ReceiveOwn(List<PeerSlot> own)
    {
        // What comes of a datagram may add a peer, and may end this one.
        for (int i = 0; i < own.Count; i++)
        {
            PeerSlot slot = own[i];
            bool readable = slot.IsReadable;
            slot.IsReadable = false;
            for (int count = 0; readable && !slot.IsRemoved && count < MaxReceivedAtOnce; count++)
            {
                if (slot.Socket!.TryReceive(out ReadOnlySpan<byte> datagram, out TransportAddress from))
                {
                    _peers.Receive(slot, datagram, from);
                }

                readable = !slot.IsRemoved && slot.Socket!.HasMore;
            }
        }
    }

    private void Send(ReadOnlySpan<byte> datagram, TransportAddress to)
    {
        if (to.Protocol == TransportProtocol.Tcp)
        {
            _tcp?.Send(datagram, to);
        }
        else
        {
            _socket.Send(datagram, to);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The media loop met an error and goes on")]
    private static partial void LogError(ILogger log, Exception error);
}
