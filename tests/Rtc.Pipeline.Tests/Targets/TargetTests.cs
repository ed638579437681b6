using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Scene;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Targets;

public sealed class TargetTests : IDisposable
{
    private readonly Simulation _room = new();
    private List<Detection> _things =
    [
        new(0, 0.9f, new RectF(4, 4, 40, 44)),
        new(2, 0.8f, new RectF(10, 10, 20, 24)),
    ];

    public TargetTests()
    {
        _room.Models.Find = _ => _things;
        _room.Run(1);
    }

    private VisionResult Last => _room.Output.Results.Last();

    public void Dispose() => _room.Dispose();

    [Fact]
    public void A_tap_takes_the_smallest_box_under_it()
    {
        Tap(15, 15);
        Assert.Equal("car", LabelOf(Last.TargetId));
        Tap(35, 35);
        Assert.Equal("person", LabelOf(Last.TargetId));
    }

    [Fact]
    public void A_tap_beside_a_box_takes_the_nearest_within_reach()
    {
        Tap(42, 20);
        Assert.Equal("person", LabelOf(Last.TargetId));
    }

    [Fact]
    public void A_tap_far_from_everything_asks_the_mask_model_and_holds_what_is_there()
    {
        MaskPrompt? prompt = null;
        _room.Models.Segment = (_, asked) =>
        {
            prompt ??= asked;
            var mask = new Mask(10, 10, new RectF(50, 30, 60, 40));
            mask.Alpha.Fill(255);
            return mask;
        };
        Tap(55, 35);
        Assert.Null(prompt!.Value.Box);
        Assert.Equal(55, prompt.Value.X!.Value, 0.5f);
        TrackedObject held = Last.Detections.Single(found => found.TrackId == Last.TargetId);
        Assert.Equal("object", held.Label);
        Assert.Equal(50 / 64f, held.Box.Left, 0.03f);
        Assert.DoesNotContain(Last.Detections, found => found.TrackId == held.TrackId && found.Label != "object");
    }

    [Fact]
    public void Tap_on_nothing_is_said_and_invents_no_region()
    {
        // The fake picture is of one grey: whatever a model that wants a box finds in it is nothing.
        _room.Models.Segment = (_, asked) =>
        {
            if (asked.Box is null)
            {
                return null;
            }

            var mask = new Mask(8, 8, new RectF(51, 31, 59, 39));
            mask.Alpha.Fill(255);
            return mask;
        };

        Tap(55, 35);

        Assert.Null(Last.TargetId);
        Assert.DoesNotContain(Last.Detections, found => found.Label == "object");
        Assert.Contains(_room.Output.Notices, notice => notice.Code == "nothing_there");
    }

    [Fact]
    public void Switching_counts_on_the_very_next_picture()
    {
        Tap(15, 15);
        int first = Last.TargetId!.Value;
        Assert.True(_room.Board.Select(At(35, 35), 0));
        var copy = new SceneCopy();
        _room.Board.CopyTo(copy, 0, new(64, 48));
        Assert.NotEqual(first, copy.Targets[0].Id);
        Assert.NotEqual(0, copy.Targets[0].Id);
    }

    [Fact]
    public void Two_can_be_in_focus_and_one_is_never_there_twice()
    {
        Tap(15, 15);
        Assert.True(_room.Board.Select(At(35, 35), 1));
        _room.Run(0.2);
        Assert.Equal("car", LabelOf(Last.TargetId));
        Assert.Equal("person", LabelOf(Last.SecondTargetId));
        Assert.True(_room.Board.Select(At(15, 15), 1));
        _room.Run(0.2);
        Assert.Equal("car", LabelOf(Last.TargetId));
        Assert.Null(Last.SecondTargetId);
        Assert.False(_room.Board.Select(At(15, 15), 2));
        _room.Board.Release();
        _room.Run(0.2);
        Assert.Null(Last.TargetId);
    }

    [Fact]
    public void Lost_target_is_held_marked_for_a_second_and_then_released()
    {
        Tap(35, 35);
        int id = Last.TargetId!.Value;
        _things = [];
        _room.Run(0.8);
        Assert.Equal(id, Last.TargetId);
        Assert.True(Last.Detections.Single(found => found.TrackId == id).Predicted);
        Assert.Empty(_room.Output.Notices);
        _room.Run(0.5);
        Assert.Null(Last.TargetId);
        Assert.Empty(Last.Detections);
        Assert.Equal("target_lost", Assert.Single(_room.Output.Notices).Code);
    }

    [Fact]
    public void A_target_that_is_seen_again_in_time_stays()
    {
        Tap(35, 35);
        int id = Last.TargetId!.Value;
        List<Detection> before = _things;
        _things = [];
        _room.Run(0.6);
        _things = before;
        _room.Run(2);
        Assert.Equal(id, Last.TargetId);
        Assert.False(Last.Detections.Single(found => found.TrackId == id).Predicted);
        Assert.Empty(_room.Output.Notices);
    }

    [Fact]
    public void Target_is_cut_out_every_second_picture_and_its_mask_in_the_result()
    {
        _room.Models.Segment = (_, prompt) =>
        {
            var mask = new Mask(4, 4, prompt.Box!.Value);
            mask.Alpha.Fill(255);
            return mask;
        };
        Tap(35, 35);
        int before = _room.Models.Segmentations;
        _room.Run(2);
        Assert.InRange(_room.Models.Segmentations - before, 28, 32);
        Assert.Equal(Last.TargetId, Last.MaskTrackId);
        Assert.Equal((160, 120), (Last.Mask!.Width, Last.Mask.Height));
        Assert.Equal(255, Last.Mask.Row(60)[50]);
        Assert.Equal(0, Last.Mask.Row(60)[150]);
    }

    [Fact]
    public void A_mask_model_that_fails_leaves_an_ellipse_and_says_so_once()
    {
        _room.Models.Segment = (_, _) => throw new InvalidOperationException("out of video memory");
        Tap(35, 35);
        _room.Run(1);
        Assert.NotNull(Last.Mask);
        Assert.Equal(1, _room.Models.Segmentations);
        Assert.Equal("mask_model_failed", Assert.Single(_room.Output.Notices).Code);
    }

    [Fact]
    public void A_sender_that_shrinks_its_picture_keeps_its_tracks()
    {
        Tap(35, 35);
        int id = Last.TargetId!.Value;
        int tracks = Last.Detections.Count;
        _room.Shrink = true;
        _things =
        [
            .. _things.Select(
                thing => thing with { Box = new RectF(thing.Box.Left / 2, thing.Box.Top / 2, thing.Box.Right / 2, thing.Box.Bottom / 2) })
        ];
        _room.Run(1);
        Assert.Equal((32, 24), (Last.Width, Last.Height));
        Assert.Equal(id, Last.TargetId);
        Assert.Equal(tracks, Last.Detections.Count);
        Assert.True(Last.Detections.Max(found => found.TrackId) <= 2);
    }

    private static PlaceF At(float x, float y) => new(x / 64, y / 48);

    private string LabelOf(int? id) => Last.Detections.Single(found => found.TrackId == id).Label;

    private void Tap(float x, float y)
    {
        Assert.True(_room.Board.Select(At(x, y), 0));
        _room.Run(0.2);
    }
}
