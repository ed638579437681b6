using System.Runtime.CompilerServices;
using Microsoft.Playwright;

namespace Rtc.EndToEnd.Tests;

/// <summary>The system's Chromium with a fake camera, headless, driven by Playwright; closed with its owner.</summary>
public sealed class ChromiumBrowser : IAsyncDisposable
{
    private static readonly string?[] s_paths =
        [Environment.GetEnvironmentVariable("RTC_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    /// <summary>
    /// What the browser would do beside the page: the windows of its address bar alone take a second of processor for each page.
    /// A list replaces the one that Playwright gives, so that one's entries stand here too.
    /// </summary>
    private static readonly string[] s_without =
    [
        "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "PreloadTopChromeWebUI", "AimEnabled", "AutoDeElevate",
        "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync", "BlockOriginHeaderModificationOnRedirect",
        "DestroyProfileOnBrowserClose", "DialMediaRouteProvider", "GlobalMediaControls", "HttpsUpgrades", "LensOverlay", "MediaRouter",
        "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "ThirdPartyStoragePartitioning", "Translate",
    ];

    private readonly IPlaywright _playwright;

    private ChromiumBrowser(IPlaywright playwright, IBrowser browser)
    {
        _playwright = playwright;
        Browser = browser;
    }

    public IBrowser Browser { get; }

    public static bool IsInstalled => s_paths.Any(File.Exists);

    public static string ExecutablePath =>
        s_paths.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("No Chromium: apt install chromium");

    /// <summary>Playwright's own five seconds are for a quiet machine.</summary>
    [ModuleInitializer]
    internal static void WaitPatiently() => Assertions.SetDefaultExpectTimeout(Patience.Ms);

    public static async Task<ChromiumBrowser> LaunchAsync(string? camera = null, params string[] more)
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = ExecutablePath,
            Headless = true,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
                $"--use-file-for-fake-video-capture={camera ?? FakeCamera.Moving()}",
                $"--disable-features={string.Join(',', s_without)}", .. more,
            ],
        });
        return new ChromiumBrowser(playwright, browser);
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        _playwright.Dispose();
    }
}
