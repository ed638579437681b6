using System.Diagnostics.Metrics;
using System.Globalization;
using Prometheus;
using Rtc.Server.Metrics;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Metrics;

public sealed class PrometheusTests
{
    [Fact]
    public void What_was_counted_is_what_is_scraped()
    {
        using var metrics = new RtcMetrics();
        using var collector = new MetricsCollector(metrics.Meter);
        metrics.PictureReceived();
        metrics.PictureReceived();
        metrics.PictureDropped("late");
        metrics.Packets(Direction.In, 10, 12_000);
        metrics.Packets(Direction.In, 5, 6_000);
        metrics.Packets(Direction.Out, 1, 100);
        metrics.Gauges = () => new GaugeFacts { Rooms = 3, Viewers = 40, RoomsHigh = 1, ModelBytes = 1 << 20 };
        metrics.Load = () => new LoadFacts { Load = 0.5 };

        PrometheusParser read = MetricsPage.Read(collector);

        Assert.Equal(2, Value(read, "rtc_pictures_received_total"));
        Assert.Equal(1, Value(read, "rtc_pictures_dropped_total", ("reason", "late")));
        Assert.Equal(15, Value(read, "rtc_packets_total", ("direction", "in")));
        Assert.Equal(18_000, Value(read, "rtc_media_bytes_total", ("direction", "in")));
        Assert.Equal(3, Value(read, "rtc_rooms"));
        Assert.Equal(40, Value(read, "rtc_peers", ("role", "viewer")));
        Assert.Equal(1, Value(read, "rtc_rooms_level", ("level", "high")));
        Assert.Equal(0.5, Value(read, "rtc_load_ratio"));
        Assert.Equal(1 << 20, Value(read, "rtc_model_memory_bytes"));
        Assert.True(Value(read, "process_cpu_seconds_total") > 0);
        Assert.True(Value(read, "process_resident_memory_bytes") > 1e6);
        Assert.Contains(read.Types, type => type is { Key: "dotnet_gc_collections_total", Value: "counter" });
    }

    [Fact]
    public void A_histograms_buckets_add_up()
    {
        using var metrics = new RtcMetrics();
        using var collector = new MetricsCollector(metrics.Meter);
        metrics.StageTook("detect", 0.4);
        metrics.StageTook("detect", 8);
        metrics.StageTook("detect", 10);
        metrics.StageTook("detect", 5_000);
        metrics.StageTook("encode", 2);

        PrometheusParser read = MetricsPage.Read(collector);

        Assert.Equal(1, Value(read, "rtc_stage_duration_seconds_bucket", ("stage", "detect"), ("le", "0.0005")));
        Assert.Equal(3, Value(read, "rtc_stage_duration_seconds_bucket", ("stage", "detect"), ("le", "0.01")));
        Assert.Equal(3, Value(read, "rtc_stage_duration_seconds_bucket", ("stage", "detect"), ("le", "1")));
        Assert.Equal(4, Value(read, "rtc_stage_duration_seconds_bucket", ("stage", "detect"), ("le", "+Inf")));
        Assert.Equal(5.0184, Value(read, "rtc_stage_duration_seconds_sum", ("stage", "detect")), 6);
        Assert.Equal(1, Value(read, "rtc_stage_duration_seconds_count", ("stage", "encode")));
    }

    [Fact]
    public void A_label_may_hold_anything()
    {
        using var metrics = new RtcMetrics();
        using var collector = new MetricsCollector(metrics.Meter);
        const string Nasty = "a\"b\\c\nd} 1\nrtc_rooms 99";
        metrics.Refused(Nasty);

        PrometheusParser read = MetricsPage.Read(collector);

        Assert.Equal(1, Value(read, "rtc_refused_total", ("reason", Nasty)));
    }

