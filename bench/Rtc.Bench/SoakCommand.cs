using System.Globalization;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Rtc.Peer;
using Rtc.Peer.Sdp;

namespace Rtc.Bench;

/// <summary>
/// `rtc-bench soak`: rooms come and go, phones vanish without a word, viewers join late, the link loses packets. Every
/// so often it waits until all rooms are gone and takes the server's measure; between the first of these rests after the
/// warm-up and the last one memory, handles, sockets and threads may not grow, and no pool may lack anything.
/// </summary>
internal static class SoakCommand
{
    public static readonly string[] Options = ["minutes", "model", "output", "report", "seed", "growth-mb", "stay"];

    /// <summary>Between two rests. Phones that vanished are let go of half a minute later, so a rest takes as long.</summary>
    private const double CycleSeconds = 60;

    private const int AllowedHandles = 10;
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    public static async Task<int> InvokeAsync(string[] arguments)
    {
        var options = new Arguments(arguments, Options);
        double minutes = options.Number("minutes", 10, 0.2, 10_000);
        double allowedMegabytes = options.Number("growth-mb", 20, 1, 10_000);
        double stay = options.Number("stay", 1, 0.2, 600);
        var random = new Random(options.Whole("seed", 1, 0, int.MaxValue));
        await using ServerUnderTest server = await ServerUnderTest.StartAsync(options.Text("model"), ["--set", "Rooms:LingerSeconds=2"]);
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(20) };
        using var link = new ImpairedLink(server.MediaPort!.Value, new LinkQuality(Loss: 0.02, RoundTripMs: 30, JitterMs: 5));
        var busy = new List<SoakState>();
        var rests = new List<SoakState>();
        long began = Stopwatch.GetTimestamp();
        double Elapsed() => Stopwatch.GetElapsedTime(began).TotalSeconds;
        int rounds = 0;
        while (Elapsed() < minutes * 60)
        {
            double until = Math.Min(Elapsed() + CycleSeconds, Math.Max(minutes * 60, 1));
            while (Elapsed() < until)
            {
                await RoundAsync(http, server, link, random, stay, rounds++);
                busy.Add(await SoakState.OfAsync(http, server, Elapsed()));
            }

            // Where this last stretch was short, its rest still shows that all of it is gone.
            await WaitForNoRoomsAsync(http, server);
            rests.Add(await SoakState.OfAsync(http, server, Elapsed()));
            Console.Error.WriteLine(FormattableString.Invariant($"  {Elapsed() / 60,5:0.0} min, {rounds} rounds, at rest: {rests[^1]}"));
        }

        // The first stretch fills pools, caches and the compiler's tiers; what comes after may not grow.
        SoakState start = rests[Math.Min(1, rests.Count - 1)];
        SoakState last = rests[^1];
        List<string> errors = [];
        Check(last.Megabytes > start.Megabytes + allowedMegabytes, "memory");
        Check(last.Handles > start.Handles + AllowedHandles, "handles");
        Check(last.Sockets > start.Sockets + AllowedHandles, "sockets");
        Check(last.Threads > start.Threads + AllowedHandles, "threads");
        Check(last.Pictures > 0 || last.Frames > 0, "pools");
        void Check(bool fails, string what)
        {
            if (fails)
            {
                errors.Add(what);
            }
        }

        if (options.Text("output") is { } output)
        {
            var json = new JsonObject
            {
                ["rounds"] = rounds,
                ["grown_mb"] = Math.Round(last.Megabytes - start.Megabytes, 1),
                ["grew"] = new JsonArray([.. errors.Select(error => JsonValue.Create(error))]),
                ["failed"] = errors.Count > 0,
                ["rests"] = new JsonArray([.. rests.Select(state => state.ToJson())]),
                ["states"] = new JsonArray([.. busy.Select(state => state.ToJson())]),
            };
            await File.WriteAllTextAsync(output, json.ToJsonString(s_indented) + "\n");
        }

        if (options.Text("report") is { } report)
        {
            await File.WriteAllTextAsync(report, HtmlReport.OfSoak(busy, rests));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rounds} rounds; at rest memory {start.Megabytes:0} -> {last.Megabytes:0} MB, handles {start.Handles} -> {last.Handles}, "
                + $"sockets {start.Sockets} -> {last.Sockets}, threads {start.Threads} -> {last.Threads}, lent "
                + $"{last.Pictures + last.Frames}; most {busy.Max(state => state.Megabytes):0} MB: "
                + $"{(errors.Count > 0 ? "GREW: " + string.Join(", ", errors) : "flat")}"));
        return errors.Count > 0 ? 1 : 0;
    }

    private static async Task RoundAsync(HttpClient http, ServerUnderTest server, ImpairedLink link, Random random, double stay, int round)
    {
        var plan = new PhonePlan { Width = 320, Height = 240, FramesPerSecond = 30, Codec = VideoCodec.Vp8, BitrateKbps = 500 };
        var listener = new LateListener();
        var client = new BenchClient(
            http, listener, new OfferPlan { Video = [MediaDirection.SendReceive], DataChannel = true }, NullLoggerFactory.Instance);
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

        await Task.Delay(TimeSpan.FromSeconds(stay * (0.5 + random.NextDouble())));
        foreach (BenchClient viewer in viewers)
        {
            await LeaveAsync(viewer, random);
        }

        await LeaveAsync(client, random);
        await phone.DisposeAsync();
    }

    /// <summary>Properly, with a closed tab, or without a word.</summary>
    private static async Task LeaveAsync(BenchClient client, Random random)
    {
        switch (random.Next(3))
        {
            case 0:
                await client.VanishAsync();
                break;
            case 1:
                client.HangUp();
                break;
            default:
                await client.DisposeAsync();
                break;
        }
    }

    private static async Task WaitForNoRoomsAsync(HttpClient http, ServerUnderTest server)
    {
        for (int second = 0; second < 120; second++)
        {
            string rooms = await http.GetStringAsync(new Uri(server.Address, "/api/rooms"));
            if (rooms == "[]")
            {
                // The server gives memory back five seconds after the last room; its meter reads once a second.
                await Task.Delay(8000);
                return;
            }

            await Task.Delay(1000);
        }

        throw new RunFailedException("rooms were left behind two minutes after everybody had gone");
    }
}
