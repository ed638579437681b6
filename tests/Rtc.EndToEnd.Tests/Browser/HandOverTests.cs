using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>Pages that detect for their room, in Chromium with the real server: what they were is recorded, and nothing is timed.</summary>
[Collection(LiveCollection.Name)]
public sealed class HandOverTests(LiveFixture live, ITestOutputHelper output) : IAsyncLifetime
{
    /// <summary>Who detected, in turn, and a way to kill the worker that does.</summary>
    private const string Recorder = """
        window.phases = [];
        new MutationObserver(() => {
          const phase = document.documentElement.dataset.inference;
          if (phase && phase !== window.phases.at(-1)) window.phases.push(phase);
        }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-inference'] });
        window.workers = [];
        const Native = window.Worker;
        window.Worker = class extends Native { constructor(...parts) { super(...parts); window.workers.push(this); } };
        window.kill = () => window.workers.at(-1).dispatchEvent(new ErrorEvent('error', { message: 'killed' }));
        """;

    private const string FromBrowser = "window.__messages.filter((m) => m.includes('\"source\":\"browser\"'))";

    private readonly List<string> _errors = [];
    private IBrowserContext _context = null!;

    public async ValueTask InitializeAsync()
    {
        _context = await live.Browser.NewContextAsync();
        _context.SetDefaultTimeout(Patience.Ms);
        await _context.AddInitScriptAsync(Recorder);
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        output.WriteLine(live.Server.Output);
    }

    [Fact]
    public async Task Viewer_detects_for_the_room_and_hands_over_whatever_happens()
    {
        IPage demo = await OpenAsync("/view?room=handed&demo=1");
        IPage viewer = await OpenAsync("/view?room=handed&inference=browser");
        Assert.Equal("source", await viewer.Locator("#views input:checked").GetAttributeAsync("value"));
        await DetectsAsync(viewer, times: 1);

        // What it finds reaches the others, from a clip that the page draws: results of the real pictures.
        await demo.WaitForFunctionAsync($"() => {FromBrowser}.filter((m) => m.includes('\"label\":\"moving\"')).length > 10");
        await viewer.EvaluateAsync("() => window.kill()");
        await DetectsAsync(viewer, times: 2);

        await viewer.SelectOptionAsync("#inference", "server");
        await viewer.WaitForFunctionAsync("() => window.phases.at(-1) === 'server'");
        await demo.WaitForFunctionAsync(
            "() => window.__messages.findLast((m) => m.includes('\"type\":\"detections\"')).includes('\"source\":\"server\"')");

        string[] phases = await viewer.EvaluateAsync<string[]>("() => window.phases");
        output.WriteLine(string.Join(' ', phases));
        Assert.InRange(phases.Count(phase => phase == "page"), 2, 100);
        Assert.Contains("overlap", phases);
        long[] stamps = await viewer.EvaluateAsync<long[]>(
            "() => window.__messages.filter((m) => m.includes('\"type\":\"detections\"')).map((m) => JSON.parse(m).rtp_timestamp)");
        Assert.Equal(stamps.Distinct(), stamps);
        Assert.Empty(_errors);
    }

    [Fact]
    public async Task Phone_detects_on_its_own_camera_and_the_room_hears_of_it()
    {
        IPage phone = await OpenAsync("/phone?room=itself&inference=browser");
        await phone.ClickAsync("#start");
        await DetectsAsync(phone, times: 1);
        await phone.WaitForFunctionAsync($"() => {FromBrowser}.length > 10");
        Assert.Empty(_errors);
    }

    private static async Task DetectsAsync(IPage page, int times) =>
        await page.WaitForFunctionAsync("(times) => window.phases.filter((phase) => phase === 'page').length >= times", times);

    private Task<IPage> OpenAsync(string path) => PageProbe.OpenAsync(_context, new Uri(live.Server.Address, path), _errors);
}
