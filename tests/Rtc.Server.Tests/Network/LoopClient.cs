using System.Net;
using System.Net.Sockets;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Server.Network;

namespace Rtc.Server.Tests.Network;

/// <summary>
/// The other side of one peer of a media loop that was never started: the test's thread is the loop and the client, so that
/// everything happens in the order in which the test says it.
/// </summary>
internal sealed class LoopClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly MediaLoop _loop;
    private readonly TransportAddress _server;
    private readonly byte[] _buffer = new byte[2048];
    private readonly List<byte[]> _held = [];

    public LoopClient(MediaLoop loop, DtlsIdentity identity)
    {
        _loop = loop;
        _server = TransportAddress.From(IPAddress.Loopback, loop.Port);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var candidate = new LocalCandidate(
            TransportAddress.From(IPAddress.Loopback, ((IPEndPoint)_socket.LocalEndPoint!).Port), CandidateKind.Host);
        Peer = new WebRtcPeer(
            new PeerOptions { Identity = identity, Random = SystemRandom.Instance, LocalCandidates = [candidate] }, loop.Clock.Now);
    }

    public WebRtcPeer Peer { get; }

    public bool IsConnected { get; private set; }

    /// <summary>While true nothing of what the client sends as RTP leaves it.</summary>
    public bool Holds { get; set; }

    public int Held => _held.Count;

    /// <summary>Whatever comes in is lost.</summary>
    public bool IsDeaf { get; set; }

    /// <summary>Called with every frame that arrived whole; it is disposed after.</summary>
    public Action<EncodedFrame>? OnFrame { get; set; }

    /// <summary>What lies in the socket was sent before.</summary>
    public void Discard()
    {
        while (_socket.Available > 0)
        {
            _socket.Receive(_buffer);
        }
    }

    /// <summary>What was held leaves, in one go.</summary>
    public void Release()
    {
        Holds = false;
        foreach (byte[] datagram in _held)
        {
            _socket.SendTo(datagram, new IPEndPoint(IPAddress.Loopback, _loop.Port));
        }

        _held.Clear();
    }

    public void Until(Func<bool> done, string what)
    {
        Instant end = _loop.Clock.Now + s_patience;
        while (!done())
        {
            Assert.True(_loop.Clock.Now < end, what);
            Round();
        }
    }

    /// <summary>The client's turn, then one round of the loop, which does not wait.</summary>
    public void Round()
    {
        while (_socket.Available > 0)
        {
            int length = _socket.Receive(_buffer);
            if (!IsDeaf)
            {
                Peer.Receive(_loop.Clock.Now, _buffer.AsSpan(0, length), _server);
            }
        }

        Peer.Advance(_loop.Clock.Now);
        while (Peer.TryTakeDatagram(out OutgoingDatagram datagram))
        {
            byte[] bytes = datagram.Data.ToArray();
            if (Holds && IsRtp(bytes))
            {
                _held.Add(bytes);
            }
            else
            {
                _socket.SendTo(bytes, new IPEndPoint(IPAddress.Loopback, _loop.Port));
            }
        }

        while (Peer.TryTakeEvent(out PeerEvent happened))
        {
            IsConnected |= happened.Kind == PeerEventKind.Connected;
            if (happened.Frame is { } frame)
            {
                OnFrame?.Invoke(frame);
                frame.Dispose();
            }
        }

        _loop.Post(static () => { });
        _loop.RunOnce();
    }

    public void Dispose()
    {
        Peer.Dispose();
        _socket.Dispose();
    }

    /// <summary>RFC 7983 and RFC 5761 section 4: media, and no RTCP.</summary>
    private static bool IsRtp(byte[] datagram) => datagram.Length > 12 && datagram[0] is >= 128 and < 192 && datagram[1] is < 192 or > 223;
}
