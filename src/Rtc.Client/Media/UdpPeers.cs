using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;

namespace Rtc.Client.Media;

/// <summary>
/// Peers on one UDP socket and one thread, which receives, advances each peer at its deadline and sends. Nothing of a peer
/// is locked: call it in a listener or in what <see cref="RunAsync"/> is given, both of which run on that thread. The other ends
/// have an address each: two peers of one socket can't have the same server.
/// </summary>
public sealed partial class UdpPeers : IDisposable
{
    private const int MaxPeers = 100;
    private static readonly TimeSpan s_maxWait = TimeSpan.FromMilliseconds(100);

    private readonly DtlsIdentity _identity = DtlsIdentity.Create();

    /// <summary>For IPv6 and IPv4 where this machine has both.</summary>
    private readonly Socket _socket = new(SocketType.Dgram, ProtocolType.Udp);
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
        _socket.Bind(new IPEndPoint(IsDual ? IPAddress.IPv6Any : IPAddress.Any, port));
        _self = Reachable(IPAddress.Loopback, ((IPEndPoint)_socket.LocalEndPoint!).Port);
        _options = new PeerOptions
        {
            Identity = _identity,
            Random = SystemRandom.Instance,
            NtpAtOrigin = NtpTime.FromUnixMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()),
            StartBitrate = Bitrate.FromKilobits(3000),
            LocalCandidates = [.. NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(network => network.GetIPProperties().UnicastAddresses).Select(own => own.Address).Where(IsUsable)
                .Select(own => new LocalCandidate(TransportAddress.From(own, _self.Port), CandidateKind.Host))],
        };
        (_thread = new Thread(Loop) { IsBackground = true, Name = "peers" }).Start();
    }

    /// <summary>Hears what a peer tells. A picture is the listener's to dispose.</summary>
    public delegate void Listener(WebRtcPeer peer, PeerEvent happened, Instant now);

    private Instant Now => new((long)Stopwatch.GetElapsedTime(_origin).TotalMicroseconds);

    private bool IsDual => _socket.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Runs on the thread of the peers; what it throws comes to the caller.</summary>
    public Task<T> RunAsync<T>(Func<Instant, T> work)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Enqueue(now =>
        {
            try
            {
                done.SetResult(work(now));
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
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
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        _thread.Join();
        while (_work.TryDequeue(out Action<Instant>? late))
        {
            late(Now); // its peers are closed
        }

        _socket.Dispose();
        _identity.Dispose();
    }

    /// <summary>A link's own addresses are left out: they mean nothing without the link.</summary>
    private bool IsUsable(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork || (IsDual && !address.IsIPv6LinkLocal);

    private IPEndPoint Reachable(IPAddress address, int port) => new(IsDual ? address.MapToIPv6() : address, port);
}
