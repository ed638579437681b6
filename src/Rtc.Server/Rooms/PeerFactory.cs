using System.Net;
using System.Net.Sockets;
using Rtc.Media.Factory;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Ice;
using Rtc.Server.Addresses;
using Rtc.Server.Network;

namespace Rtc.Server.Rooms;

/// <summary>Makes peers with this server's identity and the addresses at which its media port can be reached.</summary>
internal sealed class PeerFactory : IDisposable
{
    private const int FeedBufferBytes = 1 << 20;

    /// <summary>What another node's pictures may come in; they are passed on, so nothing has to be here that reads them.</summary>
    public static readonly VideoCodec[] FeedCodecs = [VideoCodec.Vp8, VideoCodec.H264];

    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly IReadOnlyList<LocalCandidate> _candidates;
    private readonly IReadOnlyList<LocalCandidate> _loopbackCandidates;
    private readonly BitrateLimits _bitrates;
    private readonly IPAddress _host;

    public PeerFactory(MediaLoop loop, IPAddress host, IReadOnlyList<IPAddress> advertised, BitrateLimits bitrates)
    {
        _bitrates = bitrates;
        _host = host;
        IPAddress[] own = host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any) ? [.. LocalAddresses.List()] : [host];
        List<LocalCandidate> candidates =
            [.. Candidates(own, CandidateKind.Host, loop), .. Candidates(advertised, CandidateKind.ServerReflexive, loop)];
        List<LocalCandidate> loopback =
            [.. Candidates(loop.HasIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback], CandidateKind.Host, loop)];
        _candidates = candidates.Count > 0 ? candidates : loopback;

        // Whoever reached the signalling over loopback can reach the media so too, even with the network down.
        _loopbackCandidates = host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any) ? [.. loopback, .. candidates] : _candidates;
    }

    public WebRtcPeer Create(MediaClock clock, bool fromLoopback) => Create(clock, fromLoopback ? _loopbackCandidates : _candidates);

    /// <summary>
    /// One that offers, to another node. It has a port of its own: two such peers may lead from this node to one and the same, where
    /// only by that they are told apart. Null where the system gives none.
    /// </summary>
    public (WebRtcPeer Peer, DatagramSocket Socket)? TryCreateFeed(MediaClock clock)
    {
        DatagramSocket socket;
        try
        {
            socket = new DatagramSocket(_host, port: 0, FeedBufferBytes);
        }
        catch (SocketException)
        {
            return null;
        }

        IEnumerable<LocalCandidate> candidates = _candidates.Where(candidate => candidate.Kind == CandidateKind.Host)
            .Select(candidate => candidate.Address)
            .Where(address => address.Protocol == TransportProtocol.Udp)
            .Select(address => new LocalCandidate(address with { Port = (ushort)socket.Port }, CandidateKind.Host));
        return (Create(clock, [.. candidates]), socket);
    }

    private WebRtcPeer Create(MediaClock clock, IReadOnlyList<LocalCandidate> candidates)
    {
        var options = new PeerOptions
        {
            Identity = _identity,
            Random = SystemRandom.Instance,
            LocalCandidates = candidates,
            NtpAtOrigin = clock.NtpAtOrigin,
            StartBitrate = Bitrate.FromKilobits(_bitrates.Start),
            MinBitrate = Bitrate.FromKilobits(_bitrates.Minimum),
            MaxBitrate = Bitrate.FromKilobits(_bitrates.Maximum),
        };
        return new WebRtcPeer(options, clock.Now);
    }

    public void Dispose() => _identity.Dispose();

    /// <summary>
    /// What this machine cannot read and write is never negotiated, nor looked for before it is offered: the first time loads it.
    /// </summary>
    public static VideoCodec[] CodecsFor(string offer) =>
    [
        .. VideoCodecs.IsUsable(VideoCodec.Vp8) ? [VideoCodec.Vp8] : Array.Empty<VideoCodec>(),
        .. HasH264(offer) && VideoCodecs.IsUsable(VideoCodec.H264) ? [VideoCodec.H264] : Array.Empty<VideoCodec>(),
    ];

    /// <summary>It has a codec that another machine may read and write where this one does not.</summary>
    public static bool IsBeyond(string offer) => HasH264(offer) && !VideoCodecs.IsUsable(VideoCodec.H264);

    private static bool HasH264(string offer) => offer.Contains("H264", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<LocalCandidate> Candidates(IEnumerable<IPAddress> addresses, CandidateKind kind, MediaLoop loop)
    {
        foreach (IPAddress address in addresses)
        {
            yield return new LocalCandidate(TransportAddress.From(address, loop.Port), kind);
            if (loop.HasTcp)
            {
                yield return new LocalCandidate(TransportAddress.From(address, loop.Port, TransportProtocol.Tcp), kind);
            }
        }
    }
}
