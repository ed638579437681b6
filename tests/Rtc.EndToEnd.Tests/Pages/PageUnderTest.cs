using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Rtc.Media;
using Rtc.Media.Images;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>
/// A page of wwwroot in a browser context of its own, with no server: files come from the folder, the API's answers
/// from here, and the hub from fake-hub.js, which is both signalling and the far end of the page's connection.
/// </summary>
internal sealed partial class PageUnderTest : IAsyncDisposable
{
    public const string Host = "http://localhost:9999";

    /// <summary>An address of a local network without TLS: a browser lends it no camera.</summary>
    public const string InsecureHost = "http://192.168.7.7:8080";

    /// <summary>The two seconds between two questions of a page in a tenth of the time.</summary>
    public const string QuickPolls = """
        const later = window.setTimeout;
        window.setTimeout = (work, delay, ...rest) => later(work, delay === 2000 ? 200 : delay, ...rest);

        """;

    private const string ContentPolicy =
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' ws: wss:; style-src 'self'; "
            + "script-src 'self'; worker-src 'self' blob:";

    private static readonly string s_root = Path.Combine(Repository.Root, "wwwroot");
    private static readonly string s_here = Path.Combine(Repository.Root, "tests", "Rtc.EndToEnd.Tests", "Pages");
    private readonly IBrowserContext _context;

    private PageUnderTest(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
    }

    public IPage Page { get; }

    /// <summary>Errors of the console and exceptions; a test that ends well ends with none.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Bytes of everything the page loaded, but pictures of rooms.</summary>
    public long Loaded { get; private set; }

    /// <summary>/api/rooms' answer.</summary>
    public string Rooms { get; set; } = "[]";

    /// <summary>What a room's cameras are; a page asks when it opens.</summary>
    public string Cameras { get; set; } = "[]";

    /// <summary>heat.png's answer: hot where a test wants it, all of it black otherwise.</summary>
    public Mask Heat { get; set; } = new(64, 36, new RectF(0, 0, 640, 480));

    /// <summary>How the fetch of a model stands; what a page asks of it is in <see cref="Pulls"/>.</summary>
    public string Pull { get; set; } =
        """{"model":null,"state":"idle","bytes":0,"total":0,"error":null,"allowed":true,"default":"yolox-nano","default_bytes":3660092}""";

    /// <summary>What pages asked of that fetch: method and path.</summary>
    public List<string> Pulls { get; } = [];

    /// <summary>/api/models' answer.</summary>
    public string Models { get; set; } = "[]";

    public bool ServerAway { get; set; }

    public static BrowserNewContextOptions Desktop(ColorScheme theme = ColorScheme.Light) =>
        new() { ViewportSize = new ViewportSize { Width = 1100, Height = 800 }, ColorScheme = theme, AcceptDownloads = true };

    public static BrowserNewContextOptions Pixel(ColorScheme theme = ColorScheme.Light) =>
        new()
        {
            ViewportSize = new ViewportSize { Width = 412, Height = 839 },
            DeviceScaleFactor = 2.625f,
            HasTouch = true,
            IsMobile = true,
            ColorScheme = theme,
        };

    public static BrowserNewContextOptions IPhone(ColorScheme theme = ColorScheme.Light) =>
        new()
        {
            ViewportSize = new ViewportSize { Width = 390, Height = 664 },
            DeviceScaleFactor = 3,
            HasTouch = true,
            IsMobile = true,
            ColorScheme = theme,
        };

    /// <param name="before">A script that runs before the page's own.</param>
    public static async Task<PageUnderTest> OpenAsync(
        PagesFixture fixture, string path, BrowserNewContextOptions? options = null, string? before = null, string host = Host)
    {
        options ??= Desktop();

        // Their requests go by the network, where there is no server.
        options.ServiceWorkers = ServiceWorkerPolicy.Block;
        IBrowserContext context = await fixture.Browser.NewContextAsync(options);
        context.SetDefaultTimeout(15_000);
        IPage page = await context.NewPageAsync();
        var under = new PageUnderTest(context, page);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                under.Errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => under.Errors.Add(error);
        await context.RouteAsync("**/*", under.AnswerAsync);
        if (before is not null)
        {
            await page.AddInitScriptAsync(before);
        }

        await page.AddInitScriptAsync(await File.ReadAllTextAsync(Path.Combine(s_here, "measure.js")));
        await page.AddInitScriptAsync(await File.ReadAllTextAsync(Path.Combine(s_here, "said.js")));
        await page.GotoAsync(host + path);
        return under;
    }

    /// <summary>The viewer of the room `demo`, once its picture plays.</summary>
    public static async Task<PageUnderTest> OpenViewAsync(PagesFixture fixture, string kind, string? before = null)
    {
        PageUnderTest view = await OpenAsync(fixture, $"/view?room=demo&view={kind}", before: before);
        await view.StateAsync("live");
        await view.UntilAsync(
            "() => document.querySelector('#picture').videoWidth > 0 && document.querySelector('#waiting').hidden && "
                + "fake.server.frame > 5");
        return view;
    }

    public ILocator this[string selector] => Page.Locator(selector);

    public Task StateAsync(string state) =>
        Assertions.Expect(this["#state"]).ToHaveAttributeAsync("data-state", state, new() { Timeout = 20_000 });

