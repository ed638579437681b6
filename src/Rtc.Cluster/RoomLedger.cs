using System.Data.Common;
using Orleans.Runtime;
using Rtc.Cluster.Rooms;

namespace Rtc.Cluster;

/// <summary>
/// Who owns a room: asked of its grain, which has it in memory, and of the table where the grain does not answer. So a room is found
/// and taken over before the silo that held its grain has been declared dead.
/// </summary>
/// <param name="grain">The room's grain.</param>
/// <param name="table">The table itself, where every node reaches it; null in a cluster without a database.</param>
/// <param name="patience">How long a grain has.</param>
internal sealed class RoomLedger(Func<string, IRoomGrain> grain, IRoomTable? table, TimeSpan patience)
{
    public Task<RoomEntry> FindAsync(string room) => EitherAsync(() => grain(room).FindAsync(), known => known.FindAsync(room));

    /// <summary>Where the grain did it and only its answer was lost, the table answers that the room is the claimer's already.</summary>
    public Task<RoomEntry> ClaimAsync(string room, RoomOwner owner, long epoch) =>
        EitherAsync(() => grain(room).ClaimAsync(owner, epoch), known => known.ClaimAsync(room, owner, epoch));

    public Task ReleaseAsync(string room, RoomOwner owner, long epoch, string? snapshot) => EitherAsync(
        async () =>
        {
            await grain(room).ReleaseAsync(owner, epoch, snapshot).ConfigureAwait(false);
            return true;
        },
        async known =>
        {
            await known.ReleaseAsync(room, owner, epoch, snapshot).ConfigureAwait(false);
            return true;
        });

    /// <summary>As the table has it, past any grain's memory.</summary>
    public async Task<RoomEntry> ReadAsync(string room)
    {
        if (table is null)
        {
            return await FindAsync(room).ConfigureAwait(false);
        }

        try
        {
            return await table.FindAsync(room).ConfigureAwait(false);
        }
        catch (Exception error) when (IsAway(error))
        {
            throw Unavailable(error);
        }
    }

    private async Task<T> EitherAsync<T>(Func<Task<T>> ask, Func<IRoomTable, Task<T>> direct)
    {
        try
        {
            return await ask().WaitAsync(patience).ConfigureAwait(false);
        }
        catch (Exception silent) when (IsAway(silent))
        {
            if (table is null)
            {
                throw Unavailable(silent);
            }
        }

        try
        {
            return await direct(table).ConfigureAwait(false);
        }
        catch (Exception error) when (IsAway(error))
        {
            throw Unavailable(error);
        }
    }

    private static ClusterUnavailableException Unavailable(Exception inner) =>
        new("The cluster cannot say at the moment which node has the room.", inner);

    /// <summary>
    /// The other end is not there or does not answer, or this node's own silo is not up, which Orleans calls an invalid operation.
    /// </summary>
    internal static bool IsAway(Exception error) =>
        error is TimeoutException or OrleansException or DbException or OperationCanceledException or ObjectDisposedException
            or IOException or System.Net.Sockets.SocketException or InvalidOperationException;
}
