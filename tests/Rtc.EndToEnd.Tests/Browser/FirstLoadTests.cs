using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using Rtc.EndToEnd.Tests.Signalling;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>
/// What somebody's first visit costs: everything that Chromium with empty caches asks of the real server until the page stands, its
/// questions to the API too, in bytes on the wire. Pages keep this only where the server gives them the bundle. The server is their own:
/// a room or a video that another test left would be a small picture more to ask for.
/// </summary>
[Collection(LiveCollection.Name)]
public sealed class FirstLoadTests(LiveFixture live, SignallingServer empty, ITestOutputHelper output) : IClassFixture<SignallingServer>
{
    private const double MaxKilobytes = 80;
    private const int MaxRequests = 12;
    private const string Video = "/library/0197f1a0-0000-7000-8000-000000000007";

    /// <summary>DevTools' slow link: 1.6 Mbit/s down, 750 kbit/s up, 150 ms for each answer.</summary>
    private static readonly Dictionary<string, object> s_slowLink = new()
    {
        ["offline"] = false, ["latency"] = 150, ["downloadThroughput"] = 1.6 * 1024 * 1024 / 8, ["uploadThroughput"] = 750 * 1024 / 8,
    };

    /// <summary>Each in one of the languages, and what is there once the page stands.</summary>
    private static readonly (string Address, string Language, string Stands)[] s_pages =
    [
        ("/", "en", "h1"), ("/phone?room=first", "en", "#start"), ("/view?room=first", "en", Live), ("/view?room=first", "de", Live),
        ("/embed?room=first", "en", "#waiting"), ("/segment", "en", "#profiles input >> nth=0"), ("/focus", "en", "#main"),
        ("/library", "en", "#main"), (Video, "es", "#status"), ("/studio", "fr", "#main"), ("/events", "en", "#main"),
        ("/models", "en", "#list > li >> nth=0"), ("/docs", "en", "#main"), ("/docs/PROTOCOL", "en", "#main"),
        ("/api", "en", "h1"), ("/selftest", "en", "h1"),
    ];

    /// <summary>They wait more than they work.</summary>
    private const int AtOnce = 4;
    private const string Live = "#state[data-state=live]";

    private static readonly object[] s_models =
    [
        new
        {
            name = "yolox-nano", task = "detect", licence = "Apache-2.0", on_disk = true, bytes = 3660092, layout = "yolox",
            suits = (string[])["detect"], origin = "catalogue",
        },
    ];

    private static readonly bool s_hasBundler = Directory.Exists(Path.Combine(Repository.Root, "node_modules", "esbuild"));

    [Fact]
    public async Task No_page_is_heavy_or_asks_for_much()
    {
        Assert.SkipUnless(s_hasBundler, "esbuild is not installed: the server serves the pages' modules");
        using var places = new SemaphoreSlim(AtOnce);
        string[] faults = await Task.WhenAll(s_pages.Select(async page =>
        {
            await places.WaitAsync();
            using var place = new Place(places);
            await using Visit visit = await Visit.OpenAsync(live.Browser, empty.Process.Address, page.Language);

            // Where there is no model the pages add what has one fetched.
            await visit.Page.RouteAsync("**/api/models", route => route.FulfillAsync(new() { Json = s_models }));
            await visit.GoAsync(page.Address, page.Stands);
            string text = await visit.Page.InnerTextAsync("body");
            bool isStyled = await visit.Page.EvaluateAsync<bool>("[...document.styleSheets].some((sheet) => sheet.cssRules.length > 2)");
            output.WriteLine(visit.ToString());
            return isStyled && visit is { Requests.Count: > 3 and <= MaxRequests, Kilobytes: > 5 and <= MaxKilobytes, Errors: [] }
                && visit.Requests.All(path => IsWanted(path, page.Language)) && !text.Contains("undefined", StringComparison.Ordinal)
                    ? string.Empty
                    : $"{page}: {visit}; {string.Join(' ', visit.Errors)}";
        }));
        Assert.All(faults, fault => Assert.Equal(string.Empty, fault));
    }

