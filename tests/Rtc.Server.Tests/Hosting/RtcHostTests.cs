using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Server.Addresses;
using Rtc.Server.Authorization;
using Rtc.Server.Certificates;
using Rtc.Server.Health;
using Rtc.Server.Options;
using Rtc.Server.Startup;

namespace Rtc.Server.Tests.Hosting;

public sealed class RtcHostTests
{
    private const string ApiKey = "an api key of some length";
    private const string TokenKey = "a token key of at least thirty-two characters";

    private static readonly RtcOptions s_public =
        RunningHost.Options with { Auth = new AuthOptions { Public = true, ApiKey = ApiKey, TokenKey = TokenKey } };

    [Fact]
    public async Task It_is_alive_as_soon_as_it_listens_and_says_its_version()
    {
        await using RunningHost host = await RunningHost.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/api/health/live")).StatusCode);
        JsonElement health = await host.Client.GetFromJsonAsync<JsonElement>("/api/health");
        Assert.Equal(BuildInfo.Version, health.GetProperty("version").GetString());
        Assert.True(health.GetProperty("uptime_seconds").GetDouble() >= 0);
    }

    [Fact]
    public async Task It_is_ready_when_the_rooms_say_so()
    {
        await using RunningHost ready = await RunningHost.StartAsync(
            services: services => services.AddSingleton<IHealthFacts>(new Facts(true, null)));
        await using RunningHost starting = await RunningHost.StartAsync(
            services: services => services.AddSingleton<IHealthFacts>(new Facts(false, "the model is loading")));

        Assert.Equal(HttpStatusCode.OK, (await ready.Client.GetAsync("/api/health/ready")).StatusCode);
        JsonElement health = await ready.Client.GetFromJsonAsync<JsonElement>("/api/health");
        Assert.Equal("ready", health.GetProperty("status").GetString());
        Assert.Equal("yolox-nano", health.GetProperty("model").GetString());
        Assert.Equal("no GPU", health.GetProperty("provider_reason").GetString());
        Assert.Equal(2, health.GetProperty("rooms").GetInt32());
        HttpResponseMessage refused = await starting.Client.GetAsync("/api/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("the model is loading", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/api/models", 429)]
    [InlineData("PATCH", "/whip/demo/x", 415)]
    [InlineData("POST", "/api/echo", 413)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("PUT", "/api/jobs", 405)]
    [InlineData("POST", "/api/jobs", 415)]
    [InlineData("GET", "/api/videos?limit=many", 400)]
    public async Task Every_error_has_the_members_of_problem_details(string method, string path, int status)
    {
        await using RunningHost host = await RunningHost.StartAsync(
            RunningHost.Options with { Limits = new() { MaxCpuPercent = 0, ApiPerMinute = status == 429 ? 1 : 600 } });
        using HttpResponseMessage spent = await host.Client.GetAsync(
            new Uri("/api/health", UriKind.Relative), TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative));
        request.Content = method == "GET" ? null : new ByteArrayContent(new byte[(1 << 20) + 1]);
        using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using JsonDocument problem = JsonDocument.Parse(text);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(status, problem.RootElement.GetProperty("status").GetInt32());
        Assert.StartsWith("http", problem.RootElement.GetProperty("type").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(problem.RootElement.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
    }

    [Fact]
    public async Task Every_answer_carries_the_security_headers()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        foreach (string path in new[] { "/api/health", "/nowhere", "/metrics" })
        {
            HttpResponseHeaders headers = (await host.Client.GetAsync(path)).Headers;

            Assert.Contains(
                "frame-ancestors 'none'", string.Join(' ', headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", string.Join(' ', headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Equal(["nosniff"], headers.GetValues("X-Content-Type-Options"));
            Assert.Equal(["same-origin"], headers.GetValues("Cross-Origin-Opener-Policy"));
            Assert.Equal(["require-corp"], headers.GetValues("Cross-Origin-Embedder-Policy"));
            Assert.False(headers.Contains("Server"));
        }
    }

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("https://friend.example", HttpStatusCode.OK)]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("own", HttpStatusCode.OK)]
    public async Task Only_listed_origins_and_our_own_pages_change_anything(string? origin, HttpStatusCode expected)
    {
        RtcOptions options = s_public with { Http = s_public.Http with { CorsOrigins = ["https://friend.example"] } };
        await using RunningHost host = await RunningHost.StartAsync(options);
        using var request = new HttpRequestMessage(
            HttpMethod.Post, "/api/tokens") { Content = JsonContent.Create(new { room = "demo", role = "viewer" }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin == "own" ? host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority) : origin);
        }

