using System.Text.Json;
using System.Text.RegularExpressions;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Metrics;

public sealed partial class DashboardTests
{
    [Theory]
    [InlineData("deploy/grafana/dashboards/rtc.json")]
    [InlineData("deploy/grafana/dashboards/rtc-nodes.json")]
    [InlineData("deploy/kubernetes/autoscaler.yaml")]
    [InlineData("deploy/prometheus/rules.yml")]
    public async Task Every_metric_that_is_asked_for_is_one_that_is_served(string file)
    {
        await using RunningHost host = await RunningHost.StartAsync();
        await host.Client.GetStringAsync("/api/health");
        PrometheusParser served = PrometheusParser.Parse(await host.Client.GetStringAsync("/metrics"));
        string text = File.ReadAllText(Path.Combine(RtcPaths.Find().Root, file));

        string[] asked = [.. MetricName().Matches(text).Select(match => match.Value).Distinct()];

        Assert.NotEmpty(asked);
        Assert.All(asked, name => Assert.Contains(served.Types.Keys, family =>
            name == family || (served.Types[family] == "histogram" && name == family + "_bucket")));
    }

    /// <summary>A cluster is read by its nodes: a figure of all of them together would hide the one that is full.</summary>
    [Fact]
    public void Every_panel_of_the_nodes_shows_each_node()
    {
        string dashboard = Path.Combine(RtcPaths.Find().Root, "deploy", "grafana", "dashboards", "rtc-nodes.json");
        JsonElement[] panels =
        [
            .. JsonDocument.Parse(File.ReadAllText(dashboard)).RootElement.GetProperty("panels").EnumerateArray()
                .Where(panel => panel.GetProperty("type").GetString() != "row"),
        ];

        Assert.NotEmpty(panels);
        Assert.All(panels, panel => Assert.Contains(panel.GetProperty("targets").EnumerateArray(), target =>
            target.GetProperty("expr").GetString()!.Contains("{instance=~\"$node\"", StringComparison.Ordinal)
                && target.GetProperty("legendFormat").GetString()!.Contains("{{instance}}", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"\b(rtc|process|kestrel|http_server|dotnet)_[a-z_]+_?[a-z]+\b(?=[\[\)\{' ]|$|"")", RegexOptions.Multiline)]
    private static partial Regex MetricName();
}
