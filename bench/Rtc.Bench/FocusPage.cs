using System.Text.Json;
using Microsoft.Playwright;

namespace Rtc.Bench;

/// <summary>What /focus did since it was asked last.</summary>
/// <param name="Seconds">How long that was, by the page's clock.</param>
/// <param name="Shown">Pictures that were drawn.</param>
/// <param name="Skipped">Pictures that the browser put on show and the page did not draw.</param>
/// <param name="Late">Drawn more than half a picture's time after their turn.</param>
/// <param name="Gaps">Milliseconds between two that were drawn.</param>
/// <param name="Detections">Pictures that were looked at.</param>
internal sealed record FocusTaken(double Seconds, int Shown, int Skipped, int Late, double[] Gaps, int Detections);

/// <summary>
/// The page /focus playing a file in headless Chromium, as a visitor uses it: a file is chosen, the first object that is found is held,
/// and all but it is blurred. Counted is what the page draws; nothing of the page is changed.
/// </summary>
internal sealed class FocusPage
{
    /// <summary>The page's own wish for the next picture, heard along.</summary>
    private const string Probe = """
        (() => {
          const wish = HTMLVideoElement.prototype.requestVideoFrameCallback;
          const drawn = [];
          HTMLVideoElement.prototype.requestVideoFrameCallback = function (paint) {
            return wish.call(this, (now, metadata) => {
              drawn.push([performance.now(), metadata.mediaTime, metadata.presentedFrames]);
              paint(now, metadata);
            });
          };
          const seen = () => Number(document.documentElement.dataset.detections ?? 0);
          let last = null, since = performance.now(), before = 0;
          window.__take = (periodMs) => {
            const gaps = [];
            let skipped = 0, late = 0;
            for (const [at, media, presented] of drawn) {
              if (last && media > last[1]) {
                gaps.push(at - last[0]);
                skipped += Math.max(0, presented - last[2] - 1);
                if (at - last[0] > (media - last[1]) * 1000 + periodMs / 2) late++;
              }
              last = [at, media, presented];
            }
            const now = performance.now();
            const taken = { seconds: (now - since) / 1000, shown: drawn.length, skipped, late, gaps, detections: seen() - before };
            drawn.length = 0;
            since = now;
            before = seen();
            return taken;
          };
        })();
        """;

    private static readonly JsonSerializerOptions s_camelCase = new(JsonSerializerDefaults.Web);

    private readonly IPage _page;

    private FocusPage(IPage page) => _page = page;

    /// <summary>Detects, and plays the file.</summary>
    public static async Task<FocusPage> OpenAsync(IPage page, Uri server, string model, string file)
    {
        await page.AddInitScriptAsync(Probe);
        await page.GotoAsync(new Uri(server, $"/focus?masks=off&model={Uri.EscapeDataString(model)}").ToString());
        await page.Locator("#state[data-state=ready]").WaitForAsync(new LocatorWaitForOptions { Timeout = 90_000 });
        await page.Locator("#file").SetInputFilesAsync(file);
        await page.WaitForFunctionAsync("() => Number(document.documentElement.dataset.detections) > 2");
        return new FocusPage(page);
    }

    /// <summary>The file in an element of its own on an empty page: what the browser itself puts on show, and how evenly.</summary>
    public static async Task<FocusPage> OpenBareAsync(IPage page, Uri server, string file)
    {
        await page.AddInitScriptAsync(Probe);
        await page.GotoAsync(new Uri(server, "/api/health").ToString());
        await page.SetContentAsync("<input type=file><video muted loop playsinline></video>");
        await page.Locator("input").SetInputFilesAsync(file);
        await page.EvaluateAsync("""
            async () => {
              const video = document.querySelector('video');
              const next = () => video.requestVideoFrameCallback(next);
              next();
              video.src = URL.createObjectURL(document.querySelector('input').files[0]);
              await video.play();
            }
            """);
        return new FocusPage(page);
    }

    /// <summary>The first object of the list; false where none is found within a moment.</summary>
    public async Task<bool> HoldAsync()
    {
        try
        {
            await _page.Locator("#objects button").First.ClickAsync(new LocatorClickOptions { Timeout = 5_000 });
            await _page.Locator("#scene[data-blurred=true]").WaitForAsync(new LocatorWaitForOptions { Timeout = 5_000 });
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    public async Task<FocusTaken> TakeAsync(double periodMs) =>
        (await _page.EvaluateAsync<JsonElement>("(periodMs) => window.__take(periodMs)", periodMs)).Deserialize<FocusTaken>(s_camelCase)!;

    public Task CloseAsync() => _page.CloseAsync();

    public Task<string> HowAsync() => _page.Locator("#facts").InnerTextAsync();
}
