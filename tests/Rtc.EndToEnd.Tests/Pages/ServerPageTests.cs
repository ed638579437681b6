using Microsoft.Playwright;
using Rtc.EndToEnd.Tests.Browser;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>The pages with the real server: the overlay's alignment measured, and the return after a kill -9.</summary>
[Collection(LiveCollection.Name)]
public sealed class ServerPageTests(LiveFixture live, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Pictures = 45;
    private const int Rounds = 6;
    private const double MeanLimit = 3;
    private const double MaxLimit = 6;
    private ServerProcess _server = live.Server;
    private IBrowserContext _context = null!;

    public async ValueTask InitializeAsync()
    {
        _context = await live.Browser.NewContextAsync();
        _context.SetDefaultTimeout(Patience.Ms);
        foreach (string script in (string[])["measure.js", "square-camera.js"])
        {
            await _context.AddInitScriptAsync(
                await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "Rtc.EndToEnd.Tests", "Pages", script)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        if (_server != live.Server)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_box_lies_on_the_moving_square_in_the_picture_on_show()
    {
        IPage phone = await OpenAsync("/phone?room=square");
        await phone.ClickAsync("#start");
        await LiveAsync(phone);
        IPage view = await OpenAsync("/view?room=square&view=source");
        await LiveAsync(view);
        await view.WaitForFunctionAsync("() => document.querySelector('#picture').getVideoPlaybackQuality().totalVideoFrames > 60");

        // On a machine that is busy with other work the server coasts between detections, so a round may miss the
        // limits; boxes that slide miss them in every round.
        (double Mean, double Most) best = (double.MaxValue, double.MaxValue);
        for (int round = 0; round < Rounds && (best.Mean >= MeanLimit || best.Most >= MaxLimit); round++)
        {
            if (round > 0)
            {
                const string Optimal = "() => document.querySelector('#level').textContent.startsWith('Optimal')";
                await view.WaitForFunctionAsync(Optimal, null, new() { Timeout = Patience.Ms });
            }

            double[] misses = await view.EvaluateAsync<double[]>(
                $"() => measure.misses({Pictures}, (r, g, b) => r > 200 && g > 200 && b > 200, (r, g, b, a) => a > 120 && Math.max(r, g, "
                    + "b) - Math.min(r, g, b) > 60)");
            Assert.Equal(Pictures, misses.Length);
            Array.Sort(misses);
            (double mean, double most) = (misses.Average(), misses[(int)(misses.Length * 0.95)]);
            output.WriteLine(
                $"miss in pixels of 640x480: mean {mean:0.00}, median {misses[misses.Length / 2]:0.00}, 95% {most:0.00}, worst "
                    + $"{misses[^1]:0.00}; {await view.TextContentAsync("#rate")}, {await view.TextContentAsync("#level")}");
            best = Worst(mean, most) < Worst(best.Mean, best.Most) ? (mean, most) : best;
        }

        Assert.True(best.Mean < MeanLimit, $"mean miss {best.Mean:0.00} px");
        Assert.True(best.Most < MaxLimit, $"95% miss {best.Most:0.00} px");
    }

    private static double Worst(double mean, double most) => Math.Max(mean / MeanLimit, most / MaxLimit);

    [Fact]
    public async Task Phone_and_viewer_return_by_themselves_to_a_restarted_server()
    {
        _server = await ServerProcess.StartAsync(["--model", "motion"]);
        IPage phone = await OpenAsync("/phone?room=back");
        await phone.ClickAsync("#start");
        await LiveAsync(phone);
        IPage view = await OpenAsync("/view?room=back");
        await LiveAsync(view);
        await PlayingAsync(view);

        _server.Kill();
        await Assertions.Expect(view.Locator("#state")).ToHaveAttributeAsync("data-state", "returning", new() { Timeout = Patience.Ms });
        int port = _server.Port;
        int media = _server.MediaPort;
        await _server.DisposeAsync();
        _server = await ServerProcess.StartAsync(["--model", "motion"], port: port, mediaPort: media);

        await LiveAsync(phone);
        await LiveAsync(view);
        await PlayingAsync(view);
        await Assertions.Expect(view.Locator("#detector")).ToHaveTextAsync("Motion detector");
    }

    [Fact]
    public async Task A_changed_network_gets_new_ICE_credentials_on_the_same_connection()
    {
        await _context.AddInitScriptAsync("""
            const Native = window.RTCPeerConnection;
            window.peers = [];
            window.RTCPeerConnection = class extends Native { constructor(...args) { super(...args); window.peers.push(this); } };
            """);
        const string Fragments =
            "() => [peers[0].localDescription.sdp, peers[0].remoteDescription.sdp].map((sdp) => /a=ice-ufrag:(.+)/.exec(sdp)[1].trim())";
        IPage phone = await OpenAsync("/phone?room=roam");
        await phone.ClickAsync("#start");
        await LiveAsync(phone);
        await PlayingAsync(phone);
        string[] before = await phone.EvaluateAsync<string[]>(Fragments);
        int decoded = await DecodedAsync(phone);

        // What Chromium fires when a phone goes from Wi-Fi to mobile.
        await phone.EvaluateAsync(
            "() => { Object.defineProperty(navigator.connection, 'type', { value: 'cellular' }); navigator.connection.dispatchEvent(new "
                + "Event('change')); }");
        await phone.WaitForFunctionAsync(
            $"([local, remote]) => {{ const now = ({Fragments})(); return now[0] !== local && now[1] !== remote; }}", before);
        await LiveAsync(phone);
        await PlayingAsync(phone);
        Assert.Equal(1, await phone.EvaluateAsync<int>("() => peers.length"));
        Assert.True(await DecodedAsync(phone) > decoded);
    }

    /// <summary>Pictures decoded on the first connection: it goes on counting where the connection is the same.</summary>
    private static Task<int> DecodedAsync(IPage page) => page.EvaluateAsync<int>(
        "async () => { for (const row of (await peers[0].getStats()).values()) if (row.type === 'inbound-rtp' && row.kind === 'video') "
            + "return row.framesDecoded; return 0; }");

    private async Task<IPage> OpenAsync(string path)
    {
        IPage page = await _context.NewPageAsync();
        await page.GotoAsync(new Uri(_server.Address, path).ToString());
        return page;
    }

    private static Task LiveAsync(IPage page) =>
        Assertions.Expect(page.Locator("#state")).ToHaveAttributeAsync("data-state", "live", new() { Timeout = Patience.Ms });

    private static async Task PlayingAsync(IPage page)
    {
        const string Shown = "() => document.getElementById('picture').getVideoPlaybackQuality().totalVideoFrames";
        int shown = await page.EvaluateAsync<int>(Shown);
        await page.WaitForFunctionAsync($"(before) => ({Shown})() > before + 10", shown);
    }
}
