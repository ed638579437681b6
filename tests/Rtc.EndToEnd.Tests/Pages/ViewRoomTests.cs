using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>What the viewer shows of a room beyond its picture: its other cameras, the model it lacks, the paths of its tracks.</summary>
[Collection(PagesCollection.Name)]
public sealed class ViewRoomTests(PagesFixture fixture)
{
    private const string ThreeCameras = """
        [{"room":"demo","name":"Hall","on_air":true,"viewers":1,"fps":30,"since":""},
         {"room":"demo.2","name":"Door","on_air":true,"viewers":0,"fps":25,"since":""},
         {"room":"demo.3","name":"","on_air":true,"viewers":0,"fps":24,"since":""}]
        """;

    [Fact]
    public async Task Cameras_of_a_room_are_live_tiles_and_a_tap_swaps_the_large_one()
    {
        await using PageUnderTest view = await PageUnderTest.OpenViewAsync(fixture, "annotated", PageUnderTest.QuickPolls);
        view.Cameras = ThreeCameras;
        foreach (string room in (string[])["demo.2", "demo.3"])
        {
            await view.UntilAsync($"() => document.querySelector('[data-room=\"{room}\"][data-kind=live] video')?.videoWidth > 0");
            await view.UntilAsync($"() => measure.drawn(document.querySelector('[data-room=\"{room}\"] .overlay')) > 20");
        }

        Assert.Equal(2, await view.EvaluateAsync<int>("() => fake.callsOf('Join').filter(({ view }) => view === 'source').length"));
        await view["[data-room='demo.2']"].ClickAsync();
        await view.TextAsync("#room-name", "demo.2");
        await view.StateAsync("live");
        await Assertions.Expect(view["[data-room='demo.2']"]).ToHaveAttributeAsync("data-kind", "large");
        await view.UntilAsync("() => document.querySelector('[data-room=demo][data-kind=live] video')?.videoWidth > 0");
        await view.UntilAsync("() => document.querySelector('#picture').videoWidth > 0 && document.querySelector('#waiting').hidden");
        Assert.Contains("room=demo.2", view.Page.Url, StringComparison.Ordinal);

        await view.Page.GoBackAsync();
        await view.UntilAsync("() => document.querySelector('#room-name').textContent === 'demo'");
        await Assertions.Expect(view["[data-room=demo]"]).ToHaveAttributeAsync("data-kind", "large");
        view.AssertQuiet();
    }

    [Fact]
    public async Task Tile_that_is_off_the_screen_gives_its_connection_up()
    {
        await using PageUnderTest view = await PageUnderTest.OpenViewAsync(fixture, "annotated", PageUnderTest.QuickPolls);
        view.Cameras = ThreeCameras;
        await Assertions.Expect(view["[data-kind=live]"]).ToHaveCountAsync(2);
        await view.UntilAsync("() => fake.callsOf('Offer').length === 3");

        await view.RunAsync("() => { document.querySelector('#cameras').style.display = 'none'; }");

        await view.UntilAsync("() => fake.callsOf('Leave').length === 2");
        Assert.Equal(0, await view["[data-kind=live]"].CountAsync());
        view.AssertQuiet();
    }

    [Fact]
    public async Task Room_without_a_model_says_so_and_has_one_fetched()
    {
        await using PageUnderTest view = await PageUnderTest.OpenViewAsync(fixture, "annotated", "window.fakeNoModels = true;");
        await view.TextAsync("#stand", "the motion detector stands in");
        ILocator get = view["#stand button:has-text('Get yolox-nano (3.7 MB)')"];
        await Assertions.Expect(get).ToBeVisibleAsync();
        await view.RunAsync("""
            () => {
              fake.push('notice', { code: 'model_unavailable', message: 'rtc models pull', recoverable: true });
              fake.push('notice', { code: 'target_lost', message: 'Gone.', recoverable: true });
            }
            """);
        await view.SaidAsync("Gone.");
        Assert.False(await view.EvaluateAsync<bool>("() => window.said.some((one) => one.includes('rtc models pull'))"));
        void Stands(string state, int bytes) => view.Pull =
            $$"""{"model":"yolox-nano","state":"{{state}}","bytes":{{bytes}},"total":3660092,"error":null,"allowed":true,"default":"yolox-nano","default_bytes":3660092}""";
        Stands("pulling", 1_830_046);
        await get.ClickAsync();
        await view.TextAsync("#stand", "1.8 of 3.7 MB, 50 %");
        await view.UntilAsync("() => document.querySelector('#stand progress').value === 0.5");

        view.Models = """[{"name":"yolox-nano","task":"detect","licence":"","on_disk":true,"provider":null,"problem":null}]""";
        Stands("done", 3_660_092);
        await view.UntilAsync("() => fake.settings.model === 'yolox-nano'");
        await Assertions.Expect(view["#stand"]).ToBeHiddenAsync();
        await view.SaidAsync("yolox-nano is there and takes over.");
        Assert.Equal(["POST /api/models/yolox-nano/pull"], view.Pulls);
        view.AssertQuiet();
    }

    [Fact]
    public async Task Fetch_of_a_model_that_fails_says_why_and_can_be_tried_again()
    {
        await using PageUnderTest view = await PageUnderTest.OpenViewAsync(fixture, "annotated", "window.fakeNoModels = true;");
        ILocator get = view["#stand button:has-text('Get yolox-nano')"];
        await Assertions.Expect(get).ToBeVisibleAsync();
        view.Pull = view.Pull.Replace("\"idle\"", "\"failed\"", StringComparison.Ordinal)
            .Replace("\"error\":null", "\"error\":\"no network\"", StringComparison.Ordinal);
        await get.ClickAsync();
        await view.TextAsync("#stand", "The model did not come: no network");
        await Assertions.Expect(view["#stand button:has-text('Try again')"]).ToBeVisibleAsync();
        view.AssertQuiet();
    }

    [Fact]
    public async Task Trails_are_off_at_first_and_the_rooms_once_somebody_wants_them()
    {
        await using PageUnderTest view = await PageUnderTest.OpenViewAsync(fixture, "source");
        await view.TextAsync("#trails-value", "off");
        await view["#trails"].FillAsync("4");
        await view.UntilAsync("() => fake.settings.trails === 4");
        await view.TextAsync("#trails-value", "4 s");

        // The person's own way leads out of its box: its colour is where no box is.
        await view.UntilAsync("""
            () => {
              const overlay = document.getElementById('overlay');
              const scale = Math.min(overlay.width / 640, overlay.height / 480);
              const left = (overlay.width - 640 * scale) / 2;
              const top = (overlay.height - 480 * scale) / 2;
              const { xmin, xmax } = fake.boxes[0];
              const inside = (x) => x > left + (xmin - 0.04) * 640 * scale && x < left + (xmax + 0.04) * 640 * scale;
              const rows = overlay.getContext('2d').getImageData(0, Math.round(top + 0.375 * 480 * scale) - 1, overlay.width, 3).data;
              let outside = 0;
              for (let i = 3; i < rows.length; i += 4) if (rows[i] > 200 && !inside(((i - 3) / 4) % overlay.width)) outside++;
              return outside > 30;
            }
            """);
        view.AssertQuiet();
    }
}
