using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

[Collection(PagesCollection.Name)]
public sealed class ViewPageTests(PagesFixture fixture)
{
    [Fact]
    public async Task The_annotated_picture_plays_with_its_numbers()
    {
        await using PageUnderTest view = await OpenAsync("annotated");
        await view.TextAsync("#detector", "Motion detector");
        await view.TextAsync("#people", "1 camera, 1 viewer");
        await view.TextAsync("#level", "Optimal");
        await view.TextAsync("#rate", "fps");
        await Assertions.Expect(view["#waiting"]).ToBeHiddenAsync();
        await Assertions.Expect(view["#scene"]).ToBeHiddenAsync();
        view.AssertQuiet();
    }

    [Fact]
    public async Task The_detector_at_work_is_named_when_it_is_a_model()
    {
        await using PageUnderTest view = await OpenAsync("annotated");
        await view.RunAsync("() => { fake.model = 'yolox-nano'; fake.provider = 'cpu'; }");
        await view.TextAsync("#detector", "yolox-nano on CPU");
    }

    [Fact]
    public async Task Overlay_mode_joins_for_the_source_and_draws_the_boxes_itself()
    {
        await using PageUnderTest view = await OpenAsync("annotated");
        await view["#views label:has-text('Overlay')"].ClickAsync();
        await view.UntilAsync(
            "() => fake.callsOf('Join').length === 2 && fake.callsOf('Join')[1].view === 'source' && fake.callsOf('Leave').length === 1");
        await view.StateAsync("live");
        await view.UntilAsync("() => measure.drawn(document.getElementById('overlay')) > 200");
        await view.UntilAsync("() => measure.extent(document.getElementById('scene'), (r, g, b) => r > 200 && g > 190)?.count > 1000");
        Assert.EndsWith("view=source", view.Page.Url, StringComparison.Ordinal);
        view.AssertQuiet();
    }

    [Fact]
    public async Task A_click_holds_an_object_and_escape_releases_it()
    {
        await using PageUnderTest view = await OpenAsync("source");
        await ClickObjectAsync(view);
        await view.UntilAsync("() => fake.targetId === 7");
        await Assertions.Expect(view["#release"]).ToBeEnabledAsync();
        await view.Page.Keyboard.PressAsync("Escape");
        await view.UntilAsync("() => fake.targetId === null");
        await Assertions.Expect(view["#release"]).ToBeDisabledAsync();
        view.AssertQuiet();
    }

    [Fact]
    public async Task A_watcher_is_offered_nothing_that_changes_the_room()
    {
        await using PageUnderTest view = await PageUnderTest.OpenAsync(
            fixture, "/view?room=demo&view=annotated", before: "window.fakeRights = 'watcher';");
        await view.StateAsync("live");
        await view.UntilAsync("() => document.querySelector('#picture').videoWidth > 0");
        await Assertions.Expect(view["#mode"]).ToBeDisabledAsync();
        await Assertions.Expect(view["#confidence"]).ToBeDisabledAsync();
        await Assertions.Expect(view["#release"]).ToBeHiddenAsync();
        await view.RunAsync("() => { document.querySelector('#overlay').click(); }");
        await view.RunAsync("() => { fake.hub.receive('settings', { mode: 'privacy' }); }");
        await view.UntilAsync(
            "() => document.querySelector('#mode').value === 'privacy' && document.querySelector('#blur').value === '0.6'");
        Assert.Equal(
            0, await view.EvaluateAsync<int>(
                "() => fake.callsOf('Select').length + fake.callsOf('Configure').length + fake.callsOf('Release').length"));
        view.AssertQuiet();
    }

