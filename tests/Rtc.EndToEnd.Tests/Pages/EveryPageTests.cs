using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>What holds for all pages: weight, accessibility in both themes, and pictures of them for a person to look at.</summary>
[Collection(PagesCollection.Name)]
public sealed class EveryPageTests(PagesFixture fixture, ITestOutputHelper output)
{
    private const long LargestPage = 300 * 1024;
    private static readonly ColorScheme[] s_themes = [ColorScheme.Light, ColorScheme.Dark];
    private static readonly string? s_shots = Environment.GetEnvironmentVariable("RTC_SCREENSHOTS") is { Length: > 0 } folder
        ? folder
        : null;
    private static readonly string s_signalR =
        Path.Combine(Repository.Root, "node_modules", "@microsoft", "signalr", "dist", "browser", "signalr.min.js");
    private static readonly string s_axe = Path.Combine(Repository.Root, "node_modules", "axe-core", "axe.min.js");

    [Theory]
    [InlineData("/")]
    [InlineData("/phone")]
    [InlineData("/view")]
    [InlineData("/selftest")]
    [InlineData("/segment")]
    [InlineData("/focus")]
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

        if (path == "/api")
        {
            await page.RunAsync("() => { for (const card of document.querySelectorAll('details')) card.open = true; }");
            await AssertAccessibleAsync(page, "/api, open");
        }

        if (path == "/view")
        {
            await page["#tab-zones"].ClickAsync();
            await page["#zone-default"].ClickAsync();
            await page.TextAsync("#zones", "inside");
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
    [InlineData("/api", false)]
    [InlineData("/api", true)]
    public async Task Page_weighs_little_and_fits_its_window(string path, bool phone)
    {
        await using PageUnderTest page = await OpenAsync(path, phone ? PageUnderTest.Pixel() : PageUnderTest.Desktop());
        long weight = page.Loaded + (path is "/" or "/api" or "/focus" ? 0 : new FileInfo(s_signalR).Length);
        output.WriteLine($"{path}: {weight / 1024.0:0} KiB");
        Assert.InRange(weight, 10_000, LargestPage);
        if (path == "/phone")
        {
            await KeepAsync(page, "phone-start", phone);
            await GoLiveAsync(page);
            await page.UntilAsync("() => document.querySelector('#picture').videoWidth > 0");
        }

        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"{path} scrolls sideways");
        await KeepAsync(page, path == "/" ? "home" : path[1..], phone);
        page.AssertQuiet();
    }

    private static async Task GoLiveAsync(PageUnderTest page)
    {
        await page["#start"].ClickAsync();
        await page.StateAsync("live");
        await page.TextAsync("#level", "Optimal");
    }

    private async Task<PageUnderTest> OpenAsync(string path, BrowserNewContextOptions options)
    {
        PageUnderTest page = await PageUnderTest.OpenAsync(
            fixture, $"{path}?room=demo", options,
            before: "window.WebSocket = class { constructor() { setTimeout(() => this.onopen?.(), 5); } send() { setTimeout(() => "
                + "this.onmessage?.({}), 5); } close() {} };");
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
                await Assertions.Expect(page["#verdict"]).ToHaveAttributeAsync("data-done", "true", new() { Timeout = 45_000 });
                break;
            case "/api":
                await Assertions.Expect(page["#status"]).ToBeHiddenAsync();
                break;
            case "/segment":
                await Assertions.Expect(page["#profiles input"]).ToHaveCountAsync(4);
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
            await page.Page.EmulateMediaAsync(new() { ColorScheme = theme });
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
            // A button that still fades from one theme to the other would have the contrast of neither.
            await page.Page.EmulateMediaAsync(new() { ColorScheme = theme, ReducedMotion = ReducedMotion.Reduce });
            JsonElement found = await page.EvaluateAsync<JsonElement>("""
                async () => {
                  const { violations, passes } = await axe.run(document);
                  return { passes: passes.length, errors: violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`) };
                }
                """);
            Assert.True(found.GetProperty("passes").GetInt32() > 10, $"{where}, {theme}: axe looked at next to nothing");
            Assert.True(found.GetProperty("errors").GetArrayLength() == 0, $"{where}, {theme}: {found.GetProperty("errors")}");
        }
    }
}
