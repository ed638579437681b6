using Rtc.Media;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Following;
using Rtc.Pipeline.Masks;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Scene;

/// <summary>
/// Where the two loops of a room meet: the inference loop puts its newest scene here, the render loop copies it
/// out, taps from anywhere choose among it. All of it under one lock that is never held longer than a small copy.
/// </summary>
internal sealed class SharedScene
{
    /// <summary>Results older than this say nothing of the picture on hand any more.</summary>
    public const long StaleTicks = MediaTimeline.TicksPerSecond * 3 / 2;

    private readonly Lock _gate = new();
    private readonly TargetSlots _targets = new();
    private readonly List<SceneTrack> _tracks = [];
    private PictureInfo _info;
    private RoomUnits _units = new(4, 3);
    private bool _any;
    private bool _knowsPeople;
    private readonly PeopleSeen _people = new();
    private RoomUnits _peopleUnits;
    private long _renderTicks;
    private readonly SceneClasses _classes = new();
    private readonly MaskFront[] _masks = [new(), new()];
    private readonly (int Id, CorrelationFilter Filter)?[] _seeds = new (int, CorrelationFilter)?[TargetSlots.Count];
    private volatile bool _hasRegions;

    public void Publish(in PictureInfo info, in RoomUnits units, List<SceneTrack> tracks, bool knowsPeople)
    {
        lock (_gate)
        {
            _info = info;
            _units = units;
            _any = true;
            _knowsPeople = knowsPeople;
            _tracks.Clear();
            _tracks.AddRange(tracks);
        }
    }

    /// <summary>The people to blur, as soon as a detection has found them.</summary>
    public void PublishPeople(PeopleSeen seen, in RoomUnits units)
    {
        lock (_gate)
        {
            seen.CopyTo(_people);
            _peopleUnits = units;
        }
    }

    /// <summary>Lays out a class map for the render loop.</summary>
    public void PutClasses(ClassMap map, IReadOnlyList<string> names)
    {
        lock (_gate)
        {
            _classes.Put(map, names);
        }
    }

    /// <summary>No map is made any more: the last one says nothing of later pictures.</summary>
    public void ClearClasses()
    {
        lock (_gate)
        {
            _classes.Clear();
        }
    }

