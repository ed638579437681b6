using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Privacy;

/// <summary>
/// A hostile viewer of a private room over ten thousand pictures of people who walk, run, turn, jump into sight and are
/// missed by the detector, on an idle and on an overloaded machine: it sees nobody. What it may see is measured too, since
/// a blur of everything would be worth nothing.
/// </summary>
public sealed class HostileViewerTests
{
    private const double Seconds = 42;

    /// <summary>Pictures over all of this class, so that none of its scenes is made shorter unseen.</summary>
    private const int PicturesEach = 1200;

    [Fact]
    public void Empty_street_stays_sharp()
    {
        using var viewer = new HostileViewer("empty street", 1);
        Watch(viewer, Seconds);
        Assert.InRange(viewer.Whole, 0, 8);
        Assert.True(viewer.SharpShare > 0.98, $"{viewer.SharpShare:P1}");
    }

    [Fact]
    public void Walkers_are_veiled_and_the_street_is_not()
    {
        using var viewer = new HostileViewer("walkers", 2) { Scene = { MissedInThousand = 100 } };
        viewer.Scene.Actors.AddRange([Walker(11, 50, 0, 100), Walker(12, -35, 4, 110), Walker(13, 20, 9, 110), Standing(14, 200, 100)]);
        Watch(viewer, Seconds);
        Assert.True(viewer.SharpShare > 0.6, $"{viewer.SharpShare:P1}");
    }

    [Fact]
    public void Runners_do_not_outrun_their_veil()
    {
        using var viewer = new HostileViewer("runners", 3) { Scene = { MissedInThousand = 100 } };
        viewer.Scene.Actors.AddRange(
            [Walker(21, 300, 0, 100), Walker(22, -450, 1, 110), Walker(23, 620, 2, 110), Turning(24), Bouncing(25)]);
        Watch(viewer, Seconds);
    }

    [Fact]
    public void Who_jumps_into_sight_is_veiled_before_it_is_detected()
    {
        using var viewer = new HostileViewer("newcomers", 4) { Scene = { MissedInThousand = 300 } };
        viewer.Scene.Actors.AddRange([Jumping(31, 1.1), Jumping(32, 0.7), Jumping(33, 2.3)]);
        Watch(viewer, Seconds);
        Assert.True(viewer.SharpShare > 0.3, $"{viewer.SharpShare:P1}");
    }

    [Theory]
    [InlineData(90)]
    [InlineData(160)]
    [InlineData(400)]
    public void Overload_unveils_nobody(double modelMs)
    {
        using var viewer = new HostileViewer($"overload, {modelMs} ms a detection", 5) { Scene = { MissedInThousand = 100 } };
        viewer.Room.ModelMs = modelMs;
        viewer.Scene.Actors.AddRange([Walker(41, 60, 0, 100), Walker(42, 400, 1, 110), Jumping(43, 1.7)]);
        Watch(viewer, Seconds);
    }

    [Fact]
    public void Shaking_hand_unveils_nobody_and_leaves_the_street_sharp()
    {
        using var viewer = new HostileViewer("shaking hand", 6) { Scene = { MissedInThousand = 100 } };
        viewer.Scene.Camera = t => ((5 * Math.Sin(t * 4)) + (2 * Math.Sin(t * 17)), 4 * Math.Sin((t * 5) + 1));
        viewer.Scene.Actors.AddRange([Walker(51, 60, 0, 100), Walker(52, 350, 1, 110), Jumping(53, 1.9)]);
        Watch(viewer, Seconds);
        Assert.True(viewer.SharpShare > 0.3, $"{viewer.SharpShare:P1}");
    }

    [Fact]
    public void Settings_of_a_room_do_not_unveil_anybody()
    {
        var settings = new RoomSettings { Classes = ["car"], Confidence = 0.95f, Blur = 0, DetectEvery = 30 };
        using var viewer = new HostileViewer("classes, confidence, rare detections", 7, settings) { Scene = { MissedInThousand = 100 } };
        viewer.Scene.Actors.AddRange([Walker(61, 60, 0, 100), Standing(62, 80, 90), Walker(63, 300, 1, 110)]);
        Watch(viewer, Seconds);
        Assert.True(viewer.SharpShare > 0.3, $"{viewer.SharpShare:P1}");
        Assert.All(viewer.Room.Output.Results, result => Assert.DoesNotContain(result.Detections, found => found.Label == "person"));
    }

    [Fact]
    public void Source_for_thin_links_shows_nobody()
    {
        using var viewer = new HostileViewer("thin links", 8);
        viewer.Room.Controls.ThinKbps = 300;
        viewer.Scene.Actors.AddRange([Walker(71, 60, 0, 100), Standing(72, 80, 90)]);
        Watch(viewer, Seconds);
    }

    private static void Watch(HostileViewer viewer, double seconds)
    {
        viewer.Room.Run(seconds);
        viewer.Report();
        Assert.True(viewer.Pictures >= PicturesEach, $"{viewer.Pictures} pictures");
        Assert.True(viewer.Unveiled == 0, $"{viewer.Unveiled} pictures with somebody unveiled: {viewer.Leaks}");
    }

    /// <summary>Through the picture and round again, at so many pixels a second.</summary>
    private static Actor Walker(int seed, double speed, double from, double y) => Make(seed, t =>
    {
        const double Way = HostileViewer.Width + 120;
        double at = (((t + from) * Math.Abs(speed)) % Way) - 60;
        return (speed > 0 ? at : HostileViewer.Width - at, y);
    });

    private static Actor Standing(int seed, double x, double y) => Make(seed, _ => (x, y));

    /// <summary>Walks, stands, and turns about at once.</summary>
    private static Actor Turning(int seed) => Make(seed, t =>
    {
        double phase = t % 4;
        double x = phase < 1 ? 30 + (200 * phase) : phase < 2 ? 230 : phase < 3 ? 230 - (200 * (phase - 2)) : 30;
        return (x, 110);
    });

    private static Actor Bouncing(int seed) => Make(seed, t => (128 + (90 * Math.Sin(t * 3)), 70 + (60 * Math.Abs(Math.Sin(t * 7)))));

    /// <summary>There and gone, each time elsewhere.</summary>
    private static Actor Jumping(int seed, double period) => Make(seed, t =>
    {
        int turn = (int)(t / period);
        return turn % 2 == 0 ? null : (30 + (turn * 97 % 190), 60 + (turn * 53 % 80));
    });

    private static Actor Make(int seed, Func<double, (double X, double Y)?> at) =>
        new(32, 80, Scenes.Texture(32, 80, seed, grain: 2), at);
}
