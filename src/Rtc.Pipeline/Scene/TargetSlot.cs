using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Scene;

internal enum TargetKind
{
    None,

    /// <summary>One of the tracker's objects.</summary>
    Track,

    /// <summary>Some place that no detector knows, held by a correlation filter.</summary>
    Region,

    /// <summary>A place was tapped and waits to be cut out of the next picture.</summary>
    Prompted,
}

/// <summary>One thing in focus.</summary>
internal struct TargetSlot
{
    public TargetKind Kind;
    public int Id;
    public int ClassId;
    public string Label;

    /// <summary>Where it was at <see cref="AtTicks"/>, and how it moves.</summary>
    public MovingBox Motion;
    public long AtTicks;

    /// <summary>When it was last really seen, on the video's clock.</summary>
    public long SeenTicks;

    /// <summary>The tapped place in fractions, while <see cref="Kind"/> is <see cref="TargetKind.Prompted"/>.</summary>
    public PlaceF Place;

    /// <summary>A track that was described at <paramref name="atTicks"/>, taken into focus now.</summary>
    public static TargetSlot Of(in SceneTrack track, long atTicks, long nowTicks) => new()
    {
        Kind = TargetKind.Track,
        Id = track.Id,
        ClassId = track.ClassId,
        Label = track.Label,
        Motion = track.Motion,
        AtTicks = atTicks,
        SeenTicks = nowTicks,
    };

    public readonly bool HasBox => Kind is TargetKind.Track or TargetKind.Region;
}
