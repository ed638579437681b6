using Rtc.Media;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Scene;

/// <summary>
/// The one or two things in focus, and the rules for taking and losing them. Pure, and used under the
/// <see cref="SharedScene"/>'s lock: a tap comes from any thread and must count on the very next picture.
/// </summary>
internal sealed class TargetSlots
{
    public const int Count = 2;

    /// <summary>A finger is not a mouse: this far from a box (in room units, 5% of the longer side) still means it.</summary>
    private const float Reach = 0.05f * RoomUnits.LongerSide;

    /// <summary>A target out of sight is held this long: 30 pictures at the usual rate.</summary>
    public const long HoldTicks = MediaTimeline.TicksPerSecond;

    private readonly TargetSlot[] _slots = new TargetSlot[Count];

    public ref TargetSlot this[int slot] => ref _slots[slot];

    public bool Any => _slots[0].Kind != TargetKind.None || _slots[1].Kind != TargetKind.None;

    /// <summary>
    /// A tap at <paramref name="place"/>: the smallest box under it, else the nearest within reach, else the place
    /// itself. False where the slot does not exist.
    /// </summary>
    public bool Select(PlaceF place, int slot, List<SceneTrack> tracks, in RoomUnits units, long sceneTicks, long nowTicks)
    {
        if (slot is < 0 or >= Count)
        {
            return false;
        }

        double steps = (nowTicks - sceneTicks) / PictureInfo.TicksPerStep;
        int chosen = Pick(place.X * units.Width, place.Y * units.Height, tracks, steps);
        if (chosen < 0)
        {
            _slots[slot] = new TargetSlot { Kind = TargetKind.Prompted, Place = place, Label = "", SeenTicks = nowTicks };
            return true;
        }

        SceneTrack track = tracks[chosen];
        int other = 1 - slot;
        if (_slots[other].HasBox && _slots[other].Id == track.Id)
        {
            _slots[other] = default;
        }

        _slots[slot] = TargetSlot.Of(track, sceneTicks, nowTicks);
        return true;
    }

    /// <summary>How often everything was let go of: what was lost before must not come back after.</summary>
    public int Releases { get; private set; }

    public void Release()
    {
        Array.Clear(_slots);
        Releases++;
    }

    /// <summary>Index of the track that a tap means, or −1.</summary>
    private static int Pick(float x, float y, List<SceneTrack> tracks, double steps)
    {
        int smallest = -1;
        float smallestArea = float.MaxValue;
        int nearest = -1;
        float nearestDistance = Reach;
        for (int i = 0; i < tracks.Count; i++)
        {
            if (tracks[i].IsRegion)
            {
                continue;
            }

            RectF box = tracks[i].Motion.At(steps);
            if (box.Contains(x, y) && box.Area < smallestArea)
            {
                smallest = i;
                smallestArea = box.Area;
            }

            float dx = Math.Max(0, Math.Max(box.Left - x, x - box.Right));
            float dy = Math.Max(0, Math.Max(box.Top - y, y - box.Bottom));
            float distance = MathF.Sqrt((dx * dx) + (dy * dy));
            if (distance <= nearestDistance)
            {
                nearest = i;
                nearestDistance = distance;
            }
        }

        return smallest >= 0 ? smallest : nearest;
    }
}
