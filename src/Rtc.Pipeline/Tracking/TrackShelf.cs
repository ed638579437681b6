namespace Rtc.Pipeline.Tracking;

/// <summary>
/// All tracks of a room: those in sight, those lost and remembered, and used ones to begin again with. What a track's
/// state says decides where it stands after <see cref="Settle"/>. One tracker owns it.
/// </summary>
internal sealed class TrackShelf
{
    private readonly Stack<Track> _spare = [];
    private readonly List<Track> _active = [];
    private List<Track> _tracked = [];
    private List<Track> _nextTracked = [];
    private List<Track> _lost = [];
    private List<Track> _nextLost = [];

    /// <summary>In sight, confirmed or not.</summary>
    public List<Track> Tracked => _tracked;

    /// <summary>Out of sight, and remembered.</summary>
    public List<Track> Lost => _lost;

    /// <summary>In sight and confirmed.</summary>
    public IReadOnlyList<Track> Active => _active;

    /// <summary>A track to begin with; it is in sight from now on.</summary>
    public Track Add()
    {
        Track track = _spare.TryPop(out Track? used) ? used : new Track();
        _tracked.Add(track);
        return track;
    }

    /// <summary>Moves every track by the camera's own motion since the last picture.</summary>
    public void Shift(double x, double y)
    {
        foreach (Track track in _tracked)
        {
            track.Shift(x, y);
        }

        foreach (Track track in _lost)
        {
            track.Shift(x, y);
        }
    }

    /// <summary>A track in sight or remembered, or null.</summary>
    public Track? Find(int id)
    {
        foreach (Track track in _tracked)
        {
            if (track.Id == id)
            {
                return track;
            }
        }

        foreach (Track track in _lost)
        {
            if (track.Id == id)
            {
                return track;
            }
        }

        return null;
    }

    /// <summary>
    /// Sorts every track into tracked and lost. As in the published code a track that was given up stays matchable
    /// for one more picture, because the list of the removed is consulted before the newly removed join it.
    /// </summary>
    public void Settle(double duplicateOverlap, bool trackedWin = false)
    {
        _nextTracked.Clear();
        _nextLost.Clear();
        foreach (Track track in _tracked)
        {
            Place(track, wasLost: false);
        }

        foreach (Track track in _lost)
        {
            Place(track, wasLost: true);
        }

        (_tracked, _nextTracked) = (_nextTracked, _tracked);
        (_lost, _nextLost) = (_nextLost, _lost);
        DropDuplicates(duplicateOverlap, trackedWin);
        _active.Clear();
        foreach (Track track in _tracked)
        {
            if (track.IsActivated)
            {
                _active.Add(track);
            }
        }
    }

    private void Place(Track track, bool wasLost)
    {
        if (track.State == TrackState.Tracked)
        {
            _nextTracked.Add(track);
            return;
        }

        bool known = track.WasGivenUp;
        track.WasGivenUp |= track.State == TrackState.Removed;
        if (known || (!wasLost && track.State == TrackState.Removed))
        {
            _spare.Push(track);
        }
        else
        {
            _nextLost.Add(track);
        }
    }

    /// <summary>Of a tracked and a lost track in the same place the younger one goes, or the lost one in any case.</summary>
    private void DropDuplicates(double most, bool trackedWin)
    {
        foreach (Track tracked in _tracked)
        {
            foreach (Track lost in _lost)
            {
                if (PixelOverlap.Of(tracked.Box, lost.Box) > most)
                {
                    bool trackedIsOlder = trackedWin || tracked.LastSeen - tracked.Born > lost.LastSeen - lost.Born;
                    (trackedIsOlder ? lost : tracked).IsDuplicate = true;
                }
            }
        }

        SweepDuplicates(_tracked);
        SweepDuplicates(_lost);
    }

    private void SweepDuplicates(List<Track> tracks)
    {
        int kept = 0;
        foreach (Track track in tracks)
        {
            if (track.IsDuplicate)
            {
                _spare.Push(track);
            }
            else
            {
                kept++;
            }
        }

        if (kept < tracks.Count)
        {
            tracks.RemoveAll(static track => track.IsDuplicate);
        }
    }
}
