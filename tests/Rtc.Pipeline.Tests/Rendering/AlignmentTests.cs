using Rtc.Inference;
using Rtc.Media;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Rendering;

public class AlignmentTests
{
    [Fact]
    public void Exact_draws_each_picture_with_its_own_result()
    {
        using var room = new Simulation(new RoomSettings { Alignment = Alignment.Exact, ExactLimitMs = 100 }) { ModelMs = 15 };
        var delays = new List<double>();
        room.Models.Find = _ => [new Detection(0, 0.9f, new RectF(10, 10, 30, 40))];
        room.Codecs.OnEncode = _ =>
        {
            // What is drawn now is the picture whose result has just been published.
            delays.Add(room.Counters.Rendered - 1 - room.Board.NewestFrameId);
        };
        room.Run(5);
        Assert.True(room.Counters.Rendered > 140);
        Assert.All(delays, delay => Assert.Equal(0, delay));
    }

    [Fact]
    public void Exact_waits_no_longer_than_its_limit()
    {
        using var room = new Simulation(new RoomSettings { Alignment = Alignment.Exact, ExactLimitMs = 80 }) { ModelMs = 400 };
        double worst = 0;
        room.Codecs.OnEncode = _ => worst = Math.Max(worst, room.WaitingSinceMs);
        room.Run(5);
        Assert.True(room.Counters.Rendered > 130, $"{room.Counters.Rendered}");
        Assert.InRange(worst, 34, 80 + 34);
    }

    [Fact]
    public void Live_draws_at_once()
    {
        using var room = new Simulation { ModelMs = 400 };
        double worst = 0;
        room.Codecs.OnEncode = _ => worst = Math.Max(worst, room.WaitingSinceMs);
        room.Run(5);
        Assert.Equal(0, worst, 0.001);
    }
}
