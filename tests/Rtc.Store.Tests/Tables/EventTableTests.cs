using Rtc.Store.Events;
using Rtc.Store.Tests.Engines;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Store.Tests.Tables;

/// <summary>Events of rooms, on both engines.</summary>
public sealed class EventTableTests(PostgresServer server)
{
    private static readonly DateTimeOffset s_day = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_lease = TimeSpan.FromSeconds(30);

    public static TheoryData<string> Engines => TestStore.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Event_is_read_as_it_was_written_with_its_picture(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        var events = new EventTable(store.Database);
        StoredEvent written = await events.AddAsync(Event("demo", "door", "person", 8), [1, 2, 3], new EventTelling());
        StoredEvent plain = await events.AddAsync(Event("demo", "door", null, 9), null, new EventTelling());
        Assert.True(plain.Id > written.Id);
        StoredEvent read = (await events.FindAsync(written.Id))!;
        Assert.Equal(written with { Data = read.Data }, read);
        Assert.Contains("track_id", read.Data, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], await events.ThumbnailAsync(written.Id));
        Assert.Null(await events.ThumbnailAsync(plain.Id));
        Assert.False((await events.FindAsync(plain.Id))!.HasThumbnail);
        Assert.Equal(1, await events.DeleteAsync(written.Id));
        Assert.Null(await events.FindAsync(written.Id));
    }

    /// <summary>Programs at one database number events from one sequence, and each commits when it comes to it.</summary>
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Follower_misses_no_event_of_programs_that_write_at_once(string engine)
    {
        const int programs = 6, each = 40;
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        var events = new EventTable(store.Database);
        await events.NewestAsync();
        Task writing = Task.WhenAll(Enumerable.Range(0, programs).Select(_ => Task.Run(async () =>
        {
            await using Database other = store.OpenAgain();
            var table = new EventTable(other);
            for (int i = 0; i < each; i++)
            {
                await table.AddAsync(Event("demo", "door", "person", 8), new byte[20_000], new EventTelling());
            }
        })));
        HashSet<long> seen = [];
        for (long last = 0; ;)
        {
            bool isLast = writing.IsCompleted;
            List<StoredEvent> rows = await events.ListNewerAsync(new EventSearch(), last, 100);
            seen.UnionWith(rows.Select(row => row.Id));
            last = rows.Count > 0 ? rows[^1].Id : last;
            if (isLast && rows.Count == 0)
            {
                break;
            }
        }

        await writing;
        Assert.Equal(programs * each, seen.Count);
    }

    /// <summary>The database tries again by itself, and a caller does where that was not enough.</summary>
    [Theory]
    [InlineData(TestStore.Postgres, 1)]
    [InlineData(TestStore.Sqlite, 1)]
    [InlineData(TestStore.Postgres, 3)]
    [InlineData(TestStore.Sqlite, 3)]
    public async Task Event_whose_answer_was_lost_is_written_once(string engine, int lost)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        var unreliable = new UnreliableEngine(store.OpenEngine());
        await using var database = new Database(() => unreliable, TimeProvider.System);
        var events = new EventTable(database);
        await events.NewestAsync();
        Guid key = Guid.CreateVersion7();
        unreliable.LoseAnswers(lost);
        Task<StoredEvent> AddAsync() => events.AddAsync(
            Event("demo", "door", "person", 8), [1], new EventTelling("https://a.example/hook"), key);
        if (lost > 2)
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(AddAsync);
        }

        StoredEvent written = await AddAsync();
        StoredEvent only = Assert.Single(await new EventTable(store.Database).ListAsync(new EventSearch(), null, 50));
        Assert.Equal((only.Id, true), (written.Id, written.HasThumbnail));
        Assert.True((await events.AddAsync(Event("demo", "door", "person", 9), null, new EventTelling())).Id > only.Id);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Search_is_by_room_class_rule_and_time_in_pages(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        var events = new EventTable(store.Database);
        for (int hour = 0; hour < 12; hour++)
        {
            await events.AddAsync(
                Event(hour % 2 == 0 ? "demo" : "hall", hour % 3 == 0 ? "door" : "gate", hour % 4 == 0 ? "car" : "person", hour), null,
                new EventTelling());
        }

        Assert.Equal(12, (await events.ListAsync(new EventSearch(), null, 50)).Count);
        Assert.Equal([10, 8, 6, 4, 2, 0], Hours(await events.ListAsync(new EventSearch("demo"), null, 50)));
        Assert.Equal([8, 4, 0], Hours(await events.ListAsync(new EventSearch(Class: "car"), null, 50)));
        Assert.Equal([9, 3], Hours(await events.ListAsync(new EventSearch("hall", Rule: "door"), null, 50)));
        Assert.Equal([4, 3, 2], Hours(await events.ListAsync(
            new EventSearch(From: s_day.AddHours(2), To: s_day.AddHours(5)), null, 50)));

        List<StoredEvent> page = await events.ListAsync(new EventSearch("demo"), null, 2);
        Assert.Equal([10, 8], Hours(page));
        Assert.Equal([6, 4], Hours(await events.ListAsync(new EventSearch("demo"), page[^1].Id, 2)));
        Assert.Equal([10], Hours(await events.ListNewerAsync(new EventSearch("demo"), page[^1].Id, 9)));
        Assert.Equal(page[0].Id + 1, await events.NewestAsync());
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Clip_is_shown_while_its_video_is_there(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        var events = new EventTable(store.Database);
        StoredEvent one = await events.AddAsync(Event("demo", "door", "person", 1), null, new EventTelling());
        UserId user = await store.UserAsync();
        VideoId coming = store.Videos.NewId();
        await events.SetClipAsync(one.Id, coming);
        Assert.Null((await events.FindAsync(one.Id))!.VideoId);
        Video video = await store.VideoAsync(user);
        await events.SetClipAsync(one.Id, video.Id);
        Assert.Equal(video.Id, (await events.FindAsync(one.Id))!.VideoId);
        await store.Videos.DeleteAsync(user, video.Id);
        Assert.Null((await events.FindAsync(one.Id))!.VideoId);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Old_events_and_those_beyond_the_most_are_swept(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        var events = new EventTable(store.Database);
        for (int hour = 0; hour < 10; hour++)
        {
            await events.AddAsync(Event("demo", "door", "person", hour), null, new EventTelling());
        }

        Assert.Equal(3, await events.SweepAsync(s_day.AddHours(3), 100));
        Assert.Equal(2, await events.SweepAsync(null, 5));
        Assert.Equal([9, 8, 7, 6, 5], Hours(await events.ListAsync(new EventSearch(), null, 50)));
        Assert.Equal(0, await events.SweepAsync(null, 5));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Reader_goes_on_where_it_was(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        var events = new EventTable(store.Database);
        Assert.Equal(7, await events.PositionAsync("mqtt", 7));
        Assert.True(await events.HoldAsync("mqtt", "me", 7, s_lease));
        Assert.True(await events.MoveAsync("mqtt", "me", 9));
        Assert.True(await events.MoveAsync("mqtt", "me", 11));
        Assert.Equal(11, await events.PositionAsync("mqtt", 7));
        await events.AddAsync(Event("demo", "door", "person", 1), null, new EventTelling());
        StoredEvent told = await events.AddAsync(Event("demo", "door", "person", 2), null, new EventTelling(Mqtt: true));
        Assert.Equal([told.Id], (await events.ListForMqttAsync(0, 10)).Select(one => one.Id));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Reader_is_one_servers_until_its_lease_ends(string engine)
    {
        var time = new VirtualTime();
        await using TestStore store = await TestStore.CreateAsync(server, engine, time);
        var events = new EventTable(store.Database);
        Assert.True(await events.HoldAsync("mqtt", "one", 7, s_lease));
        Assert.False(await events.HoldAsync("mqtt", "two", 9, s_lease));
        Assert.False(await events.MoveAsync("mqtt", "two", 9));
        time.Advance(s_lease - TimeSpan.FromSeconds(1));
        Assert.True(await events.HoldAsync("mqtt", "one", 9, s_lease));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(await events.HoldAsync("mqtt", "two", 9, s_lease));
        time.Advance(s_lease);
        Assert.True(await events.HoldAsync("mqtt", "two", 9, s_lease));
        Assert.False(await events.MoveAsync("mqtt", "one", 9));
        Assert.Equal(0, await events.LetGoAsync("mqtt", "one"));
        Assert.Equal(1, await events.LetGoAsync("mqtt", "two"));
        Assert.True(await events.HoldAsync("mqtt", "one", 9, s_lease));
        Assert.Equal(7, await events.PositionAsync("mqtt", 0));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Webhook_is_due_with_the_event_and_later_each_time(string engine)
    {
        var time = new VirtualTime();
        await using TestStore store = await TestStore.CreateAsync(server, engine, time);
        var events = new EventTable(store.Database);
        var webhooks = new EventWebhookTable(store.Database);
        await events.AddAsync(Event("demo", "door", "person", 1), null, new EventTelling());
        StoredEvent told = await events.AddAsync(
            Event("demo", "door", "person", 2), null, new EventTelling("https://a.example/hook"));
        DueEvent due = (await webhooks.TakeAsync(_ => TimeSpan.FromSeconds(10)))!;
        Assert.Equal((told.Id, "https://a.example/hook", 1), (due.Event.Id, due.Address, due.Try));
        Assert.Null(await webhooks.TakeAsync(_ => TimeSpan.FromSeconds(10)));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(2, (await webhooks.TakeAsync(_ => TimeSpan.FromSeconds(10)))!.Try);
        await webhooks.EndAsync(told.Id);
        time.Advance(TimeSpan.FromDays(1));
        Assert.Null(await webhooks.TakeAsync(_ => TimeSpan.FromSeconds(10)));
    }

    private static StoredEvent Event(string room, string rule, string? label, int hour) => new(
        0, room, rule, $"The {rule}", "zone_entered", label, s_day.AddHours(hour), """{"track_id":7}""");

    private static List<int> Hours(List<StoredEvent> events) => events.ConvertAll(one => one.HappenedAt.Hour);
}
