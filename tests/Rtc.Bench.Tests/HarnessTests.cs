using System.Text.Json.Nodes;
using Rtc.Bench;
using Xunit;

namespace Rtc.Bench.Tests;

/// <summary>The bench measures servers whose delay and drops are known, and has to find just these.</summary>
[Collection("alone")]
public sealed class HarnessTests
{
    private const double Tolerance = 5;

    /// <summary>A busy machine may spoil one measurement; a bench that measures wrongly spoils all of them.</summary>
    private const int Attempts = 4;

    [Theory]
    [InlineData("echo")]
    [InlineData("json")]
    public async Task A_server_that_delays_by_a_known_time_is_measured_at_that_time(string view)
    {
        string seen = "";
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            // Three rooms at once: what the machine does to one it does to all, and their difference is the delay alone.
            FakeRoom[] rooms = [new(0), new(40), new(120)];
            await using FakeServer server = await FakeServer.StartAsync(rooms);
            RunResult result = await PlayAsync(server, view, users: rooms.Length, seconds: 3);
            double[] measured =
                [.. result.Phones.Select(phone => (view == "json" ? phone.ResultLatency : phone.Latency).Summarize().Median)];
            double[] real = [.. rooms.Select(room => room.Delays.Summarize().Median)];
            seen += string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"measured {measured[0]:0.0} {measured[1]:0.0} {measured[2]:0.0}, delayed by {real[0]:0.0} {real[1]:0.0} {real[2]:0.0}; ");
            Assert.All(result.Phones, phone => Assert.True(phone.Sent > 45, $"only {phone.Sent} pictures were sent"));
            if (Enumerable.Range(1, 2).All(room => Math.Abs(measured[room] - measured[0] - (real[room] - real[0])) <= Tolerance))
            {
                Console.WriteLine(seen);
                return;
            }
        }

        Assert.Fail(seen);
    }

    [Fact]
    public async Task A_server_that_drops_half_is_reported_so()
    {
        await using FakeServer server = await FakeServer.StartAsync(new FakeRoom(10, keepEvery: 2));
        RunResult result = await PlayAsync(server, "echo", users: 1, seconds: 4);

        JsonObject json = result.ToJson();
        JsonNode performance = json["performance_metrics"]!;
        double sent = Number(performance["frames_sent"]);
        double returned = Number(performance["frames_returned"]);
        double dropped = Number(performance["frames_dropped"]);
        double rate = Number(performance["processed_fps"]);
        double serverDropped = Number(performance["server_counts"]!["dropped"]);
        Assert.True(sent > 60, $"only {sent} pictures were sent");
        Assert.InRange(returned / sent, 0.42, 0.58);
        Assert.InRange(dropped / sent, 0.42, 0.58);
        Assert.InRange(serverDropped / sent, 0.42, 0.58);
        Assert.InRange(rate / (sent / result.Seconds), 0.42, 0.58);
        Assert.Equal(0, Number(performance["frames_unreadable"]));
        Assert.Null(result.Problem());
    }

    [Fact]
    public async Task A_server_that_returns_nothing_is_a_run_that_failed()
    {
        await using FakeServer server = await FakeServer.StartAsync(new FakeRoom(0, keepEvery: int.MaxValue));
        RunResult result = await PlayAsync(server, "echo", users: 1, seconds: 1);

        Assert.Equal("nothing came back that could be measured", result.Problem());
    }

    private static double Number(JsonNode? figure) =>
        double.Parse(figure!.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);

    private static async Task<RunResult> PlayAsync(FakeServer server, string view, int users, double seconds)
    {
        string[] arguments =
        [
            "--url", server.Address.ToString(), "--view", view, "--users", $"{users}", "--duration", $"{seconds}", "--warmup", "1.5",
            "--width", "320", "--height", "240", "--bitrate", "800", "--return-path", "/whip/{room}",
        ];
        return await new BenchRun(RunPlan.Read(new Arguments(arguments, RunPlan.Options)), TextWriter.Null).PlayAsync();
    }
}

/// <summary>Tests that measure time: nothing else of this suite runs beside them.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class AloneCollection;
