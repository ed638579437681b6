namespace Rtc.Peer.Ice;

/// <summary>
/// A remote address and what is known of it, whichever credentials proved it: what comes from a proven path is looked at,
/// and consent belongs to it. All local candidates of a protocol share one socket, so the remote address names the path.
/// </summary>
internal sealed class IcePath(TransportAddress remote)
{
    public TransportAddress Remote { get; } = remote;

    /// <summary>The last check with right integrity that came from here, or answer to one of ours.</summary>
    public Instant? ProvenAt { get; set; }

    /// <summary>The last answer to a check of ours: consent lasts from here (RFC 7675 section 5.1).</summary>
    public Instant? AnsweredAt { get; set; }

    /// <summary>The last time that anything authenticated came from here.</summary>
    public Instant LastHeard { get; set; }

    public bool IsProven(Instant now, TimeSpan lifetime) => ProvenAt is { } at && now - at < lifetime;

    public bool IsAnswered(Instant now, TimeSpan lifetime) => AnsweredAt is { } at && now - at < lifetime;
}
