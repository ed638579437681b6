using System.Text.Json;
using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

[Collection(PagesCollection.Name)]
public sealed class PhonePageTests(PagesFixture fixture)
{
    private const string Refuse = """
        navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', window.problem ?? 'NotAllowedError'); };
        """;

    private const string TwoCameras = """
        window.asked = [];
        const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = (wish) => { asked.push(wish); return real(wish); };
        navigator.mediaDevices.enumerateDevices = async () => [{ kind: 'videoinput' }, { kind: 'videoinput' }];
        """;

    // A phone's camera, which the fake one of a desktop is not.
    private const string TorchAndZoom = """
        window.applied = [];
        MediaStreamTrack.prototype.getCapabilities = function () { return this.kind === 'video' ? { torch: true, zoom: { min: 1, max: 8, step: 0.5 } } : {}; };
        MediaStreamTrack.prototype.applyConstraints = async function (wish) { applied.push(...(wish.advanced ?? [])); };
        """;

    private const string Locks = """
        window.locks = { held: 0, asked: 0 };
        Object.defineProperty(navigator, 'wakeLock', { value: { request: async (kind) => {
          locks.asked++; locks.held++; locks.kind = kind;
          return { release: async () => { locks.held--; } };
        } } });
        """;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_tap_starts_and_the_servers_picture_comes_back(bool pixel)
    {
        await using PageUnderTest phone = await PageUnderTest.OpenAsync(
            fixture, "/phone?room=demo", pixel ? PageUnderTest.Pixel() : PageUnderTest.IPhone());
        await phone.TextAsync("#welcome-text", "The browser will ask for the camera");
        await phone["#start"].TapAsync();
        await phone.StateAsync("live");
        await PlayingAsync(phone);
        await phone.TextAsync("#detector", "Motion detector");
        await phone.TextAsync("#level", "Optimal");
        await phone.TextAsync("#rate", "fps");
        await phone.TextAsync("#delay", "ms");

        // Only the far end draws in this colour: the picture on show is the one that came back.
        await phone.UntilAsync(
            "() => (measure.extent(picture2canvas(), (r, g, b) => g > 150 && b > 100 && r < 110)?.count ?? 0) > 50; function "
                + "picture2canvas() { const v = document.getElementById('picture'); const c = document.createElement('canvas'); c.width "
                + "= v.videoWidth; c.height = v.videoHeight; c.getContext('2d').drawImage(v, 0, 0); return c; }");
        phone.AssertQuiet();
    }

    [Fact]
    public async Task Torch_and_zoom_are_there_where_the_camera_has_them()
    {
        await using PageUnderTest phone = await StartAsync(PageUnderTest.Pixel(), TorchAndZoom);
        await phone["#torch"].TapAsync();
        await Assertions.Expect(phone["#torch"]).ToHaveAttributeAsync("aria-pressed", "true");
        await phone["#zoom"].FillAsync("2.5");
        await phone["#torch"].TapAsync();
        await Assertions.Expect(phone["#torch"]).ToHaveAttributeAsync("aria-pressed", "false");
        Assert.Equal(
            ["""{"torch":true}""", """{"zoom":2.5}""", """{"torch":false}"""],
            await phone.EvaluateAsync<string[]>("() => applied.map((one) => JSON.stringify(one))"));
        phone.AssertQuiet();
    }

