using Rtc.Peer.Stun;

namespace Rtc.Peer.Ice;

/// <summary>What goes out: connectivity checks, their retransmission, and consent (RFC 8445 sections 6 and 7.2).</summary>
internal sealed partial class IceAgent
{
    private const int MaxAttempts = 8;

    // Checks to addresses that never answered: ten a generation, and one for each check with right integrity from there.
    // An offer may name anybody, and forty-eight candidates would make one of 1.6 KB into 39 KB for a stranger.
    private const int MaxUnansweredChecks = 10;

    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(20);

    // RFC 8445 section 14.3 starts at 500 ms; on a lossy link that is half a second of black for one lost check.
    private static readonly TimeSpan s_firstTimeout = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_longestTimeout = TimeSpan.FromMilliseconds(3200);

    // RFC 7675 section 5.1: five seconds, by a random factor of 0.8 to 1.2.
    private const double ConsentSeconds = 5;

    private int _checkCredit = MaxUnansweredChecks;
    private Instant _paceUntil;
    private Instant _consentAt = Instant.Never;

    public Instant NextDeadline
    {
        get
        {
            if (State == IceState.Failed)
            {
                return Instant.Never;
            }

            Instant next = Instant.Min(_failAt, NextConsentDeadline);
            if (_settings.Lite)
            {
                return next;
            }

            next = Instant.Min(next, _nominateAt);
            foreach (CandidatePair pair in _pairs)
            {
                Instant due = DueAt(pair);
                if (due != Instant.Never)
                {
                    next = Instant.Min(next, due > _paceUntil ? due : _paceUntil);
                }
            }

            return next;
        }
    }

    public void Advance(Instant now)
    {
        _now = now;
        if (State == IceState.Failed)
        {
            return;
        }

        if (now >= _failAt)
        {
            _failAt = Instant.Never;
            if (_selected is null)
            {
                State = IceState.Failed;
                return;
            }
        }

        AdvanceConsent(now);
        AdvanceNomination(now);
        Pump(now);
    }

    /// <summary>Sends the most urgent check if the pace allows one (section 6.1.4.2: triggered ones first).</summary>
    private void Pump(Instant now)
    {
        if (_settings.Lite || State is IceState.New or IceState.Failed)
        {
            return;
        }

        while (now >= _paceUntil)
        {
            CandidatePair? next = null;
            foreach (CandidatePair pair in _pairs)
            {
                if (DueAt(pair) <= now && (next is null || Urgency(pair) > Urgency(next)))
                {
                    next = pair;
                }
            }

            if (next is null)
            {
                return;
            }

            SendNext(now, next);
        }
    }

    private static UInt128 Urgency(CandidatePair pair) => new(pair.Triggered ? 1UL : 0UL, pair.Priority);

    private Instant DueAt(CandidatePair pair)
    {
        if (pair.Theirs is null || (_checkCredit == 0 && pair.Path.AnsweredAt is null))
        {
            return Instant.Never;
        }

        if (pair.Triggered)
        {
            return default;
        }

        return pair.State switch
        {
            PairState.Waiting => default,
            PairState.InProgress => pair.RetransmitAt,
            PairState.Succeeded when pair.NominatedByUs && !IsSelected(pair) => pair.RetransmitAt,
            _ => Instant.Never,
        };
    }

    private void SendNext(Instant now, CandidatePair pair)
    {
        bool fresh = pair.Triggered || pair.State == PairState.Waiting;
        if (fresh)
        {
            pair.Triggered = false;
            pair.Attempts = 0;
            pair.Timeout = s_firstTimeout;
            pair.State = pair.IsValid ? PairState.Succeeded : PairState.InProgress;
        }
        else if (pair.Attempts >= MaxAttempts)
        {
            Fail(pair);
            return;
        }

        pair.Attempts++;
        pair.RetransmitAt = now + pair.Timeout;
        pair.Timeout = TimeSpan.FromTicks(Math.Min(pair.Timeout.Ticks * 2, s_longestTimeout.Ticks));
        SendCheck(now, pair, repeat: !fresh);
        _paceUntil = now + s_pace;
    }

    private void SendCheck(Instant now, CandidatePair pair, bool repeat)
    {
        Span<byte> buffer = Outbox.Reserve();
        if (buffer.IsEmpty || pair.Theirs is not { } theirs)
        {
            return;
        }

        SentCheck check;
        bool nominates = Controlling && (pair.NominatedByUs || pair.Path == _selected);
        if (repeat && pair.Newest.Nominates == nominates && pair.Newest.AsControlling == Controlling && pair.Newest.Theirs == theirs)
        {
            check = pair.Newest with { Repeated = true };
            pair.Newest = check;
        }
        else
        {
            check = new SentCheck(new TransactionId(_random.NextUInt32(), _random.NextUInt64()), now, nominates, Controlling, theirs);
            pair.Remember(check);
        }

        var request = new StunWriter(buffer, StunMessageType.BindingRequest, check.Transaction);
        request.Add(StunAttribute.Username, pair.OutgoingUsername);
        request.Add(StunAttribute.Priority, LocalPriority(CandidateKind.PeerReflexive, pair.Remote));
        request.Add(check.AsControlling ? StunAttribute.IceControlling : StunAttribute.IceControlled, _tieBreaker);
        if (check.Nominates)
        {
            request.Add(StunAttribute.UseCandidate, default(ReadOnlySpan<byte>));
        }

        Outbox.Commit(request.Finish(theirs.Key), pair.Remote);
        Counters.ChecksSent++;
        if (pair.Path.AnsweredAt is null)
        {
            _checkCredit--;
        }
    }

    private void CheckSucceeded(Instant now, CandidatePair pair, in SentCheck check)
    {
        bool first = !pair.IsValid;
        pair.State = PairState.Succeeded;
        pair.Path.AnsweredAt = now;
        pair.Generation.LastHeard = now;
        NoteHeard(pair.Path, now);
        if (check.Nominates || !pair.NominatedByUs)
        {
            pair.RetransmitAt = Instant.Never; // an answer to an older check leaves the nominating one alone
        }

        if (!check.Repeated)
        {
            NoteRoundTrip(now - check.At, pair.Path);
        }

        if (!Controlling)
        {
            if (pair.NominatedByRemote && first)
            {
                ConsiderNominated(now, pair, first: true);
            }
        }
        else if (check.Nominates && pair.NominatedByUs && !IsSelected(pair))
        {
            Select(now, pair);
        }
        else if (first && pair.Generation == _generation)
        {
            ScheduleNomination(now, pair);
        }
    }

    private void Fail(CandidatePair pair)
    {
        pair.State = PairState.Failed;
        pair.NominatedByUs = false;
        pair.RetransmitAt = Instant.Never;
        pair.Triggered = false;
    }

    private void NoteRoundTrip(TimeSpan sample, IcePath path)
    {
        if (_selected is null || path == _selected)
        {
            RoundTrip = RoundTrip is { } old ? TimeSpan.FromTicks(((old.Ticks * 3) + sample.Ticks) / 4) : sample;
        }
    }
}
