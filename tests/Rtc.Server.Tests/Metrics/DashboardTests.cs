using System.Text.RegularExpressions;
using Rtc.Server.Hosting;
using Rtc.Server.Metrics;

namespace Rtc.Server.Tests.Metrics;

public sealed partial class DashboardTests
{
    [Theory]
    [InlineData("deploy/grafana/dashboards/rtc.json")]
    [InlineData("deploy/kubernetes/autoscaler.yaml")]
    public void Every_metric_that_is_asked_for_is_one_that_is_served(string file)
    {
        using var metrics = new RtcMetrics();
        using var collector = new MetricsCollector(metrics.Meter);
        PrometheusParser served = MetricsPage.Read(collector);
        string text = File.ReadAllText(Path.Combine(RtcPaths.Find().Root, file));

        string[] asked = [.. MetricName().Matches(text).Select(match => match.Value).Distinct()];

        Assert.NotEmpty(asked);
        Assert.All(asked, name => Assert.Contains(served.Types.Keys, family =>
            name == family || (served.Types[family] == "histogram" && name == family + "_bucket")));
    }

    [GeneratedRegex(@"\b(rtc|process)_[a-z_]+_?[a-z]+\b(?=[\[\)\{' ]|$|"")", RegexOptions.Multiline)]
    private static partial Regex MetricName();
}
