namespace Rtc.Peer.Ice;

/// <summary>Which path carries the data, and for how long (RFC 8445 section 8, RFC 7675).</summary>
internal sealed partial class IceAgent
{
    // Long enough for a better pair to be found, short enough that nobody sees it.
    private static readonly TimeSpan s_nominationPatience = TimeSpan.FromMilliseconds(100);

    // The old path has to be silent this long before data, or checks alone, on another one move us there:
    // packets of the old path that arrive late must not pull us back and forth.
    private static readonly TimeSpan s_silenceForData = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_silenceForChecks = TimeSpan.FromSeconds(3);

    // A path that carried data and fell silent may be a network that changed under us: the other side learns our new
    // address only from a check, and consent's next one is seconds away.
    private static readonly TimeSpan s_doubtAfter = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan s_doubtPeriod = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_doubtUntil = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan s_proofAge = TimeSpan.FromSeconds(10);

    private Instant _nominateAt = Instant.Never;
    private Instant _lastData = Instant.Never;
    private Instant _doubtAt = Instant.Never;

    private Instant NextConsentDeadline =>
        _selected is null || State == IceState.Failed
            ? Instant.Never
            : Instant.Min(_settings.Lite ? Instant.Never : Instant.Min(_consentAt, _doubtAt), ConsentEnds);

    private Instant ConsentEnds => (_selected!.AnsweredAt ?? default) + _settings.ConsentTimeout;

    /// <summary>Under these credentials too: each generation is nominated by itself.</summary>
    private bool IsSelected(CandidatePair pair) => pair.Path == _selected && pair.Generation == _selectedIn;

    private void ScheduleNomination(Instant now, CandidatePair pair)
    {
        if (_selected is not null && _selectedIn == _generation)
        {
            return;
        }

        bool better = _pairs.Exists(p => p.Priority > pair.Priority && p.State is PairState.Waiting or PairState.InProgress);
        Instant at = better ? now + s_nominationPatience : now;
        _nominateAt = Instant.Min(_nominateAt, at);
        AdvanceNomination(now);
    }

    private void AdvanceNomination(Instant now)
    {
        if (!Controlling || (now < _nominateAt && !NominationFailed))
        {
            return;
        }

        _nominateAt = Instant.Never;
        if (BestValid() is { } best && !IsSelected(best))
        {
            Nominate(best);
        }
    }

    /// <summary>Nothing is selected, nothing is being nominated, and there is something that could be.</summary>
    private bool NominationFailed =>
        _selected is null && _nominateAt == Instant.Never && !_pairs.Exists(p => p.NominatedByUs) && BestValid() is not null;

    private static void Nominate(CandidatePair pair)
    {
        if (!pair.NominatedByUs)
        {
            pair.NominatedByUs = true;
            pair.Triggered = true;
        }
    }

    /// <summary>
    /// A peer that nominates aggressively flags every check: the better pair wins when it is nominated for the first time
    /// (RFC 5245 section 8.1.1.2). Later moves follow what is heard, see <see cref="FollowIfMoved"/>.
    /// </summary>
    private void ConsiderNominated(Instant now, CandidatePair pair, bool first)
    {
        if (IsSelected(pair) || !HasConsent(now, pair))
        {
            return;
        }

        bool better = _selected is null
            || (first && (IsNewer(pair) || (pair.Generation == _selectedIn && pair.Priority > PriorityOf(_selected))));
        if (better)
        {
            Select(now, pair);
        }
        else
        {
            FollowIfMoved(now, pair, carriesData: false);
        }
    }

    /// <summary>A pair that worked once may be long dead; a check under way tells.</summary>
    private bool HasConsent(Instant now, CandidatePair pair) => pair.Path.IsAnswered(now, _settings.ConsentTimeout);

    private bool IsNewer(CandidatePair pair) => _selectedIn is null || pair.Generation.Number > _selectedIn.Number;

    private ulong PriorityOf(IcePath path)
    {
        ulong highest = 0;
        foreach (CandidatePair pair in _pairs)
        {
            highest = pair.Path == path ? Math.Max(highest, pair.Priority) : highest;
        }

        return highest;
    }

    /// <summary>Whatever its generation: a side that goes on under old credentials is as right as one that took the new ones.</summary>
    private void FollowIfMoved(Instant now, CandidatePair pair, bool carriesData)
    {
        if (_selected is null || pair.Path == _selected || !HasConsent(now, pair))
        {
            return;
        }

        bool silent = now - _selected.LastHeard >= (carriesData ? s_silenceForData : s_silenceForChecks);
        bool winsTie = carriesData && IsNewer(pair);
        if (!silent && !winsTie)
        {
            return;
        }

        if (Controlling)
        {
            Nominate(pair);
        }
        else if (pair.NominatedByRemote || _settings.Lite)
        {
            Select(now, pair);
        }
    }

    private void Select(Instant now, CandidatePair pair)
    {
        _selected = pair.Path;
        _selectedIn = pair.Generation;
        _failAt = Instant.Never;
        State = IceState.Connected;
        foreach (CandidatePair other in _pairs)
        {
            other.NominatedByUs &= other == pair; // it may be nominated again when they come back to it
        }

        ScheduleConsent(now);
    }

    private void SelectAnother(Instant now)
    {
        CandidatePair? next = BestValid();
        if (next is null)
        {
            // Nothing to send to, but the other side may come back within the time of its consent.
            State = IceState.Checking;
            _failAt = now + _settings.ConsentTimeout;
            foreach (CandidatePair pair in _pairs)
            {
                pair.Triggered |= pair.Path.IsProven(now, _settings.ConsentTimeout);
            }
        }
        else if (Controlling)
        {
            Nominate(next);
        }
        else
        {
            Select(now, next);
        }
    }

    private void ScheduleConsent(Instant now) =>
        _consentAt = now + TimeSpan.FromSeconds(ConsentSeconds * (0.8 + (0.4 * _random.NextDouble())));

    private void AdvanceConsent(Instant now)
    {
        if (_selected is null)
        {
            return;
        }

        if (now >= ConsentEnds)
        {
            LoseConsent(now);
        }
        else if (now >= _consentAt && !_settings.Lite)
        {
            CheckSelected(now);
            ScheduleConsent(now);
        }
        else if (now >= _doubtAt)
        {
            AdvanceDoubt(now);
        }
    }

    private void AdvanceDoubt(Instant now)
    {
        if (_settings.Lite || now - _lastData > s_doubtUntil)
        {
            _doubtAt = Instant.Never; // until data flows again
        }
        else if (now - _lastData < s_doubtAfter)
        {
            _doubtAt = _lastData + s_doubtAfter;
        }
        else
        {
            CheckSelected(now);
            _doubtAt = now + s_doubtPeriod;
        }
    }

    /// <summary>Under every pair of credentials that worked on it: the other side may have dropped the older ones.</summary>
    private void CheckSelected(Instant now)
    {
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.Path == _selected && pair.IsValid)
            {
                SendCheck(now, pair, repeat: false);
            }
        }
    }

    private void LoseConsent(Instant now)
    {
        IcePath lost = _selected!;
        RemovePath(lost);
        if (_blocked.Count < MaxBlocked)
        {
            _blocked.Add(lost.Remote);
        }

        if (BestValid() is not null)
        {
            SelectAnother(now);
        }
        else
        {
            State = IceState.Failed;
        }
    }
}