    [Fact]
    public async Task Focus_blurs_all_but_the_held_object()
    {
        await using PageUnderTest view = await OpenAsync("source");
        const string Detail = "() => measure.detail(document.getElementById('scene'), { left: 0.05, top: 0.64, width: 0.9, height: 0.3 })";
        const string Posts = "() => measure.detail(document.getElementById('scene'), { left: 0, top: 0.9, width: 1, height: 0.1 })";
        double sharp = await view.EvaluateAsync<double>(Posts);
        await view.RunAsync("() => { fake.targetId = 7; fake.hub.invoke('Configure', { mode: 'focus', blur: 1 }); }");
        await view.UntilAsync($"() => ({Posts})() < {sharp * 0.35}");

        // The held one keeps its edge: its left side is still a step from dark to bright.
        bool edge = await view.EvaluateAsync<bool>("""
            () => {
              const scene = document.getElementById('scene');
              const found = measure.extent(scene, (r, g, b) => r > 215 && g > 208 && b > 190);
              return found !== null && Math.abs((found.right - found.left) / scene.width - 0.14) < 0.03;
            }
            """);
        Assert.True(edge, "the held object was blurred too");
        Assert.True(await view.EvaluateAsync<double>(Detail) > 0);
        view.AssertQuiet();
    }

    [Fact]
    public async Task Privacy_blurs_people_and_nothing_else()
    {
        await using PageUnderTest view = await OpenAsync("source");
        const string Posts = "() => measure.detail(document.getElementById('scene'), { left: 0, top: 0.9, width: 1, height: 0.1 })";
        double sharp = await view.EvaluateAsync<double>(Posts);
        await view.RunAsync("() => fake.hub.invoke('Configure', { mode: 'privacy', blur: 1 })");
        await view.UntilAsync(
            "() => (measure.extent(document.getElementById('scene'), (r, g, b) => r > 225 && g > 218)?.count ?? 0) < 12000");
        Assert.True(await view.EvaluateAsync<double>(Posts) > sharp * 0.7, "the background was blurred as well");
    }

    [Fact]
    public async Task A_changed_setting_goes_to_the_room_and_one_from_elsewhere_shows()
    {
        await using PageUnderTest view = await OpenAsync("annotated");
        await view["#mode"].SelectOptionAsync("focus+annotate");
        await view["#confidence"].FillAsync("0.6");
        await view["#detect-every"].FillAsync("3");
        await view.UntilAsync(
            "() => fake.settings.mode === 'focus+annotate' && fake.settings.confidence === 0.6 && fake.settings.detect_every === 3");
        await view.TextAsync("#detect-every-value", "3 pictures");
        await view.RunAsync("() => fake.hub.invoke('Configure', { blur: 0.2, mode: 'plain', model: 'motion', mask_every: 5 })");
        await Assertions.Expect(view["#mode"]).ToHaveValueAsync("plain");
        await Assertions.Expect(view["#model"]).ToHaveValueAsync("motion");
        await view.TextAsync("#blur-value", "20 %");
        await view.TextAsync("#mask-every-value", "5 pictures");
        view.AssertQuiet();
    }

    [Fact]
    public async Task Classes_are_offered_as_seen_and_can_be_left_out()
    {
        await using PageUnderTest view = await OpenAsync("annotated");
        await view["#classes [data-class=bicycle]"].ClickAsync();
        await view.UntilAsync("() => JSON.stringify(fake.settings.classes) === '[\"person\"]'");
        await Assertions.Expect(view["#classes [data-class=bicycle]"]).ToHaveAttributeAsync("aria-pressed", "false");
        await view["#classes button:has-text('All')"].ClickAsync();
        await view.UntilAsync("() => fake.settings.classes.length === 0");
        view.AssertQuiet();
    }

    [Fact]
    public async Task A_value_the_server_refuses_is_told()
    {
        await using PageUnderTest view = await OpenAsync("annotated");
        await view.RunAsync(
            "() => { const { confidence } = document.forms; const c = document.getElementById('confidence'); c.max = '2'; c.value = '2'; "
                + "c.dispatchEvent(new Event('input')); }");
        await view.SaidAsync("Confidence is between 0 and 1.");
    }

    [Fact]
    public async Task The_table_counts_tracks_and_holds_one_without_a_pointer()
    {
        await using PageUnderTest view = await OpenAsync("annotated");
        await view["#tab-tracks"].ClickAsync();
        await view.TextAsync("#tracks-body", "bicycle");
        await view.TextAsync("#counts", "person 1");
        await view["#tracks-body tr:has-text('person') button"].FocusAsync();
        await view.Page.Keyboard.PressAsync("Enter");
        await view.UntilAsync("() => fake.targetId === 7");
        await view.TextAsync("#tracks-body tr:has-text('person') button", "Release");
        await view.Page.Keyboard.PressAsync("Enter");
        await view.UntilAsync("() => fake.targetId === null");
        view.AssertQuiet();
    }

