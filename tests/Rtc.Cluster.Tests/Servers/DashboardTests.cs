using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Rtc.EndToEnd.Tests;

namespace Rtc.Cluster.Tests.Servers;

/// <summary>Orleans' pages, which show the insides of a cluster to whoever has the API key.</summary>
public sealed class DashboardTests
{
    private const string Key = "the-key-of-an-administrator";

    [Fact]
    public async Task Dashboard_is_served_to_the_api_key_alone()
    {
        await using ServerProcess server = await StartAsync(dashboard: true);
        foreach (string path in (string[])["/cluster/", "/cluster/index.min.js", "/cluster/DashboardCounters"])
        {
            using HttpResponseMessage stranger = await server.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
            Assert.Contains(stranger.Headers.WwwAuthenticate, asked => asked.Scheme == "Basic");
            using HttpResponseMessage wrong = await GetAsync(server, path, Basic("a-key-of-nobody"));
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        foreach (AuthenticationHeaderValue brought in (AuthenticationHeaderValue[])[Basic(Key), new("Bearer", Key)])
        {
            using HttpResponseMessage page = await GetAsync(server, "/cluster/", brought);
            Assert.Equal((HttpStatusCode.OK, "text/html"), (page.StatusCode, page.Content.Headers.ContentType?.MediaType));
            Assert.Contains("Orleans", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            string policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        }

        using HttpResponseMessage script = await GetAsync(server, "/cluster/index.min.js", Basic(Key));
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
        JsonElement counters = await CountersAsync(server);
        Assert.Equal(1, counters.GetProperty("totalActiveHostCount").GetInt32());
        using HttpResponseMessage nothing = await GetAsync(server, "/cluster/no-such-page", Basic(Key));
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);

        // The log of the process names people's rooms, and is not shown.
        using HttpResponseMessage trace = await GetAsync(server, "/cluster/Trace", Basic(Key));
        Assert.Equal(HttpStatusCode.Forbidden, trace.StatusCode);

        // A password is brought by a browser unasked: no route that changes something takes it.
        using var drain = new HttpRequestMessage(HttpMethod.Post, "/api/cluster/drain") { Headers = { Authorization = Basic(Key) } };
        using HttpResponseMessage refused = await server.Http.SendAsync(drain);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Node_that_was_not_asked_for_it_loads_no_dashboard()
    {
        await using ServerProcess server = await StartAsync(dashboard: false);
        using HttpResponseMessage page = await GetAsync(server, "/cluster/", Basic(Key));
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Contains("no_dashboard", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            string[] maps = await File.ReadAllLinesAsync($"/proc/{server.ProcessId}/maps");
            Assert.Contains(maps, line => line.EndsWith("/Orleans.Runtime.dll", StringComparison.Ordinal));
            Assert.DoesNotContain(maps, line => line.Contains("/Orleans.Dashboard", StringComparison.Ordinal));
        }
    }

    /// <summary>What the silos count comes with their first second.</summary>
    private static async Task<JsonElement> CountersAsync(ServerProcess server)
    {
        using var limit = new CancellationTokenSource(Patience.Time);
        while (true)
        {
            using HttpResponseMessage answer = await GetAsync(server, "/cluster/DashboardCounters", Basic(Key));
            string text = await answer.Content.ReadAsStringAsync(limit.Token);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
            JsonElement counters = JsonDocument.Parse(text).RootElement;
            if (counters.GetProperty("totalActiveHostCount").GetInt32() > 0)
            {
                return counters;
            }

            await Task.Delay(50, limit.Token);
        }
    }

    private static AuthenticationHeaderValue Basic(string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("admin:" + password)));

    private static async Task<HttpResponseMessage> GetAsync(ServerProcess server, string path, AuthenticationHeaderValue brought)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = brought } };
        return await server.Http.SendAsync(request);
    }

    private static Task<ServerProcess> StartAsync(bool dashboard)
    {
        string port = ServerProcess.FreePort().ToString(CultureInfo.InvariantCulture);
        return ServerProcess.StartAsync(["--cluster", "localhost", "--model", "motion"], new Dictionary<string, string>
        {
            ["RTC__Cluster__SiloPort"] = port,
            ["RTC__Cluster__PrimarySiloPort"] = port,
            ["RTC__Cluster__Dashboard"] = dashboard ? "true" : "false",
            ["RTC__Auth__ApiKey"] = Key,
        });
    }
}
