using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Rtc.Bitstream;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Peer.Stun;

namespace Rtc.Examples;

/// <summary>
/// Peers on one UDP socket and one thread, which receives, advances each peer at its deadline and sends. Nothing of a peer
/// is locked: call it in a listener or in what <see cref="RunAsync"/> is given, both of which run on that thread.
/// </summary>
internal sealed partial class UdpPeers : IDisposable
{
    private const int MaxPeers = 100;
    private static readonly TimeSpan s_maxWait = TimeSpan.FromMilliseconds(100);

    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ConcurrentQueue<Action<Instant>> _work = new();
    private readonly List<(WebRtcPeer Peer, Listener Listener)> _peers = [];
    private readonly Dictionary<TransportAddress, WebRtcPeer> _routes = [];
    private readonly byte[] _datagram = new byte[2048];
    private readonly long _origin = Stopwatch.GetTimestamp();
    private readonly PeerOptions _options;
    private readonly IPEndPoint _self;
    private readonly Thread _thread;
    private volatile bool _stopping;

    /// <param name="port">The UDP port, 0 for any.</param>
    public UdpPeers(int port = 0)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Any, port));
        _self = new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)_socket.LocalEndPoint!).Port);
        _options = new PeerOptions
        {
            Identity = _identity,
            Random = SystemRandom.Instance,
            NtpAtOrigin = NtpTime.FromUnixMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()),
            StartBitrate = Bitrate.FromKilobits(3000),
            LocalCandidates = [.. NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(network => network.GetIPProperties().UnicastAddresses)
                .Where(own => own.Address.AddressFamily == AddressFamily.InterNetwork)
                .Select(own => new LocalCandidate(TransportAddress.From(own.Address, _self.Port), CandidateKind.Host))],
        };
        (_thread = new Thread(Loop) { IsBackground = true, Name = "peers" }).Start();
    }

    /// <summary>Hears what a peer tells. A picture is the listener's to dispose.</summary>
    public delegate void Listener(WebRtcPeer peer, PeerEvent happened, Instant now);

    private Instant Now => new((long)Stopwatch.GetElapsedTime(_origin).TotalMicroseconds);

    public Task<T> RunAsync<T>(Func<Instant, T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Enqueue(now => done.SetResult(work(now)));
        _socket.SendTo([], _self); // an empty datagram ends the wait for a real one
        return done.Task;
    }

    /// <summary>A peer and its answer to an offer; no peer and the reason where the offer is refused.</summary>
    public Task<(WebRtcPeer? Peer, string Text)> AnswerAsync(string offer, AnswerPolicy policy, Listener listener) =>
        RunAsync<(WebRtcPeer?, string)>(now =>
        {
            if (_peers.Count >= MaxPeers)
            {
                return (null, "too many peers");
            }

            WebRtcPeer peer = Add(now, listener);
            if (peer.TryAnswer(now, offer, policy, out string answer, out string? error))
            {
                return (peer, answer);
            }

            peer.Close(now);
            return (null, error!);
        });

    /// <summary>Another peer, which lives until it is closed by either side; to be called on the thread of the peers.</summary>
    public WebRtcPeer Add(Instant now, Listener listener)
    {
        var peer = new WebRtcPeer(_options, now);
        _peers.Add((peer, listener));
        return peer;
    }

    /// <summary>Says goodbye to all.</summary>
    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _socket.Dispose();
        _identity.Dispose();
    }
}
