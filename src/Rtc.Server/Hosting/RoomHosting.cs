using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;
using Rtc.Inference;
using Rtc.Inference.Catalogue;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Pipeline;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Server.Authorization;
using Rtc.Server.Frames;
using Rtc.Server.Health;
using Rtc.Server.Hosting;
using Rtc.Server.Http;
using Rtc.Server.Load;
using Rtc.Server.Metrics;
using Rtc.Server.Models;
using Rtc.Server.Native;
using Rtc.Server.Network;
using Rtc.Server.Options;
using Rtc.Server.Rooms;
using Rtc.Server.Routes;
using Rtc.Server.Rules;
using Rtc.Server.Startup;
using Rtc.Server.Videos;
using Rtc.Signaling;
using Rtc.Signaling.Hub;
using Rtc.Signaling.Messages;
using Rtc.Signaling.Whip;

namespace Rtc.Server.Hosting;

/// <summary>Where the rooms join the host: their services before it is built, their routes after.</summary>
internal static class RoomHosting
{
    private const int HandshakesToJoin = 3;

    // The rest is the program's own, its models', and what is kept free below Limits:MaxMemoryPercent.
    private const int PictureMemoryPercent = 60;

    // What a hub connection may have sent ahead while one of its calls is at work.
    private const int UnreadHubBytes = 16 * 1024;

    // A client that was told why its connection ends may hold it for this long; one that goes on sending would hold buffers for it.
    private static readonly TimeSpan s_hubCloseTimeout = TimeSpan.FromMilliseconds(500);

    public static IServiceCollection AddRtcRooms(this IServiceCollection services, RtcOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddMediaLoop(options);
        services.AddModels(options);
        services.AddSingleton<IAdmission, RoomAdmission>();
        services.AddSingleton(provider => new PeerFactory(
            provider.GetRequiredService<MediaLoop>(),
            HostAddress(options),
            [.. options.Media.AdvertisedAddresses.Select(IPAddress.Parse)],
            Bitrates(options)));
        services.AddSingleton(OpenRegistry);
        services.AddSingleton<ISessions>(provider => provider.GetRequiredService<RoomRegistry>());
        services.AddSingleton<RoomFacts>();
        services.AddSingleton<RoomMeter>();
        services.AddSingleton<IHealthFacts>(provider => provider.GetRequiredService<RoomFacts>());
        services.AddHostedService<MediaService>();
        services.AddFrameSockets();
        services.AddHub(options);
        return services;
    }

    /// <summary>The loop that owns the peers, what watches over it, and what the machine has left for pictures.</summary>
    private static void AddMediaLoop(this IServiceCollection services, RtcOptions options)
    {
        services.AddSingleton<MediaClock>();
        services.AddSingleton(_ => new PictureMemory(MachineLoad.MemoryLimitOf(options.Limits) / 100 * PictureMemoryPercent));
        services.AddSingleton<PicturePool>();
        services.AddSingleton<ILoadSources, MachineLoad>();
        services.AddSingleton<ServerLoad>();
        services.AddSingleton<DrainState>();
        services.AddSingleton<DrainLifetime>();
        services.AddSingleton<IHostLifetime>(provider => provider.GetRequiredService<DrainLifetime>());
        services.AddSingleton<IDrain>(provider => provider.GetRequiredService<DrainLifetime>());
        services.AddSingleton(OpenLoop);
        services.AddSingleton(provider => new LoopWatchdog(
            () => provider.GetRequiredService<MediaLoop>().Rounds,
            TimeSpan.FromSeconds(options.Media.StuckSeconds),
            TimeSpan.FromSeconds(options.Media.ExitSeconds),
            ProcessExit.Now,
            provider.GetRequiredService<ILogger<LoopWatchdog>>()));
        services.AddExceptionHandler<LoopTimeouts>();
    }

    private static void AddModels(this IServiceCollection services, RtcOptions options)
    {
        services.AddSingleton(
            provider => new ModelHost(
                ModelOptions(options, provider.GetRequiredService<RtcPaths>()) with
                {
                    OnLoaded = IdleMemory.GiveBackNative, HidesFolders = true,
                }));
        services.AddSingleton(provider => new ModelIntake(
            provider.GetRequiredService<ModelHost>(), (long)options.Model.MaxUploadMegabytes * Uploads.Megabyte));
        services.AddSingleton<ModelRates>();
        services.AddSingleton<ModelHashes>();
        services.AddSingleton<IModelHost>(provider => provider.GetRequiredService<ModelHost>());
        services.AddSingleton(provider =>
        {
            ModelHost models = provider.GetRequiredService<ModelHost>();
            return new ModelPull(
                new ModelStore(models.Options.Directory, models.Catalogue, new HttpClient()),
                models.OnModelArrived);
        });
    }

