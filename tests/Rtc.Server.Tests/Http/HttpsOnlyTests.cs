using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using Rtc.Server.Certificates;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Http;

/// <summary>
/// What a server that faces the internet does with plain HTTP. A client from outside is one that a proxy on this machine names.
/// </summary>
public sealed class HttpsOnlyTests
{
    private const string ApiKey = "an api key of some length";
    private static readonly AuthOptions s_public =
        new() { Public = true, ApiKey = ApiKey, TokenKey = "a token key of at least thirty-two characters" };

    [Theory]
    [InlineData("GET", "/view?room=demo&token=abc&view=source", "/view?room=demo&view=source")]
    [InlineData("GET", "/hub?access_token=abc", "/hub")]
    [InlineData("HEAD", "/", "/")]
    public async Task Plain_http_leads_to_https_without_the_token(string method, string path, string expected)
    {
        await using RunningHost host = await StartAsync(s_public, tls: true);
        using var request = FromOutside(new HttpMethod(method), path);
        request.Headers.Host = "rtc.example.org:8080";

        using HttpResponseMessage answer = await host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.TemporaryRedirect, answer.StatusCode);
        Assert.Equal($"https://rtc.example.org:{host.Https!.Port}{expected}", answer.Headers.Location!.ToString());
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Plain_http_takes_no_key_and_no_token()
    {
        await using RunningHost host = await StartAsync(s_public, tls: true);
        (HttpMethod Method, string Path, string Header)[] cases =
        [
            (HttpMethod.Get, "/metrics", "Authorization"),
            (HttpMethod.Get, "/metrics", "X-Api-Key"),
            (HttpMethod.Post, "/api/tokens", "Authorization"),
            (HttpMethod.Post, "/whip/demo", "Authorization"),
            (HttpMethod.Options, "/whip/demo", "Authorization"),
            (HttpMethod.Post, "/api/echo", "Accept"),
        ];
        foreach ((HttpMethod method, string path, string header) in cases)
        {
            using var request = FromOutside(method, path);
            request.Headers.TryAddWithoutValidation(
                header, header == "Authorization" ? "Bearer " + ApiKey : header == "Accept" ? "*/*" : ApiKey);

            using HttpResponseMessage answer = await host.Client.SendAsync(request);

            Assert.Equal((path, HttpStatusCode.Forbidden), (path, answer.StatusCode));
            Assert.Contains("https_required", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Https_is_told_to_stay_and_takes_the_key()
    {
        await using RunningHost host = await StartAsync(s_public, tls: true);
        using var direct = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Https!, "/metrics"));
        using var proxied = FromOutside(HttpMethod.Get, "/metrics");
        proxied.Headers.Add("X-Forwarded-Proto", "https");
        foreach (HttpRequestMessage request in new[] { direct, proxied })
        {
            request.Headers.Add("X-Api-Key", ApiKey);

            using HttpResponseMessage answer = await host.Client.SendAsync(request);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(["max-age=31536000"], answer.Headers.GetValues("Strict-Transport-Security"));
        }
    }

    [Fact]
    public async Task A_proxys_plain_client_is_sent_to_the_proxys_own_https()
    {
        await using RunningHost host = await StartAsync(s_public, tls: false);
        using var request = FromOutside(HttpMethod.Get, "/view");
        request.Headers.Add("X-Forwarded-Proto", "http");
        request.Headers.Add("X-Forwarded-Host", "rtc.example.org");

        using HttpResponseMessage answer = await host.Client.SendAsync(request);

        Assert.Equal("https://rtc.example.org/view", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Probes_and_this_machine_are_answered_in_plain()
    {
        await using RunningHost host = await StartAsync(s_public, tls: true);
        using var live = FromOutside(HttpMethod.Get, "/api/health/live");
        host.Client.DefaultRequestHeaders.Add("X-Api-Key", ApiKey);

        Assert.Equal(HttpStatusCode.OK, (await host.Client.SendAsync(live)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/metrics")).StatusCode);
    }

    [Fact]
    public async Task A_trusted_proxy_may_ask_for_itself_in_plain()
    {
        RtcOptions options =
            RunningHost.Options with { Auth = s_public, Http = RunningHost.Options.Http with { TrustedProxies = ["203.0.113.0/24"] } };
        await using RunningHost host = await RunningHost.StartAsync(options);
        using var request = FromOutside(HttpMethod.Get, "/metrics");
        request.Headers.Add("X-Api-Key", ApiKey);

        Assert.Equal(HttpStatusCode.OK, (await host.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_private_server_stays_on_plain_http()
    {
        await using RunningHost host = await StartAsync(new AuthOptions(), tls: true);
        using var request = FromOutside(HttpMethod.Get, "/api/health");

        using HttpResponseMessage answer = await host.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("file://")]
    [InlineData("null")]
    [InlineData("http://")]
    [InlineData("://")]
    [InlineData("chrome-extension://abc")]
    [InlineData("http://[::1")]
    [InlineData("https://a.example, https://b.example")]
    [InlineData("javascript:alert(1)")]
    public async Task An_origin_that_is_none_of_ours_is_403(string origin)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/echo");
        request.Headers.TryAddWithoutValidation("Origin", origin);

        Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Tokens_are_minted_for_nobody_where_no_api_key_tells_who_asks()
    {
        await using RunningHost host = await StartAsync(new AuthOptions { TokenKey = s_public.TokenKey }, tls: false);

        using HttpResponseMessage answer = await host.Client.PostAsJsonAsync("/api/tokens", new { room = "demo", role = "phone" });

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static HttpRequestMessage FromOutside(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        return request;
    }

    private static async Task<RunningHost> StartAsync(AuthOptions auth, bool tls)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        X509Certificate2? certificate = tls ? new CertificateStore(folder, TimeProvider.System).LoadOrCreate(["localhost"], out _) : null;
        Directory.Delete(folder, recursive: true);
        return await RunningHost.StartAsync(
            RunningHost.Options with { Auth = auth, Http = RunningHost.Options.Http with { Tls = tls } }, certificate);
    }
}
