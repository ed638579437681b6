using Rtc.Peer.Stun;

namespace Rtc.Peer.Ice;

/// <summary>Our connectivity checks: which is due, in what pace, how often it goes again (RFC 8445 sections 6.1.4 and 7.2).</summary>
internal sealed class CheckSender(IceContext context, CheckList list)
{
    private const int MaxAttempts = 8;

    // Checks to addresses that never answered: ten a generation, and one for each check with right integrity from there.
    // An offer may name any address, and forty-eight candidates would turn one of 1.6 KB into 39 KB for a host that never asked.
    private const int MaxUnansweredChecks = 10;

    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(20);

    // RFC 8445 section 14.3 starts at 500 ms; on a lossy link that is half a second of black for one lost check.
    private static readonly TimeSpan s_firstTimeout = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_maxTimeout = TimeSpan.FromMilliseconds(3200);

    private int _credit = MaxUnansweredChecks;
    private Instant _paceUntil;

    public Instant NextDeadline
    {
        get
        {
            Instant next = Instant.Never;
            foreach (CandidatePair pair in list.Pairs)
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

    /// <summary>A restart begins with a whole credit.</summary>
    public void RefillCredit() => _credit = MaxUnansweredChecks;

    /// <summary>A check of the other side's came from an address that never answered ours.</summary>
    public void AddCredit() => _credit = Math.Min(_credit + 1, MaxUnansweredChecks);

    /// <summary>Sends the most urgent check if the pace allows one (section 6.1.4.2: triggered ones first).</summary>
    public void Pump(Instant now)
    {
        if (context.Settings.Lite || context.State is IceState.New or IceState.Failed)
        {
            return;
        }

        while (now >= _paceUntil)
        {
            CandidatePair? next = null;
            foreach (CandidatePair pair in list.Pairs)
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

    public void Send(Instant now, CandidatePair pair, bool repeat)
    {
        Span<byte> buffer = context.Outbox.Reserve();
        if (buffer.IsEmpty || pair.Theirs is not { } theirs)
        {
            return;
        }

        SentCheck check;
        bool controlling = context.Controlling;
        bool nominates = controlling && (pair.NominatedByUs || pair.Path == list.Selected);
        if (repeat && pair.Newest.Nominates == nominates && pair.Newest.AsControlling == controlling && pair.Newest.Theirs == theirs)
        {
            check = pair.Newest with { Repeated = true };
            pair.Newest = check;
        }
        else
        {
            var transaction = new TransactionId(context.Random.NextUInt32(), context.Random.NextUInt64());
            check = new SentCheck(transaction, now, nominates, controlling, theirs);
            pair.Remember(check);
        }

        var request = new StunWriter(buffer, StunMessageType.BindingRequest, check.Transaction);
        request.Add(StunAttribute.Username, pair.OutgoingUsername);
        request.Add(StunAttribute.Priority, CandidatePriority.Of(CandidateKind.PeerReflexive, pair.Remote, 0));
        request.Add(check.AsControlling ? StunAttribute.IceControlling : StunAttribute.IceControlled, context.TieBreaker);
        if (check.Nominates)
        {
            request.Add(StunAttribute.UseCandidate, default(ReadOnlySpan<byte>));
        }

        context.Outbox.Commit(request.Finish(theirs.Key), pair.Remote);
        context.Counters.ChecksSent++;
        if (pair.Path.AnsweredAt is null)
        {
            _credit--;
        }
    }

    public static void Fail(CandidatePair pair)
    {
        pair.State = PairState.Failed;
        pair.NominatedByUs = false;
        pair.RetransmitAt = Instant.Never;
        pair.Triggered = false;
    }

    private static UInt128 Urgency(CandidatePair pair) => new(pair.Triggered ? 1UL : 0UL, pair.Priority);

    private Instant DueAt(CandidatePair pair)
    {
        if (pair.Theirs is null || (_credit == 0 && pair.Path.AnsweredAt is null))
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
            PairState.Succeeded when pair.NominatedByUs && !list.IsSelected(pair) => pair.RetransmitAt,
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
        pair.Timeout = TimeSpan.FromTicks(Math.Min(pair.Timeout.Ticks * 2, s_maxTimeout.Ticks));
        Send(now, pair, repeat: !fresh);
        _paceUntil = now + s_pace;
    }
}
