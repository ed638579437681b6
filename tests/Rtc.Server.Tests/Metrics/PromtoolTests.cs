using System.Diagnostics;
using System.Text.Json;
using Rtc.Server.Startup;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Metrics;

/// <summary>Prometheus' own checker, where it is installed; the strict parser judges everywhere.</summary>
public sealed class PromtoolTests
{
    private static readonly string s_promtool = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Select(
        folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists)
        ?? string.Empty;

    private static string Rules => Path.Combine(RtcPaths.Find().Root, "deploy", "prometheus", "rules.yml");

    [Fact]
    public async Task Promtool_accepts_the_metrics_page()
    {
        Assert.SkipWhen(s_promtool.Length == 0, "promtool is not installed");

        await using RunningHost host = await RunningHost.StartAsync();
        await host.Client.GetStringAsync("/api/health");

        (int exit, string said) = await RunAsync(["check", "metrics"], await host.Client.GetStringAsync("/metrics"));

        Assert.True(exit == 0 && said.Length == 0, said);
    }

    [Theory]
    [InlineData("prometheus")]
    [InlineData("cluster")]
    public async Task Promtool_accepts_the_configuration(string folder)
    {
        Assert.SkipWhen(s_promtool.Length == 0, "promtool is not installed");

        (int exit, string said) = await RunAsync(
            ["check", "config", "--syntax-only", Path.Combine(RtcPaths.Find().Root, "deploy", folder, "prometheus.yml")],
            string.Empty);

        Assert.True(exit == 0, said);
    }

    [Fact]
    public async Task Promtool_accepts_the_alert_rules()
    {
        Assert.SkipWhen(s_promtool.Length == 0, "promtool is not installed");

        (int exit, string said) = await RunAsync(["check", "rules", Rules], string.Empty);

        Assert.True(exit == 0, said);
        Assert.Contains("13 rules found", said, StringComparison.Ordinal);
    }

    /// <summary>Promtool plays the series of a file against the rules.</summary>
    [Fact]
    public async Task Alerts_fire_when_they_should_and_only_then()
    {
        Assert.SkipWhen(s_promtool.Length == 0, "promtool is not installed");

        string tests = Path.Combine(RtcPaths.Find().Root, "tests", "Rtc.Server.Tests", "Metrics", "rules-test.yml");
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(tests)).Replace("RULES", Rules, StringComparison.Ordinal));
            (int exit, string said) = await RunAsync(["test", "rules", file], string.Empty);

            Assert.True(exit == 0, said);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("rtc.json")]
    [InlineData("rtc-nodes.json")]
    public async Task It_reads_every_expression_of_the_dashboard(string name)
    {
        Assert.SkipWhen(s_promtool.Length == 0, "promtool is not installed");

        string dashboard = await File.ReadAllTextAsync(Path.Combine(RtcPaths.Find().Root, "deploy", "grafana", "dashboards", name));
        string[] expressions = [.. Expressions(JsonDocument.Parse(dashboard).RootElement)];
        string file = Path.GetTempFileName();
        try
        {
            // Each as a rule of its own: that is where promtool reads expressions. JSON is YAML.
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new
            {
                groups = new[] { new { name = "dashboard", rules = expressions.Select((expr, i) => new { record = $"panel:{i}", expr }) } },
            }));
            (int exit, string said) = await RunAsync(["check", "rules", file], string.Empty);

            Assert.True(expressions.Length > 10, $"{expressions.Length} expressions");
            Assert.True(exit == 0, said);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static IEnumerable<string> Expressions(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .SelectMany(property => property.Name == "expr" ? [property.Value.GetString()!] : Expressions(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Expressions),
        _ => [],
    };

    private static async Task<(int Exit, string Said)> RunAsync(string[] arguments, string input)
    {
        var start = new ProcessStartInfo(s_promtool, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
