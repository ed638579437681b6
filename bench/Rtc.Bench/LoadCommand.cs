using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rtc.Bench;

/// <summary>
/// `rtc-bench load`: raises the number of users, or with `--raise viewers` of viewers, until the delay objective or the
/// picture rate breaks, and says how many stood at it.
/// </summary>
internal static class LoadCommand
{
    public static readonly string[] Options = [.. RunPlan.Options, "slo-p95", "slo-rate", "max-users", "step", "raise"];
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static async Task<int> InvokeAsync(string[] arguments)
    {
        var options = new Arguments(arguments, Options);
        double objective = options.Number("slo-p95", 200, 1, 60_000);
        double minRate = options.Number("slo-rate", 0.8, 0, 1);
        int most = options.Whole("max-users", 32, 1, 1000);
        bool raisesViewers = options.Choice("raise", "users", "viewers") == "viewers";
        int step = options.Whole("step", 1, 1, 100);
        RunPlan plan = RunPlan.Read(options) with { Output = null, Report = null };
        if (options.Text("duration") is null)
        {
            plan = plan with { Duration = 10 };
        }

        var curve = new JsonArray();
        var results = new List<(int Users, JsonObject Json)>();
        int standing = 0;
        await using ServerUnderTest server = plan.Url is { } url
            ? ServerUnderTest.At(url, plan.ProcessId)
            : await ServerUnderTest.StartAsync(plan.Model);
        for (int count = raisesViewers ? Math.Max(plan.Viewers, step) : plan.Users; count <= most; count += step)
        {
            RunPlan next = raisesViewers ? plan with { Viewers = count } : plan with { Users = count };
            RunResult result = await new BenchRun(next, TextWriter.Null).PlayAsync(server);
            JsonObject json = result.ToJson();
            double p95 = json["latency_metrics"]!["p95_latency"]!.GetValue<double>();
            double rate = json["performance_metrics"]!["processed_fps"]!.GetValue<double>();
            double watched = next.Viewers > 0 ? result.ViewerFrames / result.Seconds / next.Viewers : rate;
            bool holds = result.Problem() is null && p95 <= objective
                && (plan.View == "json" || Math.Min(rate, watched) >= plan.FramesPerSecond * minRate);
            string kind = raisesViewers ? "viewers" : "users";
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{count,4} {kind}: p95 {p95:0.0} ms, {rate:0.0} a second each, {watched:0.0} at viewers, "
                    + $"{json["resource_metrics"]!["cores"]} cores, {json["resource_metrics"]!["max_memory_usage"]} MB{(holds ? "" : "  "
                    + "<- objective broken")}"));
            json["count"] = count;
            curve.Add(json);
            results.Add((count, json));
            if (!holds)
            {
                break;
            }

            standing = count;
        }

        if (options.Text("output") is { } output)
        {
            var all = new JsonObject { ["slo_p95_ms"] = objective, ["raised"] = raisesViewers
                ? "viewers"
                : "users", [raisesViewers ? "viewers_at_slo" : "streams_at_slo"] = standing, ["curve"] = curve };
            await File.WriteAllTextAsync(output, all.ToJsonString(s_indented) + "\n");
        }

        if (options.Text("report") is { } report)
        {
            await File.WriteAllTextAsync(report, HtmlReport.OfLoad(results, objective));
        }

        Console.WriteLine(FormattableString.Invariant($"{standing} {(raisesViewers ? "viewers" : "streams")} at p95 <= {objective} ms"));
        return standing > 0 ? 0 : 1;
    }
}
