using System.Buffers.Binary;
using System.Net;
using System.Text.Json.Nodes;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Http;

/// <summary>What a browser needs to install the pages: a manifest, its icons, and a worker with a page for a server that is away.</summary>
public sealed class InstalledPageTests
{
    [Fact]
    public async Task Manifest_names_icons_that_are_there_in_the_sizes_it_says()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using HttpResponseMessage answer = await GetAsync(host, "/manifest.webmanifest");
        Assert.Equal("application/manifest+json", answer.Content.Headers.ContentType?.MediaType);
        JsonNode manifest = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(("/", "/", "standalone"), ((string?)manifest["start_url"], (string?)manifest["scope"], (string?)manifest["display"]));

        JsonArray icons = manifest["icons"]!.AsArray();
        Assert.Contains(icons, icon => (string?)icon!["purpose"] == "maskable");
        foreach (JsonNode? icon in icons)
        {
            using HttpResponseMessage picture = await GetAsync(host, (string)icon!["src"]!);
            Assert.Equal((string?)icon["type"], picture.Content.Headers.ContentType?.MediaType);
            if ((string?)icon["sizes"] is { } sizes and not "any")
            {
                byte[] png = await picture.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
                Assert.Equal(sizes, $"{Big(png, 16)}x{Big(png, 20)}");
                Assert.InRange(png.Length, 500, 20_000);
            }
        }

        using HttpResponseMessage touch = await GetAsync(host, "/apple-touch-icon.png");
        Assert.Equal("image/png", touch.Content.Headers.ContentType?.MediaType);
    }

    /// <summary>A worker that a browser kept beyond the server's update would outlive it.</summary>
    [Fact]
    public async Task Pages_name_the_manifest_and_their_worker_is_never_stale()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        foreach (string page in (string[])["/", "/phone", "/view", "/studio"])
        {
            using HttpResponseMessage answer = await GetAsync(host, page);
            string html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.Contains("<link rel=\"manifest\" href=\"/manifest.webmanifest\">", html, StringComparison.Ordinal);
        }

        foreach ((string path, string type) in ((string, string)[])[("/offline-worker.js", "text/javascript"), ("/offline", "text/html")])
        {
            using HttpResponseMessage answer = await GetAsync(host, path);
            Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
            Assert.True(answer.Headers.CacheControl!.NoCache);
        }
    }

    private static uint Big(byte[] png, int at) => BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at));

    private static async Task<HttpResponseMessage> GetAsync(RunningHost host, string path)
    {
        HttpResponseMessage answer = await host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
        return answer;
    }
}
