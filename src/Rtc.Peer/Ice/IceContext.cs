namespace Rtc.Peer.Ice;

/// <summary>What the parts of one <see cref="IceAgent"/> share: its settings, its role, where it stands, and the way out.</summary>
internal sealed class IceContext(IceSettings settings, PeerRandom random)
{
    private const int OutboxCapacity = 64;

    public IceSettings Settings { get; } = settings;

    public PeerRandom Random { get; } = random;

    public DatagramQueue Outbox { get; } = new(OutboxCapacity);

    public IceCounters Counters { get; } = new();

    /// <summary>As of the call that is being served.</summary>
    public Instant Now { get; set; }

    public IceState State { get; set; }

    /// <summary>When an agent without a selected pair gives up.</summary>
    public Instant FailAt { get; set; } = Instant.Never;

    public bool Controlling { get; set; }

    /// <summary>Decides which side controls where both claim it (RFC 8445 section 7.3.1.1).</summary>
    public ulong TieBreaker { get; set; }
}
