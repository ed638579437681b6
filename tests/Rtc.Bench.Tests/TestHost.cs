using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Rtc.Server.Hosting;
using Rtc.Server.Options;

namespace Rtc.Bench.Tests;

/// <summary>The real server in this process, on ports that the system chose, with the embedded detector.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestHost(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public static async Task<TestHost> StartAsync(RoomOptions? rooms = null)
    {
        WebApplication app = RtcHost.Build(
            new RtcOptions
            {
                Http = new HttpOptions { Host = "127.0.0.1", Port = 0, HttpsPort = 0, Tls = false },
                Media = new MediaOptions { Port = 0 },
                Model = new ModelOptions { Name = "motion" },
                Rooms = rooms ?? new RoomOptions(),
            },
            null,
            builder => builder.Logging.SetMinimumLevel(LogLevel.Warning));
        await app.StartAsync();
        return new TestHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
