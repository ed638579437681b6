using System.Diagnostics;
using System.Globalization;
using Rtc.Inference.Graphs;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Studio;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Sound;
using Rtc.Studio.Tasks;
using Rtc.Studio.Tests.Support;

namespace Rtc.Micro.Studio;

/// <summary>The studio's workflows on a clip without weights: processor and clock seconds, and memory at most.</summary>
internal static class StudioReport
{
    private const int Seconds = 10;
    private const int MaxMegabytes = 300;
    private const long Megabyte = 1_000_000;

    public static void Run(string clip, double x, double y, int frame)
    {
        string folder = Directory.CreateTempSubdirectory("rtc-studio-").FullName;
        try
        {
            using var pool = new PicturePool();
            using var models = new ModelHost(new ModelHostOptions { Directory = folder });
            var work = new ClipWork(new StudioEngines(models), pool, new ClipLimits());
            foreach ((string kind, double most) in ((string, double)[])[(StudioKind.TrackPoint, 15), (StudioKind.RemoveObject, 30)])
            {
                var wanted = new StudioRequest { X = x, Y = y, FrameIndex = frame };
                bool found = false;
                Measure(kind, most, () => found = work.Run(kind, clip, folder, wanted, (_, _) => { }, CancellationToken.None).Found);
                Console.WriteLine($"  found: {found}");
            }

            float[] sound = new float[Seconds * 44_100];
            for (int i = 0; i < sound.Length; i++)
            {
                sound[i] = MathF.Sin(i * 0.01f);
            }

            float[][] planes = [sound, [.. sound.Select(sample => -sample)]];
            Measure("stems without weights", Seconds, () => new DspSeparator().Separate(planes, _ => { }));
            Harness(planes, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What going through a sound costs beside a network that does next to nothing.</summary>
    private static void Harness(float[][] planes, string folder)
    {
        ClipGraphs.Demucs([1, 1, 1, 1]).Save(folder, "demucs");
        using var models = new ModelHost(new ModelHostOptions { Directory = folder, Provider = "cpu", Threads = 1 });
        using IStemSeparator separator = StemEngines.Open(models, StudioModels.Auto, out _);
        GraphFile file = models.Graphs.Single();
        using ModelGraph graph = models.OpenGraph(file, out _)!;
        graph.Bind([1, 2, ClipGraphs.Samples]);
        var whole = new List<double>();
        var bare = new List<double>();
        for (int round = 0; round < 7; round++)
        {
            whole.Add(Time(() => separator.Separate(planes, _ => { })));

            // Ten seconds are two stretches.
            bare.Add(Time(() =>
            {
                graph.Run(CancellationToken.None);
                graph.Run(CancellationToken.None);
            }));
        }

        double own = (Median(whole) - Median(bare)) / Seconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Demucs's way through {Seconds} s: {Median(whole):0.000} s, of it the network {Median(bare):0.000} s; "
                + $"own part {own:0.0000} of real time (0.01 at most)"));
    }

    private static double Time(Action work)
    {
        long from = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(from).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Measure(string name, double most, Action work)
    {
        using Process self = Process.GetCurrentProcess();
        TimeSpan before = self.TotalProcessorTime;
        double seconds = Time(work);
        self.Refresh();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {seconds:0.0} s by the clock ({most:0} at most), {(self.TotalProcessorTime - before).TotalSeconds:0.0} s of the "
                + $"processor here, {self.PeakWorkingSet64 / Megabyte} MB at most ({MaxMegabytes})"));
    }
}
