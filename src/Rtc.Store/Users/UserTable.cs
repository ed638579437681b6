using System.Data.Common;
using Rtc.Store.Sql;

namespace Rtc.Store.Users;

/// <summary>Users and their keys.</summary>
public sealed class UserTable(Database database)
{
    /// <summary>How old a key's last use may be before it is written anew: a busy client need not write with every request.</summary>
    private static readonly TimeSpan s_useAge = TimeSpan.FromMinutes(1);

    private const string KeyColumns =
        "k.id, k.user_id, u.email, k.prefix, k.name, k.created_at, k.last_used_at, k.revoked_at FROM api_keys k JOIN users u ON u.id = "
            + "k.user_id";

    private volatile User? _local;

    /// <summary>The user of requests that need no key.</summary>
    public async Task<User> LocalAsync(CancellationToken cancel = default) =>
        _local ??= await FindOrAddAsync(User.Local, cancel).ConfigureAwait(false);

    public async Task<User> FindOrAddAsync(string email, CancellationToken cancel = default)
    {
        var id = Guid.CreateVersion7(database.Now);
        return (await database.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync(
                    "INSERT INTO users (id, email, created_at) VALUES (@id, @email, @now) ON CONFLICT (email) DO NOTHING",
                    ("id", id), ("email", email), ("now", database.Now)).ConfigureAwait(false);
                return await session.FirstAsync("SELECT id, email, created_at FROM users WHERE email = @email", ReadUser, ("email", email))
                    .ConfigureAwait(false);
            },
            cancel).ConfigureAwait(false))!;
    }

    /// <summary>Makes a key; the answer is the only place that ever has it whole.</summary>
    public async Task<(ApiKey Row, string Key)> AddKeyAsync(string email, string name, CancellationToken cancel = default)
    {
        User user = await FindOrAddAsync(email, cancel).ConfigureAwait(false);
        string key = KeyText.Create();
        var id = Guid.CreateVersion7(database.Now);
        ApiKey row = (await database.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync(
                    "INSERT INTO api_keys (id, user_id, prefix, hash, name, created_at) VALUES (@id, @user, @prefix, @hash, @name, @now) "
                        + "ON CONFLICT (id) DO NOTHING",
                    ("id", id), ("user", user.Id.Value), ("prefix", key[..KeyText.PrefixLength]), ("hash", KeyText.HashOf(key)),
                    ("name", name), ("now", database.Now)).ConfigureAwait(false);
                return await session.FirstAsync($"SELECT {KeyColumns} WHERE k.id = @id", ReadKey, ("id", id)).ConfigureAwait(false);
            },
            cancel).ConfigureAwait(false))!;
        return (row, key);
    }

    /// <summary>All keys, newest first, those that were revoked too.</summary>
    public Task<List<ApiKey>> KeysAsync(CancellationToken cancel = default) =>
        database.ReadAsync(session => session.QueryAsync($"SELECT {KeyColumns} ORDER BY k.id DESC", ReadKey), cancel);

    /// <summary>False where there is no such key; one that was revoked stays so.</summary>
    public Task<bool> RevokeAsync(Guid key, CancellationToken cancel = default) => database.WriteAsync(
        async session => await session.ExecuteAsync(
            "UPDATE api_keys SET revoked_at = COALESCE(revoked_at, @now) WHERE id = @id", ("id", key), ("now", database.Now))
            .ConfigureAwait(false) > 0,
        cancel);

    /// <summary>Whose key this is; null where it is none of ours or was revoked.</summary>
    public async Task<User?> FindByKeyAsync(string key, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!KeyText.LooksRight(key))
        {
            return null;
        }

        string hash = KeyText.HashOf(key);
        (User User, DateTimeOffset? Used)[] found =
        [
            .. await database.ReadAsync(
                session => session.QueryAsync(
                    "SELECT u.id, u.email, u.created_at, k.last_used_at FROM api_keys k JOIN users u ON u.id = k.user_id "
                        + "WHERE k.hash = @hash AND k.revoked_at IS NULL",
                    row => (ReadUser(row), row.TimeOrNull("last_used_at")),
                    ("hash", hash)),
                cancel).ConfigureAwait(false),
        ];
        if (found.Length == 0)
        {
            return null;
        }

        if (found[0].Used is not { } used || database.Now - used > s_useAge)
        {
            try
            {
                await database.WriteAsync(
                    session => session.ExecuteAsync(
                        "UPDATE api_keys SET last_used_at = @now WHERE hash = @hash", ("hash", hash), ("now", database.Now)),
                    cancel).ConfigureAwait(false);
            }
            catch (StoreUnavailableException)
            {
                // Whoever only reads needs no database that can be written.
            }
        }

        return found[0].User;
    }

    private static User ReadUser(DbDataReader row) => new(new UserId(row.Id("id")), row.Text("email"), row.Time("created_at"));

    private static ApiKey ReadKey(DbDataReader row) => new(
        row.Id("id"), new UserId(row.Id("user_id")), row.Text("email"), row.Text("prefix"), row.Text("name"), row.Time("created_at"),
        row.TimeOrNull("last_used_at"), row.TimeOrNull("revoked_at"));
}
