using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Http;

/// <summary>What a page's first load costs: everything that its HTML names, and what its scripts import.</summary>
public sealed partial class FirstLoadTests(ITestOutputHelper output, FirstLoadTests.Server server) : IClassFixture<FirstLoadTests.Server>
{
    private static readonly bool s_hasBundler = Directory.Exists(Path.Combine(RtcPaths.Find().NodeModules, "esbuild"));
    private static readonly string[] s_encodings = ["identity", "gzip", "br"];

    /// <summary>
    /// Kilobytes over the wire at most, with Brotli, and requests, what the page asks of the API not among them: a browser's first visit
    /// is measured in `Rtc.EndToEnd.Tests`.
    /// </summary>
    [Theory]
    [InlineData("/", 30, 8)]
    [InlineData("/phone", 56, 10)]
    [InlineData("/view", 66, 10)]
    [InlineData("/segment", 34, 8)]
    [InlineData("/library", 40, 10)]
    [InlineData("/library/0197f1a0-0000-7000-8000-000000000007", 56, 11)]
    [InlineData("/studio", 50, 11)]
    [InlineData("/events", 34, 9)]
    [InlineData("/models", 36, 9)]
    [InlineData("/docs", 14, 8)]
    [InlineData("/docs/PROTOCOL", 28, 8)]
    [InlineData("/embed", 48, 10)]
    [InlineData("/selftest", 46, 9)]
    [InlineData("/api", 34, 8)]
    public async Task Page_is_small_and_asked_for_once(string page, int kilobytes, int requests)
    {
        Assert.SkipUnless(s_hasBundler, "esbuild is not installed: pages load their modules");
        var totals = new Dictionary<string, double>();
        Dictionary<string, Loaded> all = [];
        foreach (string encoding in s_encodings)
        {
            all = await LoadAsync(server.Client, page, encoding);
            totals[encoding] = all.Values.Sum(one => one.Wire) / 1024.0;
            string kinds = string.Join(", ", all.GroupBy(one => one.Value.Kind).OrderBy(kind => kind.Key)
                .Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Sum(one => one.Value.Wire) / 1024.0:0.0}")));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{page} {encoding}: {all.Count} requests, {totals[encoding]:0.0} KiB ({kinds})"));
        }

        Assert.InRange(totals["br"], 1, kilobytes);
        Assert.InRange(totals["br"], 1, totals["identity"] / 2.5);
        Assert.InRange(all.Count, 3, requests);

        // Whoever comes again is sent nothing that did not change.
        foreach ((string path, Loaded one) in all)
        {
            using HttpRequestMessage again = Ask(path, "br");
            again.Headers.IfNoneMatch.Add(one.Tag!);
            using HttpResponseMessage answer = await server.Client.SendAsync(again);
            Assert.Equal((path, HttpStatusCode.NotModified), (path, answer.StatusCode));
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
            string kept = path.StartsWith("/built/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
            Assert.Equal((path, kept), (path, answer.Headers.GetValues("Cache-Control").Single()));
        }
    }

    /// <summary>A browser paints as soon as it has the HTML, and still takes no style but the one that was made.</summary>
    [Theory]
    [InlineData("/")]
    [InlineData("/view")]
    [InlineData("/view.html")]
    [InlineData("/focus")]
    [InlineData("/embed")]
    [InlineData("/library/0197f1a0-0000-7000-8000-000000000007")]
    public async Task Page_has_its_style_in_it_and_allows_no_other(string page)
    {
        Assert.SkipUnless(s_hasBundler, "esbuild is not installed: pages load their styles");
        foreach (string encoding in s_encodings)
        {
            using HttpRequestMessage ask = Ask(page, encoding);
            using HttpResponseMessage answer = await server.Client.SendAsync(ask);
            string html = Unpacked(
                await answer.Content.ReadAsByteArrayAsync(), answer.Content.Headers.ContentEncoding.SingleOrDefault() ?? "identity");
            Assert.DoesNotContain("stylesheet", html, StringComparison.Ordinal);
            string style = Regex.Match(html, "<style>(.+?)</style>", RegexOptions.Singleline).Groups[1].Value;
            string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
            Assert.Contains($"; style-src 'self' 'sha256-{hash}'; ", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);

            // The page that a browser kept goes by the policy of the last answer.
            using HttpRequestMessage again = Ask(page, encoding);
            again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
            using HttpResponseMessage unchanged = await server.Client.SendAsync(again);
            Assert.Equal(
                (HttpStatusCode.NotModified, policy),
                (unchanged.StatusCode, unchanged.Headers.GetValues("Content-Security-Policy").Single()));
        }
    }

    [Fact]
    public async Task Encodings_have_tags_of_their_own_and_the_same_file()
    {
        var tags = new HashSet<string>();
        var texts = new HashSet<string>();
        foreach (string encoding in s_encodings)
        {
            using HttpRequestMessage ask = Ask("/js/pages/view.js", encoding);
            using HttpResponseMessage answer = await server.Client.SendAsync(ask);
            Assert.Equal(encoding == "identity" ? [] : [encoding], answer.Content.Headers.ContentEncoding);
            Assert.Equal(["Accept-Encoding"], answer.Headers.Vary);
            Assert.Equal("text/javascript", answer.Content.Headers.ContentType?.MediaType);
            Assert.True(answer.Headers.CacheControl!.NoCache);
            tags.Add(answer.Headers.ETag!.Tag);
            texts.Add(Unpacked(await answer.Content.ReadAsByteArrayAsync(), encoding));
        }

        Assert.Equal((3, 1), (tags.Count, texts.Count));
    }

    [Theory]
    [InlineData("/..%2f..%2fREADME.md")]
    [InlineData("/docs/..%2fREADME.md")]
    [InlineData("/js/pages")]
    public async Task Nothing_outside_the_folders_is_served_compressed(string path)
    {
        using HttpRequestMessage ask = Ask(path, "br");
        using HttpResponseMessage answer = await server.Client.SendAsync(ask);

        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>One for all pages, which compresses what they share once.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private RunningHost _host = null!;

        public HttpClient Client => _host.Client;

        public async ValueTask InitializeAsync() => _host = await RunningHost.StartAsync();

        public ValueTask DisposeAsync() => _host.DisposeAsync();
    }

    private sealed record Loaded(string Kind, int Wire, EntityTagHeaderValue? Tag);

    private static async Task<Dictionary<string, Loaded>> LoadAsync(HttpClient client, string page, string encoding)
    {
        Dictionary<string, Loaded> found = [];
        var waiting = new Queue<string>([page]);
        while (waiting.TryDequeue(out string? path))
        {
            if (found.ContainsKey(path))
            {
                continue;
            }

            using HttpRequestMessage ask = Ask(path, encoding);
            using HttpResponseMessage answer = await client.SendAsync(ask);
            Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
            byte[] body = await answer.Content.ReadAsByteArrayAsync();
            string kind = answer.Content.Headers.ContentType!.MediaType!.Split('/')[^1];
            found.Add(path, new Loaded(kind, body.Length, answer.Headers.ETag));
            string text = Unpacked(body, answer.Content.Headers.ContentEncoding.SingleOrDefault() ?? "identity");
            IEnumerable<string> next = kind == "html" ? Named().Matches(text).Select(match => match.Groups[1].Value)
                : kind == "javascript" ? Imported().Matches(text).Select(match => Beside(path, match.Groups[1].Value))
                : [];
            foreach (string one in next)
            {
                waiting.Enqueue(one);
            }
        }

        return found;
    }

    /// <summary>An import's path, from the module's own.</summary>
    private static string Beside(string path, string import) => new Uri(new Uri("http://page" + path), import).AbsolutePath;

    private static HttpRequestMessage Ask(string path, string encoding)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));
        return request;
    }

    private static string Unpacked(byte[] body, string encoding)
    {
        using Stream packed = new MemoryStream(body);
        using Stream stream = encoding switch
        {
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            "gzip" => new GZipStream(packed, CompressionMode.Decompress),
            _ => packed,
        };
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Scripts, styles and icons; a link to another page is none of this page's load.</summary>
    [GeneratedRegex("""(?:src|href)="(/(?:built|js|css|icons|lib)/[^"#]+)["#]""")]
    private static partial Regex Named();

    [GeneratedRegex("""^(?:import|export) [^;]*?from '(\.[^']+)'""", RegexOptions.Multiline)]
    private static partial Regex Imported();
}
