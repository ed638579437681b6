using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>What holds for all pages: weight, accessibility in both themes, and pictures of them for a person to look at.</summary>
[Collection(PagesCollection.Name)]
public sealed class EveryPageTests(PagesFixture fixture, ITestOutputHelper output)
{
    private const long MaxPageBytes = 400 * 1024;
    private static readonly ColorScheme[] s_themes = [ColorScheme.Light, ColorScheme.Dark];
    private static readonly string? s_shots = Environment.GetEnvironmentVariable("RTC_SCREENSHOTS") is { Length: > 0 } folder
        ? folder
        : null;
    private static readonly string s_signalR =
        Path.Combine(Repository.Root, "node_modules", "@microsoft", "signalr", "dist", "browser", "signalr.min.js");
    private static readonly string s_models =
        """
        [{"name":"yolox-nano","task":"detect","licence":"Apache-2.0","on_disk":true,"bytes":3660092,"provider":"cpu","problem":null,
        "layout":"yolox","input_width":416,"input_height":416,"suits":["detect"],"origin":"catalogue",
        "rate":{"per_second":41.5,"milliseconds":24.1,"runs":10,"provider":"cpu","measured_at":"2026-01-01T01:00:00+00:00"}},
        {"name":"sam2-hiera-tiny-of-the-second-kind","task":"mask","licence":"Apache-2.0","on_disk":false,"bytes":155000000,
        "provider":null,"problem":null,"layout":null,"input_width":null,"input_height":null,"suits":["mask"],"origin":"catalogue",
        "rate":null}]
        """;

    private static readonly string s_axe = Path.Combine(Repository.Root, "node_modules", "axe-core", "axe.min.js");

    [Theory]
    [InlineData("/")]
    [InlineData("/phone")]
    [InlineData("/view")]
    [InlineData("/selftest")]
    [InlineData("/segment")]
    [InlineData("/focus")]
    [InlineData("/library")]
    [InlineData("/studio")]
    [InlineData("/events")]
    [InlineData("/models")]
    [InlineData(AnalysisAnswers.Page)]
    [InlineData("/api")]
    public async Task Axe_finds_no_error_in_either_theme(string path)
    {
        await using PageUnderTest page = await OpenAsync(path, PageUnderTest.Desktop());
        await AssertAccessibleAsync(page, path);
        if (path == "/phone")
        {
            await GoLiveAsync(page);
            await AssertAccessibleAsync(page, "/phone, live");
            await page["#settings"].ClickAsync();
            await AssertAccessibleAsync(page, "/phone, settings");
        }

        if (path == "/library")
        {
            await page["[data-video] button"].First.ClickAsync();
            await AssertAccessibleAsync(page, "/library, player");
            await page.Page.Keyboard.PressAsync("Escape");
            await page["[data-video] .button-icon"].Nth(2).ClickAsync();
            await Assertions.Expect(page["#delete"]).ToBeVisibleAsync();
            await AssertAccessibleAsync(page, "/library, delete");
        }

        if (path == "/studio")
        {
            await OpenClipAsync(page);
            await AssertAccessibleAsync(page, "/studio, removed");
            await page["#tab-text"].ClickAsync();
            await page["#prompt"].FillAsync("the drummer");
            await page["#go"].ClickAsync();
            await Assertions.Expect(page[".stems[data-ready=true]"]).ToBeVisibleAsync();
            await AssertAccessibleAsync(page, "/studio, found");
        }

        if (path is "/api" or AnalysisAnswers.Page)
        {
            await page.RunAsync("() => { for (const card of document.querySelectorAll('details')) card.open = true; }");
            await AssertAccessibleAsync(page, path + ", open");
        }

        if (path == "/view")
        {
            await page["#tab-zones"].ClickAsync();
            await page["#zone-default"].ClickAsync();
            await page.TextAsync("#zones", "inside");
            await page["#rule-add"].ClickAsync();
            await AssertAccessibleAsync(page, "/view, a rule");
            await page["#rule-name"].FillAsync("Somebody at the door");
            await page["#rule-record"].CheckAsync();
            await page["#rule-save"].ClickAsync();
            await page.TextAsync("[data-rule=somebody-at-the-door]", "Zone entered · Zone 1");
            await Assertions.Expect(page["#rule-dialog"]).ToBeHiddenAsync();
            foreach (string tab in (string[])["zones", "tracks", "plots"])
            {
                await page[$"#tab-{tab}"].ClickAsync();
                await AssertAccessibleAsync(page, $"/view, {tab}");
            }
        }
    }

