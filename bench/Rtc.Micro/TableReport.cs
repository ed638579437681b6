using System.Globalization;
using System.Text.Json;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Media.Imaging;
using Rtc.Media.Tests.Support;
using Rtc.Micro.Media;
using Rtc.Micro.Peer;
using Rtc.Micro.Pipeline;

namespace Rtc.Micro;

/// <summary>
/// Every number that this project set itself to reach, beside what it reaches here, in some two minutes. What takes a
/// server comes out of the JSON files that bench/run_bench.sh, compare.sh and soak.sh left.
/// </summary>
internal static class TableReport
{
    private const double Seconds = 8;
    private static TextWriter s_output = TextWriter.Null;

    public static void Run(string[] args, TextWriter output)
    {
        s_output = output;
        string? Given(string name) => Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
        string model = Given("--model") ?? "motion";
        CodedClip clip = Given("--clip") is { } file ? new CodedClip(file, 640, 480, 240) : new CodedClip(640, 480, 240);
        using var models = new ModelHost(new ModelHostOptions { Model = model, Provider = "cpu", Threads = 1 });
        output.WriteLine(
            $"model {Path.GetFileNameWithoutExtension(model)}, {Environment.ProcessorCount} cores, .NET {Environment.Version}");
        output.WriteLine();
        output.WriteLine("| what | reach | result | |");
        output.WriteLine("|---|---|---|---|");
        Pieces(clip, models);
        if (Given("--runs") is { } runs)
        {
            Served(runs);
        }

        if (Given("--soak") is { } soak && Read(soak) is { } soaked)
        {
            double grown = soaked.GetProperty("grown_mb").GetDouble();
            Row("memory, rooms that come and go", "flat", $"{grown:+0.0;-0.0;0} MB over {soaked.GetProperty("rounds").GetInt64()} rooms",
                !soaked.GetProperty("failed").GetBoolean());
        }

        if (Given("--compare") is { } compare && Read(compare) is { } compared)
        {
            Compared(compared);
        }
    }

    private static void Pieces(CodedClip clip, ModelHost models)
    {
        (double bare, double room) = PipelineScenario.Rates(clip, models, Seconds);
        Row("detections of a room against the runtime alone", "0.9", $"{room / bare:0.00} ({room:0} of {bare:0} a second)",
            room / bare >= 0.9);
        OverloadResult overload = PipelineScenario.Overloaded(clip, models, Seconds);
        Row("30 offered, 8 possible: age of results, p95", "250 ms, flat",
            $"{overload.P95Ms:0} ms; {overload.EarlyMs:0} early, {overload.LateMs:0} late; {overload.RenderedPerSecond:0} drawn a second",
            overload.P95Ms < 250 && overload.LateMs < overload.EarlyMs + 50);
        (double cores, double bytes) = PeerReport.Fans();
        Row("SRTP and send to 500 viewers of 1 Mbit/s", "1 core", $"{cores:0.00} cores", cores <= 1);
        var tracking = new TrackingBenchmarks { Objects = 50 };
        tracking.Setup();
        double track = CoreClock.Median(_ => tracking.Update());
        Row("ByteTrack, 50 objects", "0.1 ms", $"{track:0.000} ms", track <= 0.1);
        double botSort = CoreClock.Median(_ => tracking.UpdateBotSort());
        Row("BoT-SORT, 50 objects", "0.5 ms", $"{botSort:0.000} ms", botSort <= 0.5);
        double blur = Blur();
        Row("focus blur of 1280×720", "3 ms", $"{blur:0.00} ms", blur <= 3);
        Row("managed bytes a packet", "under 1", $"{bytes:0.0}", bytes < 1);
        long picture = PipelineScenario.BytesPerPicture(clip, models, Seconds);
        Row("managed bytes a picture", "under 1024", $"{picture}", picture < 1024);
    }

