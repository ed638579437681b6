using Rtc.Peer.Stun;

namespace Rtc.Peer.Ice;

/// <summary>
/// The other side's connectivity checks: answers them, and learns paths and nominations from them (RFC 8445 section 7.3).
/// </summary>
internal sealed class CheckReceiver(
    IceContext context, CheckList list, IceGenerations generations, CheckSender sender, Nomination nomination, Consent consent)
{
    private static readonly TimeSpan s_proofAge = TimeSpan.FromSeconds(10);

    public void Receive(Instant now, StunView request, TransportAddress from)
    {
        // Nothing is answered without the password: no reflection, and no way to probe for ufrags.
        if (!StunUsername.TrySplit(request, out ReadOnlySpan<byte> ufrag, out ReadOnlySpan<byte> theirUfrag)
            || generations.FindLocal(now, ufrag) is not { } generation
            || !request.VerifyIntegrity(generation.Local.Key))
        {
            context.Counters.Unauthenticated++;
            return;
        }

        context.Counters.ChecksReceived++;
        if (request.TryGetUnknownRequired(out ushort unknown))
        {
            BindingReplies.RefuseUnknown(context.Outbox, request.Transaction, unknown, generation.Local, from);
            return;
        }

        if (consent.IsBlocked(from) || (generation == generations.Current && !SettleRoles(request, from)))
        {
            return;
        }

        BindingReplies.Succeed(context.Outbox, request.Transaction, generation.Local, from);
        NoteCheck(now, request, generation, theirUfrag, from);
    }

    private void NoteCheck(Instant now, StunView request, IceGeneration generation, ReadOnlySpan<byte> theirUfrag, TransportAddress from)
    {
        generation.LastHeard = now;
        CandidatePair? pair = list.Find(generation, from);
        if (pair is null
            && (!request.TryGetUInt32(StunAttribute.Priority, out uint priority)
                || !list.TryAddPair(generation, from, CandidateKind.PeerReflexive, priority, checkedUs: true, out pair)))
        {
            return;
        }

        IcePath path = pair.Path;
        list.NoteHeard(path, now);
        list.LastChecked = path;
        if (path.AnsweredAt is null)
        {
            sender.AddCredit();
        }

        if (pair.TryName(theirUfrag) && generations.FindRemote(theirUfrag) is { } theirs && theirs != pair.Theirs)
        {
            pair.Answer(theirs);
        }

        if (context.State == IceState.Failed)
        {
            // From an address whose consent was not lost: they came back another way.
            context.State = IceState.Checking;
            context.FailAt = now + context.Settings.ConnectTimeout;
        }

        bool useCandidate = request.Has(StunAttribute.UseCandidate);
        if (context.Settings.Lite)
        {
            ReceiveAsLite(now, pair, useCandidate);
            return;
        }

        // A way that they keep open is kept proven from this side too: it may be needed at once.
        pair.Triggered |= !pair.IsValid || !path.IsAnswered(now, s_proofAge);
        if (!context.Controlling && useCandidate)
        {
            bool first = !pair.NominatedByRemote;
            pair.NominatedByRemote = true;
            if (pair.IsValid)
            {
                nomination.Consider(now, pair, first);
            }
        }
        else if (pair.IsValid && path != list.Selected)
        {
            nomination.FollowIfMoved(now, pair, carriesData: false);
        }
    }

    private void ReceiveAsLite(Instant now, CandidatePair pair, bool useCandidate)
    {
        pair.State = PairState.Succeeded;
        pair.Path.AnsweredAt = now; // a lite agent sends no checks: theirs are the sign of life
        if (useCandidate && pair.Path != list.Selected)
        {
            nomination.Select(now, pair);
        }
    }

    /// <summary>RFC 8445 section 7.3.1.1. False when the request was refused with 487.</summary>
    private bool SettleRoles(StunView request, TransportAddress from)
    {
        bool keeps;
        if (context.Controlling && request.TryGetUInt64(StunAttribute.IceControlling, out ulong theirs))
        {
            keeps = context.TieBreaker >= theirs;
        }
        else if (!context.Controlling && request.TryGetUInt64(StunAttribute.IceControlled, out theirs))
        {
            keeps = context.Settings.Lite || context.TieBreaker < theirs;
        }
        else
        {
            return true;
        }

        context.Counters.RoleConflicts++;
        if (keeps)
        {
            BindingReplies.RefuseRole(context.Outbox, request.Transaction, generations.Current.Local, from);
            return false;
        }

        list.SetControlling(!context.Controlling);
        return true;
    }
}
