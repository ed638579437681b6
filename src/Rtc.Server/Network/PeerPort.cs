using Rtc.Peer;

namespace Rtc.Server.Network;

/// <summary>
/// One peer's place on the media loop: the peer, its owner, and the addresses that lead to it. Everything
/// here belongs to the loop's thread.
/// </summary>
internal sealed class PeerPort(WebRtcPeer peer, IPeerOwner owner)
{
    public WebRtcPeer Peer { get; } = peer;

    public IPeerOwner Owner { get; } = owner;

    public List<TransportAddress> Addresses { get; } = [];

    /// <summary>The newest name that leads here, kept so that sending looks nothing up.</summary>
    public string? LearnedUfrag { get; set; }

    public Instant QueuedDeadline { get; set; } = Instant.Never;

    public bool IsRemoved { get; set; }
}
