using System.Runtime.InteropServices;
using Rtc.Inference;
using Rtc.Media;

namespace Rtc.Pipeline.Tracking;

/// <summary>
/// ByteTrack as published: confident detections are matched first, then the doubtful ones are offered to the
/// tracks that are left, and only confident ones found new tracks. Pure: time comes in as steps. One room owns it
/// and calls it from one thread; it allocates nothing once it has grown to the room's number of objects.
/// </summary>
internal sealed class ByteTracker(ByteTrackOptions options, TrackIds ids)
{
    /// <summary>The published overlap takes corners as pixels inside the box, so a box is one wider than their difference.</summary>
    private const double PixelEdge = 1;

    private readonly SparseAssignment _assignment = new();
    private readonly Stack<Track> _spare = [];
    private readonly List<Track> _pool = [];
    private readonly List<Track> _leftOver = [];
    private readonly List<Track> _unconfirmed = [];
    private readonly List<Track> _active = [];
    private readonly List<int> _high = [];
    private readonly List<int> _low = [];
    private List<Track> _tracked = [];
    private List<Track> _nextTracked = [];
    private List<Track> _lost = [];
    private List<Track> _nextLost = [];
    private double _now;
    private bool _started;

    /// <summary>The objects in the last picture.</summary>
    public IReadOnlyList<Track> Active => _active;

    /// <summary>Out of sight, and remembered.</summary>
    public IReadOnlyList<Track> Lost => _lost;

    /// <summary>Steps since the beginning.</summary>
    public double Now => _now;

    /// <summary>Takes the detections of one picture, <paramref name="steps"/> thirtieths of a second after the last one.</summary>
    public IReadOnlyList<Track> Update(ReadOnlySpan<Detection> detections, double steps = 1)
    {
        bool first = !_started;
        _started = true;
        _now += steps;
        SplitByScore(detections);
        _unconfirmed.Clear();
        _pool.Clear();
        foreach (Track track in _tracked)
        {
            (track.IsActivated ? _pool : _unconfirmed).Add(track);
        }

        _pool.AddRange(_lost);
        foreach (Track track in _pool)
        {
            track.Predict(steps);
        }

        MatchConfident(detections);
        MatchDoubtful(detections);
        MatchUnconfirmed(detections);
        Found(detections, first);
        GiveUpOld();
        Settle();
        return _active;
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

    private void SplitByScore(ReadOnlySpan<Detection> detections)
    {
        _high.Clear();
        _low.Clear();
        for (int i = 0; i < detections.Length; i++)
        {
            ref readonly Detection detection = ref detections[i];
            if (!(detection.Box.Width > 0 && detection.Box.Height > 0) || !float.IsFinite(detection.Box.Area))
            {
                continue;
            }

            if (detection.Score > options.TrackThreshold)
            {
                _high.Add(i);
            }
            else if (detection.Score > options.LowThreshold && detection.Score < options.TrackThreshold)
            {
                _low.Add(i);
            }
        }
    }

    private void MatchConfident(ReadOnlySpan<Detection> detections)
    {
        Associate(_pool, _high, detections, options.MatchThreshold, options.FuseScore);
        _leftOver.Clear();
        for (int row = 0; row < _pool.Count; row++)
        {
            int column = _assignment.RowMatch[row];
            if (column >= 0)
            {
                _pool[row].Match(detections[_high[column]], _now);
            }
            else if (_pool[row].State == TrackState.Tracked)
            {
                _leftOver.Add(_pool[row]);
            }
        }

        KeepUnmatched(_high);
    }

    private void MatchDoubtful(ReadOnlySpan<Detection> detections)
    {
        Associate(_leftOver, _low, detections, options.SecondMatchThreshold, fuse: false);
        for (int row = 0; row < _leftOver.Count; row++)
        {
            int column = _assignment.RowMatch[row];
            if (column >= 0)
            {
                _leftOver[row].Match(detections[_low[column]], _now);
            }
            else
            {
                _leftOver[row].State = TrackState.Lost;
            }
        }
    }

    private void MatchUnconfirmed(ReadOnlySpan<Detection> detections)
    {
        Associate(_unconfirmed, _high, detections, options.UnconfirmedMatchThreshold, options.FuseScore);
        for (int row = 0; row < _unconfirmed.Count; row++)
        {
            int column = _assignment.RowMatch[row];
            if (column >= 0)
            {
                _unconfirmed[row].Match(detections[_high[column]], _now);
            }
            else
            {
                _unconfirmed[row].State = TrackState.Removed;
            }
        }

        KeepUnmatched(_high);
    }

    private void Found(ReadOnlySpan<Detection> detections, bool first)
    {
        foreach (int index in _high)
        {
            if (detections[index].Score >= options.TrackThreshold + options.BirthMargin)
            {
                Track track = _spare.TryPop(out Track? used) ? used : new Track();
                track.Begin(ids.Next(), detections[index], _now, activated: first);
                _tracked.Add(track);
            }
        }
    }

    private void GiveUpOld()
    {
        foreach (Track track in _lost)
        {
            if (track.State != TrackState.Tracked && _now - track.LastSeen > options.LostBuffer)
            {
                track.State = TrackState.Removed;
            }
        }
    }

    /// <summary>
    /// Sorts every track into tracked and lost. As in the published code a track that was given up stays matchable
    /// for one more picture, because the list of the removed is consulted before the newly removed join it.
    /// </summary>
    private void Settle()
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
        DropDuplicates();
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

    /// <summary>Of a tracked and a lost track in the same place the younger one goes.</summary>
    private void DropDuplicates()
    {
        foreach (Track tracked in _tracked)
        {
            foreach (Track lost in _lost)
            {
                if (Overlap(tracked.Box, lost.Box) > options.DuplicateOverlap)
                {
                    bool trackedIsOlder = tracked.LastSeen - tracked.Born > lost.LastSeen - lost.Born;
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

    private void Associate(List<Track> tracks, List<int> candidates, ReadOnlySpan<Detection> detections, double limit, bool fuse)
    {
        _assignment.Begin(tracks.Count, candidates.Count);
        if (tracks.Count == 0 || candidates.Count == 0)
        {
            return;
        }

        for (int row = 0; row < tracks.Count; row++)
        {
            RectF box = tracks[row].Box;
            for (int column = 0; column < candidates.Count; column++)
            {
                ref readonly Detection detection = ref detections[candidates[column]];
                double overlap = Overlap(box, detection.Box);
                double cost = 1 - (fuse ? overlap * detection.Score : overlap);
                if (cost < limit)
                {
                    _assignment.Add(row, column, cost);
                }
            }
        }

        _assignment.Solve(limit);
    }

    private void KeepUnmatched(List<int> candidates)
    {
        int kept = 0;
        for (int column = 0; column < candidates.Count; column++)
        {
            if (_assignment.ColumnMatch[column] < 0)
            {
                candidates[kept++] = candidates[column];
            }
        }

        CollectionsMarshal.SetCount(candidates, kept);
    }

    /// <summary>Intersection over union with corners counted as whole pixels, as the published overlap does.</summary>
    private static double Overlap(in RectF a, in RectF b)
    {
        double width = Math.Min((double)a.Right, b.Right) - Math.Max(a.Left, b.Left) + PixelEdge;
        double height = Math.Min((double)a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top) + PixelEdge;
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        double shared = width * height;
        return shared / (Area(a) + Area(b) - shared);
    }

    private static double Area(in RectF box) =>
        ((double)box.Right - box.Left + PixelEdge) * ((double)box.Bottom - box.Top + PixelEdge);
}
