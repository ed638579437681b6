namespace Rtc.Peer.Ice;

/// <summary>
/// Both sides' credentials over ICE restarts (RFC 8445 section 9): the current ones, and those of before under which the other
/// side may go on.
/// </summary>
internal sealed class IceGenerations(IceContext context, CheckList list, IceCredentials first)
{
    // A peer that restarts again before anything is heard goes on under credentials of several restarts ago.
    private const int MaxGenerations = 4;

    private readonly List<IceGeneration> _earlier = [];
    private readonly List<IceCredentials> _remotes = [];

    public IceGeneration Current { get; private set; } = new(first, 0);

    public void SetRemote(Instant now, IceCredentials theirs)
    {
        Current.SetRemote(theirs);
        Current.LastHeard = now;
        if (_remotes.Count == MaxGenerations)
        {
            _remotes.RemoveAt(0);
        }

        _remotes.Add(theirs);
    }

    /// <summary>New credentials of ours; those of before stay for as long as the other side uses them.</summary>
    public void Restart(Instant now, IceCredentials local)
    {
        _earlier.Add(Current);
        if (_earlier.Count == MaxGenerations)
        {
            End(_earlier.MinBy(generation => generation.LastHeard)!);
        }

        Begin(now, local);
    }

    /// <summary>The same for an agent that has failed: nothing of before is of use.</summary>
    public void StartOver(Instant now, IceCredentials local)
    {
        _earlier.Clear();
        Begin(now, local);
    }

    /// <summary>The generation of ours that a check names, while it lives.</summary>
    public IceGeneration? FindLocal(Instant now, ReadOnlySpan<byte> ufrag)
    {
        if (ufrag.SequenceEqual(Current.Local.UfragBytes))
        {
            return Current;
        }

        foreach (IceGeneration generation in _earlier)
        {
            if (ufrag.SequenceEqual(generation.Local.UfragBytes))
            {
                if (now - generation.LastHeard < context.Settings.ConsentTimeout)
                {
                    return generation;
                }

                End(generation);
                return null;
            }
        }

        return null;
    }

    public IceCredentials? FindRemote(ReadOnlySpan<byte> ufrag)
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

    private void Begin(Instant now, IceCredentials local) =>
        Current = new IceGeneration(local, Current.Number + 1) { LastHeard = now };

    private void End(IceGeneration generation)
    {
        _earlier.Remove(generation);
        list.RemovePairs(pair => pair.Generation == generation);
    }
}
