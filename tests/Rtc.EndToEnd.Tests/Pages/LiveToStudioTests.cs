using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Rtc.EndToEnd.Tests.Browser;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>From a live room to the studio by the viewer's own button: the room's tracks are there, under their ids.</summary>
[Collection(LiveCollection.Name)]
public sealed class LiveToStudioTests(LiveFixture live, ITestOutputHelper output)
{
    // Motion has learnt the background by then, and tracks have begun.
    private const long Detected = 45;
    private static readonly string? s_shots = Environment.GetEnvironmentVariable("RTC_SCREENSHOTS") is { Length: > 0 } folder
        ? folder
        : null;

    [Fact]
    public async Task Clip_of_a_room_opens_with_its_tracks_and_a_click_keeps_the_id()
    {
        await using IBrowserContext context = await live.Browser.NewContextAsync(PageUnderTest.Desktop());
        context.SetDefaultTimeout(Patience.Ms);
        IPage phone = await OpenAsync(context, "/phone?room=for-studio");
        await phone.ClickAsync("#start");
        IPage view = await OpenAsync(context, "/view?room=for-studio");
        await Assertions.Expect(view.Locator("#state")).ToHaveAttributeAsync("data-state", "live", new() { Timeout = Patience.Ms });
        while ((long)(await ReadAsync("/api/rooms/for-studio"))["detected"]! < Detected)
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        await view.ClickAsync("#room-clip");
        await view.WaitForURLAsync("**/studio?video=*", new() { Timeout = Patience.Ms });
        await phone.CloseAsync();
        await Assertions.Expect(view.Locator("#work[data-clip]")).ToBeVisibleAsync(new() { Timeout = Patience.Ms });
        string video = (await view.GetAttributeAsync("#work", "data-clip"))!;
        try
        {
            JsonNode[] lines = await SidecarAsync(video);
            Assert.Contains(lines, line => TracksOf(line).Any());

            // Forward to a picture in which something is tracked.
            ILocator overlay = view.Locator("#overlay");
            JsonNode? here = null;
            while (here is null || !TracksOf(here).Any())
            {
                string before = await view.InnerTextAsync("#place");
                await view.ClickAsync("#step-on");
                await Assertions.Expect(view.Locator("#place")).Not.ToHaveTextAsync(before, new() { Timeout = Patience.Ms });
                double seconds = double.Parse(
                    (await view.InnerTextAsync("#place")).Split('·')[1].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
                here = lines.MinBy(line => Math.Abs((double)line["presentation_time"]! - seconds));
            }

            await Assertions.Expect(overlay).Not.ToHaveAttributeAsync("data-boxes", "0");
            JsonNode track = TracksOf(here).MaxBy(one => (double)one["xmax"]! - (double)one["xmin"]!)!;
            LocatorBoundingBoxResult stage = (await overlay.BoundingBoxAsync())!;
            await overlay.ClickAsync(new()
            {
                Position = new() { X = Middle(track, "xmin", "xmax", stage.Width), Y = Middle(track, "ymin", "ymax", stage.Height) },
            });
            int id = (int)track["track_id"]!;
            await Assertions.Expect(view.Locator("#clicks-text")).ToContainTextAsync($"on track {id}", new() { Timeout = Patience.Ms });
            await Assertions.Expect(view.Locator("#overlay[data-outlined=true]")).ToBeVisibleAsync(new() { Timeout = Patience.Ms });
            output.WriteLine($"{lines.Length} results, track {id}; {await view.InnerTextAsync("#clicks-text")}");
            if (s_shots is not null)
            {
                await view.ScreenshotAsync(new() { Path = Path.Combine(s_shots, "live-to-studio.png"), FullPage = true });
            }

            IRequest asked = await view.RunAndWaitForRequestAsync(
                () => view.ClickAsync("#go"), request => request.Url.EndsWith("/api/track-point", StringComparison.Ordinal));
            Assert.Matches($"name=\"track_id\"\\s+{id}\\s", asked.PostData);
            await view.ClickAsync("#cancel");
        }
        finally
        {
            await context.CloseAsync();
            using HttpResponseMessage gone = await live.Server.Http.DeleteAsync(new Uri($"/api/videos/{video}", UriKind.Relative));
        }
    }

    /// <summary>Of the picture's part of the stage, which it fills.</summary>
    private static float Middle(JsonNode track, string from, string to, float length) =>
        (float)(((double)track[from]! + (double)track[to]!) / 2) * length;

    private static IEnumerable<JsonNode> TracksOf(JsonNode line) =>
        line["detections"]!.AsArray().Where(one => (int)one!["track_id"]! >= 0).Select(one => one!);

    private async Task<JsonNode[]> SidecarAsync(string video) =>
    [
        .. (await live.Server.Http.GetStringAsync(new Uri($"/api/videos/{video}/sidecar", UriKind.Relative)))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!),
    ];

    private async Task<JsonNode> ReadAsync(string path) =>
        JsonNode.Parse(await live.Server.Http.GetStringAsync(new Uri(path, UriKind.Relative)))!;

    private async Task<IPage> OpenAsync(IBrowserContext context, string path)
    {
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(live.Server.Address, path).ToString());
        return page;
    }
}