    [Fact]
    public async Task A_table_opened_on_an_empty_room_fills_when_something_comes()
    {
        await using PageUnderTest view = await PageUnderTest.OpenAsync(fixture, "/view?room=demo", before: "window.fakeEmpty = true;");
        await view["#tab-tracks"].ClickAsync();
        await view.UntilAsync("() => fake.server?.frame > 5");
        await Assertions.Expect(view["#tracks-none"]).ToBeVisibleAsync();
        await view.RunAsync("() => { fake.empty = false; }");
        await view.TextAsync("#tracks-body", "bicycle");
        await Assertions.Expect(view["#tracks-none"]).ToBeHiddenAsync();
        view.AssertQuiet();
    }

    [Fact]
    public async Task Plots_follow_the_numbers()
    {
        await using PageUnderTest view = await OpenAsync("annotated");
        await view["#tab-plots"].ClickAsync();
        foreach (string plot in (string[])["delay", "detected", "received", "rendered", "bitrate", "loss", "level", "rtt"])
        {
            await view.UntilAsync($"() => document.querySelector('[data-plot={plot}] b').textContent !== '–'");
        }

        await view.UntilAsync("() => measure.drawn(document.querySelector('[data-plot=delay] canvas')) > 20");
        await Assertions.Expect(view["[data-plot=delay] canvas"])
            .ToHaveAttributeAsync("aria-label", new System.Text.RegularExpressions.Regex("Age of results: now \\d+ ms"));
        view.AssertQuiet();
    }

    [Fact]
    public async Task A_zone_and_a_line_are_drawn_with_the_mouse_and_belong_to_the_room()
    {
        await using PageUnderTest view = await OpenAsync("source");
        await view["#tab-zones"].ClickAsync();
        await view["#zone-draw"].ClickAsync();
        foreach ((double x, double y) in ((double, double)[])[(0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6)])
        {
            await ClickAtAsync(view, x, y);
        }

        await view.Page.Keyboard.PressAsync("Enter");
        await view.UntilAsync("() => fake.settings.zones.length === 1 && fake.settings.zones[0].points.length === 4");
        await view.TextAsync("#zones", "1 inside, 3 in all");
        await view["#line-draw"].ClickAsync();
        await ClickAtAsync(view, 0.7, 0.1);
        await ClickAtAsync(view, 0.7, 0.9);
        await view.UntilAsync(
            "() => fake.settings.zones.length === 2 && fake.settings.zones[1].points.length === 2 && "
                + "Math.abs(fake.settings.zones[1].points[0][0] - 0.7) < 0.01");
        await view.TextAsync("#zones", "3 forth, 2 back");
        Assert.Equal(0, await view.EvaluateAsync<int>("() => fake.callsOf('Select').length"));
        await view["#zones li[data-kind=zone] input"].FillAsync("Door");
        await view["#zones li[data-kind=zone] input"].BlurAsync();
        await view.UntilAsync("() => fake.settings.zones[0].name === 'Door'");
        await view["#zones li[data-kind=zone] button"].ClickAsync();
        await view.UntilAsync("() => fake.settings.zones.length === 1");
        view.AssertQuiet();
    }

    [Fact]
    public async Task A_snapshot_is_a_png_of_the_pictures_own_size()
    {
        await using PageUnderTest view = await OpenAsync("source");
        IDownload download = await view.Page.RunAndWaitForDownloadAsync(() => view["#snapshot"].ClickAsync());
        Assert.Matches("^demo-.*\\.png$", download.SuggestedFilename);
        byte[] png = await File.ReadAllBytesAsync(await download.PathAsync());
        Assert.Equal(640, (png[18] << 8) | png[19]);
        Assert.Equal(480, (png[22] << 8) | png[23]);
        Assert.True(png.Length > 5_000, $"{png.Length} bytes");
        await view.SaidAsync("Saved demo-");
        view.AssertQuiet();
    }

