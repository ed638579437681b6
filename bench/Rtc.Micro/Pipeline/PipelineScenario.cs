using System.Diagnostics;
using System.Globalization;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Pipeline;
using Rtc.Pipeline.Decoding;
using Rtc.Pipeline.Load;
using Rtc.Pipeline.Results;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Tracking;

namespace Rtc.Micro.Pipeline;

/// <summary>
/// Whole rooms in real time, measured: <c>dotnet run -c Release --project bench/Rtc.Micro -- pipeline CLIP MODEL.onnx [SECONDS]</c>.
/// Stages by mode, detections against the bare detector, and overload.
/// </summary>
internal static class PipelineScenario
{
    private const int Width = 640;
    private const int Height = 480;
    private const double WarmSeconds = 6;
    private const double PictureMs = 1000.0 / 30;

    public static void Run(string[] args, TextWriter output)
    {
        if (args.Length < 3)
        {
            output.WriteLine("pipeline CLIP MODEL.onnx [SECONDS]");
            return;
        }

        double seconds = args.Length > 3 ? double.Parse(args[3], CultureInfo.InvariantCulture) : 8;
        var clip = new CodedClip(args[1], Width, Height, 240);
        using var models = new ModelHost(new ModelHostOptions { Model = args[2], Provider = "cpu", Threads = 1 });
        output.WriteLine(Line(
            "mode", "decode", "render", "encode", "turnaround", "detect", "track", "mask", "age of result", "cores", "B/picture", "fps"));
        Stages(clip, models, new RoomSettings { Mode = ViewMode.Plain }, results: false, seconds, output);
        Stages(clip, models, new RoomSettings { Mode = ViewMode.Annotate }, results: true, seconds, output);
        Stages(clip, models, new RoomSettings { Mode = ViewMode.FocusAnnotate }, results: true, seconds, output);
        Stages(clip, models, new RoomSettings { Mode = ViewMode.Privacy }, results: true, seconds, output);
        AgainstBare(clip, models, seconds, output);
        Overload(clip, models, 2 * seconds, output);
    }

    private static void Stages(CodedClip clip, ModelHost models, RoomSettings settings, bool results, double seconds, TextWriter output)
    {
        using var pool = new PicturePool();
        var sink = new Sink();
        RoomPipeline room = Open(settings, models, pool, sink);
        room.WantResults = results;
        Offer(room, sink, clip, 0, WarmSeconds, _ => Select(room));
        using var process = Process.GetCurrentProcess();
        TimeSpan cpu = process.TotalProcessorTime;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long rendered = room.Stats.Rendered;
        long pushed = Offer(room, sink, clip, (long)(WarmSeconds * 30), seconds, _ => Select(room));
        process.Refresh();
        double cores = (process.TotalProcessorTime - cpu).TotalSeconds / seconds;
        long bytes = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / pushed;
        PipelineStats s = room.Stats;
        output.WriteLine(Line(
            settings.Mode.ToString(), Text(s.DecodeTime), Text(s.RenderTime), Text(s.EncodeTime), Text(s.TurnaroundTime),
                Text(s.DetectTime), Text(s.TrackTime), Text(s.MaskTime), Text(s.ResultAge),
            cores.ToString("F3", CultureInfo.InvariantCulture), bytes.ToString(CultureInfo.InvariantCulture),
                ((s.Rendered - rendered) / seconds).ToString("F1", CultureInfo.InvariantCulture)));
        room.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Puts something in focus as soon as something is there.</summary>
    private static void Select(RoomPipeline room)
    {
        if (room.Settings.Mode == ViewMode.FocusAnnotate && room.Latest is { TargetId: null, Detections: [TrackedObject found, ..] })
        {
            room.Select(found.Box.CenterX, found.Box.CenterY);
        }
    }

    private static void AgainstBare(CodedClip clip, ModelHost models, double seconds, TextWriter output)
    {
        (double bareRate, double roomRate) = Rates(clip, models, seconds);
        output.WriteLine(
            string.Create(
            CultureInfo.InvariantCulture,
            $"detections a second: bare detector in a loop {bareRate:F1}, a whole room (decode included) {roomRate:F1}, ratio "
            + $"{roomRate / bareRate:F3}"));
    }

    /// <summary>Detections a second of the detector alone, and of a room.</summary>
    public static (double Bare, double Room) Rates(CodedClip clip, ModelHost models, double seconds)
    {
        using var pool = new PicturePool();
        using IDetector bare = models.OpenDetector("auto", out _);
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(VideoCodec.Vp8);
        using EncodedFrame first = clip.At(0, 0);
        decoder.Decode(first.Data, pool, out Picture? picture);
        using Picture still = picture!;
        var found = new List<Detection>();
        var options = new DetectOptions { Confidence = 0.1f };
        for (int i = 0; i < 10; i++)
        {
            bare.Detect(still, options, found);
        }

        // Taken in turns, so that whatever else the machine does falls on both alike.
        double bareRate = 0;
        double roomRate = 0;
        const int turns = 4;
        for (int turn = 0; turn < turns; turn++)
        {
            long runs = 0;
            long began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds / turns)
            {
                bare.Detect(still, options, found);
                runs++;
            }

            bareRate += runs / Stopwatch.GetElapsedTime(began).TotalSeconds / turns;
            roomRate += Saturated(clip, models, pool, seconds / turns, 1.2 * bareRate * turns / (turn + 1)) / turns;
        }

        return (bareRate, roomRate);
    }

