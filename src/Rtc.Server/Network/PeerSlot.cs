using Rtc.Peer;

namespace Rtc.Server.Network;

/// <summary>
/// One peer's place on the media loop: the peer, its owner, and what the loop's parts know of it, kept here so that
/// no packet looks it up. Everything here belongs to the loop's thread.
/// </summary>
internal sealed class PeerSlot(WebRtcPeer peer, IPeerOwner owner, DatagramSocket? socket = null)
{
    public WebRtcPeer Peer { get; } = peer;

    public IPeerOwner Owner { get; } = owner;

    /// <summary>
    /// Its own port, by which alone it sends and is reached; null where it shares that of all clients. Disposed with its place.
    /// </summary>
    public DatagramSocket? Socket { get; } = socket;

    /// <summary>Something waits at its own port. Kept by <see cref="MicrosecondPoll"/>.</summary>
    public bool IsReadable { get; set; }

    /// <summary>Where it was heard from, oldest first. Kept by <see cref="PeerRoutes"/>.</summary>
    public List<TransportAddress> Addresses { get; } = [];

    /// <summary>The names that lead here, newest last: each restart of ICE brings one. Kept by <see cref="PeerRoutes"/>.</summary>
    public List<string> Ufrags { get; } = [];

    /// <summary>Kept by <see cref="PeerDeadlines"/>.</summary>
    public Instant QueuedDeadline { get; set; } = Instant.Never;

    /// <summary>It may have something to send or to tell. Kept by <see cref="PeerSlots"/>.</summary>
    public bool IsMarked { get; set; }

    /// <summary>
    /// What its peer threw when something was asked of it; it is closed for that with this round. Kept by <see cref="PeerSlots"/>.
    /// </summary>
    public Exception? Error { get; set; }

    /// <summary>It is off the loop and its peer disposed, or about to be. Kept by <see cref="MediaLoop"/>.</summary>
    public bool IsRemoved { get; set; }
}