    /// <summary>Nothing is being looked for: forget what was found.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _any = false;
            _classes.Clear();
            _tracks.Clear();
        }
    }

    /// <summary>Runs <paramref name="change"/> on the targets; it must not call out.</summary>
    public TResult WithTargets<TState, TResult>(TState state, Func<TargetSlots, TState, TResult> change)
    {
        lock (_gate)
        {
            return change(_targets, state);
        }
    }

    public bool Select(PlaceF place, int slot)
    {
        lock (_gate)
        {
            return _targets.Select(place, slot, _tracks, _units, _info.Ticks, Math.Max(_renderTicks, _info.Ticks));
        }
    }

    /// <summary>Puts a track in focus that nobody tapped here: it was in focus elsewhere. A tap that came before stays.</summary>
    public void Focus(int slot, in SceneTrack track, long ticks)
    {
        lock (_gate)
        {
            if (_targets[slot].Kind == TargetKind.None)
            {
                _targets[slot] = TargetSlot.Of(track, ticks, ticks);
            }
        }
    }

    /// <summary>Whether something is in focus, or was tapped and waits to be found: that takes pictures.</summary>
    public bool HasTargets
    {
        get
        {
            lock (_gate)
            {
                return _targets.Any;
            }
        }
    }

    /// <summary>Whether some target is held by a correlation filter.</summary>
    public bool HasRegions => _hasRegions;

    /// <summary>
    /// Answers a tap that found no box: a box may have come up since; else the place becomes a region that
    /// <paramref name="filter"/> follows. False where the tap was taken back meanwhile.
    /// </summary>
    public bool BecomeRegion(int slot, PlaceF place, int id, CorrelationFilter filter, in PictureInfo info)
    {
        lock (_gate)
        {
            ref TargetSlot target = ref _targets[slot];
            if (target.Kind != TargetKind.Prompted || target.Place != place)
            {
                return false;
            }

            target = new TargetSlot
            {
                Kind = TargetKind.Region,
                Id = id,
                ClassId = -1,
                Label = "object",
                Motion = new MovingBox(filter.Box, 0, 0, 0, 0),
                AtTicks = info.Ticks,
                SeenTicks = info.Ticks,
            };
            _seeds[slot] = (id, filter);
            _hasRegions = true;
            return true;
        }
    }

    /// <summary>Nothing is at the place that was tapped: the slot is free again. False where the tap was taken back meanwhile.</summary>
    public bool DropPrompt(int slot, PlaceF place)
    {
        lock (_gate)
        {
            ref TargetSlot target = ref _targets[slot];
            if (target.Kind != TargetKind.Prompted || target.Place != place)
            {
                return false;
            }

            target = default;
            return true;
        }
    }

    /// <summary>The place that waits to be cut out, or null; tried once more against the boxes of <paramref name="tracks"/>.</summary>
    public PlaceF? PromptedPlace(int slot, List<SceneTrack> tracks, in RoomUnits units, long ticks)
    {
        lock (_gate)
        {
            ref TargetSlot target = ref _targets[slot];
            if (target.Kind != TargetKind.Prompted)
            {
                return null;
            }

            PlaceF place = target.Place;
            _targets.Select(place, slot, tracks, units, ticks, ticks);
            return target.Kind == TargetKind.Prompted ? place : null;
        }
    }

    /// <summary>A filter that waits for the render loop, which owns it then.</summary>
    public (int Id, CorrelationFilter Filter)? TakeSeed(int slot)
    {
        lock (_gate)
        {
            (int, CorrelationFilter)? seed = _seeds[slot];
            _seeds[slot] = null;
            return seed;
        }
    }

    /// <summary>Where the filter found its region; false once no target holds that region any more.</summary>
    public bool RegionSeen(int slot, int id, in RectF box, long ticks, bool seen)
    {
        lock (_gate)
        {
            ref TargetSlot target = ref _targets[slot];
            if (target.Kind != TargetKind.Region || target.Id != id)
            {
                _hasRegions = _targets[0].Kind == TargetKind.Region || _targets[1].Kind == TargetKind.Region;
                return false;
            }

            target.Motion = new MovingBox(box, 0, 0, 0, 0);
            target.AtTicks = ticks;
            target.SeenTicks = seen ? ticks : target.SeenTicks;
            return true;
        }
    }

    /// <summary>Lays out a target's outline for the render loop.</summary>
    public void PutMask(int slot, PropagatedMask mask)
    {
        lock (_gate)
        {
            _masks[slot].Put(mask);
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            _targets.Release();
        }
    }

    public long NewestFrameId
    {
        get
        {
            lock (_gate)
            {
                return _any ? _info.FrameId : -1;
            }
        }
    }

    /// <summary>Copies the newest scene out for the picture at <paramref name="ticks"/>.</summary>
    public void CopyTo(SceneCopy copy, long ticks, in RoomUnits units)
    {
        lock (_gate)
        {
            _renderTicks = ticks;
            copy.Any = _any && Math.Abs(ticks - _info.Ticks) <= StaleTicks && _units.HasShapeOf(units);
            copy.Info = _info;
            copy.Units = units;
            copy.KnowsPeople = _knowsPeople;
            copy.Tracks.Clear();
            _classes.CopyTo(copy.Classes);
            if (copy.Any)
            {
                copy.Tracks.AddRange(_tracks);
            }

            _people.CopyTo(copy.People);
            copy.People.Known &= _peopleUnits.HasShapeOf(units);
            for (int i = 0; i < TargetSlots.Count; i++)
            {
                ref TargetSlot slot = ref _targets[i];
                TargetView view = copy.Targets[i];
                view.Id = slot.HasBox ? slot.Id : 0;
                view.Box = slot.HasBox ? slot.Motion.At((ticks - slot.AtTicks) / PictureInfo.TicksPerStep) : default;
                _masks[i].CopyTo(view, units);
            }
        }
    }
}
