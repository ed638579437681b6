using System.Text;
using Prometheus;
using Rtc.Server.Metrics;

namespace Rtc.Server.Tests.Metrics;

/// <summary>The page of /metrics without a server around it.</summary>
internal static class MetricsPage
{
    public static PrometheusParser Read(MetricsCollector collector) =>
        PrometheusParser.Parse(Text(collector, ExpositionFormat.PrometheusText));

    public static string Text(MetricsCollector collector, ExpositionFormat format)
    {
        using var stream = new MemoryStream();
        collector.Registry.CollectAndExportAsTextAsync(stream, format).GetAwaiter().GetResult();
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
