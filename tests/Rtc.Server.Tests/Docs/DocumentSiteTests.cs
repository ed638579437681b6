using System.Net;
using System.Text.RegularExpressions;
using Rtc.Server.Docs;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Docs;

/// <summary>The documents as pages: what Markdown becomes, where links lead, what a search finds, and that no text becomes a tag.</summary>
public sealed partial class DocumentSiteTests
{
    [Theory]
    [InlineData("# A `b` c", "<h1 id=\"a-b-c\">A <code>b</code> c</h1>")]
    [InlineData("one\ntwo", "<p>one\ntwo</p>")]
    [InlineData("**b** and *i*, 2 * 3 * 4", "<p><strong>b</strong> and <em>i</em>, 2 * 3 * 4</p>")]
    [InlineData("`a | b` <https://x.org/a>", "<p><code>a | b</code> <a href=\"https://x.org/a\">https://x.org/a</a></p>")]
    [InlineData("- a\n- b\n  - c\n\nd", "<ul>\n<li>a</li>\n<li>b<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>\n<p>d</p>")]
    [InlineData("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>")]
    [InlineData("> a", "<blockquote>\n<p>a</p>\n</blockquote>")]
    [InlineData("```sh\na <b> | c\n```", "<pre tabindex=\"0\"><code>a &lt;b&gt; | c\n</code></pre>")]
    [InlineData("[a](b.md#c) [d](javascript:alert(1)) [e](//x.org)", "<p><a href=\"/b.md#c\">a</a> d) e</p>")]
    [InlineData("<script>x</script> <img src=x onerror=y>", "<p>&lt;script&gt;x&lt;/script&gt; &lt;img src=x onerror=y&gt;</p>")]
    [InlineData("[\"><script>](x\" onclick=\"y)", "<p><a href=\"/x&quot; onclick=&quot;y\">&quot;&gt;&lt;script&gt;</a></p>")]
    public void Markdown_becomes_html_and_nothing_else_does(string markdown, string html) =>
        Assert.Equal(html, MarkdownHtml.Of(markdown, target => "/" + target).Html.TrimEnd());

    [Fact]
    public void Tables_keep_their_cells_and_drawings_their_source()
    {
        string table = MarkdownHtml.Of("| a | b |\n|---|---|\n| `x | y` | c \\| d |\n", _ => null).Html;
        Assert.Contains("<td><code>x | y</code></td><td>c | d</td>", table, StringComparison.Ordinal);
        string drawing = MarkdownHtml.Of("```mermaid\nflowchart LR\n  a --> b\n```\n", _ => null).Html;
        Assert.StartsWith("<figure class=\"drawing\">", drawing, StringComparison.Ordinal);
        Assert.Contains("a --&gt; b", drawing, StringComparison.Ordinal);
    }