    private static double Saturated(CodedClip clip, ModelHost models, PicturePool pool, double seconds, double offeredPerSecond)
    {
        var sink = new Sink();
        RoomPipeline room = Open(new RoomSettings { Mode = ViewMode.Plain }, models, pool, sink);
        room.WantVideo = false;
        room.TryPush(clip.At(0, Now()));
        long index = 1;
        SpinWait.SpinUntil(() => room.Stats.Detected > 0, 5000);
        long before = room.Stats.Detected;
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
        {
            // A fifth more than the model can take: one is always there, and decoding does not take the machine.
            while (index < Stopwatch.GetElapsedTime(began).TotalSeconds * offeredPerSecond)
            {
                room.TryPush(clip.At(index++, Now()));
            }

            Thread.Sleep(1);
        }

        double rate = (room.Stats.Detected - before) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        room.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return rate;
    }

    private static void Overload(CodedClip clip, ModelHost models, double seconds, TextWriter output)
    {
        OverloadResult seen = Overloaded(clip, models, seconds);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"overload, 30 offered, 8 possible, {seconds:F0} s: age of results worst {seen.WorstMs:F0} ms, p95 {seen.P95Ms:F0}, mean of "
                + $"the first tenth {seen.EarlyMs:F0}, of the last {seen.LateMs:F0}; rendered {seen.RenderedPerSecond:F1} a second; "
                + $"level {seen.Level}; relieved for 8 s: {seen.Relieved}"));
    }

    /// <summary>A room that is offered 30 pictures a second, with a model that takes 125 ms; then one that takes no time.</summary>
    public static OverloadResult Overloaded(CodedClip clip, ModelHost models, double seconds)
    {
        const double modelMs = 125;
        using var slow = new SlowedModels(models, modelMs);
        using var pool = new PicturePool();
        var sink = new Sink();
        RoomPipeline room = Open(new RoomSettings(), slow, pool, sink);
        Offer(room, sink, clip, 0, 2, null);
        sink.Ages.Clear();
        long rendered = room.Stats.Rendered;
        Offer(room, sink, clip, 60, seconds, null);
        double[] ages;
        lock (sink.Ages)
        {
            ages = [.. sink.Ages];
        }

        int tenth = Math.Max(1, ages.Length / 10);
        double rate = (room.Stats.Rendered - rendered) / seconds;
        string level = $"{room.Stats.Level} ({room.Stats.LevelReason})";
        slow.MinMs = 0;
        Offer(room, sink, clip, 1000, 8, null);
        string relieved = room.Stats.Level.ToString();
        room.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return new OverloadResult(ages.Max(), ages.Order().ElementAt(ages.Length * 95 / 100), ages.Take(tenth)
            .Average(), ages.TakeLast(tenth).Average(), rate, level, relieved);
    }

    /// <summary>Managed bytes for each picture of a room that annotates, once it runs.</summary>
    public static long BytesPerPicture(CodedClip clip, ModelHost models, double seconds)
    {
        using var pool = new PicturePool();
        var sink = new Sink();
        RoomPipeline room = Open(new RoomSettings { Mode = ViewMode.Annotate }, models, pool, sink);
        Offer(room, sink, clip, 0, 3, null);
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long pushed = Offer(room, sink, clip, 90, seconds, null);
        long bytes = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / pushed;
        room.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return bytes;
    }

    private static long Offer(RoomPipeline room, Sink sink, CodedClip clip, long from, double seconds, Action<long>? each)
    {
        long began = Stopwatch.GetTimestamp();
        long index = 0;
        while (Stopwatch.GetElapsedTime(began).TotalSeconds < seconds)
        {
            double due = index * PictureMs;
            double now = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if (due > now)
            {
                Thread.Sleep(TimeSpan.FromMilliseconds(due - now));
            }

            if (sink.TakeKeyFrameRequest())
            {
                // The phone answers with a key frame: the clip begins anew.
                from += clip.Count - ((from + index) % clip.Count);
            }

            room.TryPush(clip.At(from + index, Now()));
            each?.Invoke(index);
            index++;
        }

        return index;
    }

    private static RoomPipeline Open(RoomSettings settings, IModelHost models, PicturePool pool, IPipelineOutput sink) =>
        new(new RoomPipelineOptions { Settings = settings }, models, pool, sink, TimeProvider.System, new MediaCodecs());

    private static double Now() => (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;

    private static string Text(StageTime time) =>
        time.P95 == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{time.Median:F2}/{time.P95:F2}");

    private static string Line(params string[] cells) => string.Join("  ", cells.Select(cell => cell.PadLeft(13)));

    private sealed class Sink : IPipelineOutput
    {
        private int _keyFrameNeeded;

        public List<double> Ages { get; } = new(100_000);

        public bool TakeKeyFrameRequest() => Interlocked.Exchange(ref _keyFrameNeeded, 0) == 1;

        public void OnCoded(EncodedFrame picture, ViewMode mode) => picture.Dispose();

        public void OnResult(VisionResult result)
        {
            lock (Ages)
            {
                Ages.Add(result.InferenceMs - result.ReceivedMs);
            }
        }

        public void OnKeyFrameNeeded() => Interlocked.Exchange(ref _keyFrameNeeded, 1);

        public void OnNotice(PipelineNotice notice) => Console.Error.WriteLine($"{notice.Code}: {notice.Message}");
    }
}

/// <summary>Ages of results under overload, and what the room did besides.</summary>
internal sealed record OverloadResult(
    double WorstMs, double P95Ms, double EarlyMs, double LateMs, double RenderedPerSecond, string Level, string Relieved);
