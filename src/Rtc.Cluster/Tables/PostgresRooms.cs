using System.Security.Cryptography;
using Npgsql;
using Rtc.Cluster.Rooms;

namespace Rtc.Cluster.Tables;

/// <summary>The owners of rooms in PostgreSQL: one row a room, changed where its epoch is still the one that was read.</summary>
internal sealed class PostgresRooms(ClusterDatabase database) : IRoomTable
{
    private const int KeyBytes = 32;
    private const string NowMs = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

    public Task<RoomEntry> FindAsync(string room) => database.RunAsync(async command =>
    {
        command.Parameters.AddWithValue("room", room);
        command.CommandText = "SELECT owner, incarnation, epoch, snapshot FROM cluster_rooms WHERE cluster_id = @cluster AND room = @room";
        return await ReadAsync(command, room).ConfigureAwait(false) ?? RoomEntry.Unknown(room);
    });

    public Task<RoomEntry> ClaimAsync(string room, RoomOwner owner, long epoch) => database.RunAsync(async command =>
    {
        command.Parameters.AddWithValue("room", room);
        command.Parameters.AddWithValue("owner", owner.NodeId);
        command.Parameters.AddWithValue("incarnation", owner.Incarnation);
        command.Parameters.AddWithValue("epoch", epoch);
        command.CommandText =
            "INSERT INTO cluster_rooms AS rooms (cluster_id, room, owner, incarnation, epoch, changed_at) "
            + $"SELECT @cluster, @room, @owner, @incarnation, {NowMs}, clock_timestamp() "
            + "ON CONFLICT (cluster_id, room) DO UPDATE SET owner = @owner, incarnation = @incarnation, "
            + $"epoch = GREATEST(rooms.epoch + 1, {NowMs}), changed_at = clock_timestamp() WHERE rooms.epoch = @epoch "
            + "RETURNING owner, incarnation, epoch, snapshot";
        if (await ReadAsync(command, room).ConfigureAwait(false) is { } claimed)
        {
            return claimed;
        }

        command.CommandText = "SELECT owner, incarnation, epoch, snapshot FROM cluster_rooms WHERE cluster_id = @cluster AND room = @room";
        return await ReadAsync(command, room).ConfigureAwait(false) ?? RoomEntry.Unknown(room);
    });

    public Task ReleaseAsync(string room, RoomOwner owner, long epoch, string? snapshot) => database.RunAsync(command =>
    {
        command.Parameters.AddWithValue("room", room);
        command.Parameters.AddWithValue("owner", owner.NodeId);
        command.Parameters.AddWithValue("incarnation", owner.Incarnation);
        command.Parameters.AddWithValue("epoch", epoch);
        command.Parameters.AddWithValue("snapshot", (object?)snapshot ?? DBNull.Value);
        command.CommandText =
            "UPDATE cluster_rooms SET owner = NULL, incarnation = NULL, snapshot = @snapshot, changed_at = clock_timestamp() "
            + "WHERE cluster_id = @cluster AND room = @room AND owner = @owner AND incarnation = @incarnation AND epoch = @epoch";
        return command.ExecuteNonQueryAsync();
    });

    public Task SaveAsync(RoomOwner owner, IReadOnlyList<RoomSave> rooms) => database.RunAsync(command =>
    {
        command.Parameters.AddWithValue("rooms", rooms.Select(room => room.Room).ToArray());
        command.Parameters.AddWithValue("epochs", rooms.Select(room => room.Epoch).ToArray());
        command.Parameters.AddWithValue("snapshots", rooms.Select(room => room.Snapshot).ToArray());
        command.Parameters.AddWithValue("incarnation", owner.Incarnation);
        command.CommandText =
            "UPDATE cluster_rooms SET snapshot = saved.snapshot FROM unnest(@rooms, @epochs, @snapshots) AS saved (room, epoch, snapshot) "
            + "WHERE cluster_id = @cluster AND cluster_rooms.room = saved.room AND cluster_rooms.epoch = saved.epoch "
            + "AND incarnation = @incarnation";
        return command.ExecuteNonQueryAsync();
    });

    public Task<IReadOnlyDictionary<string, long>> HeldAsync(RoomOwner owner) => database.RunAsync(async command =>
    {
        command.Parameters.AddWithValue("owner", owner.NodeId);
        command.Parameters.AddWithValue("incarnation", owner.Incarnation);
        command.CommandText =
            "SELECT room, epoch FROM cluster_rooms WHERE cluster_id = @cluster AND owner = @owner AND incarnation = @incarnation";
        var held = new Dictionary<string, long>();
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        while (await reader.ReadAsync().ConfigureAwait(false))
        {
            held[reader.GetString(0)] = reader.GetInt64(1);
        }

        return (IReadOnlyDictionary<string, long>)held;
    });

    public Task ForgetAsync(TimeSpan unowned) => database.RunAsync(command =>
    {
        command.Parameters.AddWithValue("unowned", unowned);
        command.CommandText =
            "DELETE FROM cluster_rooms WHERE cluster_id = @cluster AND owner IS NULL AND changed_at < clock_timestamp() - @unowned";
        return command.ExecuteNonQueryAsync();
    });

    public Task<byte[]> KeyAsync() => database.RunAsync(async command =>
    {
        command.Parameters.AddWithValue("key", RandomNumberGenerator.GetBytes(KeyBytes));
        command.CommandText = "INSERT INTO cluster_keys (cluster_id, key) VALUES (@cluster, @key) ON CONFLICT DO NOTHING";
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
        command.CommandText = "SELECT key FROM cluster_keys WHERE cluster_id = @cluster";
        return (byte[])(await command.ExecuteScalarAsync().ConfigureAwait(false))!;
    });

    private static async Task<RoomEntry?> ReadAsync(NpgsqlCommand command, string room)
    {
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync().ConfigureAwait(false);
        if (!await reader.ReadAsync().ConfigureAwait(false))
        {
            return null;
        }

        RoomOwner? owner = reader.IsDBNull(0) ? null : new RoomOwner(reader.GetString(0), reader.GetString(1));
        return new RoomEntry(room, owner, reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetString(3));
    }
}
