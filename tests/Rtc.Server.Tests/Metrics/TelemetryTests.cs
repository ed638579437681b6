using System.Collections.Concurrent;
using System.Net.Http.Headers;
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
        var received = new ConcurrentDictionary<string, string>();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using WebApplication collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            string text = System.Text.Encoding.Latin1.GetString(body.ToArray());
            received.AddOrUpdate(context.Request.Path, text, (_, before) => before + text);
        });
        await collector.StartAsync();

        await using (RunningHost host = await RunningHost
            .StartAsync(RunningHost.Options with { Telemetry = new TelemetryOptions { OtlpEndpoint = collector.Urls.First() + "/otlp" } }))
        {
            using var offer = new StringContent("no offer", new MediaTypeHeaderValue("application/sdp"));
            using HttpResponseMessage refused = await host.Client.PostAsync("/whep/traced", offer);
        }

        // A join that went well and an offer that didn't.
        string traces = received.GetValueOrDefault("/otlp/v1/traces") ?? "";
        Assert.Contains("join", traces, StringComparison.Ordinal);
        Assert.Contains("offer", traces, StringComparison.Ordinal);
        Assert.Contains("bad_sdp", traces, StringComparison.Ordinal);
        Assert.Contains("rtc.joins", received.GetValueOrDefault("/otlp/v1/metrics") ?? "", StringComparison.Ordinal);
    }
}
