using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Rtc.Server.Http;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Http;

/// <summary>Which language a page comes in, that all of it does, and that no cache gives it to somebody else.</summary>
public sealed partial class PageLanguageTests
{
    [Theory]
    [InlineData(null, "en")]
    [InlineData("de", "de")]
    [InlineData("de-AT,de;q=0.9,en;q=0.8", "de")]
    [InlineData("en-GB,en;q=0.9,fr;q=0.8", "en")]
    [InlineData("en;q=0.5, fr;q=0.9, es", "es")]
    [InlineData("ja, ES-mx;q=0.4", "es")]
    [InlineData("ja, pt", "en")]
    [InlineData("de;q=0, fr;q=0.1", "fr")]
    [InlineData("fr;q=0.7, de;q=0.7", "fr")]
    [InlineData("*", "en")]
    [InlineData("deutsch, ;;q=x", "en")]
    public void Header_chooses_by_quality_then_by_place(string? accepted, string expected) =>
        Assert.Equal(expected, PageLanguage.Of(Ask(accepted)));

    [Theory]
    [InlineData("?lang=fr", "rtc-language=es", "fr")]
    [InlineData("?lang=xx", "rtc-language=es", "es")]
    [InlineData("", "rtc-language=es", "es")]
    [InlineData("", "rtc-language=../es", "de")]
    [InlineData("?lang=", "", "de")]
    public void Address_overrules_the_choice_and_both_the_header(string query, string cookie, string expected)
    {
        HttpRequest request = Ask("de");
        request.QueryString = new QueryString(query);
        request.Headers.Cookie = cookie;
        Assert.Equal(expected, PageLanguage.Of(request));
    }

    [Fact]
    public async Task Every_mark_of_every_page_is_said_in_every_language()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        string[] pages = ["/", "/phone", "/view", "/segment", "/focus", "/library", "/studio", "/events", "/models", "/selftest", "/api",
            "/embed", "/library/0197f1a0-0000-7000-8000-000000000007", "/offline"];
        foreach (string page in pages)
        {
            (string english, _) = await GetAsync(host, page, "en");
            foreach (string language in (string[])["de", "fr", "es"])
            {
                (string html, HttpResponseMessage answer) = await GetAsync(host, page, language);
                Assert.StartsWith($"<!doctype html>\n<html lang=\"{language}\" dir=\"ltr\">", html, StringComparison.Ordinal);
                Assert.Equal([language], answer.Content.Headers.ContentLanguage);
                Assert.Equal(["Accept-Encoding", "Accept-Language", "Cookie"], answer.Headers.Vary);
                Assert.Equal(Marks(english).Select(one => one.Key), Marks(html).Select(one => one.Key));

                // The same words are names: Rtc, Studio, API, WebSocket.
                string[] same = [.. Marks(english).Zip(Marks(html))
                    .Where(pair => pair.First == pair.Second && pair.First.Words.Contains(' '))
                    .Select(pair => pair.First.Key)];
                Assert.True(same.Length == 0, $"{page} in {language}: {string.Join(", ", same)}");
                string[] scripts = [.. Scripts().Matches(html).Select(match => match.Groups[1].Value)];
                bool isBundled = scripts[^1].StartsWith("/built/", StringComparison.Ordinal);
                string words = isBundled ? $"/built/words-{language}-" : $"/js/words/{language}/";
                Assert.All(scripts[..^1], script => Assert.StartsWith(words, script, StringComparison.Ordinal));
                Assert.StartsWith(isBundled ? "/built/" : "/js/pages/", scripts[^1], StringComparison.Ordinal);
                Assert.True(page == "/offline" || scripts.Length > 1);
            }
        }
    }

    [Fact]
    public async Task English_pages_name_no_words_of_other_languages()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        (string html, HttpResponseMessage answer) = await GetAsync(host, "/view", "en-US,en;q=0.9,de;q=0.8");
        Assert.DoesNotMatch("/js/words/|/built/words-(?!en-)", html);
        Assert.Equal(["en"], answer.Content.Headers.ContentLanguage);
    }

    [Fact]
    public async Task Languages_and_encodings_have_tags_of_their_own()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        var tags = new HashSet<string>();
        foreach (string language in (string[])["en", "de", "fr", "es"])
        {
            foreach (string encoding in (string[])["identity", "br"])
            {
                using HttpRequestMessage ask = Request("/view", language, encoding);
                using HttpResponseMessage answer = await host.Client.SendAsync(ask, TestContext.Current.CancellationToken);
                tags.Add(answer.Headers.ETag!.Tag);
                using HttpRequestMessage again = Request("/view", language, encoding);
                again.Headers.IfNoneMatch.Add(answer.Headers.ETag);
                using HttpResponseMessage unchanged = await host.Client.SendAsync(again, TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
            }
        }

        Assert.Equal(8, tags.Count);
    }

    [Fact]
    public async Task Lost_page_is_said_in_the_readers_language()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using HttpRequestMessage ask = Request("/nowhere", "es", "identity");
        ask.Headers.Accept.ParseAdd("text/html");
        using HttpResponseMessage answer = await host.Client.SendAsync(ask, TestContext.Current.CancellationToken);
        string html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("Esta página no existe</h1>", html, StringComparison.Ordinal);
        Assert.Contains("<title>Rtc: página inexistente</title>", html, StringComparison.Ordinal);
        Assert.Contains("content=\"Esta página no existe en este servidor.\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("These pages exist", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_are_sentences_alone_and_none_out_of_functions()
    {
        Dictionary<string, string> words = [];
        WordsScript.Read(
            """
            const TABLE = {
              key: 'not this',
            };
            speak('de', 'text', {
              title: 'A \'title\'',
              home: {
                lead: 'Lead',
                'of-two': 'Two',
              },
              made: (n) => {
                one: 'nor this',
              },
              after: 'After',
            });
            speak('de', 'events', {
              title: 'Events',
            });
            """, words);
        Assert.Equal(
            new()
            {
                ["title"] = "A 'title'",
                ["home.lead"] = "Lead",
                ["home.of-two"] = "Two",
                ["after"] = "After",
                ["events.title"] = "Events",
            },
            words);
    }

    private static HttpRequest Ask(string? accepted)
    {
        HttpRequest request = new DefaultHttpContext().Request;
        request.Headers.AcceptLanguage = accepted;
        return request;
    }

    private static HttpRequestMessage Request(string path, string language, string encoding)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        request.Headers.AcceptLanguage.ParseAdd(language);
        request.Headers.AcceptEncoding.ParseAdd(encoding);
        return request;
    }

    private static async Task<(string Html, HttpResponseMessage Answer)> GetAsync(RunningHost host, string path, string language)
    {
        using HttpRequestMessage ask = Request(path, language, "identity");
        HttpResponseMessage answer = await host.Client.SendAsync(ask, TestContext.Current.CancellationToken);
        Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
        return (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer);
    }

    private static (string Key, string Words)[] Marks(string html) =>
        [.. Marked().Matches(html).Select(match => (match.Groups[1].Value, WebUtility.HtmlDecode(match.Groups[2].Value)))];

    [GeneratedRegex("""data-text="([^"]+)"[^<>]*>([^<]*)""")]
    private static partial Regex Marked();

    [GeneratedRegex("""<script type="module" src="([^"]+)""")]
    private static partial Regex Scripts();
}
