using System.Runtime.InteropServices;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Remote;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Loops;

/// <summary>
/// Turns what a member found into the room's scene: its ids become the room's, the room's tracker follows it, so that the room's own
/// detector goes on with the same objects whenever the member stops. Owned by the inference loop.
/// </summary>
internal sealed class RemoteObjects(TrackIds ids, RemoteLabels labels)
{
    private readonly RemoteIds _ids = new(ids);
    private readonly List<(int Id, RectF Box)> _boxes = [];
    private int _finder;
    private readonly List<(int Id, Detection Seen)> _objects = [];

    /// <summary>
    /// Writes the scene down; <paramref name="steps"/> since the tracker's last picture. Returns the room's id of what the member's
    /// mask shows, or null.
    /// </summary>
    public int? Follow(
        RemoteDetections seen, in RoomUnits units, RoomSettings settings, ByteTracker tracker, double steps, List<SceneTrack> scene)
    {
        if (_finder != seen.Finder)
        {
            _finder = seen.Finder;
            _ids.Clear();
        }

        RemoteObject[] wanted = [.. seen.Objects.Where(found => IsAskedFor(found.Label, settings))];
        _boxes.Clear();
        foreach (RemoteObject found in wanted)
        {
            _boxes.Add((found.Id, units.FromFractions(found.Box)));
        }

        int[] mapped = _ids.Map(CollectionsMarshal.AsSpan(_boxes), tracker, steps);
        _objects.Clear();
        for (int i = 0; i < mapped.Length; i++)
        {
            _objects.Add((mapped[i], new Detection(labels.ClassOf(wanted[i].Label), wanted[i].Score, _boxes[i].Box)));
        }

        tracker.Follow(CollectionsMarshal.AsSpan(_objects), steps);
        scene.Clear();
        int? masked = null;
        for (int i = 0; i < mapped.Length; i++)
        {
            // The member has smoothed the box already; from the tracker comes how it moves.
            RectF box = _boxes[i].Box;
            MovingBox motion = tracker.Find(mapped[i]) is { } track
                ? MovingBox.From(track.Motion) with { Box = box }
                : new(box, 0, 0, 0, 0);
            scene.Add(new SceneTrack(mapped[i], _objects[i].Seen.ClassId, wanted[i].Label, wanted[i].Score, motion, wanted[i].Predicted));
            masked = seen.Mask?.Id == wanted[i].Id ? mapped[i] : masked;
        }

        return masked;
    }

    private static bool IsAskedFor(string label, RoomSettings settings) =>
        settings.Classes.Count == 0 || settings.Classes.Contains(label, StringComparer.OrdinalIgnoreCase);
}
