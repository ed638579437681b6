using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Rtc.EndToEnd.Tests.Browser;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>The page of an analysis with the real server: asked for, seen on the very picture, exported.</summary>
[Collection(LiveCollection.Name)]
public sealed class AnalysisPageTests(LiveFixture live) : IAsyncLifetime
{
    private const int Fps = 25;
    private const int Width = 320;
    private const int SquareStep = 2;
    private const int SquareFrom = 20;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rtc-analysis-page-");
    private IBrowserContext _context = null!;

    /// <summary>Where the square is in the picture on show, and the drawn box nearest to it: left edges, in its pixels.</summary>
    private const string Look = """
        () => {
          const video = document.querySelector('#video');
          const overlay = document.querySelector('#overlay');
          const small = Object.assign(document.createElement('canvas'), { width: video.videoWidth, height: video.videoHeight });
          const context = small.getContext('2d', { willReadFrequently: true });
          const row = (draw, y, is) => {
            context.clearRect(0, 0, small.width, small.height);
            draw();
            const { data } = context.getImageData(0, y, small.width, 1);
            for (let x = 0; x < small.width; x++) if (is(data.subarray(x * 4, x * 4 + 4))) return x;
            return -1;
          };
          // The page draws at the screen's size: the picture in the stage, with bars beside it where their shapes differ.
          const scale = Math.min(overlay.width / video.videoWidth, overlay.height / video.videoHeight);
          const [wide, tall] = [video.videoWidth * scale, video.videoHeight * scale];
          const drawn = () => context.drawImage(
            overlay, (overlay.width - wide) / 2, (overlay.height - tall) / 2, wide, tall, 0, 0, small.width, small.height);
          return [
            row(() => context.drawImage(video, 0, 0), 90, ([red]) => red > 200),
            row(drawn, 90, ([, , , alpha]) => alpha > 60),
            video.currentTime,
          ];
        }
        """;

    public async ValueTask InitializeAsync()
    {
        _context = await live.Browser.NewContextAsync(
            new() { AcceptDownloads = true, ViewportSize = new() { Width = 1280, Height = 900 } });
        _context.SetDefaultTimeout(Patience.Ms);
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Analysis_is_asked_for_seen_on_its_pictures_and_exported()
    {
        string file = Path.Combine(_folder.FullName, "square.mp4");
        Assert.SkipUnless(await TryMakeVideoAsync(file), "ffmpeg is not installed");
        string id = await UploadAsync(file);
        IPage page = await _context.NewPageAsync();
        await page.GotoAsync(new Uri(live.Server.Address, $"/library/{id}").ToString());
        await Assertions.Expect(page.Locator("#status")).ToContainTextAsync("Nothing was looked for");
        await page.SelectOptionAsync("#ask-model", "motion");
        await page.FillAsync("#ask-every", "4");
        await page.UncheckAsync("#ask-masks");
        await page.ClickAsync("#ask-start");
        await Assertions.Expect(page.Locator("#facts")).ToContainTextAsync("motion");
        await Assertions.Expect(page.Locator("[data-class]")).ToHaveCountAsync(1);

        JsonNode found = JsonNode.Parse(
            await live.Server.Http.GetStringAsync(new Uri($"/api/videos/{id}/detections", UriKind.Relative)))!;
        (int number, double left) = found["frames"]!.AsArray().Where(frame => frame!["detections"]!.AsArray().Count == 1)
            .Select(frame => ((int)frame!["frame_number"]!, (double)frame["detections"]![0]!["bbox"]!["x"]!))
            .First(frame => frame.Item1 > 40);

        // A click at that picture's place on the timeline.
        LocatorBoundingBoxResult ruler = (await page.Locator("#ruler").BoundingBoxAsync())!;
        await page.Mouse.ClickAsync((float)(ruler.X + (ruler.Width * (number + 0.5) / 100)), ruler.Y + 20);
        await page.WaitForFunctionAsync(
            "([frame, fps]) => Math.floor(document.querySelector('#video').currentTime * fps) === frame"
                + " && !document.querySelector('#video').seeking && document.querySelector('#place').textContent.endsWith(` ${frame}`)",
            new[] { number, Fps });
        double[] seen = await page.EvaluateAsync<double[]>(Look);
        Assert.Equal(SquareFrom + (SquareStep * number), seen[0], 2.0);
        Assert.Equal(left, seen[1], 3.0);

        // Nothing is drawn where the only class is hidden.
        await page.UncheckAsync("[data-class] input");
        Assert.Equal(-1, (await page.EvaluateAsync<double[]>(Look))[1]);

        IDownload csv = await page.RunAndWaitForDownloadAsync(() => page.ClickAsync("#exports a[href*='format=csv']"));
        Assert.Equal("square.csv", csv.SuggestedFilename);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"{number},"), await File.ReadAllTextAsync(await csv.PathAsync()),
            StringComparison.Ordinal);
    }

    private async Task<string> UploadAsync(string file)
    {
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(file));
        content.Headers.ContentType = new MediaTypeHeaderValue("video/mp4");
        using HttpResponseMessage answer =
            await live.Server.Http.PostAsync(new Uri("/api/videos?name=square.mp4", UriKind.Relative), content);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("video_id").GetString()!;
    }

    /// <summary>A white square that goes right by as many pixels with each picture: where it is says which picture it is.</summary>
    private static async Task<bool> TryMakeVideoAsync(string file)
    {
        try
        {
            using Process ffmpeg = Process.Start(
                "ffmpeg",
                [
                    "-v", "error", "-filter_complex",
                    $"color=gray:s={Width}x180:r={Fps}:d=4[g];color=white:s=40x60:r={Fps}:d=4[w];"
                        + $"[g][w]overlay=x='{SquareFrom}+{SquareStep}*n':y=60,format=yuv420p",
                    "-c:v", "libx264", "-g", "25", "-crf", "16", file,
                ]);
            await ffmpeg.WaitForExitAsync();
            return ffmpeg.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
