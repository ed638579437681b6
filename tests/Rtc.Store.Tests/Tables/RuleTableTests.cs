using Rtc.Store.Rules;
using Rtc.Store.Tests.Engines;
using Rtc.Store.Users;

namespace Rtc.Store.Tests.Tables;

/// <summary>Rules of rooms, on both engines.</summary>
public sealed class RuleTableTests(PostgresServer server)
{
    public static TheoryData<string> Engines => TestStore.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Limit_of_a_room_holds_where_many_add_at_once(string engine)
    {
        const int max = 5;
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        UserId user = await store.UserAsync();
        var rules = new RuleTable(store.Database);
        RuleRow?[] added = await Task.WhenAll(Enumerable.Range(0, 30).Select(
            at => Task.Run(() => rules.PutAsync("demo", $"rule{at}", user, "{}", max))));
        Assert.Equal((max, max), (added.Count(row => row is not null), (await rules.AllAsync()).Count));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Rule_is_kept_by_its_room_replaced_and_deleted(string engine)
    {
        var time = new VirtualTime();
        await using TestStore store = await TestStore.CreateAsync(server, engine, time);
        UserId user = await store.UserAsync();
        var rules = new RuleTable(store.Database);
        RuleRow first = (await rules.PutAsync("demo", "door", user, """{"name": "Door"}""", 2))!;
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.NotNull(await rules.PutAsync("hall", "door", user, "{}", 2));
        RuleRow second = (await rules.PutAsync("demo", "door", user, """{"name": "Gate"}""", 2))!;
        Assert.Equal((first.CreatedAt, first.CreatedAt.AddSeconds(5)), (second.CreatedAt, second.UpdatedAt));
        await using Database again = store.OpenAgain();
        List<RuleRow> all = await new RuleTable(again).AllAsync();
        Assert.Equal(["demo", "hall"], all.Select(row => row.Room));
        Assert.Contains("Gate", all[0].Definition, StringComparison.Ordinal);
        Assert.Equal(user, all[0].UserId);
        Assert.True(await rules.DeleteAsync("demo", "door"));
        Assert.False(await rules.DeleteAsync("demo", "door"));
        Assert.Equal("hall", Assert.Single(await rules.AllAsync()).Room);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Room_takes_no_more_rules_than_it_may(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        UserId user = await store.UserAsync();
        var rules = new RuleTable(store.Database);
        Assert.NotNull(await rules.PutAsync("demo", "a", user, "{}", 2));
        Assert.NotNull(await rules.PutAsync("demo", "b", user, "{}", 2));
        Assert.Null(await rules.PutAsync("demo", "c", user, "{}", 2));
        Assert.NotNull(await rules.PutAsync("demo", "b", user, """{"name":"B"}""", 2));
        Assert.NotNull(await rules.PutAsync("hall", "c", user, "{}", 2));
        Assert.Equal(3, (await rules.AllAsync()).Count);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Rule_that_is_gone_is_not_moved_back(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        var rules = new RuleTable(store.Database);
        await rules.PutAsync("demo", "a", await store.UserAsync(), "{}", 2);
        Assert.Equal(1, await rules.RedefineAsync("demo", "a", """{"name":"A"}"""));
        Assert.Equal(0, await rules.RedefineAsync("demo", "b", "{}"));
        Assert.Contains("A", Assert.Single(await rules.AllAsync()).Definition, StringComparison.Ordinal);
    }
}
