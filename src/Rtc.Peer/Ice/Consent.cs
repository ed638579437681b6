namespace Rtc.Peer.Ice;

/// <summary>Whether the other side still wants what we send over the selected path (RFC 7675): asks, and says when it is lost.</summary>
internal sealed class Consent(IceContext context, CheckList list, CheckSender sender)
{
    // RFC 7675 section 5.1: five seconds, by a random factor of 0.8 to 1.2.
    private const double PeriodSeconds = 5;

    // An attacker that knows the password could go on from port to port endlessly.
    private const int MaxBlocked = 16;

    // A path that carried data and fell silent may be a network that changed under us: the other side learns our new
    // address only from a check, and consent's next one is seconds away.
    private static readonly TimeSpan s_doubtAfter = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan s_doubtPeriod = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_doubtUntil = TimeSpan.FromSeconds(6);

    // Addresses whose consent was lost: not to be used again without a restart (RFC 7675 section 5.1).
    private readonly List<TransportAddress> _blocked = [];

    private Instant _nextCheck = Instant.Never;
    private Instant _lastData = Instant.Never;
    private Instant _doubtAt = Instant.Never;

    public Instant NextDeadline =>
        list.Selected is not { } selected || context.State == IceState.Failed
            ? Instant.Never
            : Instant.Min(context.Settings.Lite ? Instant.Never : Instant.Min(_nextCheck, _doubtAt), EndOf(selected));

    public bool IsBlocked(TransportAddress address) => _blocked.Contains(address);

    /// <summary>A restart asks for consent anew.</summary>
    public void Restart() => _blocked.Clear();

    public void Schedule(Instant now) =>
        _nextCheck = now + TimeSpan.FromSeconds(PeriodSeconds * (0.8 + (0.4 * context.Random.NextDouble())));

    /// <summary>Authenticated data came over a path.</summary>
    public void NoteData(Instant now)
    {
        _lastData = now;
        if (_doubtAt == Instant.Never)
        {
            _doubtAt = now + s_doubtAfter;
        }
    }

    /// <summary>True where consent ended now: the path is removed, and another one may be selected.</summary>
    public bool Advance(Instant now)
    {
        if (list.Selected is not { } selected)
        {
            return false;
        }

        if (now >= EndOf(selected))
        {
            list.RemovePath(selected);
            if (_blocked.Count < MaxBlocked)
            {
                _blocked.Add(selected.Remote);
            }

            return true;
        }

        if (now >= _nextCheck && !context.Settings.Lite)
        {
            CheckSelected(now);
            Schedule(now);
        }
        else if (now >= _doubtAt)
        {
            AdvanceDoubt(now);
        }

        return false;
    }

    private Instant EndOf(IcePath path) => (path.AnsweredAt ?? default) + context.Settings.ConsentTimeout;

    private void AdvanceDoubt(Instant now)
    {
        if (context.Settings.Lite || now - _lastData > s_doubtUntil)
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
        foreach (CandidatePair pair in list.Pairs)
        {
            if (pair.Path == list.Selected && pair.IsValid)
            {
                sender.Send(now, pair, repeat: false);
            }
        }
    }
}
