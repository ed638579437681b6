using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Detecting;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Privacy;

/// <summary>
/// Gathers from each detection the people to blur until the next one. A tracker shows only what two pictures agree
/// on and drops what one picture lacks; here every sign of a person counts, and a while longer. Owned by the inference loop.
/// </summary>
internal sealed class PeopleWatch
{
    /// <summary>Where a person was found stays blurred for this long: the next pictures may miss it, and its track take another.</summary>
    private const long HoldTicks = MediaTimeline.TicksPerSecond * 2 / 5;

    /// <summary>Of what is surely no person its motion needs no other reason.</summary>
    private const float CertainOther = 0.5f;

    /// <summary>One detection may miss a person who stands still; so many in a row do not.</summary>
    private const int MinDetections = 5;

    private readonly PeopleSeen _seen = new();
    private readonly List<(RectF Box, long Ticks)> _found = [];
    private int _seeing;

    /// <summary>In room units, as are <paramref name="detections"/> and <paramref name="faces"/>; good until the next call.</summary>
    public PeopleSeen See(
        in PictureInfo info, ReadOnlySpan<Detection> detections, List<RectF> faces, ByteTracker tracker, RoomDetector detector)
    {
        _seeing = _seen.Known && Math.Abs(info.Ticks - _seen.Detected.Ticks) <= HoldTicks ? _seeing + 1 : 1;
        _seen.Known = true;
        _seen.IsSettled = _seeing >= MinDetections;
        _seen.KnowsPeople = detector.KnowsPeople;
        _seen.Detected = info;
        _seen.People.Clear();
        _seen.Others.Clear();
        foreach (Track track in tracker.Active)
        {
            if (IsPerson(track.ClassId, detector))
            {
                _seen.People.Add(MovingBox.From(track.Motion));
            }
            else if (track.Score >= CertainOther)
            {
                _seen.Others.Add(MovingBox.From(track.Motion));
            }
        }

        foreach (Track track in tracker.Lost)
        {
            if (IsPerson(track.ClassId, detector))
            {
                _seen.People.Add(MovingBox.From(track.Motion));
            }
        }

        foreach (ref readonly Detection detection in detections)
        {
            if (IsPerson(detection.ClassId, detector))
            {
                _found.Add((detection.Box, info.Ticks));
            }
        }

        foreach (RectF face in faces)
        {
            _found.Add((face, info.Ticks));
        }

        Remember(info);
        return _seen;
    }

    /// <summary>The camera shows another field of view.</summary>
    public void Clear()
    {
        _found.Clear();
        _seen.Known = false;
    }

    private static bool IsPerson(int classId, RoomDetector detector) =>
        !detector.KnowsPeople || PersonLabels.IsPerson(detector.Label(classId));

    private void Remember(in PictureInfo info)
    {
        for (int i = _found.Count - 1; i >= 0; i--)
        {
            if (Math.Abs(info.Ticks - _found[i].Ticks) > HoldTicks)
            {
                _found.RemoveAt(i);
            }
            else
            {
                _seen.People.Add(new MovingBox(_found[i].Box, 0, 0, 0, 0));
            }
        }
    }
}