    public Task TextAsync(string selector, string text) =>
        Assertions.Expect(this[selector]).ToContainTextAsync(text, new() { Timeout = 10_000 });

    /// <summary>Waits until the page's state or a toast has said a text, whether or not it still stands there.</summary>
    public Task SaidAsync(string text) =>
        Page.WaitForFunctionAsync("text => window.said.some((one) => one.includes(text))", text, new() { Timeout = 15_000 });

    /// <summary>Waits for a condition written in JavaScript.</summary>
    public Task UntilAsync(string condition) =>
        Page.WaitForFunctionAsync(condition, null, new PageWaitForFunctionOptions { Timeout = 15_000 });

    public Task<T> EvaluateAsync<T>(string script) => Page.EvaluateAsync<T>(script);

    public Task RunAsync(string script) => Page.EvaluateAsync(script);

    /// <summary>Fails where anything went wrong that a person would not see.</summary>
    public void AssertQuiet() => Assert.Empty(Errors);

    public async ValueTask DisposeAsync()
    {
        await _context.UnrouteAllAsync();
        await _context.CloseAsync();
    }

    private async Task AnswerAsync(IRoute route)
    {
        var url = new Uri(route.Request.Url);
        if (url.AbsolutePath.StartsWith("/api/", StringComparison.Ordinal)
            || url.AbsolutePath.StartsWith("/uploads/", StringComparison.Ordinal))
        {
            await AnswerApiAsync(route, url);
            return;
        }

        string file = url.AbsolutePath switch
        {
            "/" => "/index.html",
            "/lib/signalr.min.js" => Path.Combine(s_here, "fake-hub.js"),
            var path when PageName().IsMatch(path) => path + ".html",
            AnalysisAnswers.Page => "/analysis.html",
            var path => path,
        };
        string full = Path.IsPathRooted(file) && File.Exists(file) ? file : s_root + file;
        if (!File.Exists(full))
        {
            await route.FulfillAsync(new() { Status = 404 });
            return;
        }

        byte[] body = await File.ReadAllBytesAsync(full);
        Loaded += url.AbsolutePath.StartsWith("/lib/", StringComparison.Ordinal) ? 0 : body.Length;
        await route.FulfillAsync(new()
        {
            BodyBytes = body,
            ContentType = TypeOf(full),
            Headers = new Dictionary<string, string> { ["content-security-policy"] = ContentPolicy, ["content-type"] = TypeOf(full) },
        });
    }

    private async Task AnswerApiAsync(IRoute route, Uri url)
    {
        if (ServerAway)
        {
            await route.AbortAsync();
            return;
        }

        RouteFulfillOptions? known = AnalysisAnswers.Of(route.Request, url.AbsolutePath)
            ?? LibraryAnswers.Of(route.Request.Method, url.AbsolutePath) ?? StudioAnswers.Of(url.AbsolutePath)
            ?? EventAnswers.Of(route.Request, url.AbsolutePath);
        RouteFulfillOptions answer = known ?? url.AbsolutePath switch
        {
            "/api/rooms" => new() { Body = Rooms, ContentType = "application/json" },
            "/api/join-info" => new()
            {
                Body = """{"phone_url":"https://192.168.7.7:8443/phone","urls":["http://192.168.7.7:8080"],"secure":true}""",
                ContentType = "application/json",
            },
            "/api/health" => new()
            {
                Body = """{"status":"ok","version":"0.1.0","model":"motion","provider":"embedded"}""",
                ContentType = "application/json",
            },
            "/api/qr.svg" => new()
            {
                Body = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><path d="M0 0h1v1h-1zM1 1h1v1h-1z"/></svg>""",
                ContentType = "image/svg+xml",
            },
            "/api/models" => new() { Body = Models, ContentType = "application/json" },
            "/api/models/pull" when route.Request.Method == "GET" => new() { Body = Pull, ContentType = "application/json" },
            var path when path.EndsWith("/pull", StringComparison.Ordinal) => Pulled($"{route.Request.Method} {path}"),
            "/api/echo" when route.Request.Method == "GET" =>
                new() { BodyBytes = new byte[1 << 20], ContentType = "application/octet-stream" },
            "/api/echo" => new() { Body = """{"bytes":1048576}""", ContentType = "application/json" },
            var path when path.EndsWith("/thumbnail.jpg", StringComparison.Ordinal) =>
                new() { Body = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><rect width="16" height="9" fill="#3b6"/></svg>""", ContentType = "image/svg+xml" },
            var path when path.EndsWith("/cameras", StringComparison.Ordinal) => new() { Body = Cameras, ContentType = "application/json" },
            var path when path.EndsWith("/links", StringComparison.Ordinal) =>
                new() { Body = """{"url":"https://192.168.7.7:8443/view?room=demo&token=t","rights":"watcher","expires":"2030-01-01T12:00:00Z","qr_svg_url":"/api/qr.svg?text=x"}""", ContentType = "application/json" },
            var path when path.EndsWith("/heat.png", StringComparison.Ordinal) => new()
            {
                BodyBytes = Png.Encode(Heat),
                ContentType = "image/png",
            },
            _ => new() { Status = 404 },
        };
        await route.FulfillAsync(answer);
    }

    private RouteFulfillOptions Pulled(string call)
    {
        Pulls.Add(call);
        return new() { Body = Pull, ContentType = "application/json" };
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
