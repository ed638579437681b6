using Rtc.Media;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Remote;

/// <summary>
/// The room's track ids for those of a member: an id that it took over from the room stays, an object that the room knows already
/// keeps the room's id whatever the member calls it, and only what is new to both gets one more. One vision loop owns it.
/// </summary>
internal sealed class RemoteIds(TrackIds ids)
{
    /// <summary>A member that took an id over has the object about where the room had it.</summary>
    private const double MinSameOverlap = 0.2;

    /// <summary>An object under an unknown id is one that the room knows where both cover this much of each other.</summary>
    private const double MinOverlap = 0.5;

    /// <summary>Two seconds: a track that is younger may be an old object, found again by a room that was cut off.</summary>
    private const double MaxYoungSteps = 60;

    private readonly Dictionary<int, int> _roomIds = [];
    private readonly HashSet<int> _claimed = [];
    private readonly List<int> _stale = [];

    /// <summary>The room's id of each object; boxes are in the tracker's units, its tracks brought to the same picture.</summary>
    public int[] Map(ReadOnlySpan<(int Id, RectF Box)> seen, ByteTracker tracker, double steps)
    {
        var mapped = new int[seen.Length];
        _claimed.Clear();
        for (int i = 0; i < seen.Length; i++)
        {
            (int id, RectF box) = seen[i];
            if (_roomIds.TryGetValue(id, out int known) && tracker.Find(known) is not null && _claimed.Add(known))
            {
                mapped[i] = known;
            }
            else if (tracker.Find(id) is { } same
                && PixelOverlap.Of(same.Motion.BoxIn(steps), box) >= MinSameOverlap
                && _claimed.Add(id))
            {
                mapped[i] = id;
            }
        }

        for (int i = 0; i < seen.Length; i++)
        {
            mapped[i] = mapped[i] != 0 ? mapped[i] : FindThere(seen[i], tracker, steps) is var there and not 0 ? there : New(seen[i].Id);
        }

        Remember(seen, mapped, tracker);
        return mapped;
    }

    /// <summary>Another member detects: its ids are its own.</summary>
    public void Clear() => _roomIds.Clear();

    /// <summary>
    /// What the track in that place is to be called that nothing of this picture is yet, or 0: as the room calls it, but by an
    /// older id of the room's where the member kept that while the room lost the object.
    /// </summary>
    private int FindThere((int Id, RectF Box) seen, ByteTracker tracker, double steps)
    {
        Track? best = null;
        double most = MinOverlap;
        foreach (Track track in tracker.Active)
        {
            double overlap = PixelOverlap.Of(track.Motion.BoxIn(steps), seen.Box);
            if (overlap >= most && !_claimed.Contains(track.Id))
            {
                (best, most) = (track, overlap);
            }
        }

        if (best is null)
        {
            return 0;
        }

        bool keptIt = seen.Id < best.Id && tracker.Find(seen.Id) is null && tracker.Now - best.Born < MaxYoungSteps;
        int id = keptIt && _claimed.Add(seen.Id) ? seen.Id : best.Id;
        _claimed.Add(best.Id);
        return id;
    }

    private int New(int id)
    {
        int next = ids.TryTake(id) ? id : ids.Next();
        _claimed.Add(next);
        return next;
    }

    private void Remember(ReadOnlySpan<(int Id, RectF Box)> seen, ReadOnlySpan<int> mapped, ByteTracker tracker)
    {
        _stale.Clear();
        foreach ((int id, int room) in _roomIds)
        {
            if (tracker.Find(room) is null)
            {
                _stale.Add(id);
            }
        }

        foreach (int id in _stale)
        {
            _roomIds.Remove(id);
        }

        for (int i = 0; i < seen.Length; i++)
        {
            _roomIds[seen[i].Id] = mapped[i];
        }
    }
}
