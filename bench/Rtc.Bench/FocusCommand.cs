using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Rtc.Bench;

/// <summary>`rtc-bench focus`: the page /focus with a video file, how evenly it draws while it detects, and what that costs the browser.</summary>
internal static class FocusCommand
{
    public static readonly string[] Options = ["duration", "model", "video", "fps", "width", "height", "output"];

    public static async Task<int> InvokeAsync(string[] arguments)
    {
        var options = new Arguments(arguments, Options);
        double duration = options.Number("duration", 20, 1, 3600);
        int fps = options.Whole("fps", 60, 1, 240);
        string? model = options.Text("model");
        string folder = Directory.CreateTempSubdirectory("rtc-focus-").FullName;
        try
        {
            string video = options.Text("video")
                ?? await DrawAsync(folder, options.Whole("width", 640, 64, 4096), options.Whole("height", 360, 64, 2304), fps);
            string mark = $"--rtc-bench={Guid.NewGuid():N}";
            await using ServerUnderTest server = await ServerUnderTest.StartAsync(
                "motion", model is null ? [] : ["--set", $"Model:Directory={Path.GetDirectoryName(Path.GetFullPath(model))}"]);
            using IPlaywright playwright = await Playwright.CreateAsync();
            await using IBrowser browser = await LinkPage.LaunchAsync(playwright, mark);
            FocusPage page = await FocusPage.OpenAsync(
                await browser.NewPageAsync(), server.Address, model is null ? "motion" : Path.GetFileNameWithoutExtension(model), video);
            double periodMs = 1000.0 / fps;
            JsonObject json = await WatchAsync(page, new BrowserProcesses(mark), duration, periodMs);
            await page.CloseAsync();
            await WatchBareAsync(json, await FocusPage.OpenBareAsync(await browser.NewPageAsync(), server.Address, video), duration, periodMs);
            if (options.Text("output") is { } output)
            {
                await File.WriteAllTextAsync(output, json + "\n");
            }

            Console.WriteLine(string.Join('\n', json.Select(figure => $"{figure.Key,-24} {figure.Value}")));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<JsonObject> WatchAsync(FocusPage page, BrowserProcesses browser, double duration, double periodMs)
    {
        bool isHeld = await page.HoldAsync();
        await page.TakeAsync(periodMs);
        double? cpuBefore = browser.CpuSeconds();
        var taken = new List<FocusTaken>();
        for (long began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began).TotalSeconds < duration;)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            browser.SampleMemory();
            taken.Add(await page.TakeAsync(periodMs));
        }

        double seconds = taken.Sum(one => one.Seconds);
        int shown = taken.Sum(one => one.Shown);
        int skipped = taken.Sum(one => one.Skipped);
        double[] gaps = [.. taken.SelectMany(one => one.Gaps).Order()];
        return new JsonObject
        {
            ["how"] = string.Join("; ", (await page.HowAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Chunk(2)
                .Select(pair => string.Join(' ', pair))),
            ["blurred"] = isHeld,
            ["seconds"] = Round(seconds),
            ["shown_per_second"] = Round(shown / seconds),
            ["late_percent"] = LatePercent(shown, skipped, taken.Sum(one => one.Late)),
            ["gap_median_ms"] = Round(At(gaps, 0.5)),
            ["gap_p95_ms"] = Round(At(gaps, 0.95)),
            ["gap_max_ms"] = Round(At(gaps, 1)),
            ["detections_per_second"] = Round(taken.Sum(one => one.Detections) / seconds),
            ["browser_cores"] = browser.CpuSeconds() - cpuBefore is { } used ? Round(used / seconds) : null,
            ["page_peak_mb"] = Round(browser.PeakPageMegabytes),
            ["browser_peak_mb"] = Round(browser.PeakMegabytes),
        };
    }

    /// <summary>The same file without the page, beside which the page is judged.</summary>
    private static async Task WatchBareAsync(JsonObject json, FocusPage bare, double duration, double periodMs)
    {
        await Task.Delay(TimeSpan.FromSeconds(1));
        await bare.TakeAsync(periodMs);
        await Task.Delay(TimeSpan.FromSeconds(duration));
        FocusTaken taken = await bare.TakeAsync(periodMs);
        json["bare_shown_per_second"] = Round(taken.Shown / taken.Seconds);
        json["bare_late_percent"] = LatePercent(taken.Shown, taken.Skipped, taken.Late);
    }

    private static double LatePercent(int shown, int skipped, int late) => Round(100.0 * (skipped + late) / Math.Max(1, shown + skipped));

    /// <summary>Ten seconds of a street's worth of movement: a box that goes to and fro over a pattern that stands.</summary>
    private static async Task<string> DrawAsync(string folder, int width, int height, int fps)
    {
        string file = Path.Combine(folder, "drawn.webm");
        string scene = string.Create(
            CultureInfo.InvariantCulture,
            $"smptebars=size={width}x{height}:rate={fps}:duration=10[street];color=white:size={height / 5}x{height / 3}:rate={fps}[walker];"
                + $"[street][walker]overlay=x='(W-w)/2*(1+sin(2*PI*t/5))':y=H/2:shortest=1");
        var start = new ProcessStartInfo("ffmpeg")
        {
            ArgumentList =
            {
                "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", scene, "-c:v", "libvpx", "-b:v", "2M", "-deadline", "realtime",
                "-pix_fmt", "yuv420p", file,
            },
        };
        using Process ffmpeg = Process.Start(start) ?? throw new RunFailedException("ffmpeg could not be started");
        await ffmpeg.WaitForExitAsync();
        return ffmpeg.ExitCode == 0 ? file : throw new RunFailedException("ffmpeg could not draw the clip");
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[(int)((sorted.Length - 1) * share)];

    private static double Round(double value) => Math.Round(value, 2);
}