    private static double Blur()
    {
        const int width = 1280;
        const int height = 720;
        using var pool = new PicturePool();
        using var focus = new Focus();
        using Picture picture = Scene.At(pool, width, height, 1);
        using Picture target = pool.Rent(width, height);
        Mask mask = MaskShapes.Ellipse(new RectF(width / 3f, height / 6f, width * 2 / 3f, height * 5 / 6f));
        return CoreClock.Median(_ => focus.Apply(picture, mask, null, 0.6f, target));
    }

    /// <summary>Runs that micro.sh made just before.</summary>
    private static void Served(string folder)
    {
        if (Read(Path.Combine(folder, "start.json")) is { } start)
        {
            double ms = start.GetProperty("first_page_ms").GetDouble();
            Row("start to first page", "2 s", $"{ms / 1000:0.00} s", ms <= 2000);
        }

        if (Read(Path.Combine(folder, "loss2.json")) is { } two)
        {
            JsonElement performance = two.GetProperty("performance_metrics");
            Row("2% loss, 50 ms: longest gap", "300 ms",
                $"{performance.GetProperty("gap_max").GetDouble():0} ms, {performance.GetProperty("freezes")} over 300",
                performance.GetProperty("freezes").GetInt64() == 0);
        }

        if (Read(Path.Combine(folder, "loss10.json")) is { } ten)
        {
            double rate = ten.GetProperty("performance_metrics").GetProperty("processed_fps").GetDouble();
            Row("10% loss, 50 ms: pictures a second", "moving", $"{rate:0.0}", rate >= 5);
        }

        if (Read(Path.Combine(folder, "viewer.json")) is { } viewer && viewer.GetProperty("performance_metrics")
            .TryGetProperty("viewer_first_picture_ms", out JsonElement first) && first.ValueKind == JsonValueKind.Number)
        {
            Row("first picture at a late viewer, join included", "500 ms", $"{first.GetDouble():0} ms", first.GetDouble() <= 500);
        }
    }

    private static void Compared(JsonElement runs)
    {
        Work("echo", "echo 640×480", 22, 32, 0.08);
        Work("echo-hd", "echo 1280×720", 42, 55, 0.2);
        Work("annotated", "boxes drawn", 40, 55, double.NaN);
        Work("json", "capture to JSON", 28, 40, 0.45);

        void Work(string work, string name, double median, double p95, double cores)
        {
            JsonElement[] ours = [.. runs.EnumerateArray()
                .Where(run => run.GetProperty("work").GetString() == work && run.GetProperty("server").GetString() == "rtc")];
            if (ours.Length == 0)
            {
                return;
            }

            double Median(string group, string figure)
            {
                double[] values = [.. ours.Select(run => run.GetProperty(group).GetProperty(figure))
                    .Where(value => value.ValueKind == JsonValueKind.Number).Select(value => value.GetDouble()).Order()];
                return values.Length == 0 ? double.NaN : values[values.Length / 2];
            }

            double middle = Median("latency_metrics", "median_latency");
            double high = Median("latency_metrics", "p95_latency");
            Row($"{name}, median / p95 ms", $"{median:0} / {p95:0}", $"{middle:0.0} / {high:0.0}", middle <= median && high <= p95);
            double used = Median("resource_metrics", "cores");
            if (!double.IsNaN(cores))
            {
                Row($"{name}, cores", $"{cores:0.00}", $"{used:0.000}", used <= cores);
            }

            double peak = Median("resource_metrics", "max_memory_usage");
            Row($"{name}, peak memory MB", "150", $"{peak:0}", peak <= 150);
        }
    }

    private static JsonElement? Read(string file) => File.Exists(file) ? JsonDocument.Parse(File.ReadAllBytes(file)).RootElement : null;

    private static void Row(string what, string reach, FormattableString result, bool met) =>
        s_output.WriteLine($"| {what} | {reach} | {result.ToString(CultureInfo.InvariantCulture)} | {(met ? "met" : "missed")} |");
}