    [Fact]
    public async Task A_camera_without_torch_and_zoom_shows_neither()
    {
        await using PageUnderTest phone = await StartAsync(PageUnderTest.Pixel());
        await Assertions.Expect(phone["#torch"]).ToBeHiddenAsync();
        await Assertions.Expect(phone["#zoom-row"]).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Screen_stays_on_with_the_camera_and_again_after_a_hidden_page()
    {
        await using PageUnderTest phone = await StartAsync(PageUnderTest.Pixel(), Locks);
        await phone.UntilAsync("() => locks.held === 1 && locks.kind === 'screen'");

        // The system drops the lock of a page that is not on show.
        await phone.EvaluateAsync<int>("() => { locks.held = 0; document.dispatchEvent(new Event('visibilitychange')); return 0; }");
        await phone.UntilAsync("() => locks.held === 1 && locks.asked === 2");
        await phone["#stop"].TapAsync();
        await phone.UntilAsync("() => locks.held === 0");
        phone.AssertQuiet();
    }

    [Fact]
    public async Task A_tap_on_an_object_holds_it_and_another_releases_it()
    {
        await using PageUnderTest phone = await StartAsync(PageUnderTest.Pixel());
        await phone.UntilAsync("() => document.querySelector('#picture').videoWidth > 0");
        await TapObjectAsync(phone);
        await phone.TextAsync("#hint", "Holding person 7");
        JsonElement place = (await phone.EvaluateAsync<JsonElement>("() => fake.callsOf('Select')"))[0];
        Assert.InRange(place.GetProperty("y").GetDouble(), 0.3, 0.45);
        await TapObjectAsync(phone);
        await phone.TextAsync("#hint", "Tap an object");
        Assert.Equal(1, await phone.EvaluateAsync<int>("() => fake.callsOf('Release').length"));
        phone.AssertQuiet();
    }

    [Fact]
    public async Task A_tap_beside_every_object_is_answered_in_words()
    {
        await using PageUnderTest phone = await StartAsync(PageUnderTest.Pixel());
        await phone.UntilAsync("() => document.querySelector('#picture').videoWidth > 0");
        LocatorBoundingBoxResult? box = await phone["#overlay"].BoundingBoxAsync();
        double top = (box!.Height - (box.Width * 0.75)) / 2;
        await phone.Page.Touchscreen.TapAsync((float)(box.Width * 0.5), (float)(top + (box.Width * 0.75 * 0.97)));
        await phone.SaidAsync("There is no object there.");
    }

    [Fact]
    public async Task Enter_holds_the_next_object_without_a_pointer()
    {
        await using PageUnderTest phone = await StartAsync(PageUnderTest.Desktop());
        await phone.UntilAsync("() => document.querySelector('#picture').videoWidth > 0 && fake.server.frame > 5");
        await phone["#overlay"].FocusAsync();
        await phone.Page.Keyboard.PressAsync("Enter");
        await phone.TextAsync("#hint", "Holding");
        await phone.Page.Keyboard.PressAsync("Escape");
        await phone.TextAsync("#hint", "Tap an object");
    }

    [Theory]
    [InlineData("NotAllowedError", "The camera was refused", "allow the camera")]
    [InlineData("NotFoundError", "No camera was found", "Plug one in")]
    [InlineData("NotReadableError", "The camera is taken", "Close that app")]
    public async Task A_camera_that_cannot_be_had_is_explained_and_can_be_tried_again(string error, string title, string advice)
    {
        await using PageUnderTest phone = await PageUnderTest.OpenAsync(
            fixture, "/phone", PageUnderTest.Pixel(),
            $"window.problem = '{error}'; window.real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices); {Refuse}");
        await phone.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        await phone.Page.RouteAsync("**/icons/**", route => route.AbortAsync());
        await phone["#start"].TapAsync();
        await phone.TextAsync("#welcome-title", title);
        await phone.TextAsync("#welcome-text", advice);
        Assert.True(
            await phone.EvaluateAsync<bool>(
                "() => document.querySelector('#welcome-icon use:not([hidden])[href$=\"#warn\"]').getBoundingClientRect().width > 0"),
            "its icon is missing");
        await phone.RunAsync("() => { navigator.mediaDevices.getUserMedia = window.real; }");
        await phone["#start"].TapAsync();
        await phone.StateAsync("live");
        phone.AssertQuiet();
    }

    [Fact]
    public async Task Without_tls_the_page_says_so_and_leads_to_the_secure_address()
    {
        await using PageUnderTest phone = await PageUnderTest.OpenAsync(
            fixture, "/phone?room=yard", PageUnderTest.Pixel(), host: PageUnderTest.InsecureHost);
        await phone.TextAsync("#welcome-title", "not secure");
        await Assertions.Expect(phone["#start"]).ToBeHiddenAsync();
        await Assertions.Expect(phone["#secure"]).ToHaveAttributeAsync("href", "https://192.168.7.7:8443/phone?room=yard");
        phone.AssertQuiet();
    }

    [Fact]
    public async Task The_other_camera_goes_on_the_running_connection()
    {
        await using PageUnderTest phone = await StartAsync(PageUnderTest.Pixel(), TwoCameras);
        await phone["#flip"].TapAsync();
        await phone.SaidAsync("front camera");
        await phone.UntilAsync("() => asked.length === 2 && asked[1].video.facingMode.ideal === 'user'");
        Assert.Equal(1, await phone.EvaluateAsync<int>("() => fake.callsOf('Offer').length"));
        await PlayingAsync(phone);
        phone.AssertQuiet();
    }

    [Fact]
    public async Task The_pictures_size_and_what_comes_back_can_be_chosen_and_are_kept()
    {
        await using PageUnderTest phone = await StartAsync(PageUnderTest.Pixel(), TwoCameras);
        await phone["#settings"].TapAsync();
        await phone["#size label:has-text('720p')"].TapAsync();
        await phone.UntilAsync("() => asked.at(-1).video.width.ideal === 1280");
        await phone["#return label:has-text('with boxes')"].TapAsync();
        await phone.UntilAsync("() => fake.callsOf('Offer').length === 2 && /a=sendonly/.test(fake.callsOf('Offer')[1].sdp)");
        await phone["#sheet-close"].TapAsync();
        await phone.StateAsync("live");
        await phone.UntilAsync("() => measure.drawn(document.getElementById('overlay')) > 100");
        Assert.Equal(1, await phone.EvaluateAsync<int>("() => fake.callsOf('Restart').length"));
        await phone.Page.ReloadAsync();
        Assert.True(await phone["#return input[value=overlay]"].IsCheckedAsync());
        Assert.True(await phone["#size input[value='720']"].IsCheckedAsync());
        phone.AssertQuiet();
    }

    [Fact]
    public async Task Another_language_is_taken_while_the_camera_runs()
    {
        await using PageUnderTest phone = await StartAsync(PageUnderTest.Pixel(), TwoCameras);
        await phone.TextAsync("#hint", "Tap an object");
        await phone["#settings"].TapAsync();
        await phone["#sheet-language"].SelectOptionAsync("es");
        await phone.TextAsync("#hint", "Toca un objeto");
        await phone.TextAsync("#sheet-title", "Ajustes");
        await phone.TextAsync("#detector", "movimiento");
        await phone["#sheet-close"].TapAsync();
        await PlayingAsync(phone);
        Assert.Equal("1 1", await phone.EvaluateAsync<string>("() => `${fake.callsOf('Join').length} ${fake.callsOf('Offer').length}`"));
        await phone["#stop"].TapAsync();
        await phone.TextAsync("#welcome-text", "cámara");
        await phone["#language"].SelectOptionAsync("en");
        await phone.TextAsync("#start", "Start");
        phone.AssertQuiet();
    }

    [Fact]
    public async Task A_camera_that_the_system_takes_away_comes_back()
    {
        await using PageUnderTest phone = await StartAsync(PageUnderTest.Pixel(), TwoCameras);
        await PlayingAsync(phone);
        await phone.RunAsync("() => { const [track] = fake.tracksSent(); track.stop(); track.dispatchEvent(new Event('ended')); }");
        await phone.SaidAsync("The camera is back");
        await phone.UntilAsync("() => asked.length === 2 && fake.tracksSent()[0].readyState === 'live'");
        await PlayingAsync(phone);
        phone.AssertQuiet();
    }

    [Fact]
    public async Task Stop_turns_the_camera_off_and_leaves_the_room()
    {
        await using PageUnderTest phone = await StartAsync(PageUnderTest.Pixel());
        await phone.UntilAsync("() => fake.tracksSent().length === 1");
        await phone.RunAsync("() => { window.kept = fake.tracksSent()[0]; }");
        await phone["#stop"].TapAsync();
        await phone.TextAsync("#welcome-text", "The camera is off");
        await phone.UntilAsync("() => kept.readyState === 'ended' && fake.callsOf('Leave').length === 1");
        await phone["#start"].TapAsync();
        await phone.StateAsync("live");
        phone.AssertQuiet();
    }

    [Fact]
    public async Task A_camera_that_the_system_lends_only_after_stop_is_off_again_at_once()
    {
        const string SlowToLend = """
            navigator.mediaDevices.getUserMedia = ((lend) => async (wish) => {
              asked.push(wish);
              await window.busy;
              return window.lent = await lend(wish);
            })(navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices));
            """;
        await using PageUnderTest phone = await StartAsync(PageUnderTest.Pixel(), TwoCameras + SlowToLend);
        await phone.RunAsync(
            "() => { window.lent = null; asked.length = 0; window.busy = new Promise((free) => { window.free = free; }); }");
        await phone["#flip"].TapAsync();
        await phone.UntilAsync("() => asked.length === 1");
        await phone["#stop"].TapAsync();
        await phone.TextAsync("#welcome-text", "The camera is off");
        await phone.RunAsync("() => window.free()");
        await phone.UntilAsync("() => window.lent !== null && window.lent.getTracks().every((track) => track.readyState === 'ended')");
        await phone.TextAsync("#welcome-text", "The camera is off");
        phone.AssertQuiet();
    }

    [Fact]
    public async Task Landscape_keeps_every_button_on_the_screen()
    {
        await using PageUnderTest phone = await StartAsync(
            new() { ViewportSize = new ViewportSize { Width = 839, Height = 392 }, HasTouch = true, IsMobile = true }, TwoCameras);
        foreach (string button in (string[])["#settings", "#stop", "#release", "#flip"])
        {
            LocatorBoundingBoxResult? box = await phone[button].BoundingBoxAsync();
            Assert.NotNull(box);
            Assert.True(box.X >= 0 && box.Y >= 0 && box.X + box.Width <= 839 && box.Y + box.Height <= 392, $"{button} at {box.X},{box.Y}");
        }
    }

    [Fact]
    public async Task A_refused_join_stops_with_the_servers_words()
    {
        await using PageUnderTest phone = await PageUnderTest.OpenAsync(fixture, "/phone", PageUnderTest.Pixel());
        await phone.RunAsync("() => { fake.joinError = 'bad_token: This invitation has expired.'; }");
        await phone["#start"].TapAsync();
        await phone.StateAsync("refused");
        await phone.TextAsync("#state-text", "This invitation has expired.");
        Assert.Equal(1, await phone.EvaluateAsync<int>("() => fake.callsOf('Join').length"));
        phone.AssertQuiet();
    }

    private async Task<PageUnderTest> StartAsync(BrowserNewContextOptions options, string? before = null)
    {
        PageUnderTest phone = await PageUnderTest.OpenAsync(fixture, "/phone?room=demo", options, before);
        await phone["#start"].ClickAsync();
        await phone.StateAsync("live");
        return phone;
    }

    private static async Task PlayingAsync(PageUnderTest phone)
    {
        int before = await phone.EvaluateAsync<int>("() => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames");
        await phone.UntilAsync(
            $"() => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames > {before} + 5 || "
                + $"document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames < {before}");
    }

    /// <summary>Taps in the middle of the first object, wherever it is by now.</summary>
    private static async Task TapObjectAsync(PageUnderTest phone)
    {
        JsonElement place = await phone.EvaluateAsync<JsonElement>("""
            () => {
              const overlay = document.getElementById('overlay').getBoundingClientRect();
              const video = document.getElementById('picture');
              const scale = Math.min(overlay.width / video.videoWidth, overlay.height / video.videoHeight);
              const [box] = fake.boxes;
              return { x: (overlay.width - video.videoWidth * scale) / 2 + (box.xmin + box.xmax) / 2 * video.videoWidth * scale,
                       y: (overlay.height - video.videoHeight * scale) / 2 + (box.ymin + box.ymax) / 2 * video.videoHeight * scale };
            }
            """);
        await phone.Page.Touchscreen.TapAsync((float)place.GetProperty("x").GetDouble(), (float)place.GetProperty("y").GetDouble());
    }
}
