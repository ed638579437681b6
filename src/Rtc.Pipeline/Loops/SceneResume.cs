using Rtc.Inference;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Remote;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Loops;

/// <summary>
/// Puts the objects of another server's pipeline into a tracker that has seen nothing yet, so that they keep their ids and their
/// focus. Handed over from any thread, applied on the inference loop with the first picture.
/// </summary>
internal sealed class SceneResume(TrackIds ids, RemoteLabels labels, SharedScene board)
{
    private SceneSnapshot? _pending;

    public void Put(SceneSnapshot snapshot) => Volatile.Write(ref _pending, snapshot);

    /// <summary>A private room begins with tracks of its own: what was said of it elsewhere must explain nothing away.</summary>
    public void Apply(ByteTracker tracker, in PictureInfo info, in RoomUnits units, RoomSettings settings)
    {
        if (Interlocked.Exchange(ref _pending, null) is not { } snapshot)
        {
            return;
        }

        RemoteObject[] objects =
        [
            .. snapshot.Objects.Select(seen => new RemoteObject(seen.TrackId, seen.Label, seen.Score, seen.Box, Predicted: true)),
        ];
        if (objects.Length == 0)
        {
            return;
        }

        ids.StartAfter(objects.Max(seen => seen.Id));
        if (settings.Mode == ViewMode.Privacy || !labels.TryAdd(objects))
        {
            return;
        }

        var known = new (int Id, Detection Seen)[objects.Length];
        for (int i = 0; i < objects.Length; i++)
        {
            RemoteObject seen = objects[i];
            known[i] = (seen.Id, new Detection(labels.ClassOf(seen.Label), seen.Score, units.FromFractions(seen.Box)));
        }

        tracker.Follow(known, 1);
        for (int slot = 0; slot < Math.Min(snapshot.Targets.Count, TargetSlots.Count); slot++)
        {
            int at = Array.FindIndex(known, seen => seen.Id == snapshot.Targets[slot]);
            if (at >= 0)
            {
                (int id, Detection seen) = known[at];
                var motion = new MovingBox(seen.Box, 0, 0, 0, 0);
                board.Focus(slot, new SceneTrack(id, seen.ClassId, objects[at].Label, seen.Score, motion, Predicted: true), info.Ticks);
            }
        }
    }
}
