using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tests.Fakes;
using Xunit;

namespace Rtc.Pipeline.Tests.Privacy;

/// <summary>
/// A hostile viewer of a private room over ten thousand pictures of people who walk, run, turn, jump into sight and are
/// missed by the detector, on an idle and on an overloaded machine: it sees nobody. What it may see is measured too, since
/// a blur of everything would be worth nothing. RTC_SEEDS asks for so many rounds, each of other streets and people.
/// </summary>
public sealed class HostileViewerTests
{
    private const double Seconds = 42;

    /// <summary>Pictures over all of this class, so that none of its scenes is made shorter unseen.</summary>
    private const int PicturesEach = 1200;

    /// <summary>Between the seeds of one round and the next.</summary>
    private const int RoundApart = 1000;

    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("RTC_SEEDS"), out int seeds) ? Math.Max(1, seeds) : 1;

    [Fact]
    public void Empty_street_stays_sharp() => Watch("empty street", 1, _ => { }, viewer =>
    {
        Assert.InRange(viewer.Whole, 0, 8);
        Assert.True(viewer.SharpShare > 0.98, $"{viewer.SharpShare:P1}");
    });

    [Fact]
    public void Walkers_are_blurred_and_the_street_is_not() => Watch(
        "walkers",
        2,
        viewer =>
        {
            viewer.Scene.MissedInThousand = 100;
            viewer.Add(Walker(11, 50, 0, 100), Walker(12, -35, 4, 110), Walker(13, 20, 9, 110), Standing(14, 200, 100));
        },
        viewer => Assert.True(viewer.SharpShare > 0.6, $"{viewer.SharpShare:P1}"));

    [Fact]
    public void Runners_do_not_outrun_their_blur() => Watch("runners", 3, viewer =>
    {
        viewer.Scene.MissedInThousand = 100;
        viewer.Add(Walker(21, 300, 0, 100), Walker(22, -450, 1, 110), Walker(23, 620, 2, 110), Turning(24), Bouncing(25));
    });

    [Fact]
    public void Sudden_person_is_blurred_before_it_is_detected() => Watch(
        "newcomers",
        4,
        viewer =>
        {
            viewer.Scene.MissedInThousand = 300;
            viewer.Add(Jumping(31, 1.1), Jumping(32, 0.7), Jumping(33, 2.3));
        },
        viewer => Assert.True(viewer.SharpShare > 0.3, $"{viewer.SharpShare:P1}"));

    [Theory]
    [InlineData(90)]
    [InlineData(160)]
    [InlineData(400)]
    public void Overload_shows_nobody(double modelMs) => Watch($"overload, {modelMs} ms a detection", 5, viewer =>
    {
        viewer.Scene.MissedInThousand = 100;
        viewer.Room.ModelMs = modelMs;
        viewer.Add(Walker(41, 60, 0, 100), Walker(42, 400, 1, 110), Jumping(43, 1.7));
    });

    [Fact]
    public void Shaking_hand_shows_nobody_and_leaves_the_street_sharp() => Watch(
        "shaking hand",
        6,
        viewer =>
        {
            viewer.Scene.MissedInThousand = 100;
            viewer.Scene.Camera = t => ((5 * Math.Sin(t * 4)) + (2 * Math.Sin(t * 17)), 4 * Math.Sin((t * 5) + 1));
            viewer.Add(Walker(51, 60, 0, 100), Walker(52, 350, 1, 110), Jumping(53, 1.9));
        },
        viewer => Assert.True(viewer.SharpShare > 0.3, $"{viewer.SharpShare:P1}"));

    [Fact]
    public void Settings_of_a_room_show_nobody() => Watch(
        "classes, confidence, rare detections",
        7,
        viewer =>
        {
            viewer.Scene.MissedInThousand = 100;
            viewer.Add(Walker(61, 60, 0, 100), Standing(62, 80, 90), Walker(63, 300, 1, 110));
        },
        viewer =>
        {
            Assert.True(viewer.SharpShare > 0.3, $"{viewer.SharpShare:P1}");
            Assert.All(
                viewer.Room.Output.Results, result => Assert.DoesNotContain(result.Detections, found => found.Label == "person"));
        },
        new RoomSettings { Classes = ["car"], Confidence = 0.95f, Blur = 0, DetectEvery = 30 });

    [Fact]
    public void Source_for_thin_links_shows_nobody() => Watch("thin links", 8, viewer =>
    {
        viewer.Room.Controls.ThinKbps = 300;
        viewer.Add(Walker(71, 60, 0, 100), Standing(72, 80, 90));
    });

    /// <summary>What is measured beside that nobody is seen holds for the streets of the first round.</summary>
    private static void Watch(
        string name, int seed, Action<HostileViewer> arrange, Action<HostileViewer>? check = null, RoomSettings? settings = null)
    {
        for (int round = 0; round < Rounds; round++)
        {
            using var viewer = new HostileViewer(name, seed, round * RoundApart, settings);
            arrange(viewer);
            viewer.Room.Run(Seconds);
            viewer.Report();
            Assert.True(viewer.Pictures >= PicturesEach, $"{viewer.Pictures} pictures");
            Assert.True(
                viewer.Unveiled == 0, $"seed {viewer.Seed}: {viewer.Unveiled} pictures with somebody unveiled: {viewer.Leaks}");
            if (round == 0)
            {
                check?.Invoke(viewer);
            }
        }
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
