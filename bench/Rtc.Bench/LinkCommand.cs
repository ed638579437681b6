using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rtc.Bench;

/// <summary>
/// `rtc-bench link`: Chromium publishes and watches its own echo through a relay that is bad in both directions. Prints, for
/// each kind of link, pictures a second, the longest gap and the delay, and where pictures were lost on their way.
/// </summary>
internal static class LinkCommand
{
    public static readonly string[] Options =
        ["links", "seconds", "warmup", "rounds", "seed", "program", "width", "height", "bitrate", "mode", "model", "output"];
    private static readonly string[] s_hops =
        ["drawn", "camera", "arrived", "server decoded", "server encoded", "viewer received", "viewer decoded", "shown"];
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static async Task<int> InvokeAsync(string[] arguments)
    {
        var options = new Arguments(arguments, Options);
        string[] wanted = (options.Text("links") ?? string.Join(',', LinkProfile.All.Select(profile => profile.Name)))
            .Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (wanted.FirstOrDefault(name => LinkProfile.All.All(profile => profile.Name != name)) is { } unknown)
        {
            throw new UsageException($"no link \"{unknown}\"; known: {string.Join(", ", LinkProfile.All.Select(profile => profile.Name))}");
        }

        var job = new LinkJob(
            options.Whole("width", 640, 160, 3840) & ~1,
            options.Whole("height", 480, 120, 2160) & ~1,
            options.Choice("mode", "plain", "annotate"),
            options.Whole("bitrate", 1700, 50, 20_000));
        int rounds = options.Whole("rounds", 1, 1, 100);
        int seed = options.Whole("seed", 1, 0, int.MaxValue - 1000);
        string[] programs = (options.Text("program") ?? "").Split(',');
        var all = new JsonArray();
        Console.WriteLine(
            $"| link | a second | longest gap | median | p95 | {string.Join(" | ", s_hops)} | asked again by the server / viewer | key "
            + $"frames | cores |");
        Console.WriteLine($"|---|---|---|---|---|{string.Concat(Enumerable.Repeat("---|", s_hops.Length))}---|---|---|");
        foreach (string name in wanted)
        {
            LinkProfile profile = LinkProfile.All.Single(known => known.Name == name);
            var measured = programs.ToDictionary(program => program, _ => new List<JsonObject>());
            for (int round = 0; round < rounds; round++)
            {
                foreach (string program in programs)
                {
                    var run = new LinkRun(profile with { Quality = profile.Quality with { Seed = seed + (10 * round) } }, job)
                    {
                        Program = program.Length == 0 ? null : program,
                        Model = options.Text("model") ?? "motion",
                        WarmUp = TimeSpan.FromSeconds(options.Number("warmup", 5, 1, 600)),
                        Seconds = options.Number("seconds", 12, 3, 3600),
                    };
                    JsonObject json = await run.PlayAsync();
                    json["program"] = program;
                    measured[program].Add(json);
                    all.Add(json);
                }
            }

            foreach (string program in programs)
            {
                Console.WriteLine(Row(profile, measured[program].OrderBy(json => (double)json["fps"]!).ElementAt(rounds / 2)));
            }
        }

        if (options.Text("output") is { } output)
        {
            await File.WriteAllTextAsync(output, all.ToJsonString(s_indented) + "\n");
        }

        return 0;
    }

    private static string Row(LinkProfile profile, JsonObject json)
    {
        string Of(string name, string format = "0.0") => ((double)json[name]!).ToString(format, CultureInfo.InvariantCulture);
        string hops = string.Join(" | ", s_hops.Select(hop => Of(hop)));
        string back = json["back_ms"] is { } ms ? $" (back after {((double)ms).ToString("0", CultureInfo.InvariantCulture)} ms)" : "";
        return $"| {profile.Title}{back} | {Of("fps")} | {Of("gap", "0")} | {Of("median")} | {Of("p95")} | {hops} | "
            + $"{Of("nacks in", "0")} / {Of("nacks out", "0")} | {Of("keys", "0")} | {Of("cores", "0.00")} |";
    }
}
