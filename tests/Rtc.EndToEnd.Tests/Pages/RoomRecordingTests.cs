using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Rtc.EndToEnd.Tests.Browser;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>A viewer has the server record a camera, and what comes of it plays.</summary>
[Collection(LiveCollection.Name)]
public sealed class RoomRecordingTests(LiveFixture live)
{
    [Fact]
    public async Task Recording_of_a_camera_plays_to_its_end_in_Chromium()
    {
        await using IBrowserContext context = await live.Browser.NewContextAsync();
        context.SetDefaultTimeout(Patience.Ms);
        IPage phone = await OpenAsync(context, "/phone?room=recorded");
        await phone.ClickAsync("#start");
        IPage view = await OpenAsync(context, "/view?room=recorded&view=source");
        await Assertions.Expect(view.Locator("#state")).ToHaveAttributeAsync("data-state", "live", new() { Timeout = Patience.Ms });

        ILocator button = view.Locator("#room-record");
        await button.ClickAsync();
        await Assertions.Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
        JsonNode report;
        do
        {
            await Task.Delay(100, TestContext.Current.CancellationToken);
            report = JsonNode.Parse(
                await live.Server.Http.GetStringAsync(new Uri("/api/rooms/recorded/recording", UriKind.Relative)))!;
        }
        while (Seconds(report) < 1.5);

        await button.ClickAsync();
        await Assertions.Expect(button).ToHaveAttributeAsync("aria-pressed", "false");

        // Each size of picture has a video of its own, and Chromium sends a smaller one when the machine is busy; the button is let go
        // before the last of them is in the library.
        JsonNode[] videos = [];
        for (long began = Environment.TickCount64; videos.Sum(Seconds) < 1.4 && Environment.TickCount64 - began < 30_000;)
        {
            videos = await RecordedAsync();
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        try
        {
            // The server has these from ffprobe.
            Assert.InRange(videos.Sum(Seconds), 1.4, double.MaxValue);
            Assert.All(videos, video => Assert.InRange((long)video["total_frames"]!, 1, long.MaxValue));
            double seconds = Seconds(videos[0]);
            PlayedVideo played = await PlayedVideo.PlayAsync(view, $"{Address(videos[0])}/file", 1);
            Assert.Equal(seconds, played.Seconds, 0.05);
            Assert.Equal(seconds, played.EndedAt, 0.1);
            Assert.InRange(played.Width, 1, int.MaxValue);
        }
        finally
        {
            foreach (JsonNode video in videos)
            {
                using HttpResponseMessage gone = await live.Server.Http.DeleteAsync(new Uri(Address(video), UriKind.Relative));
            }
        }
    }

    /// <summary>The room's videos in the library, the longest first.</summary>
    private async Task<JsonNode[]> RecordedAsync()
    {
        JsonNode list = JsonNode.Parse(await live.Server.Http.GetStringAsync(new Uri("/api/videos?limit=200", UriKind.Relative)))!;
        return
        [
            .. list["videos"]!.AsArray()
                .Where(one => one!["name"]!.ToString().StartsWith("recorded ", StringComparison.Ordinal))
                .OrderByDescending(Seconds).Select(one => one!),
        ];
    }

    private static double Seconds(JsonNode? video) => (double)video!["duration_seconds"]!;

    private static string Address(JsonNode video) => $"/api/videos/{video["video_id"]}";

    private async Task<IPage> OpenAsync(IBrowserContext context, string path)
    {
        IPage page = await context.NewPageAsync();
        await page.GotoAsync(new Uri(live.Server.Address, path).ToString());
        return page;
    }
}
