using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Peer.Tests.Simulation;
using Xunit;

namespace Rtc.Peer.Tests.Peers;

public sealed class VideoTests(ITestOutputHelper output)
{
    [Fact]
    public void Video_flows_both_ways()
    {
        using var world = new SimulatedWorld(3);
        world.Connect(new OfferPlan { Video = [MediaDirection.SendReceive] });
        using var fromA = new SyntheticCamera(world, world.A);
        using var fromB = new SyntheticCamera(world, world.B);
        world.Run(TimeSpan.FromSeconds(5));
        output.WriteLine($"A sent {fromA.Sent}, B got {world.B.Frames.Count}; B sent {fromB.Sent}, A got {world.A.Frames.Count}");
        Assert.InRange(world.B.Frames.Count, fromA.Sent - 5, fromA.Sent);
        Assert.InRange(world.A.Frames.Count, fromB.Sent - 5, fromB.Sent);
        Assert.True(world.B.Frames[0].IsKey);
    }

    [Fact]
    public void Five_percent_loss_is_repaired()
    {
        using var world = new SimulatedWorld(4);
        world.Connect(new OfferPlan { Video = [MediaDirection.SendReceive] });
        world.Both = new LinkConditions { Delay = TimeSpan.FromMilliseconds(25), Loss = 0.05 };
        using var camera = new SyntheticCamera(world, world.A);
        world.Run(TimeSpan.FromSeconds(20));
        double freeze = FrameGaps.Longest(world.B.Frames);
        output.WriteLine($"sent {camera.Sent}, got {world.B.Frames.Count}, longest gap {freeze:F0} ms");
        Assert.True(world.B.Frames.Count > camera.Sent * 0.97);
        Assert.True(freeze < 300, $"froze for {freeze} ms");
    }

    [Fact]
    public void A_limit_on_temporal_layers_halves_the_rate_of_pictures_and_lifts_again()
    {
        using var world = new SimulatedWorld(7);
        world.Connect(new OfferPlan { Video = [MediaDirection.SendOnly] });
        using var camera = new SyntheticCamera(world, world.A) { TwoLayers = true, Ceiling = Bitrate.FromKilobits(500) };
        string mid = world.A.Peer.Sections[0].Mid;
        world.Run(TimeSpan.FromSeconds(4));
        int all = FramesIn(world, TimeSpan.FromSeconds(4));
        world.A.Peer.SetTemporalLayerLimit(mid, 0);
        int half = FramesIn(world, TimeSpan.FromSeconds(4));
        world.A.Peer.SetTemporalLayerLimit(mid, 2);
        int again = FramesIn(world, TimeSpan.FromSeconds(4));
        output.WriteLine($"{all}, {half}, {again}");
        Assert.InRange(all, 115, 121);
        Assert.InRange(half, 55, 65);
        Assert.InRange(again, 115, 121);
        Assert.Equal(0, world.B.Peer.Stats.KeyFramesRequested);
    }

    [Fact]
    public void Rotation_and_capture_time_travel_with_the_picture()
    {
        using var world = new SimulatedWorld(8);
        world.Connect(new OfferPlan { Video = [MediaDirection.SendOnly] });
        const ulong Captured = 0xE000_0001_8000_0000;
        using var camera = new SyntheticCamera(world, world.A) { Rotation = VideoRotation.Clockwise90, CaptureNtp = Captured };
        world.Run(TimeSpan.FromSeconds(1));
        Assert.NotEmpty(world.B.Frames);
        Assert.All(world.B.Frames, frame => Assert.Equal(VideoRotation.Clockwise90, frame.Rotation));
        Assert.Equal(Captured, world.B.Frames[0].CaptureNtp);
    }

    private static int FramesIn(SimulatedWorld world, TimeSpan time)
    {
        int before = world.B.Frames.Count;
        world.Run(time);
        return world.B.Frames.Count - before;
    }
}
