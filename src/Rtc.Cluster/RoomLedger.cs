using System.Collections.Concurrent;
using System.Data.Common;
using Orleans.Runtime;
using Rtc.Cluster.Rooms;

namespace Rtc.Cluster;

/// <summary>
/// Who owns a room: asked of its grain, which has it in memory, and of the table where the grain does not answer. So a room is found
/// and taken over before the silo that held its grain has been declared dead. A grain that was silent once is passed over for a moment:
/// to find a room and to take it over costs one wait, not two. What is changed past it, it is told to forget: it may live.
/// </summary>
/// <param name="grain">The room's grain.</param>
/// <param name="table">The table itself, where every node reaches it; null in a cluster without a database.</param>
/// <param name="patience">How long a grain has where there is a table.</param>
/// <param name="time">The time.</param>
internal sealed class RoomLedger(Func<string, IRoomGrain> grain, IRoomTable? table, TimeSpan patience, TimeProvider time)
{
    /// <summary>What a grain has that nobody else can answer for.</summary>
    private static readonly TimeSpan s_alonePatience = TimeSpan.FromMilliseconds(700);

    /// <summary>Within this after a grain was silent its room's questions go to the table.</summary>
    private static readonly TimeSpan s_passedOver = TimeSpan.FromSeconds(3);

    private const int MaxPassedOver = 10_000;

    private readonly ConcurrentDictionary<string, long> _silent = [];

    public Task<RoomEntry> FindAsync(string room) => EitherAsync(room, () => grain(room).FindAsync(), known => known.FindAsync(room));

    /// <summary>Where the grain did it and only its answer was lost, the table answers that the room is the claimer's already.</summary>
    public Task<RoomEntry> ClaimAsync(string room, RoomOwner owner, long epoch) => EitherAsync(
        room,
        () => grain(room).ClaimAsync(owner, epoch),
        async known =>
        {
            RoomEntry claimed = await known.ClaimAsync(room, owner, epoch).ConfigureAwait(false);
            Forget(room);
            return claimed;
        });

    public Task ReleaseAsync(string room, RoomOwner owner, long epoch, string? snapshot) => EitherAsync(
        room,
        async () =>
        {
            await grain(room).ReleaseAsync(owner, epoch, snapshot).ConfigureAwait(false);
            return true;
        },
        async known =>
        {
            await known.ReleaseAsync(room, owner, epoch, snapshot).ConfigureAwait(false);
            Forget(room);
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

    private async Task<T> EitherAsync<T>(string room, Func<Task<T>> ask, Func<IRoomTable, Task<T>> direct)
    {
        if (table is null)
        {
            try
            {
                return await ask().WaitAsync(s_alonePatience, time).ConfigureAwait(false);
            }
            catch (Exception silent) when (IsAway(silent))
            {
                throw Unavailable(silent);
            }
        }

        if (!IsPassedOver(room))
        {
            try
            {
                return await ask().WaitAsync(patience, time).ConfigureAwait(false);
            }
            catch (Exception silent) when (IsAway(silent))
            {
                if (_silent.Count >= MaxPassedOver)
                {
                    _silent.Clear();
                }

                _silent[room] = time.GetTimestamp();
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

    private void Forget(string room)
    {
        try
        {
            grain(room).ForgetAsync().Ignore();
        }
        catch (Exception error) when (IsAway(error))
        {
            // This node's own silo is not up: whoever asks the grain finds its answer out of date.
        }
    }

    private bool IsPassedOver(string room)
    {
        if (!_silent.TryGetValue(room, out long since))
        {
            return false;
        }

        if (time.GetElapsedTime(since) < s_passedOver)
        {
            return true;
        }

        _silent.TryRemove(KeyValuePair.Create(room, since));
        return false;
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