    /// <summary>With RTC_SCREENSHOTS naming a folder the pictures are kept there, in both themes.</summary>
    [Theory]
    [InlineData("/", false)]
    [InlineData("/", true)]
    [InlineData("/phone", false)]
    [InlineData("/phone", true)]
    [InlineData("/view", false)]
    [InlineData("/view", true)]
    [InlineData("/selftest", false)]
    [InlineData("/selftest", true)]
    [InlineData("/segment", false)]
    [InlineData("/segment", true)]
    [InlineData("/focus", false)]
    [InlineData("/focus", true)]
    [InlineData("/library", false)]
    [InlineData("/library", true)]
    [InlineData("/studio", false)]
    [InlineData("/studio", true)]
    [InlineData("/events", false)]
    [InlineData("/events", true)]
    [InlineData("/models", false)]
    [InlineData("/models", true)]
    [InlineData(AnalysisAnswers.Page, false)]
    [InlineData(AnalysisAnswers.Page, true)]
    [InlineData("/api", false)]
    [InlineData("/api", true)]
    public async Task Page_weighs_little_and_fits_its_window(string path, bool phone)
    {
        await using PageUnderTest page = await OpenAsync(path, phone ? PageUnderTest.Pixel() : PageUnderTest.Desktop());
        bool hasHub = path is not ("/" or "/api" or "/focus" or "/library" or "/studio" or "/events" or "/models" or AnalysisAnswers.Page);
        long weight = page.Loaded + (hasHub ? new FileInfo(s_signalR).Length : 0);
        output.WriteLine($"{path}: {weight / 1024.0:0} KiB");
        Assert.InRange(weight, 10_000, MaxPageBytes);
        if (path == "/phone")
        {
            await KeepAsync(page, "phone-start", phone);
            await GoLiveAsync(page);
            await page.UntilAsync("() => document.querySelector('#picture').videoWidth > 0");
        }

        await AssertFitsAsync(page, path switch { "/" => "home", AnalysisAnswers.Page => "analysis", _ => path[1..] }, phone);
        if (path == "/studio")
        {
            await page.Page.SetViewportSizeAsync(1100, 800);
            await OpenClipAsync(page);
            await AssertFitsAsync(page, "studio-clip", phone);
            foreach ((int width, int height) in ((int, int)[])[(1280, 800), (412, 839)])
            {
                await page.Page.SetViewportSizeAsync(width, height);
                Assert.Equal(1, await page.EvaluateAsync<int>(ClickLines));
            }
        }

        page.AssertQuiet();
    }

    /// <summary>In how many lines the buttons beside the clicks stand, all of them and by their longest names, which are French.</summary>
    private const string ClickLines = """
        () => {
          const buttons = [...document.querySelectorAll('.clicks-line button')];
          const names = ['Voir', 'Annuler le clic', 'Effacer'];
          buttons.forEach((button, at) => { button.hidden = false; button.textContent = names[at]; });
          return new Set(buttons.map((button) => button.offsetTop)).size;
        }
        """;

    private static async Task AssertFitsAsync(PageUnderTest page, string name, bool phone)
    {
        // The second of each pair is what a window of 1440×900 has left at 200 %.
        foreach ((int width, int height) in ((int, int)[])(phone ? [(412, 839), (320, 568), (844, 390)] : [(1440, 900), (720, 450)]))
        {
            await page.Page.SetViewportSizeAsync(width, height);
            string[] lost = await page.EvaluateAsync<string[]>(Unreachable);
            Assert.True(lost.Length == 0, $"{name} at {width}×{height}: {string.Join(", ", lost)}");
            await KeepAsync(page, $"{name}-{width}", phone);
        }
    }

