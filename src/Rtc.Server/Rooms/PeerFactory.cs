using System.Net;
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
    private readonly DtlsIdentity _identity = DtlsIdentity.Create();
    private readonly IReadOnlyList<LocalCandidate> _candidates;
    private readonly IReadOnlyList<LocalCandidate> _loopbackCandidates;
    private readonly BitrateLimits _bitrates;

    public PeerFactory(MediaLoop loop, IPAddress host, IReadOnlyList<IPAddress> advertised, BitrateLimits bitrates)
    {
        _bitrates = bitrates;
        IPAddress[] own = host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any) ? [.. LocalAddresses.List()] : [host];
        List<LocalCandidate> candidates =
            [.. Candidates(own, CandidateKind.Host, loop), .. Candidates(advertised, CandidateKind.ServerReflexive, loop)];
        List<LocalCandidate> loopback =
            [.. Candidates(loop.HasIPv6 ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback], CandidateKind.Host, loop)];
        _candidates = candidates.Count > 0 ? candidates : loopback;

        // Whoever reached the signalling over loopback can reach the media so too, even with the network down.
        _loopbackCandidates = host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any) ? [.. loopback, .. candidates] : _candidates;
    }

    public WebRtcPeer Create(MediaClock clock, bool fromLoopback, string offer)
    {
        var options = new PeerOptions
        {
            Identity = _identity,
            Random = SystemRandom.Instance,
            LocalCandidates = fromLoopback ? _loopbackCandidates : _candidates,
            VideoCodecs = CodecsFor(offer),
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
        .. offer.Contains("H264", StringComparison.OrdinalIgnoreCase) && VideoCodecs.IsUsable(VideoCodec.H264)
            ? [VideoCodec.H264]
            : Array.Empty<VideoCodec>(),
    ];

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
