using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rtc.Cluster.Nodes;
using Rtc.Cluster.Rooms;
using Rtc.Cluster.Silo;
using Rtc.Cluster.Tables;

namespace Rtc.Cluster;

/// <summary>
/// This process as one node of a cluster: its silo, what it says of itself and hears of the others once a second, and the questions
/// about rooms. Owned by the server. A silo that the others have declared dead is replaced by a new one while the rooms go on.
/// </summary>
public sealed partial class ClusterNode : IAsyncDisposable
{
    private static readonly TimeSpan s_everySecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_everyMinute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_unowned = TimeSpan.FromMinutes(10);

    // A call to a grain takes a third of a millisecond: one that has not come by now is to a node that is gone, or the table is as near.
    private static readonly TimeSpan s_grainPatience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_leavePatience = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan s_callPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_startAgain = TimeSpan.FromSeconds(2);

    private readonly ClusterSettings _settings;
    private readonly INodeHost _host;
    private readonly ILoggerFactory _logs;
    private readonly ILogger<ClusterNode> _log;
    private readonly TimeProvider _time;
    private readonly ClusterDatabase? _database;
    private readonly IRoomTable _table;
    private readonly RoomLedger _ledger;
    private readonly NodeProbe _probe;
    private readonly CancellationTokenSource _ending = new();
    private X509Certificate2? _certificate;
    private readonly NodeLink _link;
    private readonly Dictionary<string, (NodeCard Card, long At)> _cards = [];
    private IHost? _silo;
    private INodeLink? _reference;
    private volatile bool _siloFailed;
    private Task _work = Task.CompletedTask;
    private long _forgotten;

    private ClusterNode(ClusterSettings settings, INodeHost host, ILoggerFactory logs, TimeProvider time)
    {
        (_settings, _host, _logs, _time) = (settings, host, logs, time);
        _log = logs.CreateLogger<ClusterNode>();
        _database = settings.IsLocalhost ? null : new ClusterDatabase(settings.Connection, settings.ClusterId);
        _table = _database is null ? new MemoryGrainRooms(() => Grains.GetGrain<IMemoryGrain>(0)) : new PostgresRooms(_database);
        _ledger = new RoomLedger(room => Grains.GetGrain<IRoomGrain>(room), _database is null ? null : _table, s_grainPatience, time);
        _probe = new NodeProbe(CardOf, ReportAsync, time, s_callPatience);
        _link = new NodeLink(settings.Self.Incarnation, host);
    }

    public string NodeId => _settings.NodeId;

    /// <summary>This run of this node, as it stands beside its rooms.</summary>
    public RoomOwner Self => _settings.Self;

    /// <summary>What nodes sign for each other with.</summary>
    public byte[] Key { get; private set; } = [];

