using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rtc.Bench;

/// <summary>`rtc-bench load`: raises the number of users until the delay objective breaks, and says how many streams stood at it.</summary>
internal static class LoadCommand
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static async Task<int> InvokeAsync(string[] arguments)
    {
        string[] own = ["slo-p95", "slo-rate", "max-users", "step"];
        var options = new Arguments(arguments, [.. RunPlan.Options, .. own]);
        double objective = options.Number("slo-p95", 200, 1, 60_000);
        double leastRate = options.Number("slo-rate", 0.8, 0, 1);
        int most = options.Whole("max-users", 32, 1, 1000);
        int step = options.Whole("step", 1, 1, 100);
        RunPlan plan = RunPlan.Read(options) with { Output = null, Report = null };
        if (options.Text("duration") is null)
        {
            plan = plan with { Duration = 10 };
        }

        var curve = new JsonArray();
        var results = new List<(int Users, JsonObject Json)>();
        int standing = 0;
        await using ServerUnderTest server = plan.Url is { } url ? ServerUnderTest.At(url, plan.ProcessId) : await ServerUnderTest.StartAsync(plan.Model);
        for (int users = plan.Users; users <= most; users += step)
        {
            RunResult result = await new BenchRun(plan with { Users = users }, TextWriter.Null).PlayAsync(server);
            JsonObject json = result.ToJson();
            double p95 = json["latency_metrics"]!["p95_latency"]!.GetValue<double>();
            double rate = json["performance_metrics"]!["processed_fps"]!.GetValue<double>();
            bool holds = result.Problem() is null && p95 <= objective && (plan.View == "json" || rate >= plan.FramesPerSecond * leastRate);
            Console.Error.WriteLine(FormattableString.Invariant($"{users,4} users: p95 {p95:0.0} ms, {rate:0.0} a second each, {json["resource_metrics"]!["cores"]} cores{(holds ? "" : "  <- objective broken")}"));
            curve.Add(json);
            results.Add((users, json));
            if (!holds)
            {
                break;
            }

            standing = users;
        }

        if (options.Text("output") is { } output)
        {
            var all = new JsonObject { ["slo_p95_ms"] = objective, ["streams_at_slo"] = standing, ["curve"] = curve };
            await File.WriteAllTextAsync(output, all.ToJsonString(s_indented) + "\n");
        }

        if (options.Text("report") is { } report)
        {
            await File.WriteAllTextAsync(report, HtmlReport.OfLoad(results, objective));
        }

        Console.WriteLine(FormattableString.Invariant($"{standing} streams at p95 <= {objective} ms"));
        return standing > 0 ? 0 : 1;
    }
}
