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
    private readonly TrackMatching _matching = new();
    private readonly TrackShelf _tracks = new();
    private readonly List<Track> _pool = [];
    private readonly List<Track> _leftOver = [];
    private readonly List<Track> _unconfirmed = [];
    private readonly List<int> _high = [];
    private readonly List<int> _low = [];
    private double _now;
    private bool _started;

    /// <summary>The objects in the last picture.</summary>
    public IReadOnlyList<Track> Active => _tracks.Active;

    /// <summary>Out of sight, and remembered.</summary>
    public IReadOnlyList<Track> Lost => _tracks.Lost;

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
        foreach (Track track in _tracks.Tracked)
        {
            (track.IsActivated ? _pool : _unconfirmed).Add(track);
        }

        _pool.AddRange(_tracks.Lost);
        foreach (Track track in _pool)
        {
            track.Predict(steps);
        }

        MatchConfident(detections);
        MatchDoubtful(detections);
        MatchUnconfirmed(detections);
        Found(detections, first);
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

    private void MatchConfident(ReadOnlySpan<Detection> detections)
    {
        _matching.Solve(_pool, _high, detections, options.MatchThreshold, options.FuseScore);
        _leftOver.Clear();
        for (int row = 0; row < _pool.Count; row++)
        {
            int detection = _matching.DetectionOf(row, _high);
            if (detection >= 0)
            {
                _pool[row].Match(detections[detection], detection, _now);
            }
            else if (_pool[row].State == TrackState.Tracked)
            {
                _leftOver.Add(_pool[row]);
            }
        }

        _matching.KeepUnmatched(_high);
    }

    private void MatchDoubtful(ReadOnlySpan<Detection> detections)
    {
        _matching.Solve(_leftOver, _low, detections, options.SecondMatchThreshold, fuse: false);
        for (int row = 0; row < _leftOver.Count; row++)
        {
            int detection = _matching.DetectionOf(row, _low);
            if (detection >= 0)
            {
                _leftOver[row].Match(detections[detection], detection, _now);
            }
            else
            {
                _leftOver[row].State = TrackState.Lost;
            }
        }
    }

    private void MatchUnconfirmed(ReadOnlySpan<Detection> detections)
    {
        _matching.Solve(_unconfirmed, _high, detections, options.UnconfirmedMatchThreshold, options.FuseScore);
        for (int row = 0; row < _unconfirmed.Count; row++)
        {
            int detection = _matching.DetectionOf(row, _high);
            if (detection >= 0)
            {
                _unconfirmed[row].Match(detections[detection], detection, _now);
            }
            else
            {
                _unconfirmed[row].State = TrackState.Removed;
            }
        }

        _matching.KeepUnmatched(_high);
    }

    private void Found(ReadOnlySpan<Detection> detections, bool first)
    {
        foreach (int index in _high)
        {
            if (detections[index].Score >= options.TrackThreshold + options.BirthMargin)
            {
                _tracks.Add().Begin(ids.Next(), detections[index], index, _now, activated: first);
            }
        }
    }

    private void GiveUpOld()
    {
        foreach (Track track in _tracks.Lost)
        {
            if (track.State != TrackState.Tracked && _now - track.LastSeen > options.LostBuffer)
            {
                track.State = TrackState.Removed;
            }
        }
    }
}
