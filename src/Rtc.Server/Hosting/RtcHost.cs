using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Console;
using Rtc.Server.Addresses;
using Rtc.Server.Authorization;
using Rtc.Server.Health;
using Rtc.Server.Http;
using Rtc.Server.Limits;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Server.Routes;
using Rtc.Server.Startup;
using Rtc.Signaling.Hub;

namespace Rtc.Server.Hosting;

/// <summary>Puts the web host together from checked options. Tests build the same one on ports that the system chooses.</summary>
public static class RtcHost
{
    /// <summary>Peers are told and sockets closed within this time; orchestrators and people wait five seconds.</summary>
    private static readonly TimeSpan s_stopTime = TimeSpan.FromSeconds(4);

    // What one connection, and each stream of HTTP/2 in it, may have unread of us or sent ahead to us.
    private const int BufferedBytes = 32 * 1024;
    private const int StreamsPerConnection = 32;
    private const int WindowBytes = 96 * 1024;

    /// <param name="options">Checked.</param>
    /// <param name="certificate">What HTTPS shows, asked for with each handshake; without one there is no HTTPS.</param>
    /// <param name="configure">What a test puts in place of services.</param>
    public static WebApplication Build(
        RtcOptions options, Func<SslStreamCertificateContext>? certificate = null, Action<WebApplicationBuilder>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        RtcPaths paths = RtcPaths.Find();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = paths.Root,
            WebRootPath = Directory.Exists(paths.WebRoot) ? paths.WebRoot : null,
        });
        Log(builder.Logging, options);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options, certificate));
        AddServices(builder.Services, options, paths);
        builder.Services.AddRtcRooms(options);
        builder.Services.AddRtcStore(options);
        if (options.Cluster.Connection is not null)
        {
            // In a method of its own: a server alone never loads what it calls.
            ClusterHosting.AddRtcCluster(builder.Services, options);
        }

        configure?.Invoke(builder);

        WebApplication app = builder.Build();
        app.Services.GetRequiredService<MetricsCollector>();
        app.Services.GetRequiredService<Telemetry>();
        app.Services.DeclareStoreMetrics();
        UseMiddleware(app, options, paths);
        app.MapHealth();
        app.MapTokens();
        app.MapJoin();
        app.MapRtc();
        return app;
    }

    private static void AddServices(IServiceCollection services, RtcOptions options, RtcPaths paths)
    {
        services.Configure<HostOptions>(host => host.ShutdownTimeout = s_stopTime);
        services.AddSingleton(options);
        services.AddSingleton(paths);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<JoinAddresses>();
        services.AddSingleton<Access>();
        services.AddSingleton<NodeOrigins>();
        services.AddSingleton<ClientLimits>();
        services.AddSingleton<RtcMetrics>();
        services.AddSingleton<IConnectionListenerFactory>(provider => OpenTransport(provider, options));
        services.AddSingleton(provider => new ConnectionGate(options.Limits, provider.GetRequiredService<RtcMetrics>()));
        services.AddSingleton(
            provider => new MetricsCollector(
                provider.GetRequiredService<RtcMetrics>().Meter, provider.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()));
        services.AddSingleton(_ => new Telemetry(options));
        services.AddProblemDetails(static problems => problems.CustomizeProblemDetails = Problems.Complete);
        services.AddCors(cors => cors.AddDefaultPolicy(policy => Allow(policy, options)));
        services.Configure<ForwardedHeadersOptions>(forwarded => Trust(forwarded, options));
    }

    private static void Allow(CorsPolicyBuilder policy, RtcOptions options) => policy
        .WithOrigins(options.Http.CorsOrigins)
        .WithMethods("GET", "POST", "PUT", "PATCH", "DELETE")
        .WithHeaders(
            "Authorization", "Content-Type", "If-Match", "X-API-Key", "Upload-Length", "Upload-Offset", "X-Requested-With",
            "X-SignalR-User-Agent")
        .WithExposedHeaders(
            "Location", "Link", "ETag", "Accept-Patch", "Accept-Post", "Upload-Offset", "Retry-After", "WWW-Authenticate")
        .AllowCredentials();

    /// <summary>What every request passes, in this order.</summary>
    private static void UseMiddleware(WebApplication app, RtcOptions options, RtcPaths paths)
    {
        RtcMetrics metrics = app.Services.GetRequiredService<RtcMetrics>();
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        SlowBodies.Use(app);
        app.UseForwardedHeaders();
        app.Services.GetRequiredService<ConnectionGate>().Use(app);
        HealthListener.Use(app, options.Http.HealthPort);
        SecurityHeaders.Use(app, options.Http);
        HttpsOnly.Use(app, options, metrics);
        OriginCheck.Use(app, options, metrics, app.Services.GetRequiredService<NodeOrigins>());
        RequestCharset.Use(app);
        ApiLimit.Use(app, app.Services.GetRequiredService<ClientLimits>(), metrics);
        HubLimit.Use(app, app.Services.GetRequiredService<HubEntrance>(), app.Services.GetRequiredService<ClientLimits>(), metrics);
        if (options.Cluster.Connection is not null)
        {
            ClusterHosting.UseRtcCluster(app);
        }

        Pages.Use(app, paths);
        LateRoutes.Use(app, routes =>
        {
            routes.MapLateApi();
            routes.MapStore();
        });
        app.UseCors();
    }

    private static void Listen(KestrelServerOptions kestrel, RtcOptions options, Func<SslStreamCertificateContext>? certificate)
    {
        kestrel.AddServerHeader = false;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxConcurrentUpgradedConnections = options.Limits.MaxConnections;
        limits.MaxRequestBodySize = Math.Max(options.Limits.SdpBytes, options.Limits.MessageBytes);
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestLineSize = 4096;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(options.Limits.HandshakeSeconds);
        limits.MinRequestBodyDataRate = new MinDataRate(
            bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(options.Limits.HandshakeSeconds));
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        limits.MaxRequestBufferSize = BufferedBytes;
        limits.MaxResponseBufferSize = BufferedBytes;
        limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
        limits.Http2.InitialConnectionWindowSize = WindowBytes;
        limits.Http2.InitialStreamWindowSize = WindowBytes;

        void At(int port, Action<ListenOptions> listen)
        {
            if (options.Http.Host == "localhost" && port != 0)
            {
                kestrel.ListenLocalhost(port, listen);
            }
            else
            {
                kestrel.Listen(options.Http.Host == "localhost" ? IPAddress.Loopback : IPAddress.Parse(options.Http.Host), port, listen);
            }
        }

        kestrel.ConfigureEndpointDefaults(static listen => listen.Use(ConnectionGate.LeaveAfter));
        At(options.Http.Port, static _ => { });
        if (options.Http.Tls && certificate is not null)
        {
            At(
                options.Http.HttpsPort,
                listen => listen.UseHttps(certificate().TargetCertificate, https =>
                {
                    https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;

                    // It may be replaced while the server runs. A callback for all options would log each client of TLS 1.1 as an error.
                    https.OnAuthenticate = (_, tls) => tls.ServerCertificateContext = certificate();
                }));
        }

        if (options.Http.HealthPort != 0)
        {
            At(options.Http.HealthPort, static _ => { });
        }
    }

    private static GatedTransport OpenTransport(IServiceProvider services, RtcOptions options)
    {
        ConnectionGate gate = services.GetRequiredService<ConnectionGate>();
        var health = new ConnectionGate(HealthListener.Limits, services.GetRequiredService<RtcMetrics>());
        return new GatedTransport(
            ActivatorUtilities.CreateInstance<SocketTransportFactory>(services),
            endpoint => options.Http.HealthPort != 0 && endpoint is IPEndPoint { Port: var port } && port == options.Http.HealthPort
                ? health
                : gate);
    }

    private static void Trust(ForwardedHeadersOptions forwarded, RtcOptions options)
    {
        forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
        forwarded.ForwardLimit = 2;
        foreach (string proxy in options.Http.TrustedProxies)
        {
            if (IPAddress.TryParse(proxy, out IPAddress? address))
            {
                forwarded.KnownProxies.Add(address);
            }
            else
            {
                forwarded.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }
    }

    private static void Log(ILoggingBuilder logging, RtcOptions options)
    {
        logging.ClearProviders();
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);

        // What a cluster lacks for a moment, its node says in a line of its own.
        logging.AddFilter("Orleans", LogLevel.Error);

        // Orleans' retries write each attempt; what comes of them it says itself.
        logging.AddFilter("Polly", LogLevel.Critical);

        // A refused invocation is its sender's affair; the log would repeat what it sent, with a stack.
        logging.AddFilter("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.Critical);
        if (options.Telemetry.JsonLog)
        {
            logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
                console.ColorBehavior = LoggerColorBehavior.Default;
            });
        }
    }
}
