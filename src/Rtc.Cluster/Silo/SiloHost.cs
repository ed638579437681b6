using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Connections.Security;
using Orleans.Hosting;
using Orleans.Runtime;
using Rtc.Cluster.Rooms;
using Rtc.Cluster.Tables;

namespace Rtc.Cluster.Silo;

/// <summary>One silo in a host of its own beside the server's, so that it can end and begin again while the rooms go on.</summary>
internal static class SiloHost
{
    // Two silent probes in a row, and two nodes that say so: a machine that is three times as busy as usual is not taken for dead.
    private static readonly TimeSpan s_probe = TimeSpan.FromSeconds(2);
    private const int MissedProbes = 2;
    private static readonly TimeSpan s_alive = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_refresh = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_response = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_stop = TimeSpan.FromSeconds(3);

    public static IHost Build(
        ClusterSettings settings, ClusterDatabase? database, X509Certificate2? certificate, Func<IServiceProvider, IRoomTable> rooms,
        Action<string> failed, ILoggerFactory logs, TimeProvider time) => new HostBuilder()
        .ConfigureServices(services =>
        {
            // Signals are the server's.
            services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoLifetime>());
            services.Replace(ServiceDescriptor.Singleton(logs));
            services.Configure<HostOptions>(host => host.ShutdownTimeout = s_stop);
            services.AddSingleton(time);
            services.AddSingleton(rooms);
            services.AddSingleton<IFatalErrorHandler>(new SiloFailure(failed));
        })
        .UseOrleans(silo =>
        {
            Configure(silo, settings, database);
            if (certificate is not null)
            {
                Encrypt(silo, certificate);
            }

            settings.Extend?.Invoke(silo);
        })
        .Build();

    private static void Configure(ISiloBuilder silo, ClusterSettings settings, ClusterDatabase? database)
    {
        if (database is null)
        {
            IPEndPoint? primary = settings.SiloPort == settings.PrimarySiloPort
                ? null
                : new IPEndPoint(IPAddress.Loopback, settings.PrimarySiloPort);
            silo.UseLocalhostClustering(
                settings.SiloPort, settings.GatewayPort, primary, serviceId: settings.ClusterId, clusterId: settings.ClusterId);
        }
        else
        {
            silo.Services.AddSingleton<IMembershipTable>(new PostgresMembership(database));
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (settings.ClusterId, settings.ClusterId));
            silo.Configure<EndpointOptions>(options =>
            {
                options.AdvertisedIPAddress = settings.Address;
                options.SiloPort = settings.SiloPort;
                options.GatewayPort = settings.GatewayPort;
                options.SiloListeningEndpoint = new IPEndPoint(settings.Address, settings.SiloPort);
                options.GatewayListeningEndpoint = settings.GatewayPort == 0 ? null : new(settings.Address, settings.GatewayPort);
            });
        }

        silo.Configure<SiloOptions>(options => options.SiloName = settings.NodeId);
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = s_probe;
            options.NumMissedProbesLimit = MissedProbes;
            options.TableRefreshTimeout = s_refresh;
            options.IAmAliveTablePublishTimeout = s_alive;
        });
        silo.Configure<SiloMessagingOptions>(options => options.ResponseTimeout = s_response);
        silo.Configure<ConnectionOptions>(options => options.OpenConnectionTimeout = s_connect);
    }

    /// <summary>Both sides show the cluster's certificate, which is neither in a chain nor in anybody's name.</summary>
    private static void Encrypt(ISiloBuilder silo, X509Certificate2 certificate) => silo.UseTls(certificate, tls =>
    {
        tls.OnAuthenticateAsClient = (_, client) => client.TargetHost = ClusterCertificate.Name;
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.LocalClientCertificateSelector = (_, _, _, _, _) => certificate;
        tls.RemoteCertificateValidation = (shown, _, _) => ClusterCertificate.IsSame(certificate, shown);
    });

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
