using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Rtc.Peer;
using Rtc.Peer.Dtls;
using Rtc.Peer.Primitives;
using Rtc.Peer.Sdp;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Deploy;

/// <summary>
/// The proxy configurations of docs/DEPLOY.md, in front of a public server: pages, the hub's WebSocket, WHIP, and who the client is.
/// </summary>
public sealed class ProxyRecipeTests
{
    private const string ApiKey = "a key for administration";
    private const string Handshake = "{\"protocol\":\"json\",\"version\":1}\u001e";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Pages_hub_and_whip_work_through_the_proxy(string kind)
    {
        await using RunningHost host = await StartServerAsync();
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(kind, host.Client.BaseAddress!.Port);
        using HttpClient client = Client(proxy);

        using HttpResponseMessage page = await client.GetAsync("/phone?room=one");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.True(page.Headers.Contains("Strict-Transport-Security"), "the server does not know that this is HTTPS");

        string token = await TokenAsync(client);
        using var publish = new HttpRequestMessage(HttpMethod.Post, "/whip/one")
        {
            Content = new StringContent(Offer(), Encoding.UTF8, new MediaTypeHeaderValue("application/sdp")),
        };
        publish.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage answer = await client.SendAsync(publish);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        using HttpResponseMessage ended = await client.DeleteAsync(answer.Headers.Location);
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);

        string joined = await JoinAsync(proxy, token);
        Assert.Contains("peer_id", joined, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("caddy")]
    public async Task Names_that_a_client_makes_up_are_not_believed(string kind)
    {
        await using RunningHost host = await StartServerAsync(new LimitOptions { MaxCpuPercent = 0, ApiPerMinute = 3 });
        await using ProxyProcess proxy = await ProxyProcess.StartAsync(kind, host.Client.BaseAddress!.Port);
        using HttpClient client = Client(proxy);

        var answers = new List<HttpStatusCode>();
        for (int i = 0; i < 4; i++)
        {
            using var ask = new HttpRequestMessage(HttpMethod.Get, "/api/models");
            ask.Headers.Add("X-Forwarded-For", $"192.0.2.{i}");
            ask.Headers.Add("X-Forwarded-Host", "elsewhere.example.org");
            using HttpResponseMessage answer = await client.SendAsync(ask);
            answers.Add(answer.StatusCode);
        }

        using var foreign = new HttpRequestMessage(HttpMethod.Post, "/hub/negotiate?negotiateVersion=1");
        foreign.Headers.Add("Origin", "https://elsewhere.example.org");
        foreign.Headers.Add("X-Forwarded-Host", "elsewhere.example.org");
        using HttpResponseMessage refused = await client.SendAsync(foreign);

        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    private static Task<RunningHost> StartServerAsync(LimitOptions? limits = null) => RunningHost.StartAsync(RunningHost.Options with
    {
        Auth = new AuthOptions { Public = true, ApiKey = ApiKey, TokenKey = "a key that signs join tokens, long enough" },
        Limits = limits ?? RunningHost.Options.Limits,
    });

    private static HttpClient Client(ProxyProcess proxy) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => IsTheProxys(shown) },
    })
    { BaseAddress = proxy.Address };

    private static bool IsTheProxys(X509Certificate? shown) => shown?.Subject == "CN=rtc.example.org";

    private static async Task<string> TokenAsync(HttpClient client)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Post, "/api/tokens");
        ask.Content = new StringContent("""{"room":"one","role":"phone","minutes":5}""", Encoding.UTF8, "application/json");
        ask.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        using HttpResponseMessage answer = await client.SendAsync(ask);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return System.Text.Json.JsonDocument.Parse(body).RootElement.GetProperty("token").GetString()!;
    }

    /// <summary>As a page of the server's own does: its origin is the proxy's address.</summary>
    private static async Task<string> JoinAsync(ProxyProcess proxy, string token)
    {
        using var patience = new CancellationTokenSource(s_patience);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", proxy.Address.GetLeftPart(UriPartial.Authority));
        socket.Options.RemoteCertificateValidationCallback = (_, shown, _, _) => IsTheProxys(shown);
        await socket.ConnectAsync(new UriBuilder(proxy.Address) { Scheme = "wss", Path = "/hub" }.Uri, patience.Token);
        string join =
            "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Join\",\"arguments\":"
            + $"[{{\"room\":\"one\",\"role\":\"phone\",\"token\":\"{token}\"}}]}}\u001e";
        await socket.SendAsync(Encoding.UTF8.GetBytes(Handshake), WebSocketMessageType.Text, true, patience.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes(join), WebSocketMessageType.Text, true, patience.Token);
        var heard = new StringBuilder();
        byte[] buffer = new byte[16 * 1024];
        while (!heard.ToString().Contains("\"invocationId\":\"1\"", StringComparison.Ordinal) || heard[^1] != '\u001e')
        {
            WebSocketReceiveResult part = await socket.ReceiveAsync(buffer, patience.Token);
            Assert.NotEqual(WebSocketMessageType.Close, part.MessageType);
            heard.Append(Encoding.UTF8.GetString(buffer, 0, part.Count));
        }

        return heard.ToString();
    }

    private static string Offer()
    {
        using DtlsIdentity identity = DtlsIdentity.Create();
        using var peer = new WebRtcPeer(
            new PeerOptions { Identity = identity, Random = SystemRandom.Instance, LocalCandidates = [] }, new Instant(1));
        return peer.CreateOffer(new Instant(1), new OfferPlan { Video = [MediaDirection.SendOnly] });
    }
}
