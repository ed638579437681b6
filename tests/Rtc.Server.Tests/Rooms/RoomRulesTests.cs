using Rtc.Pipeline.Results;
using Rtc.Pipeline.Rules;
using Rtc.Pipeline.Settings;
using Rtc.Server.Rooms;
using Rtc.Server.Rules;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Tests.Rooms;

/// <summary>A room goes by its rules, and keeps their zones.</summary>
public sealed class RoomRulesTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly RuleDefinition s_door = new(
        "Door", "zone_entered", Zone: "door", Points: [[0.4f, 0.4f], [0.6f, 0.4f], [0.6f, 0.8f], [0.4f, 0.8f]]);

    private readonly RuleBook _book = new();
    private readonly RoomFixture _fixture;

    public RoomRulesTests() => _fixture = new RoomFixture(rules: _book);

    [Fact]
    public void What_happens_is_news_for_whoever_writes_it_down()
    {
        RoomRule rule = Put(new RuleDefinition(When: "class_appeared", Classes: ["dog"]));
        DateTimeOffset at = RuleScenes.Appear(_fixture.Room, 1, s_now);
        Assert.False(_book.News.TryRead(out _));
        RuleScenes.Appear(_fixture.Room, 2, at, "dog");
        Assert.True(_book.News.TryRead(out RuleNews? news));
        Assert.Same(rule, news.Rule);
        Assert.Equal((_fixture.Room.Name, 2), (news.Room, news.Happened!.Object.TrackId));
        Assert.False(_fixture.Room.Pipeline.HasNextPicture);
    }

    [Fact]
    public void Room_with_rules_detects_though_nobody_listens()
    {
        _fixture.Enter(Role.Phone);
        Assert.False(_fixture.Room.Pipeline.WantResults);
        Put(s_door);
        _fixture.Room.Tick();
        Assert.True(_fixture.Room.Pipeline.WantResults);
        Assert.False(_fixture.Room.Pipeline.WantVideo);
        Put(s_door with { Enabled = false });
        _fixture.Room.Tick();
        Assert.False(_fixture.Room.Pipeline.WantResults);
    }

    [Fact]
    public void Zone_of_a_rule_is_there_when_the_room_opens()
    {
        Put(s_door);
        _fixture.Room.Rules.Tick();
        Zone zone = Assert.Single(_fixture.Room.Pipeline.Settings.Zones);
        Assert.Equal(("door", 4), (zone.Name, zone.Corners.Count));
    }

    /// <summary>Pages send a room's zones back with one of them changed, and a node that takes the room over reads them.</summary>
    [Fact]
    public void Rules_give_their_room_no_more_zones_than_a_client_may()
    {
        for (int i = 0; i < 6; i++)
        {
            List<float[]> circle = [.. Enumerable.Range(0, RoomSettings.MaxCorners).Select(
                corner => (float[])[0.5f + (0.1f * i * MathF.Cos(corner / 10f)), 0.5f + (0.4f * MathF.Sin(corner / 10f))])];
            _book.Put(_fixture.Room.Name, RuleScenes.Rule(s_door with { Zone = $"zone {i}", Points = circle }, $"rule{i}"));
        }

        _fixture.Room.Rules.Tick();
        RoomSettings settings = _fixture.Room.Pipeline.Settings;
        Assert.Equal(4, settings.Zones.Count);
        Assert.NotNull(SettingsMapping.Apply(new RoomSettings(), SettingsMapping.ToMessage(settings)).Value);
    }

    [Fact]
    public void Zone_that_is_moved_moves_its_rule()
    {
        Move(new ZoneMessage { Name = "door", Points = [[0, 0], [1, 0], [1, 1]] }, put: s_door);
        Assert.True(_book.News.TryRead(out RuleNews? news));
        Assert.Null(news.Happened);
        Assert.Equal(3, news.Rule.Definition.Points!.Count);
        Assert.Equal(3, _book.Find(_fixture.Room.Name)!.Rules[0].Points.Count);
        _fixture.Room.Tick();
        Assert.False(_book.News.TryRead(out _));
    }

    [Fact]
    public void Room_without_rules_pays_nothing_for_a_picture()
    {
        VisionResult result = RuleScenes.Result(s_now, RuleScenes.Thing(1));
        _fixture.Room.Rules.See(result);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            _fixture.Room.Rules.See(result);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Rules_that_did_not_change_stay_the_objects_that_they_are()
    {
        RoomRule door = Put(s_door);
        RoomName hall = RoomFixture.Name("hall");
        _book.Put(hall, RuleScenes.Rule(s_door));
        object all = _book.All;
        RoomRule again = RuleScenes.Rule(s_door);
        _book.Replace([(_fixture.Room.Name, again), (hall, again)], _book.Changes);
        Assert.Same(all, _book.All);
        _book.Replace([(_fixture.Room.Name, again with { UpdatedAt = s_now }), (hall, again)], _book.Changes);
        Assert.NotSame(door, _book.Find(_fixture.Room.Name)!.All[0]);
        _book.Replace([], _book.Changes);
        Assert.Null(_book.Find(hall));
    }

    [Fact]
    public void Rule_that_came_while_the_store_was_read_stays()
    {
        long asOf = _book.Changes;
        RoomRule door = Put(s_door);
        _book.Replace([], asOf);
        Assert.Same(door, _book.Find(_fixture.Room.Name)!.All[0]);
        _book.Replace([], _book.Changes);
        Assert.Null(_book.Find(_fixture.Room.Name));
    }

    [Fact]
    public void More_events_than_can_be_written_are_counted()
    {
        RoomRule rule = Put(s_door);
        var happened = new RuleEvent(rule.Rule, s_now, RuleScenes.Thing(1));
        for (int i = 0; i < 300; i++)
        {
            _book.Tell(new RuleNews(_fixture.Room.Name, rule, happened));
        }

        Assert.Equal(44, _book.Dropped);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    private RoomRule Put(RuleDefinition definition)
    {
        RoomRule rule = RuleScenes.Rule(definition);
        _book.Put(_fixture.Room.Name, rule);
        return rule;
    }

    private void Move(ZoneMessage zone, RuleDefinition put)
    {
        Put(put);
        _fixture.Room.Tick();
        var member = _fixture.Enter(Role.Viewer);
        Assert.Null(_fixture.Room.Commands.Configure(member, new SettingsMessage { Zones = [zone] }));
        _fixture.Room.Tick();
    }
}
