using System.Data.Common;
using Rtc.Store.Sql;
using Rtc.Store.Users;

namespace Rtc.Store.Rules;

/// <summary>Rules of rooms, kept by the room's name: they are there before the room is and after it.</summary>
public sealed class RuleTable(Database database)
{
    /// <summary>Held by whoever counts a room's rules. Any number that no other program of the database uses for the same.</summary>
    private const long CountingTurn = 0x5274_6352_756C_6573;

    private const string Columns = "room, id, user_id, definition, created_at, updated_at";

    /// <summary>Of all rooms, in the order in which they were made.</summary>
    public Task<List<RuleRow>> AllAsync(CancellationToken cancel = default) => database.ReadAsync(
        session => session.QueryAsync($"SELECT {Columns} FROM rules ORDER BY room, created_at, id", Read), cancel);

    /// <summary>Adds or replaces one. Null where the room has as many as it may and this one is new.</summary>
    public Task<RuleRow?> PutAsync(
        string room, string id, UserId user, string definition, int maxPerRoom, CancellationToken cancel = default) => database.WriteAsync(
        async session =>
        {
            await session.TakeTurnAsync(CountingTurn).ConfigureAwait(false);
            List<string> others = await session.QueryAsync(
                "SELECT id FROM rules WHERE room = @room AND id <> @id", row => row.Text("id"), ("room", room), ("id", id))
                .ConfigureAwait(false);
            if (others.Count >= maxPerRoom)
            {
                return null;
            }

            await session.ExecuteAsync(
                $"INSERT INTO rules ({Columns}) VALUES (@room, @id, @user, @definition::jsonb, @now, @now) "
                    + "ON CONFLICT (room, id) DO UPDATE "
                    + "SET user_id = excluded.user_id, definition = excluded.definition, updated_at = excluded.updated_at",
                ("room", room), ("id", id), ("user", user.Value), ("definition", definition), ("now", database.Now)).ConfigureAwait(false);
            return await session.FirstAsync(
                $"SELECT {Columns} FROM rules WHERE room = @room AND id = @id", Read, ("room", room), ("id", id)).ConfigureAwait(false);
        },
        cancel);

    /// <summary>One that is there is kept with another definition.</summary>
    public Task<int> RedefineAsync(string room, string id, string definition, CancellationToken cancel = default) => database.WriteAsync(
        session => session.ExecuteAsync(
            "UPDATE rules SET definition = @definition::jsonb, updated_at = @now WHERE room = @room AND id = @id", ("room", room),
            ("id", id), ("definition", definition), ("now", database.Now)),
        cancel);

    /// <summary>False where there was none.</summary>
    public async Task<bool> DeleteAsync(string room, string id, CancellationToken cancel = default) => await database.WriteAsync(
        session => session.ExecuteAsync("DELETE FROM rules WHERE room = @room AND id = @id", ("room", room), ("id", id)), cancel)
        .ConfigureAwait(false) > 0;

    private static RuleRow Read(DbDataReader row) => new(
        row.Text("room"), row.Text("id"), new UserId(row.Id("user_id")), row.Text("definition"), row.Time("created_at"),
        row.Time("updated_at"));
}