    private static void AddHub(this IServiceCollection services, RtcOptions options)
    {
        services.ConfigureHttpJsonOptions(
            json => json.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower);
        services.AddSignalR(hub =>
            {
                hub.MaximumReceiveMessageSize = MaxHubMessageBytes(options);
                hub.HandshakeTimeout = TimeSpan.FromSeconds(options.Limits.HandshakeSeconds);
                hub.KeepAliveInterval = TimeSpan.FromSeconds(10);
                hub.ClientTimeoutInterval = TimeSpan.FromSeconds(30);
                hub.MaximumParallelInvocationsPerClient = 1;
                hub.AddFilter<LoopTimeouts>();
            })
            .AddJsonProtocol(json =>
            {
                json.PayloadSerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseLower;
                json.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default);
            });
        services.AddSingleton<HubConnections>();
        services.AddSingleton(new HubMessages(options.Limits.MessagesPerSecond));
        services.AddSingleton(new HubPatience(TimeSpan.FromSeconds(options.Limits.HandshakeSeconds * HandshakesToJoin)));
        services.AddSingleton(new HubEntrance(options.Limits.MaxUnjoined, options.Limits.UnjoinedMessageBytes));
        services.AddSingleton<IHubProtocol>(provider => new HubJson(
            new JsonHubProtocol(provider.GetRequiredService<IOptions<JsonHubProtocolOptions>>()), MaxHubMessageBytes(options)));
    }

    /// <summary>An offer is a message that holds a description.</summary>
    private static int MaxHubMessageBytes(RtcOptions options) => options.Limits.MessageBytes + options.Limits.SdpBytes;

    public static WebApplication MapRtc(this WebApplication app)
    {
        RtcOptions options = app.Services.GetRequiredService<RtcOptions>();
        HubEntrance entrance = app.Services.GetRequiredService<HubEntrance>();
        HubConnections open = app.Services.GetRequiredService<HubConnections>();
        var connection = new HttpConnectionDispatcherOptions
        {
            ApplicationMaxBufferSize = UnreadHubBytes,
            WebSockets = { CloseTimeout = s_hubCloseTimeout },
        };
        app.MapConnections("/hub", connection, connections =>
        {
            connections.Use(next => context => entrance.OnConnectionAsync(context, next));
            connections.Use(next => context => open.OnConnectionAsync(context, next));
            connections.UseHub<VisionHub>();
        }).Add(endpoint =>
        {
            RequestDelegate serve = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => open.OnRequestAsync(context, serve);
        });
        app.MapWhip(
            new SdpBodies(options.Limits.SdpBytes, options.Limits.MaxBodies, TimeSpan.FromSeconds(options.Limits.HandshakeSeconds)));
        app.MapApi();
        app.MapFrameSockets();
        return app;
    }

    private static MediaLoop OpenLoop(IServiceProvider provider)
    {
        RtcOptions options = provider.GetRequiredService<RtcOptions>();
        try
        {
            return new MediaLoop(
                provider.GetRequiredService<MediaClock>(),
                HostAddress(options),
                options.Media.Port,
                provider.GetRequiredService<ILogger<MediaLoop>>(),
                TimeSpan.FromSeconds(options.Media.StuckSeconds),
                new AddressQuota(options.Limits.MaxIceTcpConnections, options.Limits.MaxIceTcpPerAddress));
        }
        catch (SocketException error)
        {
            throw new StartException(
                $"UDP port {options.Media.Port} cannot be had ({error.SocketErrorCode}): another program holds it? Choose one "
                    + "with --media-port.",
                error);
        }
    }

    private static RoomRegistry OpenRegistry(IServiceProvider provider)
    {
        RtcOptions options = provider.GetRequiredService<RtcOptions>();
        IModelHost models = provider.GetRequiredService<IModelHost>();
        PicturePool pictures = provider.GetRequiredService<PicturePool>();
        TimeProvider time = provider.GetRequiredService<TimeProvider>();
        MediaLoop loop = provider.GetRequiredService<MediaLoop>();
        PictureMemory memory = provider.GetRequiredService<PictureMemory>();
        provider.GetRequiredService<RtcMetrics>().Limits = Limits(options);
        RoomPipeline Open(IPipelineOutput output, RoomName name) => new(
            new RoomPipelineOptions
            {
                Room = name.ToString(),
                OriginUnixMs = loop.Clock.OriginUnixMs,
                BitrateKbps = options.Media.StartBitrateKbps,
                MaxPixels = options.Limits.MaxPixels,
                Privacy = new PrivacyOptions
                {
                    FailClosed = options.Rooms.PrivacyFailClosed,
                    MaxDetectionAgeMs = options.Rooms.PrivacyMaxAgeMs,
                    Faces = options.Rooms.PrivacyFaces,
                },
            },
            models,
            pictures,
            output,
            time,
            new MediaCodecs(options.Media.Hardware, options.Limits.MaxPixels, memory));

        return new RoomRegistry(
            loop,
            provider.GetRequiredService<PeerFactory>(),
            models,
            Open,
            new RoomLimits
            {
                Rooms = options.Rooms.MaxRooms,
                Peers = options.Rooms.MaxPeers,
                ViewersPerRoom = options.Rooms.MaxViewersPerRoom,
                PhonesPerRoom = options.Rooms.PhonesPerRoom,
                PhoneTakeover = options.Rooms.PhoneTakeover,
                MessageBytes = options.Limits.MessageBytes,
                SdpBytes = options.Limits.SdpBytes,
                MessagesPerSecond = options.Limits.MessagesPerSecond,
                PendingRooms = options.Limits.MaxPendingRooms,
                KeepLast = options.Recordings.KeepLast,
                Linger = TimeSpan.FromSeconds(options.Rooms.LingerSeconds),
            },
            Bitrates(options),
            new TurnCredentials(options.Media.IceServers, time),
            provider.GetRequiredService<IAdmission>(),
            provider.GetRequiredService<RtcMetrics>(),
            provider.GetRequiredService<RoomMeter>(),
            provider.GetRequiredService<ILogger<RoomRegistry>>(),
            provider.GetRequiredService<RuleBook>());
    }

    /// <summary>Of those limits whose use is a metric too.</summary>
    private static (string Option, long Value)[] Limits(RtcOptions options) =>
    [
        ("Rooms:MaxRooms", options.Rooms.MaxRooms),
        ("Rooms:MaxPeers", options.Rooms.MaxPeers),
        ("Limits:MaxConnections", options.Limits.MaxConnections),
        ("Limits:MaxPixels", options.Limits.MaxPixels),
        ("Limits:MaxCpuPercent", options.Limits.MaxCpuPercent),
        ("Limits:MaxMemoryPercent", options.Limits.MaxMemoryPercent),
        ("Limits:MaxLoopLatenessMs", options.Limits.MaxLoopLatenessMs),
    ];

    private static BitrateLimits Bitrates(RtcOptions options) =>
        new(options.Media.MinBitrateKbps, options.Media.StartBitrateKbps, options.Media.MaxBitrateKbps);

    private static IPAddress HostAddress(RtcOptions options) =>
        options.Http.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(options.Http.Host);

    /// <summary>What the model host is told; the command line's vision commands and the doctor open the same one.</summary>
    internal static ModelHostOptions ModelOptions(RtcOptions options, RtcPaths paths) => new()
    {
        Directory = paths.Resolve(options.Model.Directory),
        Model = options.Model.Name == ModelHost.Auto ? null : options.Model.Name,
        MaskModel = options.Model.Segmenter == ModelHost.Auto ? null : options.Model.Segmenter,
        Provider = options.Model.Provider,
        Threads = options.Model.Threads,
        RuntimeLibrary = options.Model.OnnxRuntime,
        IdleBytesKept = (long)options.Segmentation.IdleMegabytes << 20,
        Profiles =
        [
            Profile(SegmentProfile.Fast, options.Segmentation.Fast, options.Segmentation.FastSize, options),
            Profile(SegmentProfile.Balanced, options.Segmentation.Balanced, options.Segmentation.BalancedSize, options),
            Profile(SegmentProfile.Accurate, options.Segmentation.Accurate, options.Segmentation.AccurateSize, options),
        ],
    };

    private static SegmentProfile Profile(string name, string? model, int side, RtcOptions options) =>
        new(name, model, side, $"Segmentation:{char.ToUpperInvariant(name[0])}{name[1..]}")
        {
            HalfPrecision = options.Segmentation.HalfPrecision,
        };
}