    [Fact]
    public void Labels_without_end_do_not_grow_the_page_without_end()
    {
        using var metrics = new RtcMetrics();
        using var collector = new MetricsCollector(metrics.Meter);
        for (int i = 0; i < 10_000; i++)
        {
            metrics.Refused($"reason {i}");
        }

        PrometheusParser read = MetricsPage.Read(collector);

        Assert.Equal(Family.MaxSeries + 1, read.Samples.Count(sample => sample.Name == "rtc_refused_total"));
        Assert.Equal(10_000 - Family.MaxSeries, Value(read, "rtc_refused_total", ("otel_metric_overflow", "true")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Counting_allocates_nothing(bool isScraped)
    {
        using var metrics = new RtcMetrics();
        using var collector = new MetricsCollector(metrics.Meter);
        if (isScraped)
        {
            MetricsPage.Read(collector);
        }

        void Count()
        {
            metrics.Packets(Direction.In, 1, 1200);
            metrics.StageTook("detect", 8);
            metrics.PictureDropped("late");
        }

        for (int i = 0; i < 1000; i++)
        {
            Count();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Count();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task First_scrape_loses_no_measurement_and_counts_none_twice()
    {
        using var metrics = new RtcMetrics();
        using var collector = new MetricsCollector(metrics.Meter);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task[] counting = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                metrics.PictureReceived();
                metrics.StageTook("detect", 10);
                begun.TrySetResult();
            }
        }))];
        await begun.Task;

        // Not parsed: of a histogram that counts while it is written, prometheus-net's lines are a measurement or two apart.
        string[] first = MetricsPage.Text(collector, ExpositionFormat.PrometheusText).Split('\n');
        await Task.WhenAll(counting);

        PrometheusParser last = MetricsPage.Read(collector);
        const string Received = "rtc_pictures_received_total ";
        string counted = Assert.Single(first, line => line.StartsWith(Received, StringComparison.Ordinal));
        Assert.InRange(double.Parse(counted[Received.Length..], CultureInfo.InvariantCulture), 1, 80_000);
        Assert.Equal(80_000, Value(last, "rtc_pictures_received_total"));
        Assert.Equal(80_000, Value(last, "rtc_stage_duration_seconds_bucket", ("stage", "detect"), ("le", "0.01")));
        Assert.Equal(800, Value(last, "rtc_stage_duration_seconds_sum", ("stage", "detect")), 3);
    }

    [Fact]
    public async Task Sums_are_right_when_many_threads_count()
    {
        using var metrics = new RtcMetrics();
        using var collector = new MetricsCollector(metrics.Meter);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                metrics.PictureReceived();
                metrics.Joined(i % 2 == 0 ? "phone" : "viewer");
            }
        })));

        PrometheusParser read = MetricsPage.Read(collector);
        Assert.Equal(80_000, Value(read, "rtc_pictures_received_total"));
        Assert.Equal(40_000, Value(read, "rtc_joins_total", ("role", "phone")));
    }

    [Theory]
    [InlineData("rtc.stage.duration", "s", FamilyKind.Histogram, "rtc_stage_duration_seconds")]
    [InlineData("rtc.packets", "{packet}", FamilyKind.Counter, "rtc_packets_total")]
    [InlineData("rtc.media", "By", FamilyKind.Counter, "rtc_media_bytes_total")]
    [InlineData("rtc.load", "1", FamilyKind.Gauge, "rtc_load_ratio")]
    [InlineData("dotnet.timer.count", "{timer}", FamilyKind.Gauge, "dotnet_timer")]
    [InlineData("9.odd-name..x", null, FamilyKind.Gauge, "_9_odd_name_x")]
    public void Names_follow_the_conventions(string name, string? unit, object kind, string expected) =>
        Assert.Equal(expected, PrometheusName.Of(name, unit, (FamilyKind)kind));

    [Fact]
    public void An_updown_counter_and_a_gauge_are_gauges()
    {
        using var metrics = new RtcMetrics();
        UpDownCounter<int> upDown = metrics.Meter.CreateUpDownCounter<int>("rtc.test.open", null, "Open things");
        Gauge<double> gauge = metrics.Meter.CreateGauge<double>("rtc.test.level", null, "A level");
        using var collector = new MetricsCollector(metrics.Meter);
        upDown.Add(5);
        upDown.Add(-2);
        gauge.Record(7);
        gauge.Record(4);

        PrometheusParser read = MetricsPage.Read(collector);

        Assert.Equal(3, Value(read, "rtc_test_open"));
        Assert.Equal(4, Value(read, "rtc_test_level"));
        Assert.Equal("gauge", read.Types["rtc_test_open"]);
    }

    [Fact]
    public async Task The_page_of_a_running_server_stands_up_to_a_strict_reader()
    {
        await using RunningHost host = await RunningHost.StartAsync();
        await host.Client.GetStringAsync("/api/health");

        using HttpResponseMessage answer = await host.Client.GetAsync("/metrics");
        PrometheusParser read = PrometheusParser.Parse(await answer.Content.ReadAsStringAsync());

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Contains(
            read.Samples,
            sample => sample.Name == "http_server_request_duration_seconds_count" && sample.Labels["http_route"] == "/api/health");
        Assert.Contains(read.Samples, sample => sample.Name == "rtc_rooms");
    }

    private static double Value(PrometheusParser read, string name, params (string Name, string Value)[] labels) =>
        read.Samples.Single(sample => sample.Name == name && sample.Labels.Count == labels.Length
            && labels.All(label => sample.Labels.GetValueOrDefault(label.Name) == label.Value)).Value;
}
