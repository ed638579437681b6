using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

[Collection(PagesCollection.Name)]
public sealed class SelfTestPageTests(PagesFixture fixture)
{
    private const string Socket = """
        window.WebSocket = class { constructor() { setTimeout(() => this.onopen?.(), 5); } send() { setTimeout(() => this.onmessage?.({ data: '{}' }), 5); } close() {} };
        """;

    [Fact]
    public async Task Every_check_ends_in_a_colour_and_a_sentence_that_can_be_copied()
    {
        BrowserNewContextOptions options = PageUnderTest.Desktop();
        options.Permissions = ["clipboard-read", "clipboard-write"];
        await using PageUnderTest check = await PageUnderTest.OpenAsync(fixture, "/selftest", options, Socket);
        await Assertions.Expect(check["#verdict"]).ToHaveAttributeAsync("data-done", "true", new() { Timeout = Patience.Ms });
        string[] sentences = [.. await check[".advice"].AllTextContentsAsync()];
        Assert.Equal(10, sentences.Length);
        Assert.All(sentences, sentence => Assert.EndsWith(".", sentence, StringComparison.Ordinal));
        foreach (string good in (string[])["secure", "codecs", "socket", "udp", "down", "up"])
        {
            await Assertions.Expect(check[$"[data-check={good}]"]).ToHaveAttributeAsync("data-status", "good");
        }

        await Assertions.Expect(check["[data-check=turn]"]).ToHaveAttributeAsync("data-status", "skip");
        await check["#copy"].ClickAsync();
        await check.SaidAsync("Result copied");
        string copied = await check.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        Assert.Contains("Good: Secure page", copied, StringComparison.Ordinal);
        check.AssertQuiet();
    }

    [Fact]
    public async Task Results_have_their_icons_where_the_server_has_gone()
    {
        await using PageUnderTest check = await PageUnderTest.OpenAsync(fixture, "/selftest", before: Socket);
        await Assertions.Expect(check["#verdict"]).ToHaveAttributeAsync("data-done", "true", new() { Timeout = Patience.Ms });
        await check.Page.RouteAsync("**/icons/**", route => route.AbortAsync());
        check.ServerAway = true;
        await check["#again"].ClickAsync();
        await Assertions.Expect(check["[data-check=up]"]).ToHaveAttributeAsync("data-status", "skip", new() { Timeout = Patience.Ms });
        Assert.All(
            await check.EvaluateAsync<double[]>(
                "() => [...document.querySelectorAll('.mark use:not([hidden])')].map((use) => use.getBoundingClientRect().width)"),
            width => Assert.True(width > 0));
    }

    [Fact]
    public async Task Without_tls_it_is_red_and_says_what_to_do()
    {
        await using PageUnderTest check = await PageUnderTest.OpenAsync(
            fixture, "/selftest", before: Socket, host: PageUnderTest.InsecureHost);
        await Assertions.Expect(check["[data-check=secure]"]).ToHaveAttributeAsync("data-status", "bad");
        await Assertions.Expect(check["[data-check=camera]"]).ToHaveAttributeAsync("data-status", "bad");
        await check.TextAsync("[data-check=secure]", "Open the https address");
    }
}
