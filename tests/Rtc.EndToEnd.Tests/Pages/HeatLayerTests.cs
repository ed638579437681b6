using Microsoft.Playwright;
using Rtc.Media;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>The heat map over the viewer's picture.</summary>
[Collection(PagesCollection.Name)]
public sealed class HeatLayerTests(PagesFixture fixture)
{
    // Each question for the map, as the page puts it.
    private const string CountQuestions = """
        window.questions = [];
        const plain = window.fetch;
        window.fetch = (path, options) => {
          if (String(path).endsWith('/heat.png')) window.questions.push({ path, authorization: options?.headers?.authorization ?? null });
          return plain(path, options);
        };
        """;

    [Theory]
    [InlineData(640, 480)]
    [InlineData(360, 640)]
    public async Task The_map_lies_on_the_picture_where_things_stood_and_follows_the_room(int width, int height)
    {
        await using PageUnderTest view = await OpenAsync("/view?room=demo", $"window.fakeWidth = {width}; window.fakeHeight = {height};");
        view.Heat = HotAt(48, 9);
        await view["#heat"].ClickAsync();
        await Assertions.Expect(view["#heat"]).ToHaveAttributeAsync("aria-pressed", "true");
        await AssertHotAsync(view, (48 + 0.5) / 64, (9 + 0.5) / 36);
        view.Heat = HotAt(12, 30);
        await AssertHotAsync(view, (12 + 0.5) / 64, (30 + 0.5) / 36);
        view.AssertQuiet();
    }

    [Fact]
    public async Task It_is_asked_for_only_while_it_is_on_and_the_page_is_seen()
    {
        await using PageUnderTest view = await OpenAsync("/view?room=demo&token=pass", "");
        view.Heat = HotAt(30, 30);
        Assert.Equal(0, await view.EvaluateAsync<int>("() => questions.length"));
        await view.Page.Keyboard.PressAsync("h");
        await view.UntilAsync("() => questions.length > 1 && measure.drawn(document.getElementById('overlay')) > 20");
        Assert.Equal(
            "/api/rooms/demo/heat.png Bearer pass",
            await view.EvaluateAsync<string>("() => `${questions[0].path} ${questions[0].authorization}`"));

        await view.RunAsync(
            "() => { Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true }); "
                + "document.dispatchEvent(new Event('visibilitychange')); }");
        await AssertRestsAsync(view);
        await view.RunAsync(
            "() => { delete document.visibilityState; window.asked = questions.length; document.dispatchEvent(new "
                + "Event('visibilitychange')); }");
        await view.UntilAsync("() => questions.length > asked");

        await view["#heat"].ClickAsync();
        await Assertions.Expect(view["#heat"]).ToHaveAttributeAsync("aria-pressed", "false");
        await view.UntilAsync("() => measure.drawn(document.getElementById('overlay')) === 0");
        await AssertRestsAsync(view);
        Assert.Equal(0, await view.EvaluateAsync<int>("() => measure.drawn(document.getElementById('overlay'))"));
        view.AssertQuiet();
    }

    /// <summary>For longer than the page waits between two questions, as its own clock has it; late is no fault here.</summary>
    private static async Task AssertRestsAsync(PageUnderTest view)
    {
        int asked = await view.EvaluateAsync<int>("() => { window.restingSince = performance.now(); return questions.length; }");
        await view.UntilAsync("() => performance.now() - restingSince > 500");
        Assert.Equal(asked, await view.EvaluateAsync<int>("() => questions.length"));
    }

    private static async Task AssertHotAsync(PageUnderTest view, double x, double y)
    {
        // The middle of what is drawn, in fractions of the picture; the video's box is wider or taller than the picture.
        await view.UntilAsync($$"""
            () => {
              const overlay = document.getElementById('overlay');
              const video = document.getElementById('picture');
              const hot = measure.extent(overlay, (r, g, b, a) => a > 60);
              if (!hot) return false;
              const scale = Math.min(overlay.width / video.videoWidth, overlay.height / video.videoHeight);
              const left = (overlay.width - video.videoWidth * scale) / 2;
              const top = (overlay.height - video.videoHeight * scale) / 2;
              window.hot = [((hot.left + hot.right) / 2 - left) / scale / video.videoWidth, ((hot.top + hot.bottom) / 2 - top) / scale / video.videoHeight];
              return Math.abs(window.hot[0] - {{x.ToString(System.Globalization.CultureInfo.InvariantCulture)}}) < 0.01 && Math.abs(window.hot[1] - {{y.ToString(System.Globalization.CultureInfo.InvariantCulture)}}) < 0.015;
            }
            """);
    }

    private static Mask HotAt(int column, int row)
    {
        var heat = new Mask(64, 36, new RectF(0, 0, 640, 480));
        heat.Alpha[(row * 64) + column] = 255;
        return heat;
    }

    private async Task<PageUnderTest> OpenAsync(string path, string before)
    {
        PageUnderTest view = await PageUnderTest.OpenAsync(fixture, path, before: before + PageUnderTest.QuickPolls + CountQuestions);
        await view.StateAsync("live");
        await view.UntilAsync("() => document.querySelector('#picture').videoWidth > 0 && document.querySelector('#waiting').hidden");
        return view;
    }
}