    /// <summary>Whatever stands in a document, the tags are those of the renderer, and it ends.</summary>
    [Fact]
    public void Any_text_gives_known_tags_alone()
    {
        var random = new Random(5);
        string[] pieces =
            ["#", "`", "```", "[", "](", ")", "*", "**", "|", "|-|", "\n", "\n\n", "- ", "1. ", "> ", "<", ">", "\"", "a", " ", "\\", "!["];
        const string Known =
            "h1 h2 h3 h4 h5 h6 p a em strong code pre ul ol li blockquote div table thead tbody tr th td img figure figcaption";
        for (int round = 0; round < 2000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => pieces[random.Next(pieces.Length)]));
            string html = MarkdownHtml.Of(text, target => target).Html;
            Assert.All(Tag().Matches(html), tag => Assert.Contains(tag.Groups[1].Value, Known.Split(' ')));
        }
    }

    [Fact]
    public async Task Every_document_is_a_page_whose_links_lead_somewhere()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        string index = await TextAsync(host, "/docs");
        string[] pages =
        [
            .. Href().Matches(index).Select(match => match.Groups[1].Value)
                .Where(path => path.StartsWith("/docs/", StringComparison.Ordinal)).Distinct()
        ];
        int documents = MarkdownPage.All().Count(page => page.Path.StartsWith("docs/", StringComparison.Ordinal));
        Assert.Equal(documents, pages.Length);
        Dictionary<string, string> html = [];
        foreach (string page in pages)
        {
            html[page] = await TextAsync(host, page);
            Assert.DoesNotContain("{{", html[page], StringComparison.Ordinal);
        }

        int followed = 0;
        foreach ((string page, string text) in html)
        {
            foreach (Match link in Href().Matches(text))
            {
                string[] parts = WebUtility.HtmlDecode(link.Groups[1].Value).Split('#');
                string to = parts[0].Length == 0 ? page : parts[0];
                if (html.TryGetValue(to, out string? target) && parts.Length == 2 && parts[1] is not ("main" or "contents"))
                {
                    Assert.True(target.Contains($"id=\"{parts[1]}\"", StringComparison.Ordinal), $"{page}: {link.Value}");
                    followed++;
                }
                else if (to.StartsWith("/docs/", StringComparison.Ordinal) && !html.ContainsKey(to))
                {
                    using HttpResponseMessage found = await host.Client.GetAsync(
                        new Uri(to, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
                    Assert.True(found.IsSuccessStatusCode, $"{page}: {to}");
                }
            }
        }

        Assert.True(followed > 100, $"{followed} links");
    }

    [Fact]
    public async Task Search_finds_sections_with_all_words_and_marks_them()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        string found = await TextAsync(host, "/docs?q=nginx+certificate");
        Assert.Contains("/docs/DEPLOY#behind-nginx", found, StringComparison.Ordinal);
        Assert.Contains("<mark>nginx</mark>", found, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("No section has all of these words.", await TextAsync(host, "/docs?q=zzyzx"), StringComparison.Ordinal);
        string words = "\"><script>alert(1)</script>{{body}}" + new string('x', 1000);
        string hostile = await TextAsync(host, "/docs?q=" + Uri.EscapeDataString(words));
        Assert.DoesNotContain("<script>alert", hostile, StringComparison.Ordinal);
        Assert.Equal(1, Regex.Count(hostile, "<h1>"));
    }

    [Theory]
    [InlineData("/docs/..%2fREADME")]
    [InlineData("/docs/../README")]
    [InlineData("/docs/NOTHING")]
    [InlineData("/docs/images")]
    [InlineData("/docs/%2e%2e/SECURITY")]
    [InlineData("/docsx")]
    public async Task Nothing_but_documents_is_shown(string path)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(
            host.Client.BaseAddress!.GetLeftPart(UriPartial.Authority) + path,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("/docs/recipes")]
    [InlineData("/docs/decisions/")]
    public async Task Folder_leads_to_its_first_page(string path)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using HttpResponseMessage answer = await GetAsync(host, path);

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal($"{path.TrimEnd('/')}/README", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Markdown_itself_and_pictures_are_served_beside_the_pages()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using HttpResponseMessage raw = await GetAsync(host, "/docs/PROTOCOL.md");
        Assert.Equal("text/plain", raw.Content.Headers.ContentType?.MediaType);
        using HttpResponseMessage picture = await GetAsync(host, "/docs/images/load.svg");
        Assert.Equal("image/svg+xml", picture.Content.Headers.ContentType?.MediaType);
        Assert.Contains("src=\"/docs/images/load.svg\"", await TextAsync(host, "/docs/BENCHMARKS"), StringComparison.Ordinal);
        using HttpResponseMessage page = await GetAsync(host, "/docs/PROTOCOL");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/docs/PROTOCOL");
        again.Headers.IfNoneMatch.Add(page.Headers.ETag!);
        using HttpResponseMessage unchanged = await host.Client.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        string policy = string.Join(' ', page.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> GetAsync(RunningHost host, string path) =>
        host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    private static async Task<string> TextAsync(RunningHost host, string path)
    {
        using HttpResponseMessage answer = await GetAsync(host, path);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {answer.StatusCode}");
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("</?([a-z0-9]+)[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("<a [^>]*?href=\"([^\"]+)\"")]
    private static partial Regex Href();
}
