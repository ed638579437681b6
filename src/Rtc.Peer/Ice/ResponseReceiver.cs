using Rtc.Peer.Stun;

namespace Rtc.Peer.Ice;

/// <summary>
/// Takes answers to our checks: what they prove of a path, how long it takes, and what follows for the choice of one (RFC 8445 section
/// 7.2.5). Owned by <see cref="IceAgent"/>.
/// </summary>
internal sealed class ResponseReceiver(IceContext context, CheckList list, IceGenerations generations, Nomination nomination)
{
    /// <summary>Of the selected path; before there is one, of any.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    public void Receive(Instant now, StunView response, TransportAddress from)
    {
        CandidatePair? pair = null;
        SentCheck check = default;
        foreach (CandidatePair candidate in list.Pairs)
        {
            // From another address than the request went to, a response counts for nothing (RFC 8445 section 7.2.5.2.1).
            if (candidate.Remote == from && candidate.TryFind(response.Transaction, out check))
            {
                pair = candidate;
                break;
            }
        }

        if (pair is null || check.Theirs is not { } theirs || !response.VerifyIntegrity(theirs.Key))
        {
            context.Counters.StrayResponses++;
            return;
        }

        pair.Path.LastHeard = now;
        if (response.Type == StunMessageType.BindingSuccess)
        {
            CheckSucceeded(now, pair, check);
        }
        else
        {
            CheckRefused(pair, check, response);
        }
    }

    private void CheckSucceeded(Instant now, CandidatePair pair, in SentCheck check)
    {
        bool first = !pair.IsValid;
        pair.State = PairState.Succeeded;
        pair.Path.AnsweredAt = now;
        pair.Generation.LastHeard = now;
        list.NoteHeard(pair.Path, now);
        if (check.Nominates || !pair.NominatedByUs)
        {
            pair.RetransmitAt = Instant.Never; // an answer to an older check leaves the nominating one alone
        }

        if (!check.Repeated)
        {
            NoteRoundTrip(now - check.At, pair.Path);
        }

        if (!context.Controlling)
        {
            if (pair.NominatedByRemote && first)
            {
                nomination.Consider(now, pair, first: true);
            }
        }
        else if (check.Nominates && pair.NominatedByUs && !list.IsSelected(pair))
        {
            nomination.Select(now, pair);
        }
        else if (first && pair.Generation == generations.Current)
        {
            nomination.Schedule(now, pair);
        }
    }

    private void CheckRefused(CandidatePair pair, in SentCheck check, StunView response)
    {
        if (response.TryGetErrorCode(out int code) && code == BindingReplies.RoleConflict)
        {
            context.Counters.RoleConflicts++;
            if (check.AsControlling == context.Controlling)
            {
                list.SetControlling(!context.Controlling); // section 7.2.5.1
            }

            pair.State = PairState.Waiting;
            pair.Triggered = true;
        }
        else if (pair.Path != list.Selected)
        {
            CheckSender.Fail(pair);
        }
    }

    private void NoteRoundTrip(TimeSpan sample, IcePath path)
    {
        if (list.Selected is null || path == list.Selected)
        {
            RoundTrip = RoundTrip is { } old ? TimeSpan.FromTicks(((old.Ticks * 3) + sample.Ticks) / 4) : sample;
        }
    }
}
