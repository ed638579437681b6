using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Scene;

/// <summary>What the render loop knows of the newest results: its own copy, written over for each picture.</summary>
internal sealed class SceneCopy
{
    /// <summary>False until there was a result, and again once the newest is too old to say anything.</summary>
    public bool Any { get; set; }

    public PictureInfo Info { get; set; }

    public RoomUnits Units { get; set; }

    public bool KnowsPeople { get; set; }

    public List<SceneTrack> Tracks { get; } = [];

    public PeopleSeen People { get; } = new();

    public SceneClasses Classes { get; } = new();

    public TargetView[] Targets { get; } = [new(), new()];
}
