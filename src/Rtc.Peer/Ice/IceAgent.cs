using Rtc.Peer.Stun;

namespace Rtc.Peer.Ice;

/// <summary>
/// Finds the address under which the other side hears us, and keeps it fresh (RFC 8445, RFC 7675). Owned by one
/// <see cref="WebRtcPeer"/>; STUN messages go in, checks and responses lie in <see cref="Outbox"/>.
/// </summary>
internal sealed class IceAgent
{
    private readonly IceContext _context;
    private readonly CandidateFilter _filter;
    private readonly CheckList _list;
    private readonly IceGenerations _generations;
    private readonly CheckSender _sender;
    private readonly Consent _consent;
    private readonly Nomination _nomination;
    private readonly CheckReceiver _receiver;
    private readonly ResponseReceiver _responses;

    public IceAgent(IceSettings settings, IceCredentials local, bool controlling, PeerRandom random)
    {
        _context = new IceContext(settings, random)
        {
            TieBreaker = random.NextUInt64(),
            Controlling = controlling && !settings.Lite,
        };
        _filter = new CandidateFilter(settings.LocalCandidates);
        _list = new CheckList(_context);
        _generations = new IceGenerations(_context, _list, local);
        _sender = new CheckSender(_context, _list);
        _consent = new Consent(_context, _list, _sender);
        _nomination = new Nomination(_context, _list, _generations, _consent);
        _receiver = new CheckReceiver(_context, _list, _generations, _sender, _nomination, _consent);
        _responses = new ResponseReceiver(_context, _list, _generations, _nomination);
    }

    public IceState State => _context.State;

    public bool Controlling => _context.Controlling;

    public bool RemoteIsLite { get; private set; }

    public IceCredentials Local => _generations.Current.Local;

    public IceCredentials? Remote => _generations.Current.Remote;

    public DatagramQueue Outbox => _context.Outbox;

    public IceCounters Counters => _context.Counters;

    public TimeSpan? RoundTrip => _responses.RoundTrip;

    public TransportAddress? Selected => _list.Selected?.Remote;

    public Instant NextDeadline
    {
        get
        {
            if (State == IceState.Failed)
            {
                return Instant.Never;
            }

            Instant next = Instant.Min(_context.FailAt, _consent.NextDeadline);
            return _context.Settings.Lite
                ? next
                : Instant.Min(next, Instant.Min(_nomination.NextDeadline, _sender.NextDeadline));
        }
    }

    /// <summary>
    /// Where data goes: the selected path; before nomination any valid one; before that, the address that the last
    /// authenticated check came from, because waiting for nomination costs a lite peer a second and others a round trip.
    /// </summary>
    public bool TryGetTarget(out TransportAddress target, out bool validated)
    {
        IcePath? path = State == IceState.Failed ? null : _list.Selected ?? _list.BestValid()?.Path ?? _list.LastChecked;
        target = path?.Remote ?? default;
        validated = path is not null && (path.AnsweredAt is not null || _context.Settings.Lite);
        return path is not null;
    }

    /// <summary>True when a check with the right password came from there not long ago: its DTLS and SRTP may be looked at.</summary>
    public bool IsAuthenticated(TransportAddress from) => _list.FindPath(from) is { } path && _list.IsProven(path);

    /// <summary>Each authenticated check from an address, and each answer to one of ours.</summary>
    public bool TryTakeHeard(out HeardAddress heard) => _list.TryTakeHeard(out heard);

    public void SetControlling(bool controlling) => _list.SetControlling(controlling);

    public void SetRemote(Instant now, string ufrag, string password, bool lite)
    {
        _context.Now = now;
        RemoteIsLite = lite;
        if (lite)
        {
            SetControlling(true);
        }

        var theirs = new IceCredentials(ufrag, password);
        _generations.SetRemote(now, theirs);
        foreach (CandidatePair pair in _list.Pairs)
        {
            if (pair.IsNamed(theirs))
            {
                // It checked under a name whose password only comes now.
                pair.Answer(theirs);
                pair.Triggered = !pair.IsValid;
            }
        }

        _context.State = _list.Selected is null ? IceState.Checking : State;
        _context.FailAt = now + _context.Settings.ConnectTimeout;
        _sender.Pump(now);
    }

