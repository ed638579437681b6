using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Browser;

/// <summary>One server and one Chromium for the tests that watch real video, each in a room and a context of its own.</summary>
public sealed class LiveFixture : IAsyncLifetime
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-live-");
    private OtherSite _other = null!;
    private ChromiumBrowser _chromium = null!;

    /// <summary>Where the example page of another site is, which may have rooms of the server in it.</summary>
    public string OtherOrigin => _other.Origin;

    public ServerProcess Server { get; private set; } = null!;

    public IBrowser Browser => _chromium.Browser;

    public async ValueTask InitializeAsync()
    {
        _other = await OtherSite.StartAsync(Path.Combine(Repository.Root, "examples", "embed", "index.html"));
        Server = await ServerProcess.StartAsync(
            ["--model", "motion"], new Dictionary<string, string>
            {
                ["RTC__Http__StateDirectory"] = _state.FullName,
                ["RTC__Http__CorsOrigins"] = OtherOrigin,
                ["RTC__Http__FrameAncestors"] = OtherOrigin,
            });
        _chromium = await ChromiumBrowser.LaunchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        await Server.DisposeAsync();
        await _other.DisposeAsync();
        _state.Delete(recursive: true);
    }
}

/// <summary>These measure pictures and times: nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class LiveCollection : ICollectionFixture<LiveFixture>
{
    public const string Name = "live";
}
