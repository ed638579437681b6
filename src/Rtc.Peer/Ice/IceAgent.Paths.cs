namespace Rtc.Peer.Ice;

/// <summary>The table of paths, and the pairs that lie on them: one a generation.</summary>
internal sealed partial class IceAgent
{
    // What checked us and was not heard again for so long gives way to another that checks.
    private static readonly TimeSpan s_holdsPlace = TimeSpan.FromSeconds(5);

    private IcePath? FindPath(TransportAddress address)
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

    private CandidatePair? Find(IceGeneration generation, TransportAddress address)
    {
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.Generation == generation && pair.Remote == address)
            {
                return pair;
            }
        }

        return null;
    }

    /// <summary>The pair on a path that data can follow: valid, nominated before others, of the newest generation.</summary>
    private CandidatePair? FindValid(IcePath path)
    {
        CandidatePair? best = null;
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.Path == path && pair.IsValid && (best is null || IsBetter(pair, best)))
            {
                best = pair;
            }
        }

        return best;
    }

    /// <summary>Of all pairs whose path was answered within the time of consent.</summary>
    private CandidatePair? BestValid()
    {
        CandidatePair? best = null;
        foreach (CandidatePair pair in _pairs)
        {
            if (pair.IsValid && pair.Path.IsAnswered(_now, _settings.ConsentTimeout) && (best is null || IsBetter(pair, best)))
            {
                best = pair;
            }
        }

        return best;
    }

    private static bool IsBetter(CandidatePair pair, CandidatePair than) =>
        (pair.NominatedByRemote, pair.Generation.Number, pair.Priority)
            .CompareTo((than.NominatedByRemote, than.Generation.Number, than.Priority)) > 0;

    /// <summary>A path that checked us displaces one that was only announced, or long not heard.</summary>
    private bool TryAddPair(
        IceGeneration generation, TransportAddress address, CandidateKind kind, uint priority, bool checkedUs, out CandidatePair pair)
    {
        IcePath path = FindPath(address) ?? new IcePath(address);
        pair = new CandidatePair(path, generation) { Kind = kind, RemotePriority = priority };
        Prioritize(pair);
        if (_pairs.Count >= MaxPairs && !TryMakeRoom(checkedUs))
        {
            Counters.PairsRefused++;
            return false;
        }

        if (!_paths.Contains(path))
        {
            _paths.Add(path);
        }

        _pairs.Add(pair);
        return true;
    }

    private bool TryMakeRoom(bool checkedUs)
    {
        int victim = _pairs.FindIndex(pair => pair.State == PairState.Failed && pair.Path != _selected);
        if (victim < 0 && checkedUs)
        {
            victim = _pairs.FindIndex(pair => pair.Path.ProvenAt is null);
            victim =
                victim >= 0 ? victim : _pairs.FindIndex(pair => pair.Path.AnsweredAt is null && _now - pair.Path.LastHeard > s_holdsPlace);
            victim = victim >= 0
                ? victim
                : _pairs.FindIndex(pair => pair.Path != _selected && !pair.Path.IsProven(_now, _settings.ConsentTimeout));
        }

        if (victim < 0)
        {
            return false;
        }

        CandidatePair leaving = _pairs[victim];
        RemovePairs(pair => pair == leaving);
        return true;
    }

    /// <summary>A path goes with its last pair, except the one that carries the data.</summary>
    private void RemovePairs(Predicate<CandidatePair> leaves)
    {
        _pairs.RemoveAll(leaves);
        for (int i = _paths.Count - 1; i >= 0; i--)
        {
            IcePath path = _paths[i];
            if (path != _selected && !_pairs.Exists(pair => pair.Path == path))
            {
                _paths.RemoveAt(i);
                _lastChecked = _lastChecked == path ? null : _lastChecked;
            }
        }
    }

    private void RemovePath(IcePath path)
    {
        _paths.Remove(path);
        _pairs.RemoveAll(pair => pair.Path == path);
        _lastChecked = _lastChecked == path ? null : _lastChecked;
        _selected = _selected == path ? null : _selected;
    }

    /// <summary>The generation of ours that a check names, while it lives.</summary>
    private IceGeneration? FindLocal(Instant now, ReadOnlySpan<byte> ufrag)
    {
        foreach (IceGeneration generation in _generations)
        {
            if (ufrag.SequenceEqual(generation.Local.UfragBytes))
            {
                if (generation == _generation || now - generation.LastHeard < _settings.ConsentTimeout)
                {
                    return generation;
                }

                End(generation);
                return null;
            }
        }

        return null;
    }

    private void End(IceGeneration generation)
    {
        _generations.Remove(generation);
        RemovePairs(pair => pair.Generation == generation);
    }

    private IceCredentials? FindRemote(ReadOnlySpan<byte> ufrag)
    {
        foreach (IceCredentials theirs in _remotes)
        {
            if (ufrag.SequenceEqual(theirs.UfragBytes))
            {
                return theirs;
            }
        }

        return null;
    }

    private void Prioritize(CandidatePair pair) =>
        pair.Priority = CandidatePriority.OfPair(LocalPriority(CandidateKind.Host, pair.Remote), pair.RemotePriority, Controlling);

    private static uint LocalPriority(CandidateKind kind, TransportAddress towards) => CandidatePriority.Of(kind, towards, 0);

    private void NoteHeard(IcePath path, Instant now)
    {
        path.LastHeard = now;
        path.ProvenAt = now;
        if (_heard.Count < MaxPairs)
        {
            _heard.Enqueue(new HeardAddress(path.Remote, _settings.Lite || path.IsAnswered(now, _settings.ConsentTimeout)));
        }
    }
}
