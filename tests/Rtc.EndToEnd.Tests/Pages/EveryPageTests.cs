using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>What holds for all pages: weight, accessibility in both themes, and pictures of them for a person to look at.</summary>
[Collection(PagesCollection.Name)]
public sealed class EveryPageTests(PagesFixture fixture, ITestOutputHelper output)
{
    private const long LargestPage = 300 * 1024;
    private static readonly string? s_shots =
        Environment.GetEnvironmentVariable("RTC_SCREENSHOTS") is { Length: > 0 } folder ? folder : null;
    private static readonly string s_signalR = Path.Combine(
        Repository.Root, "node_modules", "@microsoft", "signalr", "dist", "browser", "signalr.min.js");
    private static readonly string s_axe = Path.Combine(Repository.Root, "node_modules", "axe-core", "axe.min.js");

    [Theory]
    [InlineData("/")]
    [InlineData("/phone")]
    [InlineData("/view")]
    [InlineData("/selftest")]
    [InlineData("/api")]
    public async Task A_page_weighs_little(string path)
    {
        await using PageUnderTest page = await OpenAsync(path, PageUnderTest.Desktop());
        long weight = page.Loaded + (path is "/" or "/api" ? 0 : new FileInfo(s_signalR).Length);
        output.WriteLine($"{path}: {weight / 1024.0:0} KiB");
        Assert.InRange(weight, 10_000, LargestPage);
        page.AssertQuiet();
    }

    [Theory]
    [InlineData("/", ColorScheme.Light)]
    [InlineData("/", ColorScheme.Dark)]
    [InlineData("/phone", ColorScheme.Light)]
    [InlineData("/phone", ColorScheme.Dark)]
    [InlineData("/view", ColorScheme.Light)]
    [InlineData("/view", ColorScheme.Dark)]
    [InlineData("/selftest", ColorScheme.Light)]
    [InlineData("/selftest", ColorScheme.Dark)]
    [InlineData("/api", ColorScheme.Light)]
    [InlineData("/api", ColorScheme.Dark)]
    public async Task Axe_finds_no_fault(string path, ColorScheme theme)
    {
        await using PageUnderTest page = await OpenAsync(path, PageUnderTest.Desktop(theme));
        await AssertAccessibleAsync(page, path);
        if (path == "/phone")
        {
            await page["#start"].ClickAsync();
            await page.StateAsync("live");
            await page.TextAsync("#level", "Optimal");
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

    /// <summary>With RTC_SCREENSHOTS naming a folder the pictures are kept there; in any case each page fits its window.</summary>
    [Theory]
    [InlineData(ColorScheme.Light, false)]
    [InlineData(ColorScheme.Light, true)]
    [InlineData(ColorScheme.Dark, false)]
    [InlineData(ColorScheme.Dark, true)]
    public async Task Every_page_fits_its_window(ColorScheme theme, bool phone)
    {
        foreach (string path in (string[])["/", "/phone", "/view", "/selftest", "/api"])
        {
            await using PageUnderTest page = await OpenAsync(path, phone ? PageUnderTest.Pixel(theme) : PageUnderTest.Desktop(theme));
            if (path == "/phone")
            {
                await KeepAsync(page, "phone-start", theme, phone);
                await page["#start"].ClickAsync();
                await page.StateAsync("live");
                await page.TextAsync("#level", "Optimal");
                await page.UntilAsync("() => document.querySelector('#picture').videoWidth > 0");
            }

            Assert.True(
                await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), $"{path} scrolls sideways");
            await KeepAsync(page, path == "/" ? "home" : path[1..], theme, phone);
            page.AssertQuiet();
        }
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
            default:
                await Assertions.Expect(page["#start"]).ToBeVisibleAsync();
                break;
        }

        return page;
    }

    private static async Task KeepAsync(PageUnderTest page, string name, ColorScheme theme, bool phone)
    {
        if (s_shots is not null)
        {
            await page.Page.ScreenshotAsync(
                new() { Path = Path.Combine(s_shots, $"{name}-{theme}-{(phone ? "phone" : "desktop")}.png".ToLowerInvariant()) });
        }
    }

    private static async Task AssertAccessibleAsync(PageUnderTest page, string where)
    {
        // The page's own policy forbids injected scripts, so axe is evaluated, which the browser's driver may.
        await page.Page.EvaluateAsync(await File.ReadAllTextAsync(s_axe) + "; undefined");
        JsonElement found = await page.EvaluateAsync<JsonElement>("""
            async () => {
              const { violations, passes } = await axe.run(document);
              return { passes: passes.length, errors: violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`) };
            }
            """);
        Assert.True(found.GetProperty("passes").GetInt32() > 10, $"{where}: axe looked at next to nothing");
        Assert.True(found.GetProperty("errors").GetArrayLength() == 0, $"{where}: {found.GetProperty("errors")}");
    }
}
