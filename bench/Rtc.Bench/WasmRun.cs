using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace Rtc.Bench;

/// <summary>
/// `--mode wasm`: the pages' own vision in headless Chromium, by ONNX Runtime's WebAssembly on the processor. The server only
/// serves files; processor and memory are the browser's.
/// </summary>
internal sealed class WasmRun(RunPlan plan, TextWriter progress)
{
    public async Task<RunResult> PlayAsync()
    {
        string mark = $"--rtc-bench={Guid.NewGuid():N}";
        (string? model, string name) = Model();
        await using ServerUnderTest server = plan.Url is { } url
            ? ServerUnderTest.At(url, null)
            : await ServerUnderTest.StartAsync("motion", model is null ? [] : ["--set", $"Model:Directory={Path.GetDirectoryName(model)}"]);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await LinkPage.LaunchAsync(playwright, "--disable-gpu", mark);
        var processes = new BrowserProcesses(mark);
        var pages = new List<WasmPage>();
        for (int user = 0; user < plan.Users; user++)
        {
            pages.Add(await WasmPage.OpenAsync(await browser.NewPageAsync(), server.Address, plan, name));
        }

        await Task.Delay(TimeSpan.FromSeconds(plan.WarmUp));
        foreach (WasmPage page in pages)
        {
            await page.TakeAsync(counts: false);
        }

        double? cpuBefore = processes.CpuSeconds();
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds is var elapsed && elapsed < plan.Duration)
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Min(1, plan.Duration - elapsed)));
            processes.SampleMemory();
            foreach (WasmPage page in pages)
            {
                await page.TakeAsync();
            }
        }

        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        progress.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {seconds,5:0} s: {pages.Sum(page => page.Figures.Sent)} drawn, {pages.Sum(page => page.Figures.Results)} results, "
                + $"{pages[0].Figures.Provider}"));
        return new RunResult
        {
            Plan = plan,
            Seconds = seconds,
            Phones = [.. pages.Select(page => page.Figures)],
            ViewerFrames = 0,
            ViewerFreezes = 0,
            ViewerPackets = 0,
            ViewerPacketsLost = 0,
            ClosedBecause = pages.Select(page => page.Error).FirstOrDefault(error => error is not null),
            CpuSeconds = processes.CpuSeconds() - cpuBefore,
            PeakMegabytes = processes.PeakMegabytes,
            UplinkKbps = 0,
            DownlinkKbps = 0,
            RoomsBefore = null,
            RoomsAfter = null,
            Health = null,
        };
    }

    /// <summary>A file, whose folder the server is given, or a name of the server's own; without either what moves is found.</summary>
    private (string? File, string Name) Model() => plan.Model switch
    {
        null => (null, "motion"),
        { } file when File.Exists(file) => (Path.GetFullPath(file), Path.GetFileNameWithoutExtension(file)),
        { } name => (null, name),
    };
}
