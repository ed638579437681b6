namespace Rtc.Peer.Ice;

/// <summary>What the agent did and what it threw away, by reason.</summary>
internal sealed class IceCounters
{
    public long ChecksSent { get; set; }

    public long ChecksReceived { get; set; }

    public long Malformed { get; set; }

    public long Unauthenticated { get; set; }

    public long StrayResponses { get; set; }

    public long RoleConflicts { get; set; }

    public long PairsRefused { get; set; }
}
