using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Sdp;
using Rtc.Server.Network;

namespace Rtc.Bench;

/// <summary>
/// Hundreds who only watch, each with a peer and a socket of its own, on one thread: what they cost must not take the
/// processor from the server that is measured. They decrypt, order and count what comes, and decode nothing.
/// </summary>
internal sealed class ViewerSwarm : IAsyncDisposable
{
    private const int MaxDatagramBytes = 2048;
    private const int MaxWaitMicroseconds = 5000;
    private static readonly DtlsIdentity s_identity = DtlsIdentity.Create();
    private readonly HttpClient _http;
    private readonly MediaClock _clock = new();
    private readonly ConcurrentQueue<SwarmViewer> _arriving = new();
    private readonly List<SwarmViewer> _viewers = [];
    private readonly List<Socket> _ready = [];
    private readonly Dictionary<Socket, SwarmViewer> _bySocket = [];
    private readonly byte[] _buffer = new byte[MaxDatagramBytes];
    private readonly SocketAddress _from = new(AddressFamily.InterNetwork);
    private readonly SocketAddress _to = new(AddressFamily.InterNetwork);
    private readonly Thread _thread;
    private volatile bool _stopping;

    public ViewerSwarm(HttpClient http)
    {
        _http = http;
        _thread = new Thread(Run) { IsBackground = true, Name = "viewers" };
        _thread.Start();
    }

    public async Task<SwarmViewer> AddAsync(Uri address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            Blocking = false,
            ReceiveBufferSize = 1 << 20,
        };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var peer = new WebRtcPeer(
            new PeerOptions
            {
                Identity = s_identity,
                Random = SystemRandom.Instance,
                LocalCandidates = [new LocalCandidate(
                    TransportAddress.From(IPAddress.Loopback, ((IPEndPoint)socket.LocalEndPoint!).Port), CandidateKind.Host)],
                NtpAtOrigin = _clock.NtpAtOrigin,
            },
            _clock.Now);
        var viewer = new SwarmViewer(peer, socket);
        using var content = new StringContent(peer.CreateOffer(_clock.Now, new OfferPlan { Video = [MediaDirection.ReceiveOnly] }),
            Encoding.UTF8, new MediaTypeHeaderValue("application/sdp"));
        using HttpResponseMessage response = await _http.PostAsync(address, content);
        string answer = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode || !peer.TryAcceptAnswer(_clock.Now, answer, out string? problem))
        {
            throw new RunFailedException($"a viewer was not let in ({(int)response.StatusCode}): {answer}");
        }

        viewer.Session = response.Headers.Location is { } location ? new Uri(address, location) : null;
        _arriving.Enqueue(viewer);
        return viewer;
    }

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        _thread.Join();
        foreach (SwarmViewer viewer in _viewers)
        {
            if (viewer.Session is { } session)
            {
                try
                {
                    using HttpResponseMessage _ = await _http.DeleteAsync(session);
                }
                catch (HttpRequestException)
                {
                    // The server is gone already.
                }
            }

            viewer.Peer.Dispose();
            viewer.Socket.Dispose();
        }
    }

    private void Run()
    {
        while (!_stopping)
        {
            while (_arriving.TryDequeue(out SwarmViewer? viewer))
            {
                _viewers.Add(viewer);
                _bySocket[viewer.Socket] = viewer;
                Drain(viewer);
            }

            if (_viewers.Count == 0)
            {
                Thread.Sleep(1);
                continue;
            }

            _ready.Clear();
            _ready.AddRange(_bySocket.Keys);
            Socket.Select(_ready, null, null, Wait());
            foreach (Socket socket in _ready)
            {
                Receive(_bySocket[socket]);
            }

            Instant now = _clock.Now;
            foreach (SwarmViewer viewer in _viewers)
            {
                if (viewer.Next <= now)
                {
                    viewer.Peer.Advance(now);
                    Drain(viewer);
                }
            }
        }
    }

    private int Wait()
    {
        Instant next = Instant.Never;
        foreach (SwarmViewer viewer in _viewers)
        {
            next = Instant.Min(next, viewer.Next);
        }

        return (int)Math.Clamp(next.Microseconds - _clock.Now.Microseconds, 0, MaxWaitMicroseconds);
    }

    private void Receive(SwarmViewer viewer)
    {
        while (viewer.Socket.Available > 0)
        {
            int length = viewer.Socket.ReceiveFrom(_buffer, SocketFlags.None, _from);
            viewer.Peer.Receive(_clock.Now, _buffer.AsSpan(0, length), SocketAddresses.Read(_from));
            Drain(viewer);
        }
    }

    private void Drain(SwarmViewer viewer)
    {
        Send(viewer);
        while (viewer.Peer.TryTakeEvent(out PeerEvent happened))
        {
            viewer.Take(happened);
        }

        Send(viewer);
        viewer.Next = viewer.Peer.NextDeadline;
    }

    private void Send(SwarmViewer viewer)
    {
        while (viewer.Peer.TryTakeDatagram(out OutgoingDatagram datagram))
        {
            if (datagram.To.Protocol == TransportProtocol.Udp && datagram.To.IsIPv4)
            {
                SocketAddresses.Write(_to, datagram.To);
                viewer.Socket.SendTo(datagram.Data.Span, SocketFlags.None, _to);
            }
        }
    }
}

/// <summary>One of a swarm, and what it saw. Its counts are written on the swarm's thread and read by whoever asks.</summary>
internal sealed class SwarmViewer(WebRtcPeer peer, Socket socket)
{
    private const double FreezeMs = 300;
    private readonly long _began = Stopwatch.GetTimestamp();
    private double _lastMs;

    public WebRtcPeer Peer { get; } = peer;

    public Socket Socket { get; } = socket;

    public Uri? Session { get; set; }

    public Instant Next { get; set; }

    public long Frames { get; private set; }

    public long KeyFrames { get; private set; }

    public int Freezes { get; private set; }

    /// <summary>From before its offer to its first picture.</summary>
    public double? FirstPictureMs { get; private set; }

    public string? ClosedBecause { get; private set; }

    public PeerStats Stats => Peer.Stats;

    public void Take(in PeerEvent happened)
    {
        if (happened.Kind == PeerEventKind.Closed)
        {
            ClosedBecause = happened.Reason ?? "closed";
        }

        if (happened.Frame is not { } frame)
        {
            return;
        }

        double now = Stopwatch.GetElapsedTime(_began).TotalMilliseconds;
        FirstPictureMs ??= now;
        Freezes += Frames > 0 && now - _lastMs > FreezeMs ? 1 : 0;
        Frames++;
        KeyFrames += frame.IsKey ? 1 : 0;
        _lastMs = now;
        frame.Dispose();
    }
}
