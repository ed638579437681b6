using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rtc.Bench;

/// <summary>`rtc-bench run`: one plan, its JSON, a table on the terminal, and a page with plots where asked for.</summary>
internal static class RunCommand
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static async Task<int> InvokeAsync(string[] arguments)
    {
        RunPlan plan = RunPlan.Read(new Arguments(arguments, RunPlan.Options));
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Users} phone(s), {plan.Width}×{plan.Height} at {plan.FramesPerSecond}, {plan.Codec}, view {plan.View}, "
                + $"{plan.Duration:0} s"));
        RunResult result = plan.IsClient ? await new ClientRun(plan, Console.Error).PlayAsync()
            : plan.Mode == "wasm" ? await new WasmRun(plan, Console.Error).PlayAsync()
            : plan.IsFrames ? await new FrameRun(plan, Console.Error).PlayAsync()
            : await new BenchRun(plan, Console.Error).PlayAsync();
        JsonObject json = result.ToJson();
        if (plan.Output is { } output)
        {
            await File.WriteAllTextAsync(output, json.ToJsonString(s_indented) + "\n");
        }

        if (plan.Report is { } report)
        {
            await File.WriteAllTextAsync(report, HtmlReport.Of(result, json));
        }

        Console.WriteLine(Table(json));
        if (result.Problem() is { } problem)
        {
            await Console.Error.WriteLineAsync($"rtc-bench: {problem}");
            return 1;
        }

        return 0;
    }

    internal static string Table(JsonObject json)
    {
        JsonNode latency = json["latency_metrics"]!;
        JsonNode performance = json["performance_metrics"]!;
        JsonNode resources = json["resource_metrics"]!;
        string[][] rows =
        [
            ["latency median / p95 / p99 (ms)", $"{latency["median_latency"]} / {latency["p95_latency"]} / {latency["p99_latency"]}"],
            ["rate per user (1/s)", $"{performance["processed_fps"]}"],
            ["server, arrival to result (ms)", $"{performance["server_latency"]}"],
            ["inference (ms)", $"{performance["avg_inference_time"]}"],
            ["sent / returned / results", $"{performance["frames_sent"]} / {performance["frames_returned"]} / {performance["results"]}"],
            .. Stages(performance["stages_ms"]),
            ["freezes over 300 ms", $"{performance["freezes"]}"],
            ["server cores", $"{resources["cores"]?.ToString() ?? "unknown"}"],
            ["server peak memory (MB)", $"{resources["max_memory_usage"]?.ToString() ?? "unknown"}"],
            ["up / down (kbit/s)", $"{resources["bandwidth_usage"]!["uplink_kbps"]} / {resources["bandwidth_usage"]!["downlink_kbps"]}"],
        ];
        static string[][] Stages(JsonNode? stages) => stages is null ? [] :
        [
            ["stages, median / p95 (ms)", string.Join(", ", stages.AsObject().Where(stage => stage.Value!["p95"]!.GetValue<double>() > 0)
                .Select(stage => $"{stage.Key} {stage.Value!["median"]} / {stage.Value["p95"]}"))],
        ];

        int width = rows.Max(row => row[0].Length);
        return string.Join('\n', rows.Select(row => $"{row[0].PadRight(width)}  {row[1]}"));
    }
}
