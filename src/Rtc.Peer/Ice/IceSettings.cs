namespace Rtc.Peer.Ice;

internal sealed record IceSettings
{
    public bool Lite { get; init; }

    public IReadOnlyList<LocalCandidate> LocalCandidates { get; init; } = [];

    /// <summary>RFC 7675 section 5.1: consent expires 30 s after the last response.</summary>
    public TimeSpan ConsentTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a first connection may look for a pair.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
