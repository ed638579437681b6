using System.Text.Json;

namespace Rtc.Bench;

/// <summary>`rtc-bench validate FILE`: a gate for pipelines. Exits 1 with the figures that miss their objective.</summary>
internal static class ValidateCommand
{
    public static readonly string[] Options = ["median", "p95", "p99", "rate"];

    public static int Invoke(string[] arguments)
    {
        if (arguments.Length == 0 || arguments[0].StartsWith("--", StringComparison.Ordinal))
        {
            throw new UsageException("validate wants a metrics file first");
        }

        var options = new Arguments(arguments[1..], Options);
        double median = options.Number("median", 100, 0, 1e6);
        double p95 = options.Number("p95", 150, 0, 1e6);
        double p99 = options.Number("p99", 200, 0, 1e6);
        double rate = options.Number("rate", 10, 0, 1e6);
        JsonDocument metrics;
        try
        {
            metrics = JsonDocument.Parse(File.ReadAllBytes(arguments[0]));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UsageException($"{arguments[0]} cannot be read as metrics: {error.Message}");
        }

        using (metrics)
        {
            JsonElement root = metrics.RootElement;
            (string Name, double Value, double Limit, bool IsMost)[] checks;
            try
            {
                JsonElement latency = root.GetProperty("latency_metrics");
                checks =
                [
                    ("median_latency", latency.GetProperty("median_latency").GetDouble(), median, true),
                    ("p95_latency", latency.GetProperty("p95_latency").GetDouble(), p95, true),
                    ("p99_latency", latency.GetProperty("p99_latency").GetDouble(), p99, true),
                    ("processed_fps", root.GetProperty("performance_metrics").GetProperty("processed_fps").GetDouble(), rate, false),
                ];
            }
            catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException)
            {
                throw new UsageException($"{arguments[0]} is not a metrics file: {error.Message}");
            }

            bool measured = root.TryGetProperty("benchmark_info", out JsonElement info)
                && info.TryGetProperty("samples_collected", out JsonElement samples) && samples.GetInt64() > 0;
            if (!measured)
            {
                Console.WriteLine("FAIL samples_collected: nothing was measured");
            }

            bool passed = measured;
            foreach ((string name, double value, double limit, bool isMost) in checks)
            {
                bool good = isMost ? value <= limit : value >= limit;
                passed &= good;
                Console.WriteLine(FormattableString.Invariant(
                    $"{(good ? "ok  " : "FAIL")} {name}: {value} ({(isMost ? "at most" : "at least")} {limit})"));
            }

            return passed ? 0 : 1;
        }
    }
}