    /// <summary>
    /// New credentials of ours (RFC 8445 section 9). Proven paths go on under the passwords they have: the selected one
    /// carries data until another is selected, and the other side may well go on with an old one for good.
    /// </summary>
    public void Restart(Instant now, IceCredentials local)
    {
        _context.Now = now;
        _context.TieBreaker = _context.Random.NextUInt64();
        _context.FailAt = now + _context.Settings.ConnectTimeout;
        _sender.RefillCredit();
        _consent.Restart();
        _nomination.Restart();
        if (State == IceState.Failed)
        {
            _list.Clear();
            _generations.StartOver(now, local);
            _context.State = IceState.New;
        }
        else
        {
            _generations.Restart(now, local);
        }

        _list.RemovePairs(pair => !_list.IsProven(pair.Path));
    }

    public void AddRemoteCandidate(Instant now, TransportAddress address, CandidateKind kind, uint priority)
    {
        _context.Now = now;

        // We open no TCP connections: a client that wants TCP connects to us and is learned from its check (RFC 6544 section 4.1).
        if (address.Protocol == TransportProtocol.Tcp || !_filter.Allows(address))
        {
            return;
        }

        if (_list.Find(_generations.Current, address) is { } known)
        {
            known.Kind = kind;
            known.RemotePriority = priority;
            _list.Prioritize(known);
        }
        else if (_list.TryAddPair(_generations.Current, address, kind, priority, checkedUs: false, out _))
        {
            _sender.Pump(now);
        }
    }

    /// <summary>The shell lost the TCP connection that this address stood for.</summary>
    public void Remove(Instant now, TransportAddress address)
    {
        _context.Now = now;
        if (_list.FindPath(address) is { } path)
        {
            _list.RemovePath(path);
            if (_list.Selected is null && State == IceState.Connected)
            {
                _nomination.SelectAnother(now);
                _sender.Pump(now);
            }
        }
    }

    public void Advance(Instant now)
    {
        _context.Now = now;
        if (State == IceState.Failed)
        {
            return;
        }

        if (now >= _context.FailAt)
        {
            _context.FailAt = Instant.Never;
            if (_list.Selected is null)
            {
                _context.State = IceState.Failed;
                return;
            }
        }

        if (_consent.Advance(now))
        {
            ReplaceSelected(now);
        }

        _nomination.Advance(now);
        _sender.Pump(now);
    }

    public void Receive(Instant now, ReadOnlySpan<byte> datagram, TransportAddress from)
    {
        _context.Now = now;
        if (!StunView.TryParse(datagram, out StunView message) || (message.HasFingerprint && !message.VerifyFingerprint()))
        {
            Counters.Malformed++;
            return;
        }

        switch (message.Type)
        {
            case StunMessageType.BindingRequest:
                _receiver.Receive(now, message, from);
                break;
            case StunMessageType.BindingSuccess:
            case StunMessageType.BindingError:
                _responses.Receive(now, message, from);
                break;
            case StunMessageType.BindingIndication:
                break; // a keep-alive: nothing to do (RFC 8445 section 11)
            default:
                Counters.Malformed++;
                break;
        }

        _sender.Pump(now);
    }

    /// <summary>Authenticated data came from there; a controlled agent follows the side that chose the path.</summary>
    public void NoteData(Instant now, TransportAddress from)
    {
        _context.Now = now;
        if (_list.FindPath(from) is not { } path)
        {
            return;
        }

        path.LastHeard = now;
        _consent.NoteData(now);
        if (path != _list.Selected && _list.FindValid(path) is { } pair)
        {
            _nomination.FollowIfMoved(now, pair, carriesData: true);
        }
    }

    private void ReplaceSelected(Instant now)
    {
        if (_list.BestValid() is not null)
        {
            _nomination.SelectAnother(now);
        }
        else
        {
            _context.State = IceState.Failed;
        }
    }
}
