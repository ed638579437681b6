using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Targets;

public sealed class ReidentifyTests : IDisposable
{
    private static readonly List<Detection> Thing = [new(0, 0.9f, new RectF(4, 4, 40, 44))];

    private readonly Simulation _room = new(new RoomSettings { Reidentify = true });
    private List<Detection> _things = Thing;

    public ReidentifyTests()
    {
        _room.Models.Find = _ => _things;
        _room.Run(1);
        Assert.True(_room.Board.Select(new PlaceF(0.3f, 0.5f), 0));
        _room.Run(1);
        _things = [];
        _room.Run(4);
        Assert.Null(_room.Output.Results.Last().TargetId);
    }

    public void Dispose() => _room.Dispose();

    [Fact]
    public void A_target_that_comes_back_is_in_focus_again_under_its_new_id()
    {
        _things = Thing;
        _room.Run(1);
        VisionResult last = _room.Output.Results.Last();
        Assert.Equal(2, last.TargetId);
        Assert.Equal(2, last.Detections.Single().TrackId);
        Assert.Contains(_room.Output.Notices, notice => notice.Code == "target_found");
    }

    [Fact]
    public void Something_of_another_look_is_not_taken_for_it()
    {
        _room.Brightness = 220;
        _things = Thing;
        _room.Run(1);
        Assert.Null(_room.Output.Results.Last().TargetId);
    }

    [Fact]
    public void What_was_let_go_of_stays_so()
    {
        _room.Board.Release();
        _things = Thing;
        _room.Run(1);
        Assert.Null(_room.Output.Results.Last().TargetId);
    }
}