        Assert.Equal(expected, (await host.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_foreign_page_cannot_open_the_hubs_socket()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/hub?id=1");
        request.Headers.Add("Origin", "https://evil.example");

        Assert.Equal(HttpStatusCode.Forbidden, (await host.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Tokens_and_metrics_need_the_key_where_one_is_set()
    {
        await using RunningHost host = await RunningHost.StartAsync(s_public);

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.PostAsJsonAsync("/api/tokens", new { room = "demo" })).StatusCode);
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey[..^1]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync("/metrics")).StatusCode);
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/metrics")).StatusCode);
        host.Client.DefaultRequestHeaders.Authorization = null;
        host.Client.DefaultRequestHeaders.Add("X-Api-Key", ApiKey);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/metrics")).StatusCode);
    }

    [Theory]
    [InlineData("/api/tokens")]
    [InlineData("/api/keys")]
    public async Task A_missing_key_is_told_before_a_bad_body(string path)
    {
        await using RunningHost host = await RunningHost.StartAsync(s_public);
        using var body = new StringContent("nonsense", Encoding.UTF8, "application/json");

        HttpResponseMessage answer = await host.Client.PostAsync(path, body);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("api_key", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_issued_token_lets_its_holder_join_and_nobody_else()
    {
        await using RunningHost host = await RunningHost.StartAsync(s_public);
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        Access access = host.App.Services.GetRequiredService<Access>();

        HttpResponseMessage answer = await host.Client.PostAsJsonAsync("/api/tokens", new { room = "demo", role = "phone", minutes = 5 });
        string? token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString();

        Assert.True(access.TokensRequired);
        Assert.Equal(TokenVerdict.Accepted, access.CheckJoin(token, "demo", JoinRole.Phone));
        Assert.Equal(TokenVerdict.OtherRoom, access.CheckJoin(token, "other", JoinRole.Phone));
        Assert.Equal(TokenVerdict.Missing, access.CheckJoin(null, "demo", JoinRole.Phone));
    }

    [Fact]
    public async Task A_stranger_sees_no_room_where_tokens_are_asked_for()
    {
        await using RunningHost host = await RunningHost.StartAsync(s_public);
        Access access = host.App.Services.GetRequiredService<Access>();
        var stranger = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        var guest = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        guest.Request.QueryString = new Microsoft.AspNetCore.Http.QueryString(
            "?token=" + access.IssueToken("demo", JoinRole.Viewer, TimeSpan.FromMinutes(1)));
        var administrator = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        administrator.Request.Headers.Authorization = "Bearer " + ApiKey;

        Assert.False(access.MaySee(stranger.Request, "demo"));
        Assert.False(access.MaySeeAll(stranger.Request));
        Assert.True(access.MaySee(guest.Request, "demo"));
        Assert.False(access.MaySee(guest.Request, "other"));
        Assert.False(access.MaySeeAll(guest.Request));
        Assert.True(access.MaySee(administrator.Request, "demo"));
        Assert.True(access.MaySeeAll(administrator.Request));
        Assert.Equal("[]", await host.Client.GetStringAsync("/api/rooms"));
        Assert.Equal(HttpStatusCode.NotFound, (await host.Client.GetAsync("/api/rooms/demo/thumbnail.jpg")).StatusCode);
    }

    [Theory]
    [InlineData("""{"room":"demo","role":"king"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"room":"","role":"viewer"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"room":"demo","role":"viewer","minutes":0}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"room":"demo","role":"viewer","minutes":1e9}""", HttpStatusCode.BadRequest)]
    [InlineData("nonsense", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    public async Task A_bad_request_for_a_token_is_refused(string body, HttpStatusCode expected)
    {
        await using RunningHost host = await RunningHost.StartAsync(s_public);
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        Assert.Equal(expected, (await host.Client.PostAsync("/api/tokens", content)).StatusCode);
    }

    [Fact]
    public async Task Without_a_token_key_anybody_may_join_and_no_token_is_issued()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        Access access = host.App.Services.GetRequiredService<Access>();

        Assert.Equal(TokenVerdict.Accepted, access.CheckJoin(null, "demo", JoinRole.Phone));
        Assert.Equal(HttpStatusCode.Conflict, (await host.Client.PostAsJsonAsync("/api/tokens", new { room = "demo" })).StatusCode);
    }

    [Fact]
    public async Task One_request_past_the_rate_is_refused_but_probes_still_answer()
    {
        await using RunningHost host = await RunningHost.StartAsync(
            RunningHost.Options with { Limits = RunningHost.Options.Limits with { ApiPerMinute = 5 } });
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/api/health")).StatusCode);
        }

        HttpResponseMessage refused = await host.Client.GetAsync("/api/health");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.True(refused.Headers.Contains("Retry-After"));
        Assert.Contains("Limits:ApiPerMinute", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/api/health/live")).StatusCode);
    }

    [Fact]
    public async Task A_body_past_the_limit_is_refused()
    {
        await using RunningHost host = await RunningHost.StartAsync(s_public);
        host.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        using var content = new StringContent("\"" + new string('x', 200 * 1024) + "\"", Encoding.UTF8, "application/json");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await host.Client.PostAsync("/api/tokens", content)).StatusCode);
    }

    [Fact]
    public async Task The_phones_address_is_a_qr_code_that_says_nothing_else()
    {
        await using RunningHost host = await RunningHost.StartAsync();

        JsonElement info = await host.Client.GetFromJsonAsync<JsonElement>("/api/join-info");
        HttpResponseMessage code = await host.Client.GetAsync(info.GetProperty("qr_svg_url").GetString());
        string svg = await code.Content.ReadAsStringAsync();

        Assert.Equal(host.Client.BaseAddress!.AbsoluteUri, info.GetProperty("phone_url").GetString());
        Assert.False(info.GetProperty("secure").GetBoolean());
        Assert.Equal("image/svg+xml", code.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("<svg", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", await host.Client.GetStringAsync("/api/qr.svg?text=%3Cscript%3E"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client.GetAsync("/api/qr.svg?text=" + new string('x', 3500))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.Client.GetAsync("/api/qr.svg")).StatusCode);
    }

    [Fact]
    public async Task A_tunnel_becomes_the_phones_address()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        host.App.Services.GetRequiredService<JoinAddresses>().Tunnel = new Uri("https://abc.ngrok.app/");

        JsonElement info = await host.Client.GetFromJsonAsync<JsonElement>("/api/join-info");

        Assert.Equal("https://abc.ngrok.app/", info.GetProperty("phone_url").GetString());
        Assert.True(info.GetProperty("secure").GetBoolean());
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, true)]
#pragma warning disable CA5397, SYSLIB0039, CS0618 // Old versions, to see them refused.
    [InlineData(SslProtocols.Tls11, false)]
#pragma warning restore CA5397, SYSLIB0039, CS0618
    public async Task TLS_begins_at_one_two(SslProtocols version, bool welcome)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        var certificate = new CertificateStore(folder, TimeProvider.System).LoadOrCreate(["localhost"], out _);
        await using RunningHost host = await RunningHost.StartAsync(
            RunningHost.Options with { Http = RunningHost.Options.Http with { Tls = true } }, certificate);
        Directory.Delete(folder, recursive: true);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, host.Https!.Port);
        using var tls = new SslStream(tcp.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = version,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
        };

