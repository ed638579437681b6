namespace Rtc.Peer.Ice;

/// <summary>Which pair carries the data, and for how long (RFC 8445 section 8, RFC 7675).</summary>
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

    private Instant _nominateAt = Instant.Never;
    private Instant _lastData = Instant.Never;
    private Instant _doubtAt = Instant.Never;

    private Instant NextConsentDeadline =>
        _selected is null || State == IceState.Failed
            ? Instant.Never
            : Instant.Min(_settings.Lite ? Instant.Never : Instant.Min(_consentAt, _doubtAt), _selected.LastConsent + _settings.ConsentTimeout);

    private void ScheduleNomination(Instant now, CandidatePair pair)
    {
        if (_selected is not null && _selected.Generation == _generation)
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
        CandidatePair? best = null;
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.IsValid && pair.Generation == _generation && (best is null || pair.Priority > best.Priority))
            {
                best = pair;
            }
        }

        if (best is not null)
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
        if (pair == _selected)
        {
            return;
        }

        bool better = _selected is null
            || _selected.Generation != _generation
            || (first && pair.Priority > _selected.Priority);
        if (better)
        {
            Select(now, pair);
        }
        else
        {
            FollowIfMoved(now, pair, s_silenceForChecks);
        }
    }

    private void FollowIfMoved(Instant now, CandidatePair pair, TimeSpan silence)
    {
        if (_selected is null || now - _selected.LastHeard < silence || pair.Generation != _generation)
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
        _selected = pair;
        _failAt = Instant.Never;
        State = IceState.Connected;
        ScheduleConsent(now);
        if (_previous is not null && pair.Generation == _generation)
        {
            _previous = null;
            _pairs.RemoveAll(p => p.Generation != _generation);
        }
    }

    private void SelectAnother(Instant now)
    {
        CandidatePair? next = BestValid();
        if (next is null)
        {
            // Nothing to send to, but the other side may come back within the time of its consent.
            State = IceState.Checking;
            _failAt = now + _settings.ConsentTimeout;
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

        if (now >= _selected.LastConsent + _settings.ConsentTimeout)
        {
            LoseConsent(now);
        }
        else if (now >= _consentAt && !_settings.Lite)
        {
            SendCheck(now, _selected, repeat: false);
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
            SendCheck(now, _selected!, repeat: false);
            _doubtAt = now + s_doubtPeriod;
        }
    }

    private void LoseConsent(Instant now)
    {
        CandidatePair lost = _selected!;
        _selected = null;
        Fail(lost);
        _pairs.Remove(lost);
        _lastChecked = _lastChecked == lost ? null : _lastChecked;
        if (_blocked.Count < MostBlocked)
        {
            _blocked.Add(lost.Remote);
        }

        CandidatePair? other = BestValid();
        if (other is not null && now - other.LastHeard < _settings.ConsentTimeout)
        {
            SelectAnother(now);
        }
        else
        {
            State = IceState.Failed;
        }
    }
}
