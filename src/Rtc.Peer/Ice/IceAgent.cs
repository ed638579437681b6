using Rtc.Peer.Stun;

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
    private const int MostPairs = 48;

    private readonly IceSettings _settings;
    private readonly PeerRandom _random;
    private readonly List<CandidatePair> _pairs = [];
    private readonly Queue<TransportAddress> _learned = new();
    private ulong _tieBreaker;
    private IceGeneration _generation;
    private IceGeneration? _previous;
    private CandidatePair? _selected;
    private CandidatePair? _lastChecked;
    private Instant _failAt = Instant.Never;

    public IceAgent(IceSettings settings, IceCredentials local, bool controlling, PeerRandom random)
    {
        _settings = settings;
        _random = random;
        _tieBreaker = random.NextUInt64();
        _generation = new IceGeneration(local);
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
    /// Where data goes: the selected pair; before nomination any valid one; before that, the address that the last
    /// authenticated check came from, because waiting for nomination costs a lite peer a second and others a round trip.
    /// </summary>
    public bool TryGetTarget(out TransportAddress target, out bool validated)
    {
        CandidatePair? pair = State == IceState.Failed ? null : _selected ?? BestValid() ?? _lastChecked;
        target = pair?.Remote ?? default;
        validated = pair is not null && (pair.IsValid || _settings.Lite);
        return pair is not null;
    }

    /// <summary>True when checks with the right password came from there: its DTLS and SRTP may be looked at.</summary>
    public bool IsAuthenticated(TransportAddress from) => Find(from) is { Authenticated: true } or { IsValid: true };

    /// <summary>Each remote address once, after its first check with right integrity.</summary>
    public bool TryTakeLearned(out TransportAddress address) => _learned.TryDequeue(out address);

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
        RemoteIsLite = lite;
        if (lite)
        {
            SetControlling(true);
        }

        _generation.SetRemote(new IceCredentials(ufrag, password));
        State = _selected is null ? IceState.Checking : State;
        _failAt = now + _settings.ConnectTimeout;
        Pump(now);
    }

    /// <summary>
    /// New credentials of ours (RFC 8445 section 9). The selected pair goes on carrying data, under the passwords it has,
    /// until a pair of the new generation is selected.
    /// </summary>
    public void Restart(Instant now, IceCredentials local)
    {
        _previous = _generation;
        _generation = new IceGeneration(local);
        _tieBreaker = _random.NextUInt64();
        _pairs.RemoveAll(pair => pair != _selected);
        _lastChecked = null;
        _blocked.Clear();
        _nominateAt = Instant.Never;
        _failAt = now + _settings.ConnectTimeout;
        if (State == IceState.Failed)
        {
            _pairs.Clear();
            _selected = null;
            State = IceState.New;
        }
    }

    public void AddRemoteCandidate(Instant now, TransportAddress address, CandidateKind kind, uint priority)
    {
        // We open no TCP connections: who wants TCP connects to us and is learned from its check (RFC 6544 section 4.1).
        if (address.Protocol == TransportProtocol.Tcp || address.Port == 0 || !HasLocalFor(address))
        {
            return;
        }

        CandidatePair? pair = Find(address);
        if (pair is not null && pair.Generation == _generation)
        {
            pair.Kind = kind;
            pair.RemotePriority = priority;
            Prioritize(pair);
            return;
        }

        if (TryAddPair(address, kind, priority, out _))
        {
            Pump(now);
        }
    }

    /// <summary>The shell lost the TCP connection that this address stood for.</summary>
    public void Remove(Instant now, TransportAddress address)
    {
        if (Find(address) is { } pair)
        {
            _pairs.Remove(pair);
            _lastChecked = _lastChecked == pair ? null : _lastChecked;
            if (_selected == pair)
            {
                _selected = null;
                SelectAnother(now);
            }
        }
    }

    private CandidatePair? Find(TransportAddress address)
    {
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.Remote == address)
            {
                return pair;
            }
        }

        return null;
    }

    private CandidatePair? BestValid()
    {
        CandidatePair? best = null;
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.IsValid && (best is null || pair.Priority > best.Priority))
            {
                best = pair;
            }
        }

        return best;
    }

    private bool TryAddPair(TransportAddress address, CandidateKind kind, uint priority, out CandidatePair pair)
    {
        pair = new CandidatePair(address, _generation) { Kind = kind, RemotePriority = priority };
        Prioritize(pair);

        // A pair of the generation before with this address gives way, but not the one that carries data.
        int existing = _pairs.FindIndex(p => p.Remote == address);
        if (existing >= 0)
        {
            pair.Authenticated = _pairs[existing].Authenticated;
            if (_pairs[existing] == _selected)
            {
                _pairs.Insert(0, pair); // found first from now on
                return true;
            }

            _pairs.RemoveAt(existing);
        }
        else if (_pairs.Count >= MostPairs)
        {
            int victim = _pairs.FindIndex(p => p.State == PairState.Failed && p != _selected);
            if (victim < 0)
            {
                Counters.PairsRefused++;
                return false;
            }

            _pairs.RemoveAt(victim);
        }

        _pairs.Add(pair);
        return true;
    }

    private void Prioritize(CandidatePair pair) =>
        pair.Priority = CandidatePriority.OfPair(LocalPriority(CandidateKind.Host, pair.Remote), pair.RemotePriority, Controlling);

    private static uint LocalPriority(CandidateKind kind, TransportAddress towards) => CandidatePriority.Of(kind, towards, 0);

    private bool HasLocalFor(TransportAddress remote)
    {
        if (_settings.LocalCandidates.Count == 0)
        {
            return true;
        }

        foreach (LocalCandidate local in _settings.LocalCandidates)
        {
            if (local.Address.Protocol == remote.Protocol && local.Address.IsIPv4 == remote.IsIPv4)
            {
                return true;
            }
        }

        return false;
    }
}
