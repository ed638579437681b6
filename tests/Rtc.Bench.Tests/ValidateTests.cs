using Rtc.Bench;
using Xunit;

namespace Rtc.Bench.Tests;

public sealed class ValidateTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(90, 140, 190, 12, 100, 0)]
    [InlineData(101, 140, 190, 12, 100, 1)]
    [InlineData(90, 151, 190, 12, 100, 1)]
    [InlineData(90, 140, 201, 12, 100, 1)]
    [InlineData(90, 140, 190, 9, 100, 1)]
    [InlineData(90, 140, 190, 12, 0, 1)]
    public void A_run_over_its_objective_fails_the_gate(double median, double p95, double p99, double rate, int samples, int code)
    {
        File.WriteAllText(_file, FormattableString.Invariant(
            $$$"""{"benchmark_info":{"samples_collected":{{{samples}}}},"latency_metrics":{"median_latency":{{{median}}},"p95_latency":{{{p95}}},"p99_latency":{{{p99}}}},"performance_metrics":{"processed_fps":{{{rate}}}}}"""));

        Assert.Equal(code, ValidateCommand.Invoke([_file]));
    }

    [Fact]
    public void Objectives_are_options()
    {
        File.WriteAllText(
            _file,
            """{"benchmark_info":{"samples_collected":1},"latency_metrics":{"median_latency":5,"p95_latency":6,"p99_latency":7},"performance_metrics":{"processed_fps":30}}""");

        Assert.Equal(0, ValidateCommand.Invoke([_file, "--median", "5", "--rate", "30"]));
        Assert.Equal(1, ValidateCommand.Invoke([_file, "--median", "4"]));
        Assert.Throws<UsageException>(() => ValidateCommand.Invoke([_file, "--nonsense", "4"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"latency_metrics\":{}}")]
    public void What_is_no_metrics_file_is_said_in_one_line(string text)
    {
        File.WriteAllText(_file, text);

        Assert.Throws<UsageException>(() => ValidateCommand.Invoke([_file]));
    }
}
