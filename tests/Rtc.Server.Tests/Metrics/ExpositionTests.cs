using System.Net.Http.Headers;
using Prometheus;
using Rtc.Server.Metrics;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Metrics;

/// <summary>Dashboards, alerts and adapters outside of this repository know the page by heart.</summary>
public sealed class ExpositionTests
{
    [Fact]
    public void Names_types_labels_and_buckets_are_those_of_the_golden_file()
    {
        using var metrics = new RtcMetrics();
        using var collector = new MetricsCollector(metrics.Meter);
        CountEverything(metrics);
        PrometheusParser read = MetricsPage.Read(collector);

        string[] lines =
        [
            .. read.Types.Where(type => IsOurs(type.Key)).Select(type => $"{type.Key} {type.Value}"),
            .. read.Samples.Where(sample => IsOurs(sample.Name))
                .Select(sample => sample.Name + "{" + string.Join(',', sample.Labels.Select(label => $"{label.Key}={label.Value}")) + "}"),
        ];

        string golden = Path.Combine(RtcPaths.Find().Root, "tests", "Rtc.Server.Tests", "Metrics", "exposition.txt");
        Assert.Equal(File.ReadAllLines(golden), lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Scraper_that_asks_for_OpenMetrics_gets_it()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text; version=1.0.0"));

        using HttpResponseMessage answer = await host.Client.SendAsync(request);
        string page = await answer.Content.ReadAsStringAsync();

        Assert.Equal("application/openmetrics-text", answer.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith("# EOF\n", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE rtc_joins counter\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_that_differ_in_kind_are_served_once()
    {
        using var metrics = new RtcMetrics();
        metrics.Meter.CreateCounter<int>("rtc.test.twice", null, "A counter").Add(0);
        metrics.Meter.CreateObservableGauge("rtc.test.twice.total", () => 4, null, "A gauge whose name comes out alike");
        using var collector = new MetricsCollector(metrics.Meter);

        Assert.Equal("counter", MetricsPage.Read(collector).Types["rtc_test_twice_total"]);
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("rtc_", StringComparison.Ordinal) || name.StartsWith("process_", StringComparison.Ordinal);

    private static void CountEverything(RtcMetrics metrics)
    {
        metrics.PictureReceived();
        metrics.PictureDropped("late");
        metrics.PictureDetected();
        metrics.PictureRendered();
        metrics.StageTook("detect", 8);
        metrics.ResultAged(30);
        metrics.FirstPictureAfter(200);
        metrics.Packets(Direction.In, 10, 12_000);
        metrics.Packets(Direction.Out, 3, 3_600);
        metrics.PacketsLost(Direction.In, 1);
        metrics.Nacks(Direction.Out, 2);
        metrics.KeyFrameRequested(Direction.Out);
        metrics.DatagramDropped("junk");
        metrics.Joined("phone");
        metrics.Refused("rate");
    }
}