    private readonly struct Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }

    /// <summary>No module but those of the documents, and the words of one language.</summary>
    private static bool IsWanted(string path, string language) =>
        (!path.StartsWith("/js/", StringComparison.Ordinal) || path is "/js/pages/docs.js" or "/js/ui/theme.js")
        && (!path.StartsWith("/built/words-", StringComparison.Ordinal)
            || path.StartsWith($"/built/words-{language}-", StringComparison.Ordinal));

    /// <summary>For docs/BENCHMARKS.md: the pages that are live, over DevTools' slow link.</summary>
    [Theory]
    [InlineData("/view?room=first", Live)]
    [InlineData("/phone?room=first", "#start:not(:empty)")]
    public async Task Slow_link_is_measured(string address, string stands)
    {
        Assert.SkipUnless(LongRun.IsWanted, "RTC_LONG=1 measures it");
        const int rounds = 7;
        List<(double Paint, double Stands)> times = [];
        for (int round = 0; round < rounds; round++)
        {
            await using Visit visit = await Visit.OpenAsync(live.Browser, empty.Process.Address, "en");
            await visit.Remote.SendAsync("Network.emulateNetworkConditions", s_slowLink);
            await visit.Page.AddInitScriptAsync(
                $"new MutationObserver(() => {{ if (document.querySelector('{stands}')) window.stands ??= performance.now(); }})"
                    + ".observe(document, { subtree: true, childList: true, attributes: true });");
            await visit.GoAsync(address, stands);
            double paint = await visit.Page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime");
            times.Add((paint, await visit.Page.EvaluateAsync<double>("window.stands")));
            if (round == 0)
            {
                output.WriteLine(visit.ToString());
            }
        }

        double Middle(Func<(double Paint, double Stands), double> of) => times.Select(of).Order().ElementAt(rounds / 2);
        output.WriteLine($"{address}: first paint {Middle(one => one.Paint):0} ms, {stands} after {Middle(one => one.Stands):0} ms");
    }
}

/// <summary>A browser context that was nowhere before, and what it asks the server for.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private readonly Uri _server;
    private readonly IBrowserContext _context;
    private readonly HashSet<string> _counted = [];
    private string _address = string.Empty;
    private long _bytes;

    private Visit(Uri server, IBrowserContext context, IPage page) => (_server, _context, Page) = (server, context, page);

    public IPage Page { get; }

    public ICDPSession Remote { get; private set; } = null!;

    public List<string> Errors { get; } = [];

    /// <summary>Paths, the hub's own connection among them; what a page asks again every two seconds counts once.</summary>
    public HashSet<string> Requests { get; } = [];

    public double Kilobytes => _bytes / 1024.0;

    public static async Task<Visit> OpenAsync(IBrowser browser, Uri server, string language)
    {
        IBrowserContext context = await browser.NewContextAsync(
            new() { Locale = language, ServiceWorkers = ServiceWorkerPolicy.Block });
        context.SetDefaultTimeout(Patience.Ms);
        IPage page = await context.NewPageAsync();
        var visit = new Visit(server, context, page);
        page.PageError += (_, error) => visit.Errors.Add(error);
        visit.Remote = await context.NewCDPSessionAsync(page);
        await visit.Remote.SendAsync("Network.enable");
        visit.Remote.Event("Network.requestWillBeSent").OnEvent += (_, told) => visit.Asked(told!.Value);
        visit.Remote.Event("Network.webSocketCreated").OnEvent += (_, told) => visit.Note(told!.Value.GetProperty("url").GetString()!);
        visit.Remote.Event("Network.loadingFinished").OnEvent += (_, told) => visit.Finished(told!.Value);
        return visit;
    }

    /// <summary>Until what makes the page a page is there, and nothing is on its way any more.</summary>
    public async Task GoAsync(string address, string stands)
    {
        _address = address;
        await Page.GotoAsync(new Uri(_server, address).AbsoluteUri);
        await Assertions.Expect(Page.Locator(stands)).ToBeVisibleAsync();
        await Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Requests.Count} requests, {Kilobytes:0.0} KiB: {string.Join(' ', Requests)}");

    private void Asked(JsonElement told)
    {
        string url = told.GetProperty("request").GetProperty("url").GetString()!;
        if (!url.StartsWith("data:", StringComparison.Ordinal) && !url.StartsWith("blob:", StringComparison.Ordinal) && Note(url))
        {
            _counted.Add(told.GetProperty("requestId").GetString()!);
        }
    }

    private void Finished(JsonElement told)
    {
        if (_counted.Contains(told.GetProperty("requestId").GetString()!))
        {
            _bytes += (long)told.GetProperty("encodedDataLength").GetDouble();
        }
    }

    /// <summary>The self-test's own traffic is what it measures.</summary>
    private bool Note(string url)
    {
        string path = new Uri(url).AbsolutePath;
        bool counts = !_address.StartsWith("/selftest", StringComparison.Ordinal)
            || !(path.StartsWith("/api/", StringComparison.Ordinal) || path.StartsWith("/hub", StringComparison.Ordinal));
        return counts && Requests.Add(path);
    }
}
