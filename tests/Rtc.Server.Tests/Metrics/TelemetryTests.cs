using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rtc.Server.Metrics;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Metrics;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Traces_and_metrics_reach_a_collector()
    {
        var received = new ConcurrentDictionary<string, int>();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using WebApplication collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            string text = System.Text.Encoding.Latin1.GetString(body.ToArray());
            received.AddOrUpdate(context.Request.Path, text.Contains("rtc", StringComparison.Ordinal) ? 1 : 0, (_, before) => before + 1);
        });
        await collector.StartAsync();

        await using (RunningHost host = await RunningHost.StartAsync(RunningHost.Options with { Telemetry = new TelemetryOptions { OtlpEndpoint = collector.Urls.First() + "/otlp" } }))
        {
            host.App.Services.GetRequiredService<RtcMetrics>().PictureReceived();
            using (Telemetry.Source.StartActivity("join"))
            {
                await host.Client.GetStringAsync("/api/health");
            }
        }

        Assert.True(received.GetValueOrDefault("/otlp/v1/traces") > 0, string.Join(' ', received.Keys));
        Assert.True(received.GetValueOrDefault("/otlp/v1/metrics") > 0, string.Join(' ', received.Keys));
    }
}
