using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>
/// The list of languages in windows as narrow as a phone's, in each of the languages, whose words differ in length. With RTC_SCREENSHOTS
/// naming a folder pictures of all are kept there.
/// </summary>
[Collection(LiveCollection.Name)]
public sealed class LanguageListTests(LiveFixture live)
{
    private static readonly string[] s_pages =
    [
        "/", "/phone?room=words", "/view?room=words", "/segment", "/focus", "/library", "/library/0197f1a0-0000-7000-8000-000000000007",
        "/studio", "/events", "/models", "/api", "/selftest",
    ];

    private static readonly string? s_shots = Environment.GetEnvironmentVariable("RTC_SCREENSHOTS") is { Length: > 0 } folder
        ? folder
        : null;

    /// <summary>Why the list can't be used, or the bar does not look as it should.</summary>
    private const string Faults = """
        (language) => {
          const faults = [];
          const shown = (element) => element.checkVisibility({ visibilityProperty: true });
          if (document.documentElement.scrollWidth > innerWidth) faults.push('it scrolls sideways');
          const lists = [...document.querySelectorAll('select.language')].filter(shown);
          if (lists.length === 0) faults.push('no list');
          for (const list of lists) {
            if (list.value !== language) faults.push(`the list says ${list.value}`);
            list.scrollIntoView({ block: 'center' });
            const { left, right, top, bottom } = list.getBoundingClientRect();
            if (left < 0 || right > innerWidth || right - left < 50 || bottom - top < 34) faults.push(`the list is from ${left} to ${right}`);
            if (document.elementFromPoint((left + right) / 2, (top + bottom) / 2) !== list) faults.push('something lies over the list');
          }
          scrollTo(0, 0);
          const bar = document.querySelector('.bar:not(.bar-wraps, .view-bar)');
          if (bar && bar.offsetHeight > 61) faults.push(`the bar is ${bar.offsetHeight} high`);
          for (const part of bar ? [...bar.children].filter(shown) : []) {
            const { left, right } = part.getBoundingClientRect();
            if (left < 0 || right > innerWidth || part.scrollWidth > part.clientWidth + 1 && part.matches('.button')) {
              faults.push(`${part.id || part.className} from ${left} to ${right}`);
            }
          }
          return faults;
        }
        """;

    [Theory]
    [InlineData("en")]
    [InlineData("de")]
    [InlineData("fr")]
    [InlineData("es")]
    public async Task Every_page_offers_its_languages_in_a_narrow_window(string language)
    {
        await using IBrowserContext context = await OpenAsync(language);
        var faults = new List<string>();
        foreach (string path in s_pages)
        {
            IPage page = await context.NewPageAsync();
            await page.GotoAsync(new Uri(live.Server.Address, path).AbsoluteUri);
            if (path is "/focus" or "/events")
            {
                await Assertions.Expect(page.Locator("#state-text")).Not.ToBeEmptyAsync();
            }

            foreach (int width in (int[])[412, 360])
            {
                await page.SetViewportSizeAsync(width, 740);
                string[] found = await page.EvaluateAsync<string[]>(Faults, language);
                faults.AddRange(found.Select(fault => $"{path} at {width}: {fault}"));
                if (s_shots is not null)
                {
                    string name = $"{language}-{path.Split('?')[0].Replace('/', '-')}-{width}.png";
                    await page.ScreenshotAsync(new() { Path = Path.Combine(s_shots, name) });
                }
            }

            await page.CloseAsync();
        }

        Assert.Equal([], faults);
    }

    [Fact]
    public async Task Chosen_language_is_the_next_pages_too()
    {
        await using IBrowserContext context = await OpenAsync("en");
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(live.Server.Address, "/library").AbsoluteUri);
        await page.SelectOptionAsync("#language", "es");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "es");
        await page.GotoAsync(new Uri(live.Server.Address, "/events").AbsoluteUri);
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "es");
        await Assertions.Expect(page.Locator("#language")).ToHaveValueAsync("es");
    }

    private async Task<IBrowserContext> OpenAsync(string language)
    {
        IBrowserContext context = await live.Browser.NewContextAsync(new()
        {
            Locale = language,
            ViewportSize = new ViewportSize { Width = 412, Height = 740 },
            DeviceScaleFactor = 2.625f,
            HasTouch = true,
            IsMobile = true,
            ServiceWorkers = ServiceWorkerPolicy.Block,
        });
        context.SetDefaultTimeout(Patience.Ms);
        return context;
    }
}
