using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Scene;

/// <summary>One object as the inference loop last knew it; <see cref="Motion"/> starts at the scene's picture.</summary>
internal readonly record struct SceneTrack(
    int Id, int ClassId, string Label, float Score, MovingBox Motion, bool Predicted, bool IsRegion = false);
