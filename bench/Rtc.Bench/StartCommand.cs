using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Rtc.Bench;

/// <summary>`rtc-bench start`: from the start of the process to the whole first page, the median of five.</summary>
internal static class StartCommand
{
    public static readonly string[] Options = ["output", "model"];

    private const int Rounds = 5;

    public static async Task<int> InvokeAsync(string[] arguments)
    {
        var options = new Arguments(arguments, Options);
        var times = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            long began = Stopwatch.GetTimestamp();
            await using ServerUnderTest server = await ServerUnderTest.StartAsync(options.Text("model") ?? "motion", everyMs: 10);
            using var http = new HttpClient();
            _ = await http.GetByteArrayAsync(server.Address);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        double median = times.Order().ElementAt(Rounds / 2);
        if (options.Text("output") is { } output)
        {
            await File.WriteAllTextAsync(output, new JsonObject { ["first_page_ms"] = Math.Round(median) }.ToJsonString() + "\n");
        }

        Console.WriteLine(FormattableString.Invariant($"first page after {median:0} ms"));
        return 0;
    }
}