    [Fact]
    public async Task Recording_shows_its_icon_where_the_server_has_gone()
    {
        await using PageUnderTest view = await OpenAsync("source");
        await view.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await view.Page.RouteAsync("**/icons/**", route => route.AbortAsync());
        await view["#record"].ClickAsync();
        await Assertions.Expect(view["#record"]).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.True(
            await view.EvaluateAsync<bool>(
                "() => document.querySelector('#record use:not([hidden])[href$=\"#stop\"]').getBoundingClientRect().width > 0"),
            "the button is empty");
        view.AssertQuiet();
    }

    [Fact]
    public async Task A_recording_is_a_webm_that_plays()
    {
        await using PageUnderTest view = await OpenAsync("source");
        await view.Page.Keyboard.PressAsync("r");
        await Assertions.Expect(view["#record"]).ToHaveAttributeAsync("aria-pressed", "true");
        int shown = await view.EvaluateAsync<int>("() => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames");
        await view.UntilAsync($"() => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames > {shown} + 20");
        IDownload download = await view.Page.RunAndWaitForDownloadAsync(() => view["#record"].ClickAsync());
        Assert.EndsWith(".webm", download.SuggestedFilename, StringComparison.Ordinal);
        byte[] webm = await File.ReadAllBytesAsync(await download.PathAsync());
        Assert.Equal([0x1A, 0x45, 0xDF, 0xA3], webm[..4]);
        int width = await view.Page.EvaluateAsync<int>("""
            (base64) => new Promise((resolve) => {
              const video = document.createElement('video');
              video.muted = true;
              video.onloadeddata = () => resolve(video.videoWidth);
              video.onerror = () => resolve(-1);
              video.src = URL.createObjectURL(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]));
            })
            """, Convert.ToBase64String(webm));
        Assert.Equal(640, width);
        view.AssertQuiet();
    }

    /// <summary>A page that a test drives is never hidden, so what a browser does to one that is, is done here.</summary>
    [Fact]
    public async Task Recording_and_small_window_go_on_while_the_page_is_hidden()
    {
        await using PageUnderTest view = await OpenAsync("source");
        await view.RunAsync("""
            () => {
              const capture = HTMLCanvasElement.prototype.captureStream;
              HTMLCanvasElement.prototype.captureStream = function (rate) {
                const { width, height } = this;
                const pixels = () => this.getContext('2d').getImageData(0, 0, width, height).data;
                const read = () => pixels().reduce((sum, value, i) => sum + value * (i % 997), 0);
                window.mirror = { first: null, changed: () => (window.mirror.first ??= read()) !== read() };
                return capture.call(this, rate);
              };
            }
            """);
        await view["#record"].ClickAsync();
        await Assertions.Expect(view["#record"]).ToHaveAttributeAsync("aria-pressed", "true");
        await view.RunAsync("""
            () => {
              HTMLVideoElement.prototype.requestVideoFrameCallback = () => 0;
              Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true });
            }
            """);
        int shown = await view.EvaluateAsync<int>("() => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames");
        await view.UntilAsync($"() => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames > {shown} + 3");
        await view.RunAsync("() => { document.dispatchEvent(new Event('visibilitychange')); mirror.changed(); }");
        await view.UntilAsync("() => mirror.changed()");
        view.AssertQuiet();
    }

    [Fact]
    public async Task Full_screen_and_the_tabs_work_from_the_keyboard()
    {
        await using PageUnderTest view = await OpenAsync("annotated");
        await view["#tab-controls"].FocusAsync();
        await view.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(view["#tab-tracks"]).ToBeFocusedAsync();
        await Assertions.Expect(view["#pane-tracks"]).ToBeVisibleAsync();
        await view.Page.Keyboard.PressAsync("End");
        await Assertions.Expect(view["#pane-zones"]).ToBeVisibleAsync();
        await view["#overlay"].FocusAsync();
        await view.Page.Keyboard.PressAsync("f");
        await view.UntilAsync("() => document.fullscreenElement?.id === 'screen'");
        await view.Page.Keyboard.PressAsync("f");
        await view.UntilAsync("() => document.fullscreenElement === null");
        view.AssertQuiet();
    }

