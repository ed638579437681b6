using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Media.Codecs;
using Rtc.Peer;

namespace Rtc.Bench;

/// <summary>
/// `rtc-bench soak`: rooms come and go, phones vanish without a word, viewers join late, the link loses packets; at
/// the end memory, handles and threads against what they were once warm. Growth fails.
/// </summary>
internal static class SoakCommand
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static async Task<int> InvokeAsync(string[] arguments)
    {
        var options = new Arguments(arguments, "minutes", "model", "output", "seed", "growth-mb");
        double minutes = options.Number("minutes", 10, 0.2, 10_000);
        double allowedMegabytes = options.Number("growth-mb", 40, 1, 10_000);
        var random = new Random(options.Whole("seed", 1, 0, int.MaxValue));
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(options.Text("model"), ["--set", "Rooms:LingerSeconds=2"]);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using var link = new ImpairedLink(server.MediaPort!.Value, new LinkQuality(Loss: 0.02, RoundTripMs: 30, JitterMs: 5));
        var levels = new JsonArray();
        long began = Stopwatch.GetTimestamp();
        int rounds = 0;
        State? warm = null;
        State last = default;
        while (Stopwatch.GetElapsedTime(began).TotalMinutes < minutes)
        {
            await RoundAsync(http, server, link, random, rounds++);
            last = State.Of(server);
            levels.Add(last.ToJson(Stopwatch.GetElapsedTime(began).TotalSeconds));

            // The first rounds fill pools, caches and the compiler's tiers; what comes after may not grow.
            if (warm is null && (rounds >= 10 || Stopwatch.GetElapsedTime(began).TotalMinutes > minutes / 3))
            {
                warm = last;
            }

            Console.Error.WriteLine(FormattableString.Invariant($"  round {rounds}: {last.Megabytes:0} MB, {last.Handles} handles, {last.Threads} threads"));
        }

        // Lingering rooms end, then nothing may be left.
        await WaitForNoRoomsAsync(http, server);
        last = State.Of(server);
        State start = warm ?? last;
        double grown = last.Megabytes - start.Megabytes;
        bool failed = grown > allowedMegabytes || last.Handles > start.Handles + 10 || last.Threads > start.Threads + 10;
        if (options.Text("output") is { } output)
        {
            var json = new JsonObject { ["rounds"] = rounds, ["grown_mb"] = Math.Round(grown, 1), ["failed"] = failed, ["states"] = levels };
            await File.WriteAllTextAsync(output, json.ToJsonString(s_indented) + "\n");
        }

        Console.WriteLine(FormattableString.Invariant(
            $"{rounds} rounds: memory {start.Megabytes:0} -> {last.Megabytes:0} MB, handles {start.Handles} -> {last.Handles}, threads {start.Threads} -> {last.Threads}: {(failed ? "GREW" : "flat")}"));
        return failed ? 1 : 0;
    }

    private static async Task RoundAsync(HttpClient http, ServerUnderTest server, ImpairedLink link, Random random, int round)
    {
        var plan = new PhonePlan { Width = 320, Height = 240, FramesPerSecond = 30, Codec = VideoFormat.Vp8, BitrateKbps = 500, ReadsPictures = true, ReadsMessages = true };
        var listener = new LateListener();
        var client = new BenchClient(http, listener, new OfferPlan { Video = [MediaDirection.SendReceive], DataChannel = true }, NullLoggerFactory.Instance);
        var phone = new BenchPhone(plan, client, new Clip(plan.Width, plan.Height));
        listener.To = phone;
        await client.ConnectAsync(new Uri(server.Address, $"/whip/soak-{round}?mode=annotate"), random.Next(2) == 0 ? link.Port : null);
        if (!await phone.StartAsync(TimeSpan.FromSeconds(10)))
        {
            throw new RunFailedException($"round {round}: the phone did not connect");
        }

        var viewers = new List<BenchClient>();
        for (int i = random.Next(4); i > 0; i--)
        {
            var watcher = new LateListener();
            var viewer = new BenchClient(http, watcher, new OfferPlan { Video = [MediaDirection.ReceiveOnly] }, NullLoggerFactory.Instance);
            watcher.To = new BenchViewer(viewer);
            await viewer.ConnectAsync(new Uri(server.Address, $"/whep/soak-{round}"));
            viewers.Add(viewer);
        }

        await Task.Delay(1000 + random.Next(1500));
        foreach (BenchClient viewer in viewers)
        {
            if (random.Next(3) == 0)
            {
                viewer.Vanish();
            }
            else
            {
                await viewer.DisposeAsync();
            }
        }

        if (random.Next(3) == 0)
        {
            client.Vanish();
        }

        await phone.DisposeAsync();
    }

    private static async Task WaitForNoRoomsAsync(HttpClient http, ServerUnderTest server)
    {
        for (int second = 0; second < 60; second++)
        {
            string rooms = await http.GetStringAsync(new Uri(server.Address, "/api/rooms"));
            if (rooms == "[]")
            {
                return;
            }

            await Task.Delay(1000);
        }

        throw new RunFailedException("rooms were left behind a minute after everybody had gone");
    }

    private readonly record struct State(double Megabytes, int Handles, int Threads)
    {
        public static State Of(ServerUnderTest server) => new(server.ResidentMegabytes() ?? 0, server.Handles() ?? 0, server.Threads() ?? 0);

        public JsonObject ToJson(double seconds) => new() { ["seconds"] = Math.Round(seconds), ["mb"] = Math.Round(Megabytes, 1), ["handles"] = Handles, ["threads"] = Threads };
    }
}
