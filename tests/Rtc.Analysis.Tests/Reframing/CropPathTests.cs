using Rtc.Analysis.Records;
using Rtc.Analysis.Reframing;
using Rtc.Analysis.Scenes;

namespace Rtc.Analysis.Tests.Reframing;

/// <summary>The way of the crop: the subject stays inside, nothing jerks, and a cut is a new beginning.</summary>
public sealed class CropPathTests
{
    private const int Width = 854;
    private const int Height = 480;
    private const double Fps = 25;
    private const int Sample = 5;
    private const int Pictures = 500;

    [Theory]
    [InlineData(9.0 / 16, 270)]
    [InlineData(1, 480)]
    [InlineData(4.0 / 5, 384)]
    public void Subject_stays_inside_and_nothing_jerks(double aspect, int width)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            Func<int, double> walk = Walk(seed);
            CropPath path = PathOf(walk, aspect);
            Assert.Equal((width, Height), (path.Width, path.Height));
            int inside = 0;
            double jerk = 0;
            for (int i = 0; i < Pictures; i++)
            {
                Assert.InRange(path.Left[i], 0, Width - path.Width);
                double middle = walk(i);
                inside += middle - 40 >= path.Left[i] - 2 && middle + 40 <= path.Left[i] + path.Width + 2 ? 1 : 0;
                jerk = i < 2 ? 0 : Math.Max(jerk, Math.Abs(path.Left[i] - (2 * path.Left[i - 1]) + path.Left[i - 2]));
            }

            Assert.True(inside >= 0.99 * Pictures, $"seed {seed}: inside on {inside}");

            // Whole even pixels alone make four; one per cent of the crop is on top of that.
            Assert.InRange(jerk, 0, 4 + (0.01 * path.Width));
        }
    }

    [Fact]
    public void Subject_that_sways_a_little_moves_no_camera()
    {
        CropPath path = PathOf(i => 300 + (10 * Math.Sin(i / 7.0)), 9.0 / 16);
        Assert.Single(path.Left.Distinct());
        Assert.InRange(path.Left[0] + (path.Width / 2), 295, 305);
    }

    [Fact]
    public void Cut_begins_anew_and_a_scene_without_subject_shows_the_middle()
    {
        List<SceneFacts> scenes = SceneFacts.Of(
            [100, 200], 300, Fps, Sample, Width, Height, [Track("obj_001", i => 100, 0, 99), Track("obj_002", i => 700, 100, 199)]);
        CropPath path = CropPath.Of(scenes, 300, Fps, Width, Height, 9.0 / 16);
        Assert.Single(path.Left[..100].Distinct());
        Assert.Single(path.Left[100..200].Distinct());
        Assert.Equal(564, path.Left[150]);
        Assert.Equal(292, path.Left[250]);
    }

    /// <summary>Walks with a speed that changes slowly, stands, and turns at the edges.</summary>
    private static Func<int, double> Walk(int seed)
    {
        var random = new Random(seed);
        double[] at = new double[Pictures];
        double position = random.Next(100, Width - 100), speed = 0, wanted = 0;
        for (int i = 0; i < Pictures; i++)
        {
            wanted = i % 60 == 0 ? (random.NextDouble() * 8) - 4 : wanted;
            wanted = position < 120 ? Math.Abs(wanted) : position > Width - 120 ? -Math.Abs(wanted) : wanted;
            speed += (wanted - speed) * 0.1;
            position = Math.Clamp(position + speed, 45, Width - 45);
            at[i] = position;
        }

        return i => at[i];
    }

    private static CropPath PathOf(Func<int, double> walk, double aspect) => CropPath.Of(
        SceneFacts.Of([], Pictures, Fps, Sample, Width, Height, [Track("obj_001", walk, 0, Pictures - 1)]), Pictures, Fps, Width, Height,
        aspect);

    private static TrackRecord Track(string id, Func<int, double> walk, int first, int last)
    {
        TrackPoint[] points =
        [
            .. Enumerable.Range(first, last - first + 1).Where(i => i % Sample == 0)
                .Select(i => new TrackPoint(i, i / Fps, new BoundingBox(walk(i) - 40, 100, 80, 300), 0.9)),
        ];
        return new TrackRecord(id, "person", points[0].Frame, points[^1].Frame, points[^1].Frame - points[0].Frame + 1, 0.9, points);
    }
}
