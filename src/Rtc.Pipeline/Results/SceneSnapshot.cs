using Rtc.Pipeline.Tracking;

namespace Rtc.Pipeline.Results;

/// <summary>
/// What a room's pipeline follows, small enough to be kept elsewhere: another server's goes on from it under the same ids.
/// </summary>
public sealed record SceneSnapshot
{
    /// <summary>More are left out, the faintest first.</summary>
    public const int MaxObjects = 50;

    public IReadOnlyList<TrackedObject> Objects { get; init; } = [];

    /// <summary>The objects in focus, by their ids.</summary>
    public IReadOnlyList<int> Targets { get; init; } = [];

    public static SceneSnapshot Of(VisionResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        int[] targets = [.. ((int?[])[result.TargetId, result.SecondTargetId]).OfType<int>()];
        return new SceneSnapshot
        {
            Objects =
            [
                .. result.Detections.OrderByDescending(seen => targets.Contains(seen.TrackId)).ThenByDescending(seen => seen.Score)
                    .Take(MaxObjects),
            ],
            Targets = targets,
        };
    }
}
