namespace Rtc.Peer.Primitives;

/// <summary>A synchronization source: names one RTP stream inside a session (RFC 3550 section 3).</summary>
public readonly record struct Ssrc(uint Value)
{
    public override string ToString() => Value.ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
}
