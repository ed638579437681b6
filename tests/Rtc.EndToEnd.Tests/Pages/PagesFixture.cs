using Microsoft.Playwright;
using Xunit;

namespace Rtc.EndToEnd.Tests.Pages;

/// <summary>One Chromium for all page tests, which run one after another: pages share the processor with their own video.</summary>
public sealed class PagesFixture : IAsyncLifetime
{
    private ChromiumBrowser _chromium = null!;

    internal PageServer Server { get; private set; } = null!;

    public IBrowser Browser => _chromium.Browser;

    /// <summary>
    /// With WebGPU by a processor that plays the graphics chip, and a camera of few pictures: what pages do with them is no
    /// question of their number, and each is coded, read and painted by the processor.
    /// </summary>
    public async ValueTask InitializeAsync()
    {
        Server = await PageServer.StartAsync();
        string names = string.Join(',', new[] { PageUnderTest.Host, PageUnderTest.InsecureHost }
            .Select(host => $"MAP {new Uri(host).Authority} 127.0.0.1:{Server.Port}"));
        _chromium = await ChromiumBrowser.LaunchAsync(
            FakeCamera.Moving(framesPerSecond: 12), "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader",
            $"--host-resolver-rules={names}");
    }

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        await Server.DisposeAsync();
    }
}

[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PagesCollection : ICollectionFixture<PagesFixture>
{
    public const string Name = "pages";
}
