using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rtc.Bench;

/// <summary>
/// `rtc-bench compare`: the same clip, client and model against this server and others, on this machine, one after the
/// other in turn, several rounds. Prints medians, and ratios to this server's, as a table.
/// </summary>
internal static class CompareCommand
{
    public static readonly string[] Options = ["rounds", "duration", "model", "output", "peers", "node-folder", "janus-folder", "jobs"];
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private sealed record Contender(string Name, string[] Command, int Port, bool IsOurs, bool IsJanus = false);

    private sealed record Job(string Name, string View, int Width, int Height, bool NeedsModel);

    public static async Task<int> InvokeAsync(string[] arguments)
    {
        var options = new Arguments(arguments, Options);
        int rounds = options.Whole("rounds", 3, 1, 100);
        double duration = options.Number("duration", 10, 2, 3600);
        string? model = options.Text("model") is { } file
            ? (File.Exists(file) ? Path.GetFullPath(file) : throw new UsageException($"{file} cannot be read")) : null;
        string[] wanted = (options.Text("peers") ?? "aiortc,node,janus").Split(',', StringSplitOptions.RemoveEmptyEntries);
        string[] chosen = (options.Text("jobs") ?? "echo,echo-hd,annotated,json").Split(',', StringSplitOptions.RemoveEmptyEntries);
        Job[] jobs =
        [
            new("echo", "echo", 640, 480, NeedsModel: false),
            new("echo-hd", "echo", 1280, 720, NeedsModel: false),
            new("annotated", "annotated", 640, 480, NeedsModel: true),
            new("json", "json", 640, 480, NeedsModel: true),
        ];

        var all = new JsonArray();
        Console.WriteLine("| work | server | median ms | p95 ms | a second | cores | peak MB | median against ours | cores against ours |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (Job job in jobs.Where(job => chosen.Contains(job.Name) && (model is not null || !job.NeedsModel)))
        {
            var measured = new Dictionary<string, List<JsonObject>>();
            for (int round = 0; round < rounds; round++)
            {
                foreach (Contender contender in Contenders(
                    wanted, options.Text("node-folder"), options.Text("janus-folder"), job.NeedsModel ? model : null, job.View))
                {
                    JsonObject? json = await MeasureAsync(contender, job, model, duration);
                    if (json is not null)
                    {
                        json["server"] = contender.Name;
                        json["work"] = job.Name;
                        all.Add(json);
                        measured.TryAdd(contender.Name, []);
                        measured[contender.Name].Add(json);
                    }
                }
            }

            PrintRows(job, measured);
        }

        if (options.Text("output") is { } output)
        {
            await File.WriteAllTextAsync(output, all.ToJsonString(s_indented) + "\n");
        }

        return all.Count > 0 ? 0 : 1;
    }

    private static IEnumerable<Contender> Contenders(string[] wanted, string? nodeFolder, string? janusFolder, string? model, string view)
    {
        string folder = Path.Combine(ServerUnderTest.Root(), "bench", "compare");
        yield return new Contender("rtc", [], 0, IsOurs: true);
        string[] modelArguments = model is null ? [] : ["--model", model];
        if (wanted.Contains("aiortc"))
        {
            yield return new Contender("aiortc",
                ["/usr/bin/python3", Path.Combine(folder, "aiortc_server.py"), "--port", "19080", .. modelArguments], 19080, IsOurs: false);
        }

        // It relays and decodes nothing: what transport alone takes.
        if (wanted.Contains("janus") && janusFolder is not null && view == "echo")
        {
            yield return new Contender(
                "janus (relay only)", ["janus", "--configs-folder", janusFolder, "--disable-colors"], 19082, IsOurs: false, IsJanus: true);
        }

        // Its sink hides the RTP timestamps, so its messages could not be matched to the pictures they belong to.
        if (wanted.Contains("node") && nodeFolder is not null && view != "json")
        {
            yield return new Contender("node (libwebrtc)",
                ["node", Path.Combine(nodeFolder, "node_server.mjs"), "--port", "19081", .. modelArguments], 19081, IsOurs: false);
        }
    }

    private static async Task<JsonObject?> MeasureAsync(Contender contender, Job job, string? model, double duration)
    {
        string path = job.View switch
        {
            "annotated" => "/whip/{room}?mode=annotate",
            "json" => "/whip/{room}?mode=plain&results=1",
            _ => "/whip/{room}?mode=plain",
        };
        string[] arguments =
        [
            "--view", job.View, "--width", $"{job.Width}", "--height", $"{job.Height}", "--duration",
                duration.ToString(CultureInfo.InvariantCulture), "--warmup", "4", "--return-path", path,
        ];
        if (contender.IsOurs)
        {
            RunPlan plan = RunPlan.Read(new Arguments(arguments, RunPlan.Options)) with { Model = job.NeedsModel ? model : "motion" };
            return Result(contender, await new BenchRun(plan, TextWriter.Null).PlayAsync());
        }

        var start = new ProcessStartInfo(contender.Command[0], contender.Command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await UntilReadyAsync(contender, process);
            RunPlan plan = RunPlan.Read(new Arguments([.. arguments, "--url", $"http://127.0.0.1:{contender.Port}", "--pid",
                $"{process.Id}", "--signalling", contender.IsJanus ? "janus" : "whip"], RunPlan.Options));
            return Result(contender, await new BenchRun(plan, TextWriter.Null).PlayAsync());
        }
        catch (Exception error) when (error is RunFailedException or HttpRequestException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"{contender.Name}, {job.Name}: {error.Message}");
            return null;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
    }

    private static JsonObject? Result(Contender contender, RunResult result)
    {
        if (result.Problem() is { } problem)
        {
            Console.Error.WriteLine($"{contender.Name}: {problem}");
            return null;
        }

        return result.ToJson();
    }

    private static async Task UntilReadyAsync(Contender contender, Process process)
    {
        using var http = new HttpClient();
        for (int attempt = 0; attempt < 300 && !process.HasExited; attempt++)
        {
            try
            {
                using HttpResponseMessage _ = await http.GetAsync(new Uri($"http://127.0.0.1:{contender.Port}/api/health/ready"));
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }

        throw new RunFailedException("it did not start (are its packages installed?)");
    }

    private static void PrintRows(Job job, Dictionary<string, List<JsonObject>> measured)
    {
        double Median(string name, Func<JsonObject, double?> figure)
        {
            double[] values = [.. measured[name].Select(figure).OfType<double>().Order()];
            return values.Length == 0 ? double.NaN : values[values.Length / 2];
        }

        foreach (string name in measured.Keys)
        {
            double Figure(string of, Func<JsonObject, double?> figure) => Median(of, figure);
            static double? Latency(JsonObject json) => json["latency_metrics"]!["median_latency"]!.GetValue<double>();
            static double? Cores(JsonObject json) => json["resource_metrics"]!["cores"]?.GetValue<double>();
            double median = Figure(name, Latency);
            double cores = Figure(name, Cores);
            double p95 = Figure(name, json => json["latency_metrics"]!["p95_latency"]!.GetValue<double>());
            double rate = Figure(name, json => json["performance_metrics"]!["processed_fps"]!.GetValue<double>());
            double memory = Figure(name, json => json["resource_metrics"]!["max_memory_usage"]?.GetValue<double>());
            double ours = measured.ContainsKey("rtc") ? Figure("rtc", Latency) : double.NaN;
            double ourCores = measured.ContainsKey("rtc") ? Figure("rtc", Cores) : double.NaN;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {job.Name} | {name} | {median:0.0} | {p95:0.0} | {rate:0.0} | {cores:0.00} | {memory:0} | {median / ours:0.0}× | "
                    + $"{cores / ourCores:0.0}× |"));
        }
    }
}
