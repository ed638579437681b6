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
    private const int Clicks = 12;
    private const int MaxPreview = 300;

    // Fields of /proc/self/stat after the program's name, and their hundredths of a second.
    private const int OwnUser = 11;
    private const int ChildSystem = 14;
    private const double TicksPerSecond = 100;

    public static void Run(string clip, double x, double y, int frame)
    {
        string folder = Directory.CreateTempSubdirectory("rtc-studio-").FullName;
        try
        {
            using var pool = new PicturePool();
            using var models = new ModelHost(new ModelHostOptions { Directory = folder });
            var work = new ClipWork(new StudioEngines(models), pool, new ClipLimits());
            Previews(work, clip, folder, x, y, frame);
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

    /// <summary>Clicks near one another, none of which was asked before.</summary>
    private static void Previews(ClipWork work, string clip, string folder, double x, double y, int frame)
    {
        ClipPreview? opened = null;
        Measure("a clip opened for clicks", 3, () => opened = work.Preview(clip, folder, CancellationToken.None));
        using ClipPreview preview = opened!;
        var clock = new List<double>();
        var processor = new List<double>();
        for (int click = 0; click < Clicks; click++)
        {
            var wanted = new StudioRequest { X = x + (0.3 * (click % 4)), Y = y + (0.3 * (click / 4)), FrameIndex = frame };
            double before = Processor();
            clock.Add(Time(() => preview.Outline(wanted)));
            processor.Add(Processor() - before);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"preview of a click: {1000 * Median(clock):0} ms by the clock ({MaxPreview} at most), {1000 * processor.Average():0} ms of "
                + $"the processor; the first {1000 * clock[0]:0} ms"));
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
        double before = Processor();
        double all = Processor(ChildSystem);
        double seconds = Time(work);
        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {seconds:0.0} s by the clock ({most:0} at most, alone), {Processor() - before:0.0} s of the processor here, "
                + $"{Processor(ChildSystem) - all:0.0} with ffmpeg's, {self.PeakWorkingSet64 / Megabyte} MB at most ({MaxMegabytes})"));
    }

    /// <summary>User and system time of this process, and with its children that have ended where the last field is theirs.</summary>
    private static double Processor(int last = OwnUser + 1)
    {
        string stat = File.ReadAllText("/proc/self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields[OwnUser..(last + 1)].Sum(field => double.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }
}
