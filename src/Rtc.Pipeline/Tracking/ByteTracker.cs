using Rtc.Inference;
using Rtc.Media;

namespace Rtc.Pipeline.Tracking;

/// <summary>
/// ByteTrack as published: confident detections are matched first, then the doubtful ones are offered to the
/// tracks that are left, and only confident ones found new tracks. Pure: time comes in as steps. One room owns it
/// and calls it from one thread; it allocates nothing once it has grown to the room's number of objects. With a second
/// set of options it is the heart of <see cref="BotSortTracker"/>.
/// </summary>
internal sealed class ByteTracker(ByteTrackOptions options, TrackIds ids, BotSortOptions? sort = null) : IObjectTracker
{
    private readonly TrackMatching _matching = new();
    private readonly TrackShelf _tracks = new();
    private readonly List<Track> _pool = [];
    private readonly List<Track> _leftOver = [];
    private readonly List<Track> _longLost = [];
    private readonly List<Track> _unconfirmed = [];
    private readonly List<int> _high = [];
    private readonly List<int> _low = [];
    private double _now;
    private bool _started;

    /// <summary>The objects in the last picture.</summary>
    public IReadOnlyList<Track> Active => _tracks.Active;

    /// <summary>Out of sight, and remembered.</summary>
    public IReadOnlyList<Track> Lost => _tracks.Lost;

    /// <summary>In sight, confirmed or not.</summary>
    public IReadOnlyList<Track> Tracked => _tracks.Tracked;

    /// <summary>Steps since the beginning.</summary>
    public double Now => _now;

    /// <summary>Takes the detections of one picture, <paramref name="steps"/> thirtieths of a second after the last one.</summary>
    public IReadOnlyList<Track> Update(ReadOnlySpan<Detection> detections, double steps = 1) => Update(detections, [], steps);

    /// <param name="detections">Of one picture.</param>
    /// <param name="looks">What each looks like, as vectors of length 1 one after another; empty where nobody says.</param>
    /// <param name="steps">Thirtieths of a second since the last picture.</param>
    public IReadOnlyList<Track> Update(ReadOnlySpan<Detection> detections, ReadOnlySpan<float> looks, double steps)
    {
        bool first = !_started;
        _started = true;
        _now += steps;
        SplitByScore(detections);
        _unconfirmed.Clear();
        _pool.Clear();
        foreach (Track track in _tracks.Tracked)
        {
            (track.IsActivated ? _pool : _unconfirmed).Add(track);
        }

        _longLost.Clear();
        foreach (Track track in _tracks.Lost)
        {
            (sort is not null && _now - track.LastSeen > options.LostBuffer && !track.WasGivenUp ? _longLost : _pool).Add(track);
        }

        foreach (Track track in _pool)
        {
            track.Predict(steps);
        }

        var seen = new Seen(detections, looks);
        MatchConfident(seen);
        MatchDoubtful(seen);
        MatchUnconfirmed(seen);
        MatchLook(seen);
        Found(seen, first);
        GiveUpOld();
        _tracks.Settle(options.DuplicateOverlap);
        return _tracks.Active;
    }

    /// <summary>
    /// Takes what another tracker of the same pictures follows, under the ids that it has: so that either goes on where the other
    /// stops. What it does not name was lost from sight.
    /// </summary>
    public void Follow(ReadOnlySpan<(int Id, Detection Seen)> objects, double steps)
    {
        _started = true;
        _now += steps;
        foreach (Track track in _tracks.Tracked)
        {
            track.Predict(steps);
            track.State = TrackState.Lost;
        }

        foreach (Track track in _tracks.Lost)
        {
            track.Predict(steps);
        }

        for (int i = 0; i < objects.Length; i++)
        {
            (int id, Detection seen) = objects[i];
            if (_tracks.Find(id) is { } track)
            {
                track.Match(seen, i, _now);
            }
            else
            {
                _tracks.Add().Begin(id, seen, i, _now, activated: true);
            }
        }

        GiveUpOld();
        _tracks.Settle(options.DuplicateOverlap, trackedWin: true);
    }

    /// <summary>Moves every track by the camera's own motion since the last picture.</summary>
    public void Shift(double x, double y) => _tracks.Shift(x, y);

    /// <summary>A track in sight or remembered, or null.</summary>
    public Track? Find(int id) => _tracks.Find(id);

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

    private void MatchConfident(in Seen seen)
    {
        _matching.Solve(_pool, _high, seen, options.MatchThreshold, options.FuseScore, sort);
        _leftOver.Clear();
        for (int row = 0; row < _pool.Count; row++)
        {
            if (!TryMatch(_pool[row], row, _high, seen) && _pool[row].State == TrackState.Tracked)
            {
                _leftOver.Add(_pool[row]);
            }
        }

        _matching.KeepUnmatched(_high);
    }

    private void MatchDoubtful(in Seen seen)
    {
        _matching.Solve(_leftOver, _low, seen, options.SecondMatchThreshold, fuse: false);
        for (int row = 0; row < _leftOver.Count; row++)
        {
            if (!TryMatch(_leftOver[row], row, _low, seen))
            {
                _leftOver[row].State = TrackState.Lost;
            }
        }
    }

    private void MatchUnconfirmed(in Seen seen)
    {
        _matching.Solve(_unconfirmed, _high, seen, options.UnconfirmedMatchThreshold, options.FuseScore, sort);
        for (int row = 0; row < _unconfirmed.Count; row++)
        {
            if (!TryMatch(_unconfirmed[row], row, _high, seen))
            {
                _unconfirmed[row].State = TrackState.Removed;
            }
        }

        _matching.KeepUnmatched(_high);
    }

    /// <summary>What is left may be something seen long ago, by its look alone.</summary>
    private void MatchLook(in Seen seen)
    {
        if (_longLost.Count == 0 || _high.Count == 0 || seen.Looks.IsEmpty)
        {
            return;
        }

        _matching.SolveByLook(_longLost, _high, seen, sort!.MaxReidDistance);
        for (int row = 0; row < _longLost.Count; row++)
        {
            int detection = _matching.DetectionOf(row, _high);
            if (detection >= 0)
            {
                _longLost[row].Return(seen.Detections[detection], detection, _now);
                _longLost[row].See(seen.LookOf(detection));
            }
        }

        _matching.KeepUnmatched(_high);
    }

    private bool TryMatch(Track track, int row, List<int> candidates, in Seen seen)
    {
        int detection = _matching.DetectionOf(row, candidates);
        if (detection < 0)
        {
            return false;
        }

        track.Match(seen.Detections[detection], detection, _now);
        track.See(seen.LookOf(detection));
        return true;
    }

    private void Found(in Seen seen, bool first)
    {
        foreach (int index in _high)
        {
            if (seen.Detections[index].Score >= options.TrackThreshold + options.BirthMargin)
            {
                Track track = _tracks.Add();
                track.Begin(
                    ids.Next(), seen.Detections[index], index, _now, activated: first, sort is null ? BoxShape.Aspect : BoxShape.Width);
                track.See(seen.LookOf(index));
            }
        }
    }

    private void GiveUpOld()
    {
        foreach (Track track in _tracks.Lost)
        {
            double buffer = sort is null || track.Look.IsEmpty ? options.LostBuffer : Math.Max(options.LostBuffer, sort.ReidBuffer);
            if (track.State != TrackState.Tracked && _now - track.LastSeen > buffer)
            {
                track.State = TrackState.Removed;
            }
        }
    }
}
