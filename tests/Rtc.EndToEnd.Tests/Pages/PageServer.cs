using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>What a page asks of the API.</summary>
internal sealed record PageRequest(string Method, string Path, string Query, string Body, string? Range);

/// <summary>
/// wwwroot as it lies in the folder, with the server's policy for its content and with fake-hub.js as the hub's client; what is
/// asked of the API is answered by the test that a cookie names. To answer all this by way of the browser's remote control would
/// take as long as the tests.
/// </summary>
internal sealed partial class PageServer : IAsyncDisposable
{
    /// <summary>Pages can't see it.</summary>
    public const string Cookie = "test";

    private const string ContentPolicy =
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' ws: wss:; style-src 'self'; "
            + "script-src 'self'; worker-src 'self' blob:";

    private static readonly string s_root = Path.Combine(Repository.Root, "wwwroot");
    private static readonly string s_hub = Path.Combine(Repository.Root, "tests", "Rtc.EndToEnd.Tests", "Pages", "fake-hub.js");
    private readonly WebApplication _site;
    private readonly ConcurrentDictionary<string, PageUnderTest> _pages;

    private PageServer(WebApplication site, ConcurrentDictionary<string, PageUnderTest> pages) => (_site, _pages) = (site, pages);

    public int Port => new Uri(_site.Urls.First()).Port;

    public static async Task<PageServer> StartAsync()
    {
        var pages = new ConcurrentDictionary<string, PageUnderTest>();
        WebApplication site = await LocalSite.StartAsync(context =>
        {
            PageUnderTest? page = pages.GetValueOrDefault(context.Request.Cookies[Cookie] ?? "");
            return IsOfTheApi(context.Request.Path) ? AnswerAsync(context, page) : SendFileAsync(context, page);
        });
        return new PageServer(site, pages);
    }

    /// <summary>What pages with this cookie's value ask is answered by that test, until it is over.</summary>
    public string Add(PageUnderTest page)
    {
        string name = $"{Guid.NewGuid():N}";
        _pages[name] = page;
        return name;
    }

    public void Remove(PageUnderTest page)
    {
        foreach ((string name, PageUnderTest one) in _pages)
        {
            if (one == page)
            {
                _pages.TryRemove(name, out _);
            }
        }
    }

    public ValueTask DisposeAsync() => _site.DisposeAsync();

    private static bool IsOfTheApi(string? path) => path is not null
        && (path.StartsWith("/api/", StringComparison.Ordinal) || path.StartsWith("/uploads/", StringComparison.Ordinal));

    private static async Task AnswerAsync(HttpContext context, PageUnderTest? page)
    {
        using var reader = new StreamReader(context.Request.Body);
        var asked = new PageRequest(
            context.Request.Method, context.Request.Path.Value!, context.Request.QueryString.Value ?? string.Empty,
            await reader.ReadToEndAsync(), context.Request.Headers.Range);
        if (page?.Answer(asked) is not { } answer)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = answer.Status ?? StatusCodes.Status200OK;
        foreach ((string name, string value) in answer.Headers ?? [])
        {
            context.Response.Headers[name] = value;
        }

        context.Response.ContentType = answer.ContentType ?? context.Response.ContentType;
        byte[] body = answer.BodyBytes ?? Encoding.UTF8.GetBytes(answer.Body ?? "");
        context.Response.ContentLength = body.Length;
        if (context.Response.StatusCode != StatusCodes.Status204NoContent)
        {
            await context.Response.Body.WriteAsync(body);
        }
    }

    private static Task SendFileAsync(HttpContext context, PageUnderTest? page)
    {
        string file = context.Request.Path.Value switch
        {
            "/" => s_root + "/index.html",
            "/lib/signalr.min.js" => s_hub,
            AnalysisAnswers.Page => s_root + "/analysis.html",
            { } path when PageName().IsMatch(path) => s_root + path + ".html",
            var path => s_root + path,
        };
        if (!File.Exists(file))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        page?.Count(context.Request.Path, new FileInfo(file).Length);
        context.Response.ContentType = TypeOf(file);
        context.Response.Headers.ContentSecurityPolicy = ContentPolicy;
        return context.Response.SendFileAsync(file);
    }

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript",
        ".css" => "text/css",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    [GeneratedRegex("^/[a-z]+$")]
    private static partial Regex PageName();
}
