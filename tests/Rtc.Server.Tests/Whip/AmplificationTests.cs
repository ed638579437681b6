using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Whip;

/// <summary>What one WHIP offer makes the server send to addresses that never asked.</summary>
public sealed class AmplificationTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Offer_with_48_strangers_sends_under_three_times_its_bytes()
    {
        // One socket stands for 48 addresses of the loopback network, and answers nothing.
        using var sink = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        sink.Bind(new IPEndPoint(IPAddress.Any, 0));
        int port = ((IPEndPoint)sink.LocalEndPoint!).Port;
        string offer = Offer()
            + string.Concat(Enumerable.Range(1, 48).Select(i => $"a=candidate:{i} 1 udp {2130706431 - i} 127.0.1.{i} {port} typ host\r\n"));
        await using RunningHost host = await RunningHost.StartAsync();
        using var content = new StringContent(offer, Encoding.UTF8, new MediaTypeHeaderValue("application/sdp"));
        using HttpResponseMessage created = await host.Client.PostAsync("/whip/one", content);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);

        // Before there was a limit the first second brought ninety checks.
        byte[] buffer = new byte[2048];
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        (int checks, long bytes) = (0, 0);
        try
        {
            while (true)
            {
                bytes += await sink.ReceiveAsync(buffer, time.Token);
                checks++;
            }
        }
        catch (OperationCanceledException)
        {
        }

        double factor = bytes / (double)Encoding.UTF8.GetByteCount(offer);
        output.WriteLine($"{checks} checks, {bytes} bytes for {offer.Length}: {factor:F2}");
        Assert.InRange(checks, 1, 10);
        Assert.True(factor < 3, $"{factor:F1} times the offer's bytes");
    }

    private static string Offer()
    {
        using DtlsIdentity identity = DtlsIdentity.Create();
        using var peer = new WebRtcPeer(
            new PeerOptions { Identity = identity, Random = SystemRandom.Instance, LocalCandidates = [] }, new Instant(1));
        return peer.CreateOffer(new Instant(1), new OfferPlan { Video = [MediaDirection.SendOnly] });
    }
}
