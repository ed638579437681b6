using Rtc.Store.Tests.Engines;
using Rtc.Store.Users;

namespace Rtc.Store.Tests.Tables;

/// <summary>Users and keys, on both engines.</summary>
public sealed class UserTableTests(PostgresServer server)
{
    public static TheoryData<string> Engines => TestStore.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Key_finds_its_user_until_it_is_revoked(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        (ApiKey row, string key) = await store.Users.AddKeyAsync("a@example.org", "laptop");
        Assert.Matches("^vr_[A-Za-z0-9]{32}$", key);
        Assert.Equal(key[..8], row.Prefix);
        Assert.Equal("a@example.org", (await store.Users.FindByKeyAsync(key))?.Email);
        Assert.Null(await store.Users.FindByKeyAsync(key[..^1] + (key[^1] == 'x' ? 'y' : 'x')));
        Assert.Null(await store.Users.FindByKeyAsync("vr_"));
        Assert.Null(await store.Users.FindByKeyAsync(new string('x', 100_000)));

        Assert.True(await store.Users.RevokeAsync(row.Id));
        Assert.Null(await store.Users.FindByKeyAsync(key));
        ApiKey listed = Assert.Single(await store.Users.KeysAsync());
        Assert.NotNull(listed.RevokedAt);
        Assert.NotNull(listed.LastUsedAt);
        Assert.False(await store.Users.RevokeAsync(Guid.NewGuid()));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Key_finds_its_user_where_its_use_cannot_be_written(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        (_, string key) = await store.Users.AddKeyAsync("a@example.org", "laptop");
        var unreliable = new UnreliableEngine(store.OpenEngine());
        await using var database = new Database(() => unreliable, TimeProvider.System);
        await database.OpenAsync();
        unreliable.IsReadOnly = true;
        Assert.Equal("a@example.org", (await new UserTable(database).FindByKeyAsync(key))?.Email);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Keys_are_kept_as_hashes_alone(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        (_, string key) = await store.Users.AddKeyAsync("a@example.org", "laptop");
        List<string> row = await store.TextsAsync("SELECT prefix || ' ' || hash || ' ' || name || ' ' || id FROM api_keys");
        Assert.DoesNotContain(key[8..], Assert.Single(row), StringComparison.Ordinal);
        Assert.Contains(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key))), row[0],
            StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task User_is_added_once_however_many_ask_at_once(string engine)
    {
        await using TestStore store = await TestStore.CreateAsync(server, engine);
        User[] users = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => store.Users.FindOrAddAsync("a@example.org"))));
        Assert.Single(users.Select(user => user.Id).Distinct());
        Assert.Equal((await store.Users.LocalAsync()).Id, (await store.Users.FindOrAddAsync(User.Local)).Id);
    }
}
