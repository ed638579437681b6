using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>One server and one Chromium for the tests that watch real video, each in a room and a context of its own.</summary>
public sealed class LiveFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-live-");
    private readonly OtherSite _other = new(Path.Combine(Repository.Root, "examples", "embed", "index.html"));
    private ChromiumBrowser _chromium = null!;

    /// <summary>Where the example page of another site is, which may have rooms of the server in it.</summary>
    public string OtherSite => _other.Origin;

    public ServerProcess Server { get; private set; } = null!;

    public IBrowser Browser => _chromium.Browser;

    public async ValueTask InitializeAsync()
    {
        Server = await ServerProcess.StartAsync(
            ["--model", "motion"], new Dictionary<string, string>
            {
                ["RTC__Http__StateDirectory"] = _state.FullName,
                ["RTC__Http__CorsOrigins"] = OtherSite,
                ["RTC__Http__FrameAncestors"] = OtherSite,
            });
        _chromium = await ChromiumBrowser.LaunchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        await Server.DisposeAsync();
        _other.Dispose();
        _state.Delete(recursive: true);
    }
}

/// <summary>These measure pictures and times: nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LiveCollection : ICollectionFixture<LiveFixture>
{
    public const string Name = "live";
}
