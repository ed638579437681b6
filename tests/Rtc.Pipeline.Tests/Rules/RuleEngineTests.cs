using Rtc.Media;
using Rtc.Pipeline.Rules;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Rules;

/// <summary>Rules over a scripted scene in virtual time, thirty pictures a second.</summary>
public sealed class RuleEngineTests
{
    private const double Step = 1 / 30.0;
    private static readonly PlaceF[] s_door = [new(0.4f, 0.4f), new(0.6f, 0.4f), new(0.6f, 0.8f), new(0.4f, 0.8f)];

    private readonly RuleEngine _engine = new();
    private readonly List<RuleEvent> _events = [];
    private RoomSettings _settings = new();
    private Rule[] _rules = [];
    private DateTimeOffset _now = new(2030, 6, 3, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Zone_that_is_entered_and_left_tells_each_once()
    {
        _rules = [Door(RuleKind.ZoneEntered), Door(RuleKind.ZoneLeft)];
        Walk(1, "person", 0.1f, 0.9f, seconds: 8);
        Assert.Equal([RuleKind.ZoneEntered, RuleKind.ZoneLeft], _events.Select(one => one.Rule.Kind));
        Assert.Equal(2, _events[1].Seconds, 0.3);
        Assert.Equal((1, "person"), (_events[0].Object.TrackId, _events[0].Object.Label));
    }

    [Fact]
    public void Track_lost_in_a_zone_has_left_it()
    {
        _rules = [Door(RuleKind.ZoneLeft)];
        Walk(4, "person", 0.1f, 0.5f, seconds: 4);
        Assert.Empty(_events);
        Wait(3);
        RuleEvent left = Assert.Single(_events);
        Assert.Equal((4, 0.5f), (left.Object.TrackId, MathF.Round(left.Object.Box.CenterX, 1)));
        Wait(5);
        Assert.Single(_events);
    }

    [Theory]
    [InlineData(LineDirection.Any, 2)]
    [InlineData(LineDirection.Forward, 1)]
    [InlineData(LineDirection.Backward, 1)]
    public void Line_counts_the_crossings_of_its_direction(LineDirection direction, int expected)
    {
        _rules =
        [
            new Rule
            {
                Id = "gate", Name = "Gate", Kind = RuleKind.LineCrossed, Zone = "gate", Points = [new(0.5f, 0.2f), new(0.5f, 0.9f)],
                Direction = direction, CooldownSeconds = 0,
            },
        ];
        Walk(1, "person", 0.1f, 0.9f, seconds: 4);
        Walk(1, "person", 0.9f, 0.1f, seconds: 4);
        Assert.Equal(expected, _events.Count);
        Assert.All(_events, one => Assert.True(direction == LineDirection.Any || one.Direction == direction));
    }

    [Fact]
    public void Dwell_tells_once_for_each_stay_that_is_long_enough()
    {
        _rules = [Door(RuleKind.Dwell) with { Seconds = 3, CooldownSeconds = 0 }];
        Walk(1, "person", 0.1f, 0.5f, seconds: 2);
        Stand(1, "person", 0.5f, 2);
        Assert.Empty(_events);
        Stand(1, "person", 0.5f, 6);
        Assert.Equal(3, Assert.Single(_events).Seconds, 0.1);
        Walk(1, "person", 0.5f, 0.1f, seconds: 2);
        Walk(1, "person", 0.1f, 0.5f, seconds: 2);
        Stand(1, "person", 0.5f, 4);
        Assert.Equal(2, _events.Count);
    }

    [Fact]
    public void Count_tells_when_it_is_passed_and_again_only_after_it_was_not()
    {
        _rules = [new Rule { Id = "crowd", Name = "Crowd", Kind = RuleKind.Count, Count = 2, CooldownSeconds = 0 }];
        Crowd(2, 3);
        Assert.Empty(_events);
        Crowd(3, 3);
        Assert.Equal(3, Assert.Single(_events).Count);
        Crowd(5, 3);
        Assert.Single(_events);
        Crowd(1, 4);
        Crowd(4, 3);
        Assert.Equal(2, _events.Count);
    }

    [Fact]
    public void Class_appears_once_and_is_gone_after_its_seconds()
    {
        _rules =
        [
            new Rule { Id = "in", Name = "In", Kind = RuleKind.ClassAppeared, Classes = ["dog"], CooldownSeconds = 0 },
            new Rule { Id = "out", Name = "Out", Kind = RuleKind.ClassGone, Classes = ["dog"], Seconds = 4, CooldownSeconds = 0 },
        ];
        Wait(10);
        Stand(1, "cat", 0.5f, 3);
        Assert.Empty(_events);
        Stand(2, "dog", 0.5f, 3);
        Assert.Equal("in", Assert.Single(_events).Rule.Id);

        // Out of sight for a moment is not gone.
        Wait(3);
        Stand(3, "dog", 0.5f, 3);
        Assert.DoesNotContain(_events, one => one.Rule.Id == "out");
        _events.Clear();
        Wait(10);
        RuleEvent gone = Assert.Single(_events);
        Assert.Equal(("out", 3), (gone.Rule.Id, gone.Object.TrackId));
    }

    [Fact]
    public void Other_classes_and_faint_objects_are_not_meant()
    {
        _rules = [Door(RuleKind.ZoneEntered) with { Classes = ["person"], Confidence = 0.5f, CooldownSeconds = 0 }];
        Walk(1, "car", 0.1f, 0.5f, seconds: 2);
        Walk(2, "person", 0.1f, 0.5f, seconds: 2, score: 0.4f);
        Assert.Empty(_events);
        Walk(3, "Person", 0.1f, 0.5f, seconds: 2);
        Assert.Single(_events);
    }

    [Fact]
    public void Rule_is_silent_for_its_cool_down()
    {
        _rules = [Door(RuleKind.ZoneEntered) with { CooldownSeconds = 10 }];
        for (int id = 1; id <= 5; id++)
        {
            // Three seconds each.
            Walk(id, "person", 0.1f, 0.5f, seconds: 3);
        }

        Assert.Equal([1, 5], _events.Select(one => one.Object.TrackId));
    }

    [Fact]
    public void Rule_sleeps_outside_of_its_schedule()
    {
        var schedule = new RuleSchedule([DayOfWeek.Monday], new TimeOnly(12, 1), new TimeOnly(13, 0), TimeZoneInfo.Utc);
        _rules = [Door(RuleKind.ZoneEntered) with { Schedule = schedule, CooldownSeconds = 0 }];
        Walk(1, "person", 0.1f, 0.5f, seconds: 3);
        Assert.Empty(_events);
        _now += TimeSpan.FromMinutes(2);
        Walk(2, "person", 0.1f, 0.5f, seconds: 3);
        Assert.Single(_events);
    }

    [Fact]
    public void Zone_of_the_room_comes_before_the_one_kept_with_the_rule()
    {
        _rules = [Door(RuleKind.ZoneEntered) with { CooldownSeconds = 0 }];
        _settings = new RoomSettings { Zones = [new Zone("door", [new(0.8f, 0), new(1, 0), new(1, 1), new(0.8f, 1)])] };
        Walk(1, "person", 0.1f, 0.7f, seconds: 4);
        Assert.Empty(_events);
        Walk(1, "person", 0.7f, 0.9f, seconds: 4);
        Assert.Single(_events);
    }

    [Fact]
    public void Change_of_another_rule_forgets_nothing()
    {
        Rule dwell = Door(RuleKind.Dwell) with { Seconds = 3 };
        _rules = [dwell];
        Stand(1, "person", 0.5f, 2);
        _rules = [dwell, Door(RuleKind.ZoneEntered) with { Enabled = false }];
        _settings = _settings with { Blur = 0.1f };
        Stand(1, "person", 0.5f, 1.5);
        Assert.Same(dwell, Assert.Single(_events).Rule);
    }

    [Theory]
    [InlineData(9, 0, 17, 0, "2030-06-03T08:59:00Z", false)]
    [InlineData(9, 0, 17, 0, "2030-06-03T16:59:00Z", true)]
    [InlineData(9, 0, 17, 0, "2030-06-03T17:00:00Z", false)]
    [InlineData(9, 0, 17, 0, "2030-06-04T10:00:00Z", false)]
    [InlineData(22, 0, 6, 0, "2030-06-03T23:00:00Z", true)]
    [InlineData(22, 0, 6, 0, "2030-06-04T05:59:00Z", true)]
    [InlineData(22, 0, 6, 0, "2030-06-03T05:00:00Z", false)]
    [InlineData(0, 0, 0, 0, "2030-06-03T15:00:00Z", true)]
    public void Schedule_is_open_on_its_day_and_over_midnight(int h1, int m1, int h2, int m2, string at, bool expected)
    {
        var schedule = new RuleSchedule([DayOfWeek.Monday], new TimeOnly(h1, m1), new TimeOnly(h2, m2), TimeZoneInfo.Utc);
        Assert.Equal(expected, schedule.IsOpen(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Schedule_goes_by_the_clocks_of_its_zone()
    {
        var plus = TimeZoneInfo.CreateCustomTimeZone("plus", TimeSpan.FromHours(5), "plus", "plus");
        var schedule = new RuleSchedule([], new TimeOnly(8, 0), new TimeOnly(9, 0), plus);
        Assert.True(schedule.IsOpen(new DateTimeOffset(2030, 1, 1, 3, 30, 0, TimeSpan.Zero)));
        Assert.False(schedule.IsOpen(new DateTimeOffset(2030, 1, 1, 8, 30, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void Rule_out_of_range_says_why()
    {
        Rule good = Door(RuleKind.ZoneEntered);
        Assert.Null(good.Problem());
        Assert.Contains("zone", (good with { Points = [] }).Problem(), StringComparison.Ordinal);
        Assert.Contains("line", (good with { Kind = RuleKind.LineCrossed }).Problem(), StringComparison.Ordinal);
        Assert.Contains("zone", (good with { Zone = null }).Problem(), StringComparison.Ordinal);
        Assert.Contains("points", (good with { Points = [new(0, 0), new(2, 0), new(1, 1)] }).Problem(), StringComparison.Ordinal);
        Assert.Contains("seconds", (good with { Seconds = double.NaN }).Problem(), StringComparison.Ordinal);
        Assert.Contains("confidence", (good with { Confidence = 1.1f }).Problem(), StringComparison.Ordinal);
        Assert.Contains("cooldown", (good with { CooldownSeconds = -1 }).Problem(), StringComparison.Ordinal);
        Assert.Contains("count", (good with { Count = 100_000 }).Problem(), StringComparison.Ordinal);
    }

    private static Rule Door(RuleKind kind) =>
        new() { Id = kind.ToString(), Name = "Door", Kind = kind, Zone = "door", Points = s_door };

    private void Walk(int id, string label, float from, float to, double seconds, float score = 0.9f)
    {
        for (double t = 0; t < seconds; t += Step)
        {
            See([Box(id, label, from + (float)((to - from) * t / seconds), score)]);
        }
    }

    private void Stand(int id, string label, float at, double seconds) => Walk(id, label, at, at, seconds);

    private void Crowd(int count, double seconds)
    {
        for (double t = 0; t < seconds; t += Step)
        {
            See([.. Enumerable.Range(1, count).Select(id => Box(id, "person", 0.05f * id))]);
        }
    }

    private void Wait(double seconds)
    {
        for (double t = 0; t < seconds; t += Step)
        {
            See([]);
        }
    }

    private static TrackedObject Box(int id, string label, float x, float score = 0.9f) =>
        new(id, 0, label, score, new RectF(x - 0.02f, 0.4f, x + 0.02f, 0.6f), Predicted: false);

    private void See(TrackedObject[] objects)
    {
        _now += TimeSpan.FromSeconds(Step);
        _events.AddRange(_engine.See(objects, _now, _settings, _rules));
    }
}