        Exception? error = await Record.ExceptionAsync(() => tls.AuthenticateAsClientAsync(options));

        Assert.Equal(welcome, error is null);
    }

    [Theory]
    [InlineData("/../../etc/passwd")]
    [InlineData("/..%2f..%2fetc%2fpasswd")]
    [InlineData("/%2e%2e/%2e%2e/Rtc.sln")]
    [InlineData("/....//....//etc/passwd")]
    [InlineData("/lib/../../package.json")]
    [InlineData("/view%00")]
    public async Task No_path_leads_out_of_the_pages(string path)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(tcp.GetStream());
        string answer = await reader.ReadToEndAsync();

        Assert.Matches("^HTTP/1.1 40[04]", answer);
        Assert.DoesNotContain("root:", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_within_its_time_with_a_silent_connection_open()
    {
        RunningHost host = await RunningHost.StartAsync();
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, host.Client.BaseAddress!.Port);
        await tcp.GetStream().WriteAsync("GET /api/health HTTP/1.1\r\nHost:"u8.ToArray());
        long started = TimeProvider.System.GetTimestamp();

        await host.DisposeAsync();

        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5));
    }

    private sealed class Facts(bool ready, string? because) : IHealthFacts
    {
        public HealthFacts Read() => new()
        {
            Ready = ready,
            NotReadyBecause = because,
            Model = "yolox-nano",
            Provider = "cpu",
            ProviderReason = "no GPU",
            Level = "optimal",
            Rooms = 2,
            Peers = 5,
        };
    }
}