    [Fact]
    public async Task Page_with_four_cameras_fits_every_window()
    {
        await using PageUnderTest page = await PageUnderTest.OpenAsync(
            fixture, "/view?room=demo", before: PageUnderTest.QuickPolls + "window.fakeNoModels = true;");
        page.Cameras = string.Concat(
            "[", string.Join(',', new[] { "demo", "demo.2", "demo.3", "demo.4" }.Select(room =>
                $$"""{"room":"{{room}}","name":"Hall","on_air":true,"viewers":1,"fps":30,"since":""}""")), "]");
        await Assertions.Expect(page["[data-kind=live]"]).ToHaveCountAsync(3);
        await page.UntilAsync("() => [...document.querySelectorAll('[data-kind=live] video')].every((video) => video.videoWidth > 0)");
        await Assertions.Expect(page["#stand button"]).Not.ToHaveCountAsync(0);
        foreach ((int width, int height) in ((int, int)[])[(1440, 900), (720, 450), (412, 839), (320, 568), (844, 390)])
        {
            await page.Page.SetViewportSizeAsync(width, height);
            string[] lost = await page.EvaluateAsync<string[]>(Unreachable);
            Assert.True(lost.Length == 0, $"{width}×{height}: {string.Join(", ", lost)}");
            await KeepAsync(page, $"view-cameras-{width}", phone: false);
        }

        page.AssertQuiet();
    }

    /// <summary>What lies beside the window or beneath something that hides it, with all the scrolling that there is.</summary>
    private const string Unreachable = """
        () => {
          const lost = [];
          if (document.documentElement.scrollWidth > innerWidth) lost.push('it scrolls sideways');
          for (const control of document.querySelectorAll('a[href], button, select, input, [role=tab]')) {
            if (!control.checkVisibility({ visibilityProperty: true, opacityProperty: false }) || control.classList.contains('skip')) continue;
            control.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
            for (let box = control.parentElement; box; box = box.parentElement) {
              // A script scrolls it; nobody else can.
              if (box.scrollLeft > 0 && getComputedStyle(box).overflowX === 'hidden') lost.push(`${control.id || control.textContent.trim()} in ${box.id || box.className}`);
            }
            const { left, right, top, bottom } = control.getBoundingClientRect();
            const x = (left + right) / 2, y = (top + bottom) / 2;
            const there = x >= 0 && x <= innerWidth && y >= 0 && y <= innerHeight ? document.elementFromPoint(x, y) : null;
            const label = control.closest('label');
            if (!there || !(control.contains(there) || there.contains(control) || label?.contains(there))) {
              lost.push(control.id || control.textContent.trim() || control.className);
            }
          }
          scrollTo(0, 0);
          for (const element of document.querySelectorAll('*')) if (element.scrollTop || element.scrollLeft) element.scrollTo(0, 0);
          return lost;
        }
        """;

    private static async Task GoLiveAsync(PageUnderTest page)
    {
        await page["#start"].ClickAsync();
        await page.StateAsync("live");
        await page.TextAsync("#level", "Optimal");
    }

    /// <summary>Up to what came of taking an object out.</summary>
    private static async Task OpenClipAsync(PageUnderTest page)
    {
        await page["[data-clip='3']"].ClickAsync();
        await page["#tab-remove"].ClickAsync();
        await Assertions.Expect(page["#work[data-clip]"]).ToBeVisibleAsync();
        await page["#overlay"].ClickAsync();
        await Assertions.Expect(page["#overlay[data-outlined=true]"]).ToBeVisibleAsync();
        await page["#go"].ClickAsync();
        await Assertions.Expect(page["#result .compare"]).ToBeVisibleAsync();
    }

