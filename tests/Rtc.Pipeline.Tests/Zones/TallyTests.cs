using Rtc.Media;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;
using Rtc.Pipeline.Zones;
using Xunit;

namespace Rtc.Pipeline.Tests.Zones;

public class TallyTests
{
    private static readonly RoomSettings Settings = new()
    {
        Zones = [new Zone("door", [new(0.4f, 0.4f), new(0.6f, 0.4f), new(0.6f, 0.8f), new(0.4f, 0.8f)])],
        Lines = [new TripLine("gate", new(0.5f, 0.2f), new(0.5f, 0.9f))],
    };

    private readonly RoomTally _tally = new();
    private double _now;

    [Fact]
    public void Track_that_crosses_is_counted_in_and_out_and_timed()
    {
        Walk(1, "person", 0.1f, 0.9f, seconds: 8);
        ZoneCount zone = Assert.Single(_tally.ZoneCounts());
        Assert.Equal(("door", "person", 0, 1, 1), (zone.Zone, zone.Label, zone.Inside, zone.Entered, zone.Left));
        Assert.Equal(2, zone.MeanStaySeconds, 0.15);
        LineCount line = Assert.Single(_tally.LineCounts());
        Assert.Equal((0, 1), (line.Forward, line.Backward));
    }

    [Fact]
    public void Directions_and_classes_are_kept_apart()
    {
        Walk(1, "person", 0.1f, 0.9f, 4);
        Walk(2, "person", 0.9f, 0.1f, 4);
        Walk(3, "car", 0.9f, 0.1f, 4);
        Assert.Equal((1, 1), Line("person"));
        Assert.Equal((1, 0), Line("car"));
        Assert.Equal(2, _tally.ZoneCounts().Single(zone => zone.Label == "person").Entered);
    }

    [Fact]
    public void Trembling_on_the_border_counts_once_at_most()
    {
        var random = new Random(4);
        for (int i = 0; i < 900; i++)
        {
            See(1, "person", 0.5f + (0.002f * (float)(random.NextDouble() - 0.5)), 0.4f + (0.002f * (float)(random.NextDouble() - 0.5)));
        }

        Assert.Empty(_tally.LineCounts());
        Assert.InRange(_tally.ZoneCounts().Sum(zone => zone.Entered), 0, 1);
    }

    [Fact]
    public void Passing_beyond_the_ends_of_a_line_is_no_crossing()
    {
        for (float x = 0.1f; x < 0.9f; x += 0.01f)
        {
            See(1, "person", x, 0.95f);
        }

        Assert.Empty(_tally.LineCounts());
    }

    /// <summary>Whoever stands close to the camera is cut by the picture's edge, and so is its box.</summary>
    [Theory]
    [InlineData(0.5f, 1f)]
    [InlineData(0.5f, 0.998f)]
    [InlineData(1f, 0.6f)]
    [InlineData(0f, 0.6f)]
    public void Zone_up_to_the_edge_of_the_picture_holds_who_stands_there(float x, float y)
    {
        RoomSettings settings = Settings with { Zones = [new Zone("near", [new(0, 0.5f), new(1, 0.5f), new(1, 1), new(0, 0.999f)])] };
        for (int i = 0; i < 30; i++)
        {
            _tally.See([Object(1, "person", x, y)], _now += 1 / 30.0, settings);
        }

        Assert.Equal(1, Assert.Single(_tally.ZoneCounts()).Inside);
    }

    [Fact]
    public void Track_lost_inside_left_when_it_was_last_seen()
    {
        Walk(1, "person", 0.1f, 0.5f, 4);
        Assert.Equal(1, _tally.ZoneCounts()[0].Inside);
        for (int i = 0; i < 150; i++)
        {
            _tally.See([], _now += 1 / 30.0, Settings);
        }

        ZoneCount zone = _tally.ZoneCounts()[0];
        Assert.Equal((0, 1, 1), (zone.Inside, zone.Entered, zone.Left));
        Assert.Equal(1, zone.LongestStaySeconds, 0.15);
    }

    [Fact]
    public void Counts_outlive_a_change_of_other_settings_and_end_with_their_zone()
    {
        Walk(1, "person", 0.1f, 0.9f, 4);
        RoomSettings same = Settings with { Blur = 0.1f, Zones = [new Zone("door", [.. Settings.Zones[0].Corners])] };
        _tally.See([], _now += 0.03, same);
        Assert.Equal(1, _tally.ZoneCounts()[0].Entered);
        _tally.See([], _now += 0.03, same with { Zones = [] });
        Assert.Empty(_tally.ZoneCounts());
        Assert.Single(_tally.LineCounts());
    }

    [Fact]
    public void Heat_is_where_things_stood_and_not_where_they_were_guessed()
    {
        for (int i = 0; i < 30; i++)
        {
            _tally.See(
                [Object(1, "person", 0.25f, 0.5f), Object(2, "person", 0.75f, 0.5f) with { Predicted = true }], _now += 1 / 30.0, Settings);
        }

        Mask heat = _tally.Heat(640, 360);
        Assert.Equal(255, heat.Row(18)[16]);
        Assert.Equal(0, heat.Row(18)[48]);
    }

    private (int Forward, int Backward) Line(string label) =>
        _tally.LineCounts().Where(line => line.Label == label).Select(line => (line.Forward, line.Backward)).Single();

    private void Walk(int id, string label, float from, float to, double seconds)
    {
        int steps = (int)(seconds * 30);
        for (int i = 0; i <= steps; i++)
        {
            See(id, label, from + ((to - from) * i / steps), 0.6f);
        }
    }

    private void See(int id, string label, float x, float y) => _tally.See([Object(id, label, x, y)], _now += 1 / 30.0, Settings);

    private static TrackedObject Object(int id, string label, float x, float y) =>
        new(id, 0, label, 0.9f, new RectF(x - 0.05f, y - 0.3f, x + 0.05f, y), false);
}
