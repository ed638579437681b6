namespace Rtc.Peer.Ice;

/// <summary>The table of paths and the pairs that lie on them, one a generation (RFC 8445 section 6.1.2), and which is selected.</summary>
internal sealed class CheckList(IceContext context)
{
    private const int MaxPairs = 48;

    // What checked us and was not heard again for so long gives way to another that checks.
    private static readonly TimeSpan s_holdsPlace = TimeSpan.FromSeconds(5);

    private readonly List<IcePath> _paths = [];
    private readonly Queue<HeardAddress> _heard = new();

    public List<CandidatePair> Pairs { get; } = [];

    /// <summary>Carries the data.</summary>
    public IcePath? Selected { get; private set; }

    /// <summary>Under whose credentials.</summary>
    public IceGeneration? SelectedIn { get; private set; }

    /// <summary>The last authenticated check came from there.</summary>
    public IcePath? LastChecked { get; set; }

    /// <summary>Under these credentials too: each generation is nominated by itself.</summary>
    public bool IsSelected(CandidatePair pair) => pair.Path == Selected && pair.Generation == SelectedIn;

    public void Select(CandidatePair pair)
    {
        Selected = pair.Path;
        SelectedIn = pair.Generation;
        foreach (CandidatePair other in Pairs)
        {
            other.NominatedByUs &= other == pair; // it may be nominated again when they come back to it
        }
    }

    public void SetControlling(bool controlling)
    {
        context.Controlling = controlling && !context.Settings.Lite;
        foreach (CandidatePair pair in Pairs)
        {
            pair.NominatedByUs = false;
            Prioritize(pair);
        }
    }

    public IcePath? FindPath(TransportAddress address)
    {
        foreach (IcePath path in _paths)
        {
            if (path.Remote == address)
            {
                return path;
            }
        }

        return null;
    }

    public CandidatePair? Find(IceGeneration generation, TransportAddress address)
    {
        foreach (CandidatePair pair in Pairs)
        {
            if (pair.Generation == generation && pair.Remote == address)
            {
                return pair;
            }
        }

        return null;
    }

    /// <summary>The pair on a path that data can follow: valid, nominated before others, of the newest generation.</summary>
    public CandidatePair? FindValid(IcePath path)
    {
        CandidatePair? best = null;
        foreach (CandidatePair pair in Pairs)
        {
            if (pair.Path == path && pair.IsValid && (best is null || IsBetter(pair, best)))
            {
                best = pair;
            }
        }

        return best;
    }

    /// <summary>Of all pairs whose path was answered within the time of consent.</summary>
    public CandidatePair? BestValid()
    {
        CandidatePair? best = null;
        foreach (CandidatePair pair in Pairs)
        {
            if (pair.IsValid && HasConsent(pair) && (best is null || IsBetter(pair, best)))
            {
                best = pair;
            }
        }

        return best;
    }

    /// <summary>A pair that worked once may be long dead; a check under way tells.</summary>
    public bool HasConsent(CandidatePair pair) => pair.Path.IsAnswered(context.Now, context.Settings.ConsentTimeout);

    public bool IsProven(IcePath path) => path.IsProven(context.Now, context.Settings.ConsentTimeout);

    public ulong PriorityOf(IcePath path)
    {
        ulong highest = 0;
        foreach (CandidatePair pair in Pairs)
        {
            highest = pair.Path == path ? Math.Max(highest, pair.Priority) : highest;
        }

        return highest;
    }

    /// <summary>A path that checked us displaces one that was only announced, or long not heard.</summary>
    public bool TryAddPair(
        IceGeneration generation, TransportAddress address, CandidateKind kind, uint priority, bool checkedUs, out CandidatePair pair)
    {
        IcePath path = FindPath(address) ?? new IcePath(address);
        pair = new CandidatePair(path, generation) { Kind = kind, RemotePriority = priority };
        Prioritize(pair);
        if (Pairs.Count >= MaxPairs && !TryMakeRoom(checkedUs))
        {
            context.Counters.PairsRefused++;
            return false;
        }

        if (!_paths.Contains(path))
        {
            _paths.Add(path);
        }

        Pairs.Add(pair);
        return true;
    }

    /// <summary>A path goes with its last pair, except the one that carries the data.</summary>
    public void RemovePairs(Predicate<CandidatePair> leaves)
    {
        Pairs.RemoveAll(leaves);
        for (int i = _paths.Count - 1; i >= 0; i--)
        {
            IcePath path = _paths[i];
            if (path != Selected && !Pairs.Exists(pair => pair.Path == path))
            {
                _paths.RemoveAt(i);
                LastChecked = LastChecked == path ? null : LastChecked;
            }
        }
    }

    public void RemovePath(IcePath path)
    {
        _paths.Remove(path);
        Pairs.RemoveAll(pair => pair.Path == path);
        LastChecked = LastChecked == path ? null : LastChecked;
        Selected = Selected == path ? null : Selected;
    }

    public void Clear()
    {
        Pairs.Clear();
        _paths.Clear();
        Selected = LastChecked = null;
        SelectedIn = null;
    }

    public void Prioritize(CandidatePair pair) =>
        pair.Priority = CandidatePriority.OfPair(
            CandidatePriority.Of(CandidateKind.Host, pair.Remote, 0), pair.RemotePriority, context.Controlling);

    /// <summary>An authenticated check came from there, or an answer to one of ours.</summary>
    public void NoteHeard(IcePath path, Instant now)
    {
        path.LastHeard = now;
        path.ProvenAt = now;
        if (_heard.Count < MaxPairs)
        {
            bool answered = context.Settings.Lite || path.IsAnswered(now, context.Settings.ConsentTimeout);
            _heard.Enqueue(new HeardAddress(path.Remote, answered));
        }
    }

    public bool TryTakeHeard(out HeardAddress heard) => _heard.TryDequeue(out heard);

    private static bool IsBetter(CandidatePair pair, CandidatePair than) =>
        (pair.NominatedByRemote, pair.Generation.Number, pair.Priority)
            .CompareTo((than.NominatedByRemote, than.Generation.Number, than.Priority)) > 0;

    private bool TryMakeRoom(bool checkedUs)
    {
        int victim = Pairs.FindIndex(pair => pair.State == PairState.Failed && pair.Path != Selected);
        if (victim < 0 && checkedUs)
        {
            victim = Pairs.FindIndex(pair => pair.Path.ProvenAt is null);
            victim = victim >= 0
                ? victim
                : Pairs.FindIndex(pair => pair.Path.AnsweredAt is null && context.Now - pair.Path.LastHeard > s_holdsPlace);
            victim = victim >= 0 ? victim : Pairs.FindIndex(pair => pair.Path != Selected && !IsProven(pair.Path));
        }

        if (victim < 0)
        {
            return false;
        }

        CandidatePair leaving = Pairs[victim];
        RemovePairs(pair => pair == leaving);
        return true;
    }
}