    [Fact]
    public async Task A_room_without_a_camera_waits_and_says_how_to_get_one()
    {
        await using PageUnderTest view = await OpenAsync("annotated");
        await view.RunAsync("() => { fake.phones = 0; }");
        await view.TextAsync("#waiting", "Waiting for a camera");
        await Assertions.Expect(view["#phone-link"]).ToHaveAttributeAsync("href", "/phone?room=demo");
        await view.RunAsync("() => { fake.phones = 1; }");
        await Assertions.Expect(view["#waiting"]).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Another_language_is_taken_while_the_stream_goes_on()
    {
        await using PageUnderTest view = await OpenAsync("annotated");
        await view["#tab-zones"].ClickAsync();
        await view["#zone-default"].ClickAsync();
        await view.TextAsync("#zones", "inside");
        await Assertions.Expect(view["#rule-add"]).ToBeVisibleAsync();
        await view["#tab-tracks"].ClickAsync();
        await Assertions.Expect(view["#tracks-body tr"]).Not.ToHaveCountAsync(0);
        string[] english = await SentencesAsync(view);
        int pictures = await view.EvaluateAsync<int>("() => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames");

        await view["#language"].SelectOptionAsync("de");
        await view.TextAsync("#tab-tracks", "Objekte");
        await view.TextAsync("#detector", "Bewegungserkennung");
        await view.TextAsync("#people", "1 Kamera");

        // What is measured each second is written anew with the next measurement.
        Assert.True(english.Length > 40, $"{english.Length} sentences");
        await view.UntilAsync($"() => !({Sentences})().some((one) => {JsonSerializer.Serialize(english)}.includes(one))");
        Assert.Contains("Ansicht", await view.Page.TitleAsync(), StringComparison.Ordinal);
        Assert.Equal("de", await view.EvaluateAsync<string>("() => document.documentElement.lang"));
        Assert.Contains("rtc-language=de", await view.EvaluateAsync<string>("() => document.cookie"), StringComparison.Ordinal);
        await view.UntilAsync($"() => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames > {pictures + 5}");
        Assert.Equal("1 0", await view.EvaluateAsync<string>("() => `${fake.callsOf('Join').length} ${fake.callsOf('Leave').length}`"));

        await view["#language"].SelectOptionAsync("en");
        await view.TextAsync("#detector", "Motion detector");
        view.AssertQuiet();
    }

    /// <summary>All that the page says or would say, of more than one word; names of objects are the model's.</summary>
    private const string Sentences = """
        () => {
          const found = new Set();
          const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
          for (let node = walk.nextNode(); node; node = walk.nextNode()) {
            const texts = node.nodeType === Node.TEXT_NODE ? [node.data] : ['aria-label', 'title', 'placeholder', 'alt'].map((name) => node.getAttribute(name) ?? '');
            if (node.parentElement?.closest('noscript, script, #toasts, [role=log]')) continue;
            for (const text of texts) if (/\p{L}{2,} \p{L}{2,}/u.test(text)) found.add(text.trim());
          }
          return [...found];
        }
        """;

    private static Task<string[]> SentencesAsync(PageUnderTest view) => view.EvaluateAsync<string[]>(Sentences);

    private Task<PageUnderTest> OpenAsync(string kind) => PageUnderTest.OpenViewAsync(fixture, kind);

    private static async Task ClickAtAsync(PageUnderTest view, double x, double y)
    {
        JsonElement place = await view.Page.EvaluateAsync<JsonElement>("""
            ([x, y]) => {
              const overlay = document.getElementById('overlay').getBoundingClientRect();
              const scale = Math.min(overlay.width / 640, overlay.height / 480);
              return { x: overlay.left + (overlay.width - 640 * scale) / 2 + x * 640 * scale, y: overlay.top + (overlay.height - 480 * scale) / 2 + y * 480 * scale };
            }
            """, new[] { x, y });
        await view.Page.Mouse.ClickAsync((float)place.GetProperty("x").GetDouble(), (float)place.GetProperty("y").GetDouble());
    }

    private static async Task ClickObjectAsync(PageUnderTest view)
    {
        double x = await view.EvaluateAsync<double>("() => (fake.boxes[0].xmin + fake.boxes[0].xmax) / 2");
        await ClickAtAsync(view, x, 0.37);
    }
}
