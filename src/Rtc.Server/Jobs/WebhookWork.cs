using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Rtc.Jobs;
using Rtc.Server.Accounts;
using Rtc.Server.Addresses;
using Rtc.Server.Options;
using Rtc.Store.Queue;

namespace Rtc.Server.Jobs;

/// <summary>Posts to webhooks, from the first use of the store to the server's end.</summary>
internal sealed class WebhookWork(WebhookSender sender) : IStoreWorker
{
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Those of jobs that are over.</summary>
    public static WebhookWork OfJobs(IServiceProvider services) =>
        Of(new JobWebhooks(services.GetRequiredService<WebhookTable>(), Body), services);

    public static WebhookWork Of(IWebhookSource source, IServiceProvider services) => new(new WebhookSender(
        source, services.GetRequiredService<WebhookOptions>(),
        () => Handler(services.GetRequiredService<RtcOptions>().Jobs.WebhookNear),
        services.GetRequiredService<TimeProvider>()));

    public void Begin() => sender.Start();

    public async Task EndAsync(CancellationToken cancel)
    {
        try
        {
            await sender.DisposeAsync().AsTask().WaitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            // The host's time is over; what is due is due still.
        }
    }

    internal static byte[] Body(Job job) => JsonSerializer.SerializeToUtf8Bytes(JobView.Of(job), s_json);

    /// <summary>A user's address must not lead into the owner's own network: it is looked at once its name is resolved.</summary>
    /// <remarks>Of a name's addresses the first that answers is taken: a host may have one of IPv6 that leads nowhere.</remarks>
    internal static SocketsHttpHandler Handler(bool isNearAllowed, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null) =>
        new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            ConnectCallback = async (context, cancel) =>
            {
                IPAddress[] addresses = await (resolve ?? Dns.GetHostAddressesAsync)(context.DnsEndPoint.Host, cancel);
                addresses = Array.FindAll(addresses, one => isNearAllowed || !SpecialAddresses.Has(one));
                if (addresses.Length == 0)
                {
                    throw new HttpRequestException("The address is near this server (Jobs:WebhookNear).");
                }

                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancel);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
}
