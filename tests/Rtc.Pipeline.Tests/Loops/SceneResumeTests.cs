using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Loops;

/// <summary>A room goes on in another pipeline: of the second one is known what the first one followed, and no picture.</summary>
public sealed class SceneResumeTests : IDisposable
{
    private readonly Simulation _first = new();
    private readonly Simulation _next = new();

    public SceneResumeTests()
    {
        // A false start, so that ids of the two would differ by themselves.
        _first.Models.Find = _ => [new Detection(0, 0.9f, new RectF(40, 30, 60, 46))];
        _first.Run(0.3);
        _first.Models.Find = _ => [new Detection(0, 0.9f, new RectF(4, 4, 30, 44)), new Detection(2, 0.8f, new RectF(40, 10, 60, 24))];
        _first.Run(2);
        _next.Models.Find = _ => [new Detection(2, 0.8f, new RectF(40, 10, 60, 24)), new Detection(0, 0.9f, new RectF(5, 4, 31, 44))];
    }

    public void Dispose()
    {
        _first.Dispose();
        _next.Dispose();
    }

    [Fact]
    public void Ids_and_focus_are_those_of_the_pipeline_before()
    {
        Assert.True(_first.Board.Select(new PlaceF(17 / 64f, 24 / 48f), 0));
        _first.Run(0.2);
        VisionResult before = _first.Output.Results.Last();
        Assert.NotNull(before.TargetId);

        _next.Vision.Resume(SceneSnapshot.Of(before));
        _next.Run(0.5);

        VisionResult after = _next.Output.Results.First();
        Assert.Equal(Ids(before), Ids(after));
        Assert.Equal(before.TargetId, after.TargetId);
        Assert.Equal(before.TargetId, _next.Output.Results.Last().TargetId);
    }

    [Fact]
    public void New_objects_get_ids_that_were_never_given()
    {
        VisionResult before = _first.Output.Results.Last();
        int highest = before.Detections.Max(seen => seen.TrackId);
        _next.Vision.Resume(SceneSnapshot.Of(before));
        _next.Run(0.2);
        _next.Models.Find = _ => [new Detection(7, 0.9f, new RectF(20, 34, 40, 47))];
        _next.Run(0.5);

        Assert.True(Assert.Single(_next.Output.Results.Last().Detections, seen => seen.ClassId == 7).TrackId > highest);
    }

    [Fact]
    public void Private_room_takes_no_object_over()
    {
        _next.Controls.Settings = new RoomSettings { Mode = ViewMode.Privacy };
        SceneSnapshot before = SceneSnapshot.Of(_first.Output.Results.Last());
        _next.Vision.Resume(before);
        _next.Run(0.5);

        Assert.DoesNotContain(
            _next.Output.Results.SelectMany(result => result.Detections), seen => before.Objects.Any(old => old.TrackId == seen.TrackId));
    }

    [Fact]
    public void Snapshot_keeps_the_focus_and_leaves_the_faintest_out()
    {
        VisionResult crowded = _first.Output.Results.Last() with
        {
            TargetId = 60,
            Detections = [.. Enumerable.Range(1, 60).Select(id => new TrackedObject(id, 0, "person", 1f / id, default, false))],
        };
        SceneSnapshot kept = SceneSnapshot.Of(crowded);

        Assert.Equal(SceneSnapshot.MaxObjects, kept.Objects.Count);
        Assert.Equal([60, 1, 2], kept.Objects.Take(3).Select(seen => seen.TrackId));
        Assert.Equal([60], kept.Targets);
    }

    private static IEnumerable<(int, string)> Ids(VisionResult result) =>
        result.Detections.Select(seen => (seen.TrackId, seen.Label)).Order();
}
