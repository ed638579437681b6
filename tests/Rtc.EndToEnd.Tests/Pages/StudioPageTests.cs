using System.Diagnostics;
using Microsoft.Playwright;
using Rtc.EndToEnd.Tests.Browser;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>The studio with the real server: each workflow from a click to the file that is saved.</summary>
[Collection(LiveCollection.Name)]
public sealed class StudioPageTests(LiveFixture live, ITestOutputHelper output) : IAsyncLifetime
{
    private const int Frames = 8;

    // Tasks share the processor with whatever else a machine does.
    private const int PatienceMs = 60_000;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rtc-studio-page-");
    private IBrowserContext _context = null!;
    private IPage _page = null!;
    private string? _video;

    public async ValueTask InitializeAsync()
    {
        _context = await live.Browser.NewContextAsync(PageUnderTest.Desktop());
        _context.SetDefaultTimeout(PatienceMs);
        _page = await _context.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        if (_video is not null)
        {
            // Others count what is in the library.
            await live.Server.Http.DeleteAsync(new Uri($"/api/videos/{_video}", UriKind.Relative));
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Page_that_the_browser_keeps_forgets_no_task()
    {
        await _page.GotoAsync(new Uri(live.Server.Address, "/studio?task=kept").ToString());
        await Assertions.Expect(_page.Locator("#choose")).ToBeVisibleAsync();
        await _page.EvaluateAsync("() => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))");
        Assert.EndsWith("task=kept", await _page.EvaluateAsync<string>("() => location.search"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clip_is_followed_searched_and_cleared_to_files_that_play()
    {
        Assert.SkipUnless(await TryMakeClipAsync(), "ffmpeg is not installed");
        await _page.GotoAsync(new Uri(live.Server.Address, "/studio").ToString());
        await _page.SetInputFilesAsync("#file", Path.Combine(_folder.FullName, "ball.mp4"));
        await Assertions.Expect(_page.Locator("#work[data-clip]")).ToBeVisibleAsync(new() { Timeout = PatienceMs });
        _video = await _page.GetAttributeAsync("#work", "data-clip");

        await _page.ClickAsync("#step-on");
        await Assertions.Expect(_page.Locator("#place")).ToContainTextAsync($"2 of {Frames}", new() { Timeout = PatienceMs });
        await ClickStageAsync(0.5, 0.5);
        await Assertions.Expect(_page.Locator("#overlay[data-outlined=true]")).ToBeVisibleAsync(new() { Timeout = PatienceMs });
        output.WriteLine($"click to outline: {await _page.GetAttributeAsync("#outlined", "data-ms")} ms");
        await GoAsync("track-point");
        Check(await SaveAsync(".result-links a >> nth=0"), hasSound: true);

        await _page.ClickAsync("#tab-text");
        await _page.FillAsync("#prompt", "the bass");
        await GoAsync("text-to-video");
        await Assertions.Expect(_page.Locator(".stems[data-ready=true] .stem")).ToHaveCountAsync(4, new() { Timeout = PatienceMs });
        await _page.ClickAsync("[data-stem=bass] button");
        await Assertions.Expect(_page.Locator("[data-heard=true]")).ToHaveCountAsync(1, new() { Timeout = PatienceMs });
        Check(await SaveAsync(".result-links a >> nth=0"), hasSound: true);
        Assert.True(new FileInfo(await SaveAsync("[data-stem=bass] a")).Length > 10_000);

        await _page.ClickAsync("#tab-remove");
        await Assertions.Expect(_page.Locator("#overlay[data-outlined=true]")).ToBeVisibleAsync(new() { Timeout = PatienceMs });
        await GoAsync("remove-object");
        await Assertions.Expect(_page.Locator(".compare video")).ToHaveCountAsync(2, new() { Timeout = PatienceMs });
        Check(await SaveAsync(".result-links a >> nth=0"), hasSound: true);
    }

    /// <summary>At fractions of the picture, which fills its stage here.</summary>
    private async Task ClickStageAsync(double x, double y)
    {
        LocatorBoundingBoxResult box = (await _page.Locator("#overlay").BoundingBoxAsync())!;
        await _page.ClickAsync("#overlay", new() { Position = new() { X = (float)(box.Width * x), Y = (float)(box.Height * y) } });
    }

    private async Task GoAsync(string kind)
    {
        await _page.ClickAsync("#go");
        await Assertions.Expect(_page.Locator($"#result[data-kind={kind}]")).ToBeVisibleAsync(new() { Timeout = PatienceMs });
    }

    private async Task<string> SaveAsync(string link)
    {
        IDownload download = await _page.RunAndWaitForDownloadAsync(() => _page.ClickAsync(link));
        string file = Path.Combine(_folder.FullName, download.SuggestedFilename);
        await download.SaveAsAsync(file);
        return file;
    }

    private static void Check(string file, bool hasSound)
    {
        VideoInfo info = VideoProbe.Read(file, new ContainerLimits(), CancellationToken.None).Info!;
        Assert.Equal((Frames, 96, 64, hasSound), (info.TotalFrames, info.Width, info.Height, info.Audio is not null));
    }

    /// <summary>A red square that walks over a patterned ground, with a tone.</summary>
    private async Task<bool> TryMakeClipAsync()
    {
        const string Square = "color=red:s=24x24:r=10:d=0.8[o];[0:v][o]overlay=x=30+3*n:y=20:shortest=1,format=yuv420p";
        try
        {
            using Process ffmpeg = Process.Start("ffmpeg",
            [
                "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=10:d=0.8,hue=s=0.2", "-f", "lavfi", "-i",
                "sine=110:d=0.8", "-filter_complex", Square, "-map", "1:a", "-c:a", "aac", "-t", "0.8",
                Path.Combine(_folder.FullName, "ball.mp4"),
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
