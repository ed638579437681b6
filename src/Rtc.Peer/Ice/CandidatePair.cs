using Rtc.Peer.Stun;

namespace Rtc.Peer.Ice;

internal enum PairState : byte
{
    Waiting,
    InProgress,
    Succeeded,
    Failed,
}

/// <summary>
/// A remote address and what the checks say about it. All local candidates of a protocol share one socket, so a pair
/// is known by its remote address alone. There is no Frozen state: with one component and one socket there is no
/// second pair of the same foundation to spare.
/// </summary>
internal sealed class CandidatePair(TransportAddress remote, IceGeneration generation)
{
    // A response may come after its request was cancelled or repeated by a newer one (RFC 8445 section 7.3.1.4).
    private const int RememberedChecks = 4;

    private readonly SentCheck[] _checks = new SentCheck[RememberedChecks];
    private int _nextCheck;

    public TransportAddress Remote { get; } = remote;

    public IceGeneration Generation { get; } = generation;

    public CandidateKind Kind { get; set; }

    public uint RemotePriority { get; set; }

    public ulong Priority { get; set; }

    public PairState State { get; set; }

    /// <summary>A check of theirs asks for one of ours at once (RFC 8445 section 7.3.1.4).</summary>
    public bool Triggered { get; set; }

    /// <summary>They sent a check with right integrity from here: data may be taken from this address.</summary>
    public bool Authenticated { get; set; }

    /// <summary>The controlling side asked to use it.</summary>
    public bool NominatedByRemote { get; set; }

    /// <summary>We are controlling and our checks on it carry USE-CANDIDATE.</summary>
    public bool NominatedByUs { get; set; }

    public int Attempts { get; set; }

    public TimeSpan Timeout { get; set; }

    public Instant RetransmitAt { get; set; } = Instant.Never;

    public Instant LastHeard { get; set; }

    /// <summary>The last response to a check of ours: consent lasts from here (RFC 7675 section 5.1).</summary>
    public Instant LastConsent { get; set; }

    public bool IsValid => State == PairState.Succeeded;

    public void Remember(in SentCheck check)
    {
        _checks[_nextCheck] = check;
        _nextCheck = (_nextCheck + 1) % RememberedChecks;
    }

    public bool TryFind(TransactionId transaction, out SentCheck check)
    {
        foreach (ref readonly SentCheck sent in _checks.AsSpan())
        {
            if (sent.Transaction == transaction && sent.Transaction != default)
            {
                check = sent;
                return true;
            }
        }

        check = default;
        return false;
    }

    /// <summary>The newest check, which a retransmission repeats under the same transaction.</summary>
    public ref SentCheck Newest => ref _checks[(_nextCheck + RememberedChecks - 1) % RememberedChecks];
}

internal readonly record struct SentCheck(TransactionId Transaction, Instant At, bool Nominates, bool AsControlling)
{
    /// <summary>Its answer may be to any of its sendings: it tells no round trip (Karn's rule).</summary>
    public bool Repeated { get; init; }
}