    private async Task<PageUnderTest> OpenAsync(string path, BrowserNewContextOptions options)
    {
        PageUnderTest page = await PageUnderTest.OpenAsync(
            fixture, $"{path}?room=demo", options,
            before: "window.WebSocket = class { constructor() { setTimeout(() => this.onopen?.(), 5); } send() { setTimeout(() => "
                + "this.onmessage?.({}), 5); } close() {} };" + LibraryAnswers.Kept,
            models: path == "/models" ? s_models : "[]");
        switch (path)
        {
            case "/":
                page.Rooms =
                    """[{"room":"demo","phones":1,"viewers":2,"width":640,"height":480,"fps":30,"level":"optimal","model":"motion","provider":"embedded","since":""}]""";
                await Assertions.Expect(page["[data-room=demo]"]).ToBeVisibleAsync();
                break;
            case "/view":
                await page.StateAsync("live");
                await page.TextAsync("#level", "Optimal");
                await Assertions.Expect(page["#waiting"]).ToBeHiddenAsync();
                break;
            case "/selftest" when s_shots is null:
                await Assertions.Expect(page["[data-check=codecs]"]).ToHaveAttributeAsync("data-status", "good");
                break;
            case "/selftest":
                await Assertions.Expect(page["#verdict"]).ToHaveAttributeAsync("data-done", "true", new() { Timeout = Patience.Ms });
                break;
            case "/api":
                await Assertions.Expect(page["#status"]).ToBeHiddenAsync();
                break;
            case "/segment":
                await Assertions.Expect(page["#profiles input"]).ToHaveCountAsync(4);
                break;
            case "/library":
                await Assertions.Expect(page["[data-status=processing] progress"]).ToBeVisibleAsync();
                await Assertions.Expect(page["[data-state=kept]"]).ToBeVisibleAsync();
                break;
            case "/studio":
                await Assertions.Expect(page["[data-clip='3']"]).ToBeVisibleAsync();
                break;
            case "/models":
                await Assertions.Expect(page["#list > li"]).ToHaveCountAsync(2);
                break;
            case "/events":
                await Assertions.Expect(page["[data-event]"]).ToHaveCountAsync(3);
                break;
            case AnalysisAnswers.Page:
                await Assertions.Expect(page["[data-status=processing] progress"]).ToBeVisibleAsync();
                await Assertions.Expect(page["[data-class]"]).ToHaveCountAsync(2);
                await Assertions.Expect(page["[data-scene]"]).ToHaveCountAsync(3);
                break;
            case "/focus":
                await page.TextAsync("#problem", "no detection model");
                break;
            default:
                await Assertions.Expect(page["#start"]).ToBeVisibleAsync();
                break;
        }

        return page;
    }

    private static async Task KeepAsync(PageUnderTest page, string name, bool phone)
    {
        foreach (ColorScheme theme in s_shots is null ? [] : s_themes)
        {
            await page.Page.EmulateMediaAsync(new() { ColorScheme = theme, ReducedMotion = ReducedMotion.Reduce });
            await page.Page.ScreenshotAsync(
                new() { Path = Path.Combine(s_shots!, $"{name}-{theme}-{(phone ? "phone" : "desktop")}.png".ToLowerInvariant()) });
        }
    }

    private static async Task AssertAccessibleAsync(PageUnderTest page, string where)
    {
        // The page's own policy forbids injected scripts, so axe is evaluated, which the browser's driver may.
        await page.Page.EvaluateAsync(await File.ReadAllTextAsync(s_axe) + "; undefined");
        foreach (ColorScheme theme in s_themes)
        {
            // The second theme has other colours and nothing else. A button that still fades would have the contrast of neither.
            await page.Page.EmulateMediaAsync(new() { ColorScheme = theme, ReducedMotion = ReducedMotion.Reduce });
            JsonElement found = await page.Page.EvaluateAsync<JsonElement>("""
                async (colours) => {
                  const options = { resultTypes: ['violations'], ...(colours ? { runOnly: ['color-contrast'] } : {}) };

                  // The groups of the API's page are made by the same lines: the first ones stand for all.
                  const { violations, passes } = await axe.run({ exclude: [['.group:nth-of-type(n+4)']] }, options);
                  return { passes: passes.length, errors: violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`) };
                }
                """, theme != s_themes[0]);
            int least = theme == s_themes[0] ? 10 : 1;
            Assert.True(found.GetProperty("passes").GetInt32() >= least, $"{where}, {theme}: axe looked at next to nothing");
            Assert.True(found.GetProperty("errors").GetArrayLength() == 0, $"{where}, {theme}: {found.GetProperty("errors")}");
        }
    }
}
