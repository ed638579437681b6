using Microsoft.Playwright;
using Rtc.EndToEnd.Tests.Signalling;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>The page that shows the OpenAPI document.</summary>
[Collection(PagesCollection.Name)]
public sealed class ApiPageTests(PagesFixture fixture)
{
    private const string Clipboard =
        "window.copied = []; Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { "
            + "copied.push(text); } } });";

    [Fact]
    public async Task Every_operation_has_a_card_with_its_command()
    {
        await using PageUnderTest page = await OpenAsync("/api");
        string[] shown = await page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('.operation')].filter((card) => card.querySelector('.method')).map((card) => "
                + "card.querySelector('.method').textContent + ' ' + card.querySelector('.path').textContent)");
        Assert.Equal(DocumentedAnswer.Operations.Order(), shown.Order());
        string[] bare = await page.EvaluateAsync<string[]>(
            "() => [...document.querySelectorAll('.operation')].filter((card) => card.querySelector('.method') && "
                + $"!card.textContent.includes('curl {PageUnderTest.Host}') && !card.textContent.includes(\"curl "
                + $"'{PageUnderTest.Host}\")).map((card) => card.id)");
        Assert.Empty(bare);
        page.AssertQuiet();
    }

    [Fact]
    public async Task Operation_opens_and_its_command_is_copied()
    {
        await using PageUnderTest page = await OpenAsync("/api", Clipboard);
        await page["#tokens_create summary"].ClickAsync();
        await page.TextAsync("#tokens_create .who", "the API key");
        await page["#tokens_create .code-head button"].ClickAsync();
        string copied = await page.EvaluateAsync<string>("() => copied.join()");
        Assert.Contains($"curl {PageUnderTest.Host}/api/tokens", copied, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer KEY", copied, StringComparison.Ordinal);
        await page.SaidAsync("Command copied");
        page.AssertQuiet();
    }

    [Fact]
    public async Task Address_of_an_operation_opens_it()
    {
        await using PageUnderTest page = await OpenAsync("/api#message-detections");
        Assert.True(await page.EvaluateAsync<bool>("() => document.getElementById('message-detections').open"));
        await page.TextAsync("#message-detections", "rtp_timestamp");
        await Assertions.Expect(page["#message-detections pre"]).ToBeInViewportAsync();
    }

    [Fact]
    public async Task Missing_document_is_told()
    {
        await using PageUnderTest page = await PageUnderTest.OpenAsync(
            fixture, "/api",
            before: "const real = fetch; window.fetch = (path, ...rest) => String(path).startsWith('/openapi') ? Promise.reject(new "
                + "Error('away')) : real(path, ...rest);");
        await page.TextAsync("#status", "could not be read");
    }

    [Theory]
    [InlineData(320, 568)]
    [InlineData(390, 844)]
    [InlineData(1280, 800)]
    [InlineData(3840, 2160)]
    public async Task Open_cards_do_not_stick_out(int width, int height)
    {
        await using PageUnderTest page = await OpenAsync(
            "/api", options: new() { ViewportSize = new ViewportSize { Width = width, Height = height } });
        await page.RunAsync("() => { for (const card of document.querySelectorAll('details')) card.open = true; }");
        Assert.True(
            await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways");
    }

    private async Task<PageUnderTest> OpenAsync(string path, string? before = null, BrowserNewContextOptions? options = null)
    {
        PageUnderTest page = await PageUnderTest.OpenAsync(fixture, path, options, before);
        await Assertions.Expect(page["#status"]).ToBeHiddenAsync();
        return page;
    }
}
