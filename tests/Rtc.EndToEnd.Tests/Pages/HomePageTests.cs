using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

[Collection(PagesCollection.Name)]
public sealed class HomePageTests(PagesFixture fixture)
{
    private const string OnAir =
        """[{"room":"demo","phones":1,"viewers":2,"width":640,"height":480,"fps":30,"level":"optimal","model":"motion","provider":"embedded","since":"2026-01-01T00:00:00Z"}]""";

    [Fact]
    public async Task The_code_and_the_link_lead_the_phone_to_the_chosen_room()
    {
        await using PageUnderTest home = await PageUnderTest.OpenAsync(fixture, "/");
        await home.TextAsync("#address", "192.168.7.7:8443/phone?room=demo");
        await home["#room"].FillAsync("kitchen");
        await Assertions.Expect(home["#address"]).ToHaveAttributeAsync("href", "https://192.168.7.7:8443/phone?room=kitchen");
        await Assertions.Expect(home["#qr"])
            .ToHaveAttributeAsync("src", "/api/qr.svg?text=https%3A%2F%2F192.168.7.7%3A8443%2Fphone%3Froom%3Dkitchen");
        await Assertions.Expect(home["#open-view"]).ToHaveAttributeAsync("href", "/view?room=kitchen");
        home.AssertQuiet();
    }

    [Fact]
    public async Task A_room_name_that_the_server_would_refuse_changes_nothing()
    {
        await using PageUnderTest home = await PageUnderTest.OpenAsync(fixture, "/");
        await home.TextAsync("#address", "192.168.7.7:8443");
        string before = await home["#address"].GetAttributeAsync("href") ?? "";
        await home["#room"].FillAsync("../etc <b>");
        await Assertions.Expect(home["#room"]).ToHaveAttributeAsync("aria-invalid", "true");
        Assert.Equal(before, await home["#address"].GetAttributeAsync("href"));
    }

    [Fact]
    public async Task Rooms_come_on_air_with_a_picture_and_go()
    {
        await using PageUnderTest home = await PageUnderTest.OpenAsync(fixture, "/", before: PageUnderTest.QuickPolls);
        await Assertions.Expect(home["#empty"]).ToBeVisibleAsync();
        home.Rooms = OnAir;
        await Assertions.Expect(home["[data-room=demo]"]).ToBeVisibleAsync();
        await home.TextAsync("[data-room=demo]", "640×480");
        await home.TextAsync("[data-room=demo]", "2 viewers");
        await home.UntilAsync("() => document.querySelector('[data-room=demo] img').naturalWidth > 0");
        await Assertions.Expect(home["[data-room=demo] a"]).ToHaveAttributeAsync("href", "/view?room=demo");
        home.Rooms = "[]";
        await Assertions.Expect(home["[data-room=demo]"]).ToHaveCountAsync(0);
        home.AssertQuiet();
    }

    [Fact]
    public async Task It_says_which_detector_is_at_work_and_when_the_server_is_away()
    {
        await using PageUnderTest home = await PageUnderTest.OpenAsync(fixture, "/", before: PageUnderTest.QuickPolls);
        await home.TextAsync("#detector", "Motion detector");
        await home.TextAsync("#server-text", "0.1.0");
        home.ServerAway = true;
        await home.TextAsync("#server-text", "does not answer");
        home.ServerAway = false;
        await home.TextAsync("#server-text", "0.1.0");
    }

    [Theory]
    [InlineData(320, 568)]
    [InlineData(3840, 2160)]
    public async Task Nothing_sticks_out_at_either_end_of_the_sizes(int width, int height)
    {
        await using PageUnderTest home = await PageUnderTest.OpenAsync(
            fixture, "/", new() { ViewportSize = new ViewportSize { Width = width, Height = height } });
        await home.TextAsync("#address", "192.168.7.7:8443");
        Assert.True(
            await home.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways");
        Assert.True(
            await home.EvaluateAsync<double>(
                "() => document.querySelector('#qr').getBoundingClientRect().width") > (width < 400 ? 170 : 400));
    }

    [Fact]
    public async Task The_theme_is_kept()
    {
        await using PageUnderTest home = await PageUnderTest.OpenAsync(fixture, "/");
        string light = await home.EvaluateAsync<string>("() => getComputedStyle(document.documentElement).backgroundColor");
        await home["#theme"].ClickAsync();
        string dark = await home.EvaluateAsync<string>("() => getComputedStyle(document.documentElement).backgroundColor");
        Assert.NotEqual(light, dark);
        await home.Page.ReloadAsync();
        Assert.Equal(dark, await home.EvaluateAsync<string>("() => getComputedStyle(document.documentElement).backgroundColor"));
    }
}
