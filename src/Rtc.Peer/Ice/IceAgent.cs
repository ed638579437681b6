namespace Rtc.Peer.Ice;

internal enum IceState : byte
{
    /// <summary>The other side's password is not known yet.</summary>
    New,
    Checking,

    /// <summary>A pair is selected and its consent is fresh.</summary>
    Connected,

    /// <summary>No pair was found, or consent was lost; a restart may bring it back.</summary>
    Failed,
}

internal sealed record IceSettings
{
    public bool Lite { get; init; }

    public IReadOnlyList<LocalCandidate> LocalCandidates { get; init; } = [];

    /// <summary>RFC 7675 section 5.1: consent expires 30 s after the last response.</summary>
    public TimeSpan ConsentTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a first connection may look for a pair.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// Finds the address under which the other side hears us, and keeps it fresh (RFC 8445, RFC 7675). Owned by one
/// <see cref="WebRtcPeer"/>; STUN messages go in, checks and responses lie in <see cref="Outbox"/>.
/// </summary>
internal sealed partial class IceAgent
{
    private const int OutboxCapacity = 64;
    private const int MaxPairs = 48;

    // A peer that restarts again before anything is heard goes on under credentials of several restarts ago.
    private const int MaxGenerations = 4;

    private readonly IceSettings _settings;
    private readonly CandidateFilter _filter;
    private readonly PeerRandom _random;
    private readonly List<CandidatePair> _pairs = [];
    private readonly List<IcePath> _paths = [];
    private readonly List<IceGeneration> _generations = [];
    private readonly List<IceCredentials> _remotes = [];
    private readonly Queue<HeardAddress> _heard = new();
    private ulong _tieBreaker;
    private IceGeneration _generation;
    private IcePath? _selected;
    private IceGeneration? _selectedIn;
    private IcePath? _lastChecked;
    private Instant _now;
    private Instant _failAt = Instant.Never;

    public IceAgent(IceSettings settings, IceCredentials local, bool controlling, PeerRandom random)
    {
        _settings = settings;
        _filter = new CandidateFilter(settings.LocalCandidates);
        _random = random;
        _tieBreaker = random.NextUInt64();
        _generation = new IceGeneration(local, 0);
        _generations.Add(_generation);
        Controlling = controlling && !settings.Lite;
    }

    public IceState State { get; private set; }

    public bool Controlling { get; private set; }

    public bool RemoteIsLite { get; private set; }

    public IceCredentials Local => _generation.Local;

    public IceCredentials? Remote => _generation.Remote;

    public DatagramQueue Outbox { get; } = new(OutboxCapacity);

    public IceCounters Counters { get; } = new();

    public TimeSpan? RoundTrip { get; private set; }

    public TransportAddress? Selected => _selected?.Remote;

    /// <summary>
    /// Where data goes: the selected path; before nomination any valid one; before that, the address that the last
    /// authenticated check came from, because waiting for nomination costs a lite peer a second and others a round trip.
    /// </summary>
    public bool TryGetTarget(out TransportAddress target, out bool validated)
    {
        IcePath? path = State == IceState.Failed ? null : _selected ?? BestValid()?.Path ?? _lastChecked;
        target = path?.Remote ?? default;
        validated = path is not null && (path.AnsweredAt is not null || _settings.Lite);
        return path is not null;
    }

    /// <summary>True when a check with the right password came from there not long ago: its DTLS and SRTP may be looked at.</summary>
    public bool IsAuthenticated(TransportAddress from) => FindPath(from) is { } path && path.IsProven(_now, _settings.ConsentTimeout);

    /// <summary>Each authenticated check from an address, and each answer to one of ours.</summary>
    public bool TryTakeHeard(out HeardAddress heard) => _heard.TryDequeue(out heard);

    public void SetControlling(bool controlling)
    {
        Controlling = controlling && !_settings.Lite;
        foreach (CandidatePair pair in _pairs)
        {
            pair.NominatedByUs = false;
            Prioritize(pair);
        }
    }

    public void SetRemote(Instant now, string ufrag, string password, bool lite)
    {
        _now = now;
        RemoteIsLite = lite;
        if (lite)
        {
            SetControlling(true);
        }

        var theirs = new IceCredentials(ufrag, password);
        _generation.SetRemote(theirs);
        _generation.LastHeard = now;
        if (_remotes.Count == MaxGenerations)
        {
            _remotes.RemoveAt(0);
        }

        _remotes.Add(theirs);
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.IsNamed(theirs))
            {
                // It checked under a name whose password only comes now.
                pair.Answer(theirs);
                pair.Triggered = !pair.IsValid;
            }
        }

        State = _selected is null ? IceState.Checking : State;
        _failAt = now + _settings.ConnectTimeout;
        Pump(now);
    }

    /// <summary>
    /// New credentials of ours (RFC 8445 section 9). Proven paths go on under the passwords they have: the selected one
    /// carries data until another is selected, and the other side may well go on with an old one for good.
    /// </summary>
    public void Restart(Instant now, IceCredentials local)
    {
        _now = now;
        _generation = new IceGeneration(local, _generation.Number + 1) { LastHeard = now };
        _tieBreaker = _random.NextUInt64();
        _checkCredit = MaxUnansweredChecks;
        _blocked.Clear();
        _nominateAt = Instant.Never;
        _failAt = now + _settings.ConnectTimeout;
        if (State == IceState.Failed)
        {
            _generations.Clear();
            _pairs.Clear();
            _paths.Clear();
            _selected = _lastChecked = null;
            _selectedIn = null;
            State = IceState.New;
        }

        if (_generations.Count == MaxGenerations)
        {
            End(_generations.MinBy(generation => generation.LastHeard)!);
        }

        _generations.Add(_generation);
        RemovePairs(pair => !pair.Path.IsProven(now, _settings.ConsentTimeout));
    }

    public void AddRemoteCandidate(Instant now, TransportAddress address, CandidateKind kind, uint priority)
    {
        _now = now;

        // We open no TCP connections: who wants TCP connects to us and is learned from its check (RFC 6544 section 4.1).
        if (address.Protocol == TransportProtocol.Tcp || !_filter.Allows(address))
        {
            return;
        }

        if (Find(_generation, address) is { } known)
        {
            known.Kind = kind;
            known.RemotePriority = priority;
            Prioritize(known);
        }
        else if (TryAddPair(_generation, address, kind, priority, checkedUs: false, out _))
        {
            Pump(now);
        }
    }

    /// <summary>The shell lost the TCP connection that this address stood for.</summary>
    public void Remove(Instant now, TransportAddress address)
    {
        _now = now;
        if (FindPath(address) is { } path)
        {
            RemovePath(path);
            if (_selected is null && State == IceState.Connected)
            {
                SelectAnother(now);
                Pump(now);
            }
        }
    }
}
