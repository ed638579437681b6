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
/// The state of the checks on one path under one generation of our credentials. There is no Frozen state: with one
/// component and one socket there is no second pair of the same foundation to spare.
/// </summary>
internal sealed class CandidatePair(IcePath path, IceGeneration generation)
{
    // A response may come after its request was cancelled or repeated by a newer one (RFC 8445 section 7.3.1.4).
    private const int RememberedChecks = 4;

    private readonly SentCheck[] _checks = new SentCheck[RememberedChecks];
    private int _nextCheck;
    private IceCredentials? _theirs;
    private byte[] _namedUfrag = [];
    private byte[] _username = [];

    public IcePath Path { get; } = path;

    public TransportAddress Remote => Path.Remote;

    public IceGeneration Generation { get; } = generation;

    public CandidateKind Kind { get; set; }

    public uint RemotePriority { get; set; }

    public ulong Priority { get; set; }

    public PairState State { get; set; }

    /// <summary>A check of theirs asks for one of ours at once (RFC 8445 section 7.3.1.4).</summary>
    public bool Triggered { get; set; }

    /// <summary>The controlling side asked to use it.</summary>
    public bool NominatedByRemote { get; set; }

    /// <summary>We are controlling and our checks on it carry USE-CANDIDATE.</summary>
    public bool NominatedByUs { get; set; }

    public int Attempts { get; set; }

    public TimeSpan Timeout { get; set; }

    public Instant RetransmitAt { get; set; } = Instant.Never;

    public bool IsValid => State == PairState.Succeeded;

    /// <summary>
    /// Whose password our checks carry. Usually what the generation was negotiated with; but a socket that checked before
    /// our answer came holds on to our old name under its new one, and answers nothing else.
    /// </summary>
    public IceCredentials? Theirs => _theirs ?? Generation.Remote;

    /// <summary>USERNAME of what we send: theirs first (RFC 8445 section 7.2.2).</summary>
    public ReadOnlySpan<byte> OutgoingUsername => _theirs is null ? Generation.OutgoingUsername : _username;

    /// <summary>A check named its sender so. True when that is news.</summary>
    public bool TryName(ReadOnlySpan<byte> ufrag)
    {
        if (ufrag.SequenceEqual(_namedUfrag))
        {
            return false;
        }

        _namedUfrag = ufrag.ToArray();
        return true;
    }

    public bool IsNamed(IceCredentials theirs) => theirs.UfragBytes.AsSpan().SequenceEqual(_namedUfrag);

    public void Answer(IceCredentials theirs)
    {
        _theirs = theirs;
        _username = IceGeneration.Username(theirs, Generation.Local);
    }

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

/// <param name="Theirs">Whose password the check carried, and its answer has to.</param>
internal readonly record struct SentCheck(TransactionId Transaction, Instant At, bool Nominates, bool AsControlling, IceCredentials? Theirs)
{
    /// <summary>Its answer may be to any of its sendings: it tells no round trip (Karn's rule).</summary>
    public bool Repeated { get; init; }
}