    /// <summary>All nodes that were heard of lately, this one among them.</summary>
    public IReadOnlyList<NodeReport> Nodes
    {
        get
        {
            lock (_cards)
            {
                return [.. _cards.Values.Select(known => known.Card.Report).OrderBy(node => node.NodeId, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Those of the silo as it is now; null while one is started.</summary>
    public IServiceProvider? SiloServices => _silo?.Services;

    private IGrainFactory Grains => _silo?.Services.GetRequiredService<IGrainFactory>()
        ?? throw new InvalidOperationException("This node's silo is being started.");

    public static async Task<ClusterNode> StartAsync(
        ClusterSettings settings, INodeHost host, ILoggerFactory logs, TimeProvider time, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var node = new ClusterNode(settings, host, logs, time);
        try
        {
            await node.StartSiloAsync(cancel).ConfigureAwait(false);
            node.Key = await node._table.KeyAsync().WaitAsync(cancel).ConfigureAwait(false);
            await node.ReportAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (RoomLedger.IsAway(error) && !cancel.IsCancellationRequested)
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw new ClusterUnavailableException($"The cluster cannot be joined: {error.GetBaseException().Message}", error);
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        node._work = Task.Run(node.WorkAsync, CancellationToken.None);
        return node;
    }

    public Task<RoomEntry> FindAsync(string room) => _ledger.FindAsync(room);

    /// <summary>As the table has it at this moment.</summary>
    public Task<RoomEntry> ReadAsync(string room) => _ledger.ReadAsync(room);

    /// <summary>Makes this node the owner where nobody came first; what comes back says who is.</summary>
    public Task<RoomEntry> ClaimAsync(string room, long epoch) => _ledger.ClaimAsync(room, Self, epoch);

    public Task ReleaseAsync(string room, long epoch, string? snapshot) => _ledger.ReleaseAsync(room, Self, epoch, snapshot);

    public Task SaveAsync(IReadOnlyList<RoomSave> rooms) => _table.SaveAsync(Self, rooms);

    /// <summary>The rooms that are this node's by the table, with their epochs; null where the table does not answer.</summary>
    public async Task<IReadOnlyDictionary<string, long>?> HeldAsync()
    {
        try
        {
            return await _table.HeldAsync(Self).WaitAsync(s_callPatience + s_callPatience, _time).ConfigureAwait(false);
        }
        catch (Exception error) when (RoomLedger.IsAway(error))
        {
            return null;
        }
    }

    /// <summary>Null where no such node was heard of lately.</summary>
    public NodeReport? Find(string nodeId) => CardOf(nodeId)?.Report;

    /// <summary>Whether this very run of a node lives; asked of itself, and within two seconds.</summary>
    public async Task<bool> IsAliveAsync(RoomOwner owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return owner == Self || await _probe.IsAliveAsync(owner).ConfigureAwait(false);
    }

    /// <summary>Whether a node that was heard of still answers: reports of one that is gone are kept for a while.</summary>
    public async Task<bool> AnswersAsync(string nodeId)
    {
        using var limit = new CancellationTokenSource(s_grainPatience, _time);
        return CardOf(nodeId) is { } card && await NodeProbe.AnswersAsync(card, limit.Token).ConfigureAwait(false);
    }

    /// <summary>Null where the node does not answer, or has no answer.</summary>
    public async Task<string?> AskAsync(string nodeId, NodeQuestion question, TimeSpan? patience = null)
    {
        try
        {
            return CardOf(nodeId) is { } card
                ? await card.Link.AskAsync(question).WaitAsync(patience ?? s_callPatience, _time).ConfigureAwait(false)
                : null;
        }
        catch (Exception error) when (RoomLedger.IsAway(error))
        {
            return null;
        }
    }

    /// <summary>False where there is no such node, or it does not answer.</summary>
    public async Task<bool> DrainAsync(string nodeId)
    {
        try
        {
            if (CardOf(nodeId) is not { } card)
            {
                return false;
            }

            await card.Link.DrainAsync().WaitAsync(s_callPatience, _time).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (RoomLedger.IsAway(error))
        {
            return false;
        }
    }

    /// <summary>
    /// Says how this node is and hears how the others are; the work of each second, and of whoever cannot wait for it. False where nobody
    /// could be asked.
    /// </summary>
    public async Task<bool> ReportAsync()
    {
        NodeReport report = _host.Report() with
        {
            NodeId = _settings.NodeId,
            Incarnation = Self.Incarnation,
        };
        try
        {
            INodeLink link = _reference ??= Grains.CreateObjectReference<INodeLink>(_link);
            IReadOnlyList<NodeCard> cards = await Grains.GetGrain<INodesGrain>(0).ReportAsync(new NodeCard(report, link))
                .WaitAsync(s_callPatience, _time).ConfigureAwait(false);
            Keep(cards);
            return true;
        }
        catch (Exception error) when (RoomLedger.IsAway(error))
        {
            // The grain's silo is gone and not yet replaced: what was heard last holds for ten seconds.
            lock (_cards)
            {
                if (_cards.TryGetValue(report.NodeId, out (NodeCard Card, long At) own))
                {
                    _cards[report.NodeId] = (own.Card with { Report = report }, _time.GetTimestamp());
                }
            }

            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_ending.IsCancellationRequested)
        {
            return;
        }

        await _ending.CancelAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_silo is not null && !_siloFailed)
        {
            try
            {
                await Grains.GetGrain<INodesGrain>(0).LeaveAsync(NodeId, Self.Incarnation).WaitAsync(s_leavePatience, _time)
                    .ConfigureAwait(false);
            }
            catch (Exception error) when (RoomLedger.IsAway(error))
            {
                // It is forgotten within ten seconds.
            }
        }

        await EndSiloAsync().ConfigureAwait(false);
        if (_database is not null)
        {
            await _database.DisposeAsync().ConfigureAwait(false);
        }

        _certificate?.Dispose();
        _ending.Dispose();
    }

    private NodeCard? CardOf(string nodeId)
    {
        lock (_cards)
        {
            return _cards.TryGetValue(nodeId, out (NodeCard Card, long At) known) ? known.Card : null;
        }
    }

    private void Keep(IReadOnlyList<NodeCard> cards)
    {
        lock (_cards)
        {
            long now = _time.GetTimestamp();
            foreach (NodeCard card in cards)
            {
                _cards[card.Report.NodeId] = (card, now);
            }

            TimeSpan kept = NodesGrain.Kept + NodesGrain.Round(_cards.Count);
            foreach (string gone in _cards.Where(known => _time.GetElapsedTime(known.Value.At, now) > kept)
                .Select(known => known.Key).ToArray())
            {
                _cards.Remove(gone);
            }
        }
    }

    private async Task WorkAsync()
    {
        using var tick = new PeriodicTimer(s_everySecond, _time);
        while (await NextAsync(tick).ConfigureAwait(false))
        {
            try
            {
                if (_siloFailed)
                {
                    await EndSiloAsync().ConfigureAwait(false);
                    await StartSiloAsync(_ending.Token).ConfigureAwait(false);
                }

                await ReportAsync().ConfigureAwait(false);
                if (_time.GetElapsedTime(_forgotten) > s_everyMinute)
                {
                    _forgotten = _time.GetTimestamp();
                    await _table.ForgetAsync(s_unowned).ConfigureAwait(false);
                }
            }
            catch (Exception error) when (!_ending.IsCancellationRequested)
            {
                LogWorkFailed(_log, error.GetBaseException().Message);
                _siloFailed |= _silo is null;
                await Task.Delay(s_startAgain, _time, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<bool> NextAsync(PeriodicTimer tick)
    {
        try
        {
            return await tick.WaitForNextTickAsync(_ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task StartSiloAsync(CancellationToken cancel)
    {
        _siloFailed = false;
        if (_database is not null && _certificate is null)
        {
            await _database.MakeTablesAsync(cancel).ConfigureAwait(false);
            _certificate = await ClusterCertificate.FindAsync(_database, _time).ConfigureAwait(false);
        }

        IHost silo = SiloHost.Build(_settings, _database, _certificate, _ => _table, OnSiloFailed, _logs, _time);
        try
        {
            await silo.StartAsync(cancel).ConfigureAwait(false);
        }
        catch
        {
            silo.Dispose();
            throw;
        }

        _silo = silo;
    }

    private async Task EndSiloAsync()
    {
        if (_silo is not { } silo)
        {
            return;
        }

        (_silo, _reference) = (null, null);
        try
        {
            await silo.StopAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (_siloFailed || RoomLedger.IsAway(error))
        {
            LogWorkFailed(_log, error.GetBaseException().Message);
        }

        if (silo is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            silo.Dispose();
        }
    }

    private void OnSiloFailed(string why)
    {
        _siloFailed = true;
        LogSiloFailed(_log, why);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silo of this node ended ({Why}); another is started, and the rooms go on")]
    private static partial void LogSiloFailed(ILogger log, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cluster's work of this second failed and is tried again: {Why}")]
    private static partial void LogWorkFailed(ILogger log, string why);

    /// <summary>What other nodes call.</summary>
    private sealed class NodeLink(string incarnation, INodeHost host) : INodeLink
    {
        public Task<string> PingAsync() => Task.FromResult(incarnation);

        public Task DrainAsync() => host.DrainAsync();

        public Task<string?> AskAsync(NodeQuestion question) => host.AnswerAsync(question);
    }
}
