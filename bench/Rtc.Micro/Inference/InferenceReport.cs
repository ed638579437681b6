using System.Diagnostics;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Inference.Motion;
using Rtc.Inference.Onnx;
using Rtc.Inference.Prepare;
using Rtc.Inference.Running;
using Rtc.Inference.Segment;
using Rtc.Media;
using Rtc.Media.Images;

namespace Rtc.Micro.Inference;

/// <summary>
/// Measures a detector against the bare runtime in a loop on the same cores, its stages, many rooms against one, and
/// what the pieces without a model cost. "inference MODELS_FOLDER PICTURE.jpg [MODEL] [THREADS]".
/// </summary>
internal static class InferenceReport
{
    private const int WarmUp = 30;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(3);

    public static void Run(string folder, string jpeg, string model, int threads)
    {
        using PicturePool pool = new();
        if (!Jpeg.TryDecode(File.ReadAllBytes(jpeg), pool, out Picture? picture, out string? problem))
        {
            Console.Error.WriteLine(problem);
            return;
        }

        using ModelHost host = new(new ModelHostOptions { Directory = folder, Provider = "cpu", Threads = threads });
        using IDetector detector = host.OpenDetector(model, out problem);
        Console.WriteLine($"{detector.Model} on {detector.Provider}, {threads} thread(s), {picture!.Width}×{picture.Height} {problem}");

        using OrtSession session =
            OrtSession.Open(host.Runtime!, ModelPath(folder, detector.Model), new SessionOptions { Threads = threads });
        InputShapes.TryPlan(session, out TensorPlan plan, out _, out _);
        using OrtRun loop = InputShapes.Bind(session, 1, plan);
        Compare(loop, detector, picture);
        Rooms(host, picture, model);
        Embedded(picture);
        picture.Dispose();
    }

    /// <summary>The two take turns run by run, so that whatever else the machine does weighs on both; medians are compared.</summary>
    private static void Compare(OrtRun loop, IDetector detector, Picture picture)
    {
        List<Detection> found = [];
        DetectOptions options = new();
        List<double> bare = [];
        List<double> ours = [];
        List<double> prepare = [];
        List<double> run = [];
        List<double> decode = [];
        TimeSpan bareCpu = default;
        TimeSpan oursCpu = default;
        long end = Stopwatch.GetTimestamp() + (3 * (long)(Window.TotalSeconds * Stopwatch.Frequency));
        while (Stopwatch.GetTimestamp() < end)
        {
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            long began = Stopwatch.GetTimestamp();
            loop.Run();
            bare.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            TimeSpan between = Environment.CpuUsage.TotalTime;
            bareCpu += between - cpu;
            began = Stopwatch.GetTimestamp();
            DetectTimings timings = detector.Detect(picture, options, found);
            ours.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            oursCpu += Environment.CpuUsage.TotalTime - between;
            prepare.Add(timings.Prepare);
            run.Add(timings.Run);
            decode.Add(timings.Decode);
        }

        Console.WriteLine(
            $"bare run {Median(bare):F3} ms ({1000 / Median(bare):F1}/s); detection {Median(ours):F3} ms ({1000 / Median(ours):F1}/s); "
            + $"share {Median(bare) / Median(ours):F3}; medians of {bare.Count}");
        Console.WriteLine(
            $"processor time: bare {bareCpu.TotalMilliseconds / bare.Count:F3} ms, detection "
            + $"{oursCpu.TotalMilliseconds / bare.Count:F3} ms; share {bareCpu / oursCpu:F3}");
        Console.WriteLine($"letterbox {Median(prepare):F3}, run {Median(run):F3}, decode {Median(decode):F3} ms");
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    /// <summary>One room and eight: all detections a second, and the most and the fewest that a room got.</summary>
    private static void Rooms(ModelHost host, Picture picture, string model)
    {
        foreach (int rooms in new[] { 1, 8 })
        {
            int[] counts = new int[rooms];
            long end = Stopwatch.GetTimestamp() + (long)(Window.TotalSeconds * Stopwatch.Frequency);
            Thread[] threads = [.. Enumerable.Range(0, rooms).Select(room => new Thread(() =>
            {
                using IDetector detector = host.OpenDetector(model, out _);
                List<Detection> found = [];
                while (Stopwatch.GetTimestamp() < end)
                {
                    detector.Detect(picture, new DetectOptions(), found);
                    counts[room]++;
                }
            }))];
            foreach (Thread thread in threads)
            {
                thread.Start();
            }

            foreach (Thread thread in threads)
            {
                thread.Join();
            }

            Console.WriteLine($"{rooms} room(s): {counts.Sum() / Window.TotalSeconds:F1}/s, most {counts.Max()}, fewest {counts.Min()}");
        }
    }

    private static void Embedded(Picture picture)
    {
        using MotionDetector motion = new();
        List<Detection> found = [];
        Console.WriteLine($"motion: {1000 / PerSecond(() => motion.Detect(picture, new DetectOptions(), found)):F3} ms");
        RectF box = new(picture.Width * 0.3f, picture.Height * 0.2f, picture.Width * 0.55f, picture.Height * 0.9f);
        using GrabCutSegmenter warm = new();
        Console.WriteLine(
            $"grabcut, warm: {1000 / PerSecond(() => warm.TrySegment(picture, new MaskPrompt(box, null, null), out _)):F3} ms");
        Console.WriteLine($"grabcut, cold: {1000 / PerSecond(() =>
        {
            using GrabCutSegmenter cold = new();
            cold.TrySegment(picture, new MaskPrompt(box, null, null), out _);
        }):F3} ms");
    }

    private static double PerSecond(Action action)
    {
        for (int i = 0; i < WarmUp; i++)
        {
            action();
        }

        int count = 0;
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < Window)
        {
            action();
            count++;
        }

        return count / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static string ModelPath(string folder, string model) =>
        Directory.EnumerateFiles(folder, "*.onnx")
            .First(file => Rtc.Inference.Catalogue.ModelName.Same(Path.GetFileNameWithoutExtension(file), model));
}
