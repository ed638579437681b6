using System.Net;
using System.Net.Sockets;
using Rtc.Cluster.Nodes;
using Rtc.Cluster.Rooms;

namespace Rtc.Cluster;

/// <summary>
/// Whether a run of a node lives, found out in a moment: a killed one's silo port refuses the connection; one that hangs or is cut off
/// does not answer a call. The verdict is kept for a moment, since all clients of a dead node ask at once.
/// </summary>
/// <param name="cardOf">The way to a node, as it was last heard of.</param>
/// <param name="hear">Hears of all nodes anew; false where nobody could be asked.</param>
/// <param name="time">The time.</param>
/// <param name="patience">How long a node has to answer.</param>
internal sealed class NodeProbe(Func<string, NodeCard?> cardOf, Func<Task<bool>> hear, TimeProvider time, TimeSpan patience)
{
    private static readonly TimeSpan s_deadKept = TimeSpan.FromMilliseconds(500);

    /// <summary>One that lives may be killed the next moment, and clients be sent to it for as long.</summary>
    private static readonly TimeSpan s_aliveKept = TimeSpan.FromMilliseconds(100);


    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Dictionary<RoomOwner, (long At, Task<bool> Alive)> _verdicts = [];

    public Task<bool> IsAliveAsync(RoomOwner owner)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            foreach (RoomOwner old in _verdicts
                .Where(verdict => IsOver(verdict.Value.Alive, time.GetElapsedTime(verdict.Value.At, now)))
                .Select(verdict => verdict.Key).ToArray())
            {
                _verdicts.Remove(old);
            }

            if (!_verdicts.TryGetValue(owner, out (long At, Task<bool> Alive) known))
            {
                known = (now, TryAsync(owner));
                _verdicts[owner] = known;
            }

            return known.Alive;
        }
    }

    /// <summary>Whether the run of a node that a card is of answers.</summary>
    public static async Task<bool> AnswersAsync(NodeCard card, CancellationToken cancel)
    {
        try
        {
            return await card.Link.PingAsync().WaitAsync(cancel).ConfigureAwait(false) == card.Report.Incarnation;
        }
        catch (Exception error) when (RoomLedger.IsAway(error))
        {
            return false;
        }
    }

    /// <summary>
    /// A process that is just being killed may take the connection and never answer: its port is looked at again meanwhile.
    /// </summary>
    private async Task<bool> TryAsync(RoomOwner owner)
    {
        if (owner.Silo is not { } silo || !await ConnectsAsync(silo).ConfigureAwait(false))
        {
            return false;
        }

        Task<bool> asked = AskAsync(owner);
        while (await Task.WhenAny(asked, Task.Delay(s_lookAgain, time)).ConfigureAwait(false) != asked)
        {
            if (!await ConnectsAsync(silo).ConfigureAwait(false))
            {
                return false;
            }
        }

        return await asked.ConfigureAwait(false);
    }

    private async Task<bool> AskAsync(RoomOwner owner)
    {
        using var limit = new CancellationTokenSource(patience, time);
        NodeCard? known = CardOf(owner);
        if (known is not null && await AnswersAsync(known, limit.Token).ConfigureAwait(false))
        {
            return true;
        }

        if (!await hear().ConfigureAwait(false))
        {
            // It listens, and nobody says who it is: a room that may run is left alone.
            return true;
        }

        // Its silo may have been replaced since it was heard of: then it is reached another way.
        using var again = new CancellationTokenSource(patience, time);
        return CardOf(owner) is { } fresh && !fresh.Link.Equals(known?.Link)
            && await AnswersAsync(fresh, again.Token).ConfigureAwait(false);
    }

    private static bool IsOver(Task<bool> verdict, TimeSpan age) =>
        verdict.IsCompleted && age >= (verdict is { IsCompletedSuccessfully: true, Result: true } ? s_aliveKept : s_deadKept);

    private NodeCard? CardOf(RoomOwner owner) =>
        cardOf(owner.NodeId) is { } card && card.Report.Incarnation == owner.Incarnation ? card : null;

    private async Task<bool> ConnectsAsync(IPEndPoint silo)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var socket = new Socket(silo.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(silo, limit.Token).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
