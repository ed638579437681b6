using System.Net;
using System.Text.Json;
using Rtc.Cluster;
using Rtc.Cluster.Nodes;
using Rtc.Cluster.Silo;
using Rtc.Server.Addresses;
using Rtc.Server.Http;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Startup;
using Rtc.Signaling;

namespace Rtc.Server.Cluster;

/// <summary>
/// This server's part in a cluster, from the host's start to its end: the node, its rooms, and what other nodes ask of it. Created only
/// where a cluster is named.
/// </summary>
internal sealed partial class ClusterService(
    IServiceProvider services, RtcOptions options, ClusterReport report, NodeOrigins origins, RtcMetrics metrics,
    TimeProvider time, ILoggerFactory logs)
    : BackgroundService, INodeHost, ICluster, IDrainStep
{
    private static readonly TimeSpan s_everySecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly ILogger<ClusterService> _log = logs.CreateLogger<ClusterService>();
    private ClusterNode? _node;
    private ClusterRooms? _rooms;
    private ClusterRelay? _relay;
    private readonly Lock _gate = new();
    private (Task<IReadOnlyList<RoomSnapshot>> Rooms, long At)? _elsewhere;

    public ClusterRooms Rooms => _rooms ?? throw new InvalidOperationException("The cluster is being joined.");

    public ClusterRelay Relay => _relay ?? throw new InvalidOperationException("The cluster is being joined.");

    public IServiceProvider? SiloServices => _node?.SiloServices;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _node = await ClusterNode.StartAsync(Settings(), this, logs, time, cancellationToken);
        }
        catch (ClusterUnavailableException error)
        {
            throw new StartException(error.Message, error);
        }

        metrics.ClusterNodes = () => _node.Nodes.Count;
        _rooms = ActivatorUtilities.CreateInstance<ClusterRooms>(services, _node);
        _relay = ActivatorUtilities.CreateInstance<ClusterRelay>(services, _node, _rooms);
        await _node.ReportAsync();
        LogJoined(_log, _node.NodeId, _node.Nodes.Count);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_node is not { } node)
        {
            return;
        }

        if (_rooms is { } rooms)
        {
            try
            {
                await rooms.ReleaseAllAsync().WaitAsync(s_patience, time, cancellationToken);
            }
            catch (Exception error) when (error is TimeoutException or OperationCanceledException)
            {
                // The next node that is asked finds this one gone.
            }
        }

        await node.DisposeAsync();
    }

    public NodeReport Report() =>
        report.Read(_rooms?.Count ?? 0) with { Copies = services.GetRequiredService<RoomRegistry>().Relays.Count };

    public Task DrainAsync()
    {
        services.GetRequiredService<IDrain>().Begin();
        return Task.CompletedTask;
    }

    public async Task<string?> AnswerAsync(NodeQuestion question)
    {
        ArgumentNullException.ThrowIfNull(question);
        RoomRegistry registry = services.GetRequiredService<RoomRegistry>();
        switch (question.Kind)
        {
            case ClusterQuestions.Room:
                return await registry.SnapshotAsync(question.Room) is { } found
                    ? JsonSerializer.Serialize(found, ClusterQuestions.Json)
                    : null;
            case ClusterQuestions.Rooms:
                return JsonSerializer.Serialize(await registry.SnapshotsAsync(), ClusterQuestions.Json);
            case ClusterQuestions.Holds:
                return _rooms?.Holds(question.Room) == true ? string.Empty : null;
            default:
                return _relay is { } relay ? await relay.AnswerAsync(question) : null;
        }
    }

    /// <summary>Before anybody is told to move: the others know that this node takes nothing, and its rooms are free.</summary>
    public async Task BeginDrainAsync()
    {
        if (_node is { } node && _rooms is { } rooms)
        {
            try
            {
                await Task.WhenAll(node.ReportAsync(), rooms.HandOverAsync()).WaitAsync(s_patience, time);
            }
            catch (TimeoutException)
            {
                // Whoever is sent on finds this node gone a moment later.
            }
        }
    }

    public ClusterView View()
    {
        ClusterNode? node = _node;
        return new ClusterView(report.NodeId, [.. (node?.Nodes ?? []).Select(View)]);
    }

    public async Task<RoomSnapshot?> FindRoomAsync(string room) =>
        await AskOwnerAsync(ClusterQuestions.Room, room) is { } answer
            ? JsonSerializer.Deserialize<RoomSnapshot>(answer, ClusterQuestions.Json)
            : null;

    public Task<IReadOnlyList<RoomSnapshot>> RoomsAsync()
    {
        // Whoever asks meanwhile hears the same: a page that many have open costs the nodes one question a second.
        lock (_gate)
        {
            if (_elsewhere is not { } known || time.GetElapsedTime(known.At) > s_everySecond)
            {
                known = (AskAllAsync(), time.GetTimestamp());
                _elsewhere = known;
            }

            return known.Rooms;
        }
    }

    private async Task<IReadOnlyList<RoomSnapshot>> AskAllAsync()
    {
        if (_node is not { } node)
        {
            return [];
        }

        string?[] answers = await Task.WhenAll(node.Nodes.Where(other => other.NodeId != node.NodeId)
            .Select(other => node.AskAsync(other.NodeId, new NodeQuestion(ClusterQuestions.Rooms, string.Empty))));
        return
        [
            .. answers.OfType<string>().SelectMany(answer => JsonSerializer.Deserialize<RoomSnapshot[]>(answer, ClusterQuestions.Json)!),
        ];
    }

    /// <summary>Null where the room is this node's or nobody's, or the other does not answer.</summary>
    private async Task<string?> AskOwnerAsync(string kind, string room)
    {
        if (_node is not { } node || !RoomName.TryParse(room, out _))
        {
            return null;
        }

        try
        {
            return (await node.FindAsync(room)).Owner is { } owner && owner != node.Self
                ? await node.AskAsync(owner.NodeId, new NodeQuestion(kind, room))
                : null;
        }
        catch (ClusterUnavailableException)
        {
            return null;
        }
    }

    public async Task<bool> DrainAsync(string nodeId)
    {
        if (nodeId == report.NodeId)
        {
            await DrainAsync();
            return true;
        }

        return _node is { } node && await node.DrainAsync(nodeId);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var tick = new PeriodicTimer(s_everySecond, time);
        while (await tick.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                origins.Update(_node!.Nodes.Select(node => node.PublicUrl));
                await _rooms!.TickAsync();
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // The database is away, most likely: rooms that run go on, and the next second tries again.
                metrics.Refused("cluster");
                LogTickFailed(_log, error.GetBaseException().Message);
            }
        }
    }

    private static ClusterNodeView View(NodeReport node) => new(
        node.NodeId, node.PublicUrl, node.Rooms, node.Copies, node.Peers, node.Load, node.FreeCores, node.Model, node.Draining,
        node.Version);

    private ClusterSettings Settings()
    {
        ClusterOptions cluster = options.Cluster;
        return new ClusterSettings
        {
            Connection = cluster.Connection!,
            ClusterId = cluster.Name,
            NodeId = report.NodeId,
            Address = cluster.Address is { } address ? IPAddress.Parse(address) : OwnAddress(),
            SiloPort = cluster.SiloPort,
            GatewayPort = cluster.GatewayPort,
            PrimarySiloPort = cluster.PrimarySiloPort,
            Extend = cluster.Dashboard ? SiloDashboard.AddTo : null,
        };
    }

    /// <summary>That of the web pages, where they have one; else the machine's first.</summary>
    private IPAddress OwnAddress() =>
        options.Http.Host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(options.Http.Host, out IPAddress? host) && !host.Equals(IPAddress.Any) && !host.Equals(IPAddress.IPv6Any)
            ? host
            : LocalAddresses.List() is [var first, ..] ? first : IPAddress.Loopback;

    [LoggerMessage(Level = LogLevel.Information, Message = "Joined the cluster as {Node}; it has {Nodes} nodes")]
    private static partial void LogJoined(ILogger log, string node, int nodes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The cluster's table could not be asked; rooms go on: {Why}")]
    private static partial void LogTickFailed(ILogger log, string why);
}
