using Microsoft.Playwright;
using Rtc.EndToEnd.Tests.Browser;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>The example page of another site: its camera in a room, and the room in the page by an element and by a frame.</summary>
[Collection(LiveCollection.Name)]
public sealed class EmbedTests(LiveFixture live)
{
    [Fact]
    public async Task Page_of_another_site_has_a_room_in_it()
    {
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        context.SetDefaultTimeout(Patience.Ms);
        IPage page = await context.NewPageAsync();
        string server = live.Server.Address.ToString().TrimEnd('/');
        await page.GotoAsync(
            $"{live.OtherOrigin}/?room=embedded&server={Uri.EscapeDataString(server)}", new() { WaitUntil = WaitUntilState.Commit });
        await page.Locator("html[data-ready]").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        await page.ClickAsync("#start");
        await Assertions.Expect(page.Locator("#camera")).ToHaveAttributeAsync("data-state", "live");
        await Assertions.Expect(page.Locator("#viewer")).ToHaveAttributeAsync("data-state", "live");
        await page.WaitForFunctionAsync("() => document.querySelector('#viewer').shadowRoot.querySelector('video').videoWidth > 0");
        await Assertions.Expect(page.FrameLocator("#frame").Locator("html")).ToHaveAttributeAsync("data-state", "live");
        IFrame frame = page.Frames.Single(one => one.Url.Contains("/embed", StringComparison.Ordinal));
        await frame.WaitForFunctionAsync(
            "() => document.querySelector('#picture').videoWidth > 0 && document.querySelector('#waiting').hidden");
    }
}
