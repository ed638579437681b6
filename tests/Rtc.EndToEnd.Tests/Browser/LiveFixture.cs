using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>One server and one Chromium for the tests that watch real video, each in a room and a context of its own.</summary>
public sealed class LiveFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-live-");
    private ChromiumBrowser _chromium = null!;

    public ServerProcess Server { get; private set; } = null!;

    public IBrowser Browser => _chromium.Browser;

    public async ValueTask InitializeAsync()
    {
        Server = await ServerProcess.StartAsync(
            ["--model", "motion"], new Dictionary<string, string> { ["RTC__Http__StateDirectory"] = _state.FullName });
        _chromium = await ChromiumBrowser.LaunchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        await Server.DisposeAsync();
        _state.Delete(recursive: true);
    }
}

/// <summary>These measure pictures and times: nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LiveCollection : ICollectionFixture<LiveFixture>
{
    public const string Name = "live";
}
