using System.Collections.Concurrent;
using Rtc.Cluster;
using Rtc.Cluster.Nodes;
using Rtc.Cluster.Rooms;
using Rtc.Server.Metrics;
using Rtc.Server.Rooms;
using Rtc.Signaling;
using Rtc.Signaling.Messages;

namespace Rtc.Server.Cluster;

/// <summary>
/// Which rooms are this node's. A room that is asked for here is made this node's where nobody has it, or the one that had it is gone;
/// else the client is sent on. Once a second the table is asked whether what is held is still held, and what the rooms would be begun
/// with elsewhere is written down. Nothing here is waited for by rooms that run.
/// </summary>
internal sealed partial class ClusterRooms(
    ClusterNode node, RoomRegistry rooms, ClusterReport report, DrainState drain, TimeProvider time, RtcMetrics metrics,
    ILogger<ClusterRooms> log)
{
    /// <summary>Between a room's place and its first member lie a description and a handshake.</summary>
    private static readonly TimeSpan s_untilOpen = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan s_sentFor = TimeSpan.FromMinutes(2);
    /// <summary>That a node has a room is asked in a third of a millisecond, where it has time.</summary>
    private static readonly TimeSpan s_heldPatience = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan s_hintLife = TimeSpan.FromHours(24);
    private const int MaxClaims = 3;
    private const int MaxOthers = 16;

    private readonly HeldRooms _held = new();
    private readonly ConcurrentDictionary<string, bool> _handedOver = [];
    private readonly ConcurrentDictionary<string, Lazy<Task<Refusal?>>> _asking = [];

    public int Count => _held.Count;

    public bool Holds(string room) => _held.TryFind(room, out _);

    /// <summary>What leads a client back to this node.</summary>
    public string HintTo(string room) => Hint(node.NodeId, room, s_hintLife);

    /// <summary>Where else a client may ask, if this node is gone; null where all nodes share one address.</summary>
    public IReadOnlyList<string>? OtherAddresses()
    {
        string own = report.PublicUrl;
        string[] others = [.. node.Nodes.Select(other => other.PublicUrl).Where(url => url != own).Distinct().Take(MaxOthers)];
        return others.Length == 0 ? null : others;
    }

    /// <summary>False where the cluster did not write this hint for this room; <paramref name="isHere"/>: it names this node.</summary>
    public bool CheckHint(string hint, string room, out bool isHere)
    {
        string? named = NodeHint.Check(node.Key, hint, room, time.GetUtcNow());
        isHere = named == node.NodeId;
        return named is not null;
    }

    /// <summary>Null where the room is this node's by now; else where it is, or that nobody can say.</summary>
    /// <param name="room">Its name.</param>
    /// <param name="wasSent">Another node has chosen this one for it: it goes on to no third.</param>
    public async Task<Refusal?> PlaceAsync(RoomName room, bool wasSent)
    {
        string name = room.ToString();
        if (_held.TryFind(name, out _))
        {
            return null;
        }

        // All who ask for one room at once get one answer.
        Lazy<Task<Refusal?>> asked = _asking.GetOrAdd(name, _ => new Lazy<Task<Refusal?>>(() => LocateAsync(room, wasSent)));
        try
        {
            return await asked.Value;
        }
        finally
        {
            _asking.TryRemove(KeyValuePair.Create(name, asked));
        }
    }

    /// <summary>Once a second.</summary>
    public async Task TickAsync()
    {
        HeldRoom[] held = _held.All;
        await rooms.Relays.EndHeldAsync(Holds);
        Dictionary<string, OpenRoom> open = (await rooms.OpenRoomsAsync()).ToDictionary(room => room.Name.ToString());

        // Asked after what is held was noted: whatever is in there was in the table before.
        IReadOnlyDictionary<string, long>? known = await node.HeldAsync();
        foreach (HeldRoom room in held)
        {
            if (known is not null && (!known.TryGetValue(room.Room, out long epoch) || epoch != room.Epoch))
            {
                await LetGoAsync(room);
            }
            else if (!open.ContainsKey(room.Room) && time.GetElapsedTime(room.Since) > s_untilOpen)
            {
                await ReleaseAsync(room, room.Remains);
            }
        }

        foreach (OpenRoom room in open.Values)
        {
            string name = room.Name.ToString();

            // One that is being taken over is held in a moment; looked at in this order, it is seen at one of the two places.
            if (!_asking.ContainsKey(name) && !_held.TryFind(name, out _) && !_handedOver.ContainsKey(name))
            {
                await TakeBackAsync(room);
            }
        }

        await SaveAsync(open);
    }

    /// <summary>
    /// Gives up every room whose members can all go elsewhere and sends them there, to the least filled node each, which begins it with
    /// what was written. Where there is no such node they stay for as long as the drain lasts.
    /// </summary>
    public async Task HandOverAsync()
    {
        Dictionary<string, NodeReport> others = node.Nodes.Where(other => other.NodeId != node.NodeId).ToDictionary(other => other.NodeId);
        var moves = new List<Task>();
        foreach (OpenRoom room in await rooms.OpenRoomsAsync())
        {
            if (room.MayMove
                && _held.TryFind(room.Name.ToString(), out HeldRoom? held)
                && Placement.Choose(report.Read(_held.Count), others.Values) is { } best
                && best.NodeId != node.NodeId)
            {
                others[best.NodeId] = best with { Rooms = best.Rooms + 1 };
                moves.Add(HandOverAsync(room, held, best));
            }
        }

        await Task.WhenAll(moves);
    }

    private async Task HandOverAsync(OpenRoom room, HeldRoom held, NodeReport to)
    {
        _handedOver[held.Room] = true;
        await ReleaseAsync(held, room.Handover.ToJson());
        await rooms.MoveAsync(room.Name, Redirect(SendTo(to, room.Name), room.Name));
    }

    /// <summary>The server ends: what it has is free for others at once.</summary>
    public Task ReleaseAllAsync() => Task.WhenAll(_held.All.Select(room => ReleaseAsync(room, room.Snapshot)));

    private async Task<Refusal?> LocateAsync(RoomName room, bool wasSent)
    {
        string name = room.ToString();
        try
        {
            RoomEntry entry = await node.FindAsync(name);
            if (await IsElsewhereAsync(entry) && !await IsHeldAsync(entry))
            {
                // A memory that is behind: a client would be sent there, and back here, until that node is gone.
                entry = await node.ReadAsync(name);
            }

            for (int claims = 0; claims < MaxClaims; claims++)
            {
                if (await IsElsewhereAsync(entry))
                {
                    return SendTo(node.Find(entry.Owner!.NodeId), room);
                }

                NodeReport here = report.Read(_held.Count);
                if (drain.IsDraining || !wasSent)
                {
                    NodeReport? best = await ChooseAsync(here, entry.Owner?.NodeId);
                    if (best is not null && best.NodeId != here.NodeId)
                    {
                        return SendTo(best, room);
                    }
                }

                if (drain.IsDraining)
                {
                    // Nobody takes it; whoever asks is told that this one stops.
                    return null;
                }

                entry = await node.ClaimAsync(name, entry.Epoch);
                if (entry.Owner == node.Self)
                {
                    await HoldAsync(room, entry);
                    return null;
                }
            }
        }
        catch (ClusterUnavailableException error)
        {
            LogUnavailable(log, room, error.InnerException?.Message ?? error.Message);
        }

        metrics.Refused("cluster");
        return new Refusal("cluster_unavailable", "Which node has the room cannot be said at the moment; ask again.", 503);
    }

    /// <summary>Another node owns the room, and lives.</summary>
    private async Task<bool> IsElsewhereAsync(RoomEntry entry) =>
        entry.Owner is { } owner && owner != node.Self && await node.IsAliveAsync(owner);

    /// <summary>The owner says so itself.</summary>
    private async Task<bool> IsHeldAsync(RoomEntry entry) =>
        await node.AskAsync(entry.Owner!.NodeId, new NodeQuestion(ClusterQuestions.Holds, entry.Room), s_heldPatience) is not null;

    /// <summary>Where a room is to go: no node that is gone, the one that had it first of all.</summary>
    private async Task<NodeReport?> ChooseAsync(NodeReport here, string? gone)
    {
        List<NodeReport> others = [.. node.Nodes.Where(other => other.NodeId != gone)];
        while (true)
        {
            NodeReport? best = Placement.Choose(here, others);
            if (best is null || best.NodeId == here.NodeId || await node.AnswersAsync(best.NodeId))
            {
                return best;
            }

            others.Remove(best);
        }
    }

    private async Task HoldAsync(RoomName room, RoomEntry entry)
    {
        await rooms.PrepareAsync(room, RoomHandover.Read(entry.Snapshot));
        _handedOver.TryRemove(room.ToString(), out _);
        _held.Add(new HeldRoom(room.ToString(), entry.Epoch, time.GetTimestamp())
        {
            Snapshot = entry.Snapshot,
            Saved = entry.Snapshot,
        });
        LogOwns(log, node.NodeId, room, entry.Epoch);
    }

    private Refusal? SendTo(NodeReport? to, RoomName room)
    {
        if (to is null || !Uri.TryCreate(to.PublicUrl, UriKind.Absolute, out Uri? url))
        {
            return new Refusal("cluster_unavailable", "The node that has the room gives no address.", 503);
        }

        return Refusal.AtAnotherNode(new NodePlace(to.NodeId, url, Hint(to.NodeId, room.ToString(), s_sentFor)));
    }

    private static RedirectMessage? Redirect(Refusal? sent, RoomName room) => sent?.Elsewhere is { } place
        ? new RedirectMessage(room.ToString(), place.NodeId, place.At("/hub").AbsoluteUri)
        : null;

    private string Hint(string nodeId, string room, TimeSpan life) => NodeHint.Create(node.Key, nodeId, room, time.GetUtcNow() + life);

    /// <summary>Another node has the room by now: its epoch is higher.</summary>
    private async Task LetGoAsync(HeldRoom held)
    {
        if (!_held.Remove(held) || !RoomName.TryParse(held.Room, out RoomName room))
        {
            return;
        }

        LogLetsGo(log, node.NodeId, room, held.Epoch);
        await MoveAsync(room);
    }

    private async Task MoveAsync(RoomName room)
    {
        RedirectMessage? to = null;
        try
        {
            RoomEntry entry = await node.ReadAsync(room.ToString());
            to = entry.Owner is { } owner ? Redirect(SendTo(node.Find(owner.NodeId), room), room) : null;
        }
        catch (ClusterUnavailableException error)
        {
            LogUnavailable(log, room, error.InnerException?.Message ?? error.Message);
        }

        await rooms.MoveAsync(room, to);
    }

    private async Task ReleaseAsync(HeldRoom held, string? snapshot)
    {
        if (!_held.Remove(held) || !RoomName.TryParse(held.Room, out RoomName room))
        {
            return;
        }

        LogLetsGo(log, node.NodeId, room, held.Epoch);
        try
        {
            await rooms.PrepareAsync(room, null);
            await node.ReleaseAsync(held.Room, held.Epoch, snapshot);
        }
        catch (ClusterUnavailableException error)
        {
            // It stays this run's in the table, which the next node that is asked finds gone.
            LogUnavailable(log, room, error.InnerException?.Message ?? error.Message);
        }
    }

    /// <summary>
    /// A room that is open and not held: somebody came in while it was released. It is taken back, or is another's by now.
    /// </summary>
    private async Task TakeBackAsync(OpenRoom open)
    {
        string name = open.Name.ToString();
        try
        {
            RoomEntry entry = await node.ReadAsync(name);
            if (entry.Owner is null || entry.Owner == node.Self)
            {
                entry = await node.ClaimAsync(name, entry.Epoch);
            }

            if (entry.Owner == node.Self)
            {
                _held.Add(new HeldRoom(name, entry.Epoch, time.GetTimestamp()));
                LogOwns(log, node.NodeId, open.Name, entry.Epoch);
                return;
            }
        }
        catch (ClusterUnavailableException)
        {
            // A room that runs goes on; the next second asks again.
            return;
        }

        await MoveAsync(open.Name);
    }

    private async Task SaveAsync(Dictionary<string, OpenRoom> open)
    {
        var changed = new List<HeldRoom>();
        foreach (HeldRoom held in _held.All)
        {
            if (open.TryGetValue(held.Room, out OpenRoom? room))
            {
                held.Snapshot = room.Handover.ToJson();
                if (held.Snapshot != held.Saved)
                {
                    changed.Add(held);
                }
            }
        }

        if (changed.Count > 0)
        {
            // Where the table cannot be reached, all of it is tried again in a second.
            await node.SaveAsync([.. changed.Select(held => new RoomSave(held.Room, held.Epoch, held.Snapshot!))]);
            changed.ForEach(held => held.Saved = held.Snapshot);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Node} owns {Room} at epoch {Epoch}")]
    private static partial void LogOwns(ILogger log, string node, RoomName room, long epoch);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Node} lets go of {Room} at epoch {Epoch}")]
    private static partial void LogLetsGo(ILogger log, string node, RoomName room, long epoch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cluster does not answer about {Room}: {Why}")]
    private static partial void LogUnavailable(ILogger log, RoomName room, string why);
}
