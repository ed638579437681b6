using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Following;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Masks;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Targets;

/// <summary>
/// What the inference loop does for a room's targets with each picture: answers taps, follows, holds and gives up, knows
/// again, cuts out. The slots themselves live on the <see cref="SharedScene"/>, where taps reach them at any time.
/// </summary>
internal sealed class TargetFollower(IModelHost models, IPipelineOutput output, SharedScene board, TrackIds ids, TimeProvider time)
    : IDisposable
{
    private readonly TargetMasks _masks = new(models, output, time);
    private readonly TargetMemory[] _memories = [new(), new()];
    private readonly List<PipelineNotice> _notices = [];

    public PropagatedMask Mask(int slot) => _masks[slot];

    /// <summary>Where a tap found no box, cuts out whatever is there and has it followed, or says that nothing is.</summary>
    public void AnswerTaps(Picture picture, in PictureInfo info, in RoomUnits units, RoomSettings settings, List<SceneTrack> scene)
    {
        for (int slot = 0; slot < TargetSlots.Count; slot++)
        {
            if (board.PromptedPlace(slot, scene, units, info.Ticks) is not { } place)
            {
                continue;
            }

            if (_masks.CutOut(picture, settings, slot, place) is not var (mask, pixels))
            {
                if (board.DropPrompt(slot, place))
                {
                    _notices.Add(new PipelineNotice("nothing_there", "Nothing stands out there.", Recoverable: true));
                }

                continue;
            }

            int id = ids.Next();
            var filter = new CorrelationFilter(picture, units, units.FromPixels(pixels));
            if (board.BecomeRegion(slot, place, id, filter, info))
            {
                _masks.Adopt(slot, id, mask, pixels, info);
                board.PutMask(slot, _masks[slot]);
            }
        }
    }

    /// <summary>Cuts the targets out where it is due; milliseconds spent.</summary>
    public double CutOut(Picture picture, in PictureInfo info, in RoomUnits units, RoomSettings settings, in DegradationStep sacrifice)
    {
        double spentMs = 0;
        for (int slot = 0; slot < TargetSlots.Count; slot++)
        {
            (int id, RectF box) = Box(slot, info);
            double ms = _masks.Update(picture, info, units, settings, sacrifice, slot, id, box);
            if (ms > 0)
            {
                board.PutMask(slot, _masks[slot]);
                spentMs += ms;
            }
        }

        return spentMs;
    }

    /// <summary>A target's id (0 for none) and where it is in this picture.</summary>
    public (int Id, RectF Box) Box(int slot, in PictureInfo info) => board.WithTargets((Slot: slot, info.Ticks), static (targets, state) =>
    {
        ref TargetSlot target = ref targets[state.Slot];
        return target.HasBox
            ? (target.Id, target.Motion.At((state.Ticks - target.AtTicks) / PictureInfo.TicksPerStep))
            : (0, default);
    });

    /// <summary>Moves the targets with the scene, holds those out of sight, and lets go of those that stay away.</summary>
    public void Follow(in PictureInfo info, List<SceneTrack> scene, Func<int, SceneTrack?> findLost)
    {
        board.WithTargets((Keeper: this, Info: info, Scene: scene, FindLost: findLost), static (targets, state) =>
        {
            for (int i = 0; i < TargetSlots.Count; i++)
            {
                state.Keeper.Follow(ref targets[i], state.Info, state.Scene, state.FindLost);
            }

            return true;
        });
    }

    private void Follow(ref TargetSlot slot, in PictureInfo info, List<SceneTrack> scene, Func<int, SceneTrack?> findLost)
    {
        if (slot.Kind == TargetKind.Region)
        {
            FollowRegion(ref slot, info, scene);
        }

        if (slot.Kind != TargetKind.Track)
        {
            return;
        }

        foreach (SceneTrack track in scene)
        {
            if (track.Id == slot.Id)
            {
                slot.Motion = track.Motion;
                slot.AtTicks = info.Ticks;
                slot.SeenTicks = track.Predicted ? slot.SeenTicks : info.Ticks;
                return;
            }
        }

        if (info.Ticks - slot.SeenTicks > TargetSlots.HoldTicks)
        {
            _notices.Add(new PipelineNotice("target_lost", $"{slot.Label} {slot.Id} is out of sight", Recoverable: true));
            slot = default;
            return;
        }

        if (findLost(slot.Id) is { } held)
        {
            scene.Add(held);
            slot.Motion = held.Motion;
            slot.AtTicks = info.Ticks;
        }
    }

    /// <summary>The render loop moves it; here it only joins the scene, or is given up.</summary>
    private void FollowRegion(ref TargetSlot slot, in PictureInfo info, List<SceneTrack> scene)
    {
        if (info.Ticks - slot.SeenTicks > TargetSlots.HoldTicks)
        {
            _notices.Add(new PipelineNotice("target_lost", $"{slot.Label} {slot.Id} is out of sight", Recoverable: true));
            slot = default;
            return;
        }

        bool predicted = slot.SeenTicks < Math.Min(info.Ticks, slot.AtTicks);
        scene.Add(new SceneTrack(slot.Id, slot.ClassId, slot.Label, 1, slot.Motion, predicted, IsRegion: true));
    }

    /// <summary>Keeps in mind what the targets look like, and takes them up again where they come back under another id.</summary>
    public void Recognise(Picture picture, in PictureInfo info, in RoomUnits units, List<SceneTrack> scene)
    {
        for (int i = 0; i < TargetSlots.Count; i++)
        {
            (TargetKind kind, int id, int releases) = board.WithTargets(
                i, static (targets, slot) => (targets[slot].Kind, targets[slot].Id, targets.Releases));
            SceneTrack? seen = null;
            foreach (SceneTrack track in scene)
            {
                seen = track.Id == id && !track.Predicted ? track : seen;
            }

            if (kind == TargetKind.Track && seen is { } target)
            {
                _memories[i].See(picture, units, target, scene, info.Ticks, releases);
            }
            else if (kind is TargetKind.Region or TargetKind.Prompted)
            {
                _memories[i].Forget();
            }
            else if (_memories[i].Recognise(picture, units, scene, info.Ticks, releases) is { } back)
            {
                if (TakeUp(i, kind, id, back, info.Ticks))
                {
                    _notices.Add(
                        new PipelineNotice("target_found", $"{back.Label} {back.Id} looks like what was in focus", Recoverable: true));
                }
            }
        }
    }

    /// <summary>Puts a track into a slot, unless the slot was changed meanwhile.</summary>
    private bool TakeUp(int slot, TargetKind kindBefore, int idBefore, in SceneTrack track, long ticks) => board.WithTargets(
        (Slot: slot, Kind: kindBefore, Id: idBefore, Track: track, Ticks: ticks),
        static (targets, state) =>
        {
            ref TargetSlot slot = ref targets[state.Slot];
            ref TargetSlot other = ref targets[1 - state.Slot];
            bool untouched = slot.Kind == state.Kind && slot.Id == state.Id;
            if (!untouched || (other.HasBox && other.Id == state.Track.Id))
            {
                return false;
            }

            slot = TargetSlot.Of(state.Track, state.Ticks, state.Ticks);
            return true;
        });

    /// <summary>Says what happened to the targets; never under the board's lock.</summary>
    public void Tell()
    {
        foreach (PipelineNotice notice in _notices)
        {
            output.OnNotice(notice);
        }

        _notices.Clear();
    }

    public void Dispose() => _masks.Dispose();
}
