namespace Rtc.Peer.Ice;

/// <summary>Which pair is selected, and when another takes over (RFC 8445 section 8).</summary>
internal sealed class Nomination(IceContext context, CheckList list, IceGenerations generations, Consent consent)
{
    // Long enough for a better pair to be found, too short to be seen.
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(100);

    // The old path has to be silent this long before data, or checks alone, on another one move us there:
    // packets of the old path that arrive late must not pull us back and forth.
    private static readonly TimeSpan s_silenceForData = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_silenceForChecks = TimeSpan.FromSeconds(3);

    public Instant NextDeadline { get; private set; } = Instant.Never;

    public void Schedule(Instant now, CandidatePair pair)
    {
        if (list.Selected is not null && list.SelectedIn == generations.Current)
        {
            return;
        }

        bool better = list.Pairs.Exists(p => p.Priority > pair.Priority && p.State is PairState.Waiting or PairState.InProgress);
        Instant at = better ? now + s_patience : now;
        NextDeadline = Instant.Min(NextDeadline, at);
        Advance(now);
    }

    public void Advance(Instant now)
    {
        if (!context.Controlling || (now < NextDeadline && !HasFailed))
        {
            return;
        }

        NextDeadline = Instant.Never;
        if (list.BestValid() is { } best && !list.IsSelected(best))
        {
            Nominate(best);
        }
    }

    /// <summary>A restart forgets what was planned.</summary>
    public void Restart() => NextDeadline = Instant.Never;

    /// <summary>
    /// A peer that nominates aggressively flags every check: the better pair wins when it is nominated for the first time
    /// (RFC 5245 section 8.1.1.2). Later moves follow what is heard, see <see cref="FollowIfMoved"/>.
    /// </summary>
    public void Consider(Instant now, CandidatePair pair, bool first)
    {
        if (list.IsSelected(pair) || !list.HasConsent(pair))
        {
            return;
        }

        bool better = list.Selected is not { } selected
            || (first && (IsNewer(pair) || (pair.Generation == list.SelectedIn && pair.Priority > list.PriorityOf(selected))));
        if (better)
        {
            Select(now, pair);
        }
        else
        {
            FollowIfMoved(now, pair, carriesData: false);
        }
    }

    /// <summary>Whatever its generation: a side that goes on under old credentials is as right as one that took the new ones.</summary>
    public void FollowIfMoved(Instant now, CandidatePair pair, bool carriesData)
    {
        if (list.Selected is not { } selected || pair.Path == selected || !list.HasConsent(pair))
        {
            return;
        }

        bool silent = now - selected.LastHeard >= (carriesData ? s_silenceForData : s_silenceForChecks);
        bool winsTie = carriesData && IsNewer(pair);
        if (!silent && !winsTie)
        {
            return;
        }

        if (context.Controlling)
        {
            Nominate(pair);
        }
        else if (pair.NominatedByRemote || context.Settings.Lite)
        {
            Select(now, pair);
        }
    }

    public void Select(Instant now, CandidatePair pair)
    {
        list.Select(pair);
        context.FailAt = Instant.Never;
        context.State = IceState.Connected;
        consent.Schedule(now);
    }

    /// <summary>The selected path is gone.</summary>
    public void SelectAnother(Instant now)
    {
        CandidatePair? next = list.BestValid();
        if (next is null)
        {
            // Nothing to send to, but the other side may come back within the time of its consent.
            context.State = IceState.Checking;
            context.FailAt = now + context.Settings.ConsentTimeout;
            foreach (CandidatePair pair in list.Pairs)
            {
                pair.Triggered |= list.IsProven(pair.Path);
            }
        }
        else if (context.Controlling)
        {
            Nominate(next);
        }
        else
        {
            Select(now, next);
        }
    }

    /// <summary>Nothing is selected, nothing is being nominated, and there is something that could be.</summary>
    private bool HasFailed =>
        list.Selected is null && NextDeadline == Instant.Never && !list.Pairs.Exists(p => p.NominatedByUs)
            && list.BestValid() is not null;

    private bool IsNewer(CandidatePair pair) => list.SelectedIn is null || pair.Generation.Number > list.SelectedIn.Number;

    private static void Nominate(CandidatePair pair)
    {
        if (!pair.NominatedByUs)
        {
            pair.NominatedByUs = true;
            pair.Triggered = true;
        }
    }
}
