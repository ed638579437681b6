using Microsoft.Playwright;
using Rtc.Media;
using Rtc.Media.Images;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>
/// A page of wwwroot in a browser context of its own, with no server: files come from <see cref="PageServer"/>, the API's answers
/// from here, and the hub from fake-hub.js, which is both signalling and the far end of the page's connection.
/// </summary>
internal sealed class PageUnderTest : IAsyncDisposable
{
    public const string Host = "http://localhost:9999";

    /// <summary>An address of a local network without TLS: a browser lends it no camera.</summary>
    public const string InsecureHost = "http://192.168.7.7:8080";

    /// <summary>The two seconds between two questions of a page in a tenth of the time.</summary>
    public const string QuickPolls = """
        const later = window.setTimeout;
        window.setTimeout = (work, delay, ...rest) => later(work, delay === 2000 ? 200 : delay, ...rest);

        """;

    private static readonly string s_here = Path.Combine(Repository.Root, "tests", "Rtc.EndToEnd.Tests", "Pages");
    private readonly PageServer _server;
    private readonly IBrowserContext _context;

    private PageUnderTest(PageServer server, IBrowserContext context, IPage page)
    {
        _server = server;
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
    /// <param name="models">/api/models' answer from the first question on.</param>
    public static async Task<PageUnderTest> OpenAsync(
        PagesFixture fixture, string path, BrowserNewContextOptions? options = null, string? before = null, string host = Host,
        string models = "[]")
    {
        options ??= Desktop();
        options.ServiceWorkers = ServiceWorkerPolicy.Block;
        IBrowserContext context = await fixture.Browser.NewContextAsync(options);
        context.SetDefaultTimeout(Patience.Ms);
        IPage page = await context.NewPageAsync();
        var under = new PageUnderTest(fixture.Server, context, page) { Models = models };
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                under.Errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => under.Errors.Add(error);
        await context.AddCookiesAsync(
            [new() { Name = PageServer.Cookie, Value = fixture.Server.Add(under), Url = host, HttpOnly = true }]);
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
        Assertions.Expect(this["#state"]).ToHaveAttributeAsync("data-state", state, new() { Timeout = Patience.Ms });

    public Task TextAsync(string selector, string text) =>
        Assertions.Expect(this[selector]).ToContainTextAsync(text, new() { Timeout = Patience.Ms });

    /// <summary>Waits until the page's state or a toast has said a text, whether or not it still stands there.</summary>
    public Task SaidAsync(string text) =>
        Page.WaitForFunctionAsync("text => window.said.some((one) => one.includes(text))", text, new() { Timeout = Patience.Ms });

    /// <summary>Waits for a condition written in JavaScript.</summary>
    public Task UntilAsync(string condition) =>
        Page.WaitForFunctionAsync(condition, null, new PageWaitForFunctionOptions { Timeout = Patience.Ms });

    public Task<T> EvaluateAsync<T>(string script) => Page.EvaluateAsync<T>(script);

    public Task RunAsync(string script) => Page.EvaluateAsync(script);

    /// <summary>Fails where anything went wrong that a person would not see.</summary>
    public void AssertQuiet() => Assert.Empty(Errors);

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        _server.Remove(this);
    }

    /// <summary>A file of so many bytes was sent to the page; libraries are weighed elsewhere.</summary>
    public void Count(string? path, long bytes) => Loaded += path!.StartsWith("/lib/", StringComparison.Ordinal) ? 0 : bytes;

    /// <summary>Null where the server is away.</summary>
    public RouteFulfillOptions? Answer(PageRequest asked)
    {
        if (ServerAway)
        {
            return null;
        }

        RouteFulfillOptions? known = AnalysisAnswers.Of(asked) ?? LibraryAnswers.Of(asked.Method, asked.Path)
            ?? StudioAnswers.Of(asked.Path) ?? EventAnswers.Of(asked);
        return known ?? asked.Path switch
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
            "/api/models/pull" when asked.Method == "GET" => new() { Body = Pull, ContentType = "application/json" },
            var path when path.EndsWith("/pull", StringComparison.Ordinal) => Pulled($"{asked.Method} {path}"),
            "/api/echo" when asked.Method == "GET" =>
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
    }

    private RouteFulfillOptions Pulled(string call)
    {
        Pulls.Add(call);
        return new() { Body = Pull, ContentType = "application/json" };
    }
}
