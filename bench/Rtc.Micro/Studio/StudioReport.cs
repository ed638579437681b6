using System.Diagnostics;
using System.Globalization;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Sound;
using Rtc.Studio.Tasks;

namespace Rtc.Micro.Studio;

/// <summary>The studio's workflows on a clip without weights: processor and clock seconds, and memory at most.</summary>
internal static class StudioReport
{
    public static void Run(string clip, double x, double y, int frame)
    {
        string folder = Directory.CreateTempSubdirectory("rtc-studio-").FullName;
        try
        {
            using var pool = new PicturePool();
            using var models = new ModelHost(new ModelHostOptions { Directory = folder });
            var work = new ClipWork(new StudioEngines(models), pool, new ClipLimits());
            foreach (string kind in (string[])[StudioKind.TrackPoint, StudioKind.RemoveObject])
            {
                var wanted = new StudioRequest { X = x, Y = y, FrameIndex = frame };
                bool found = false;
                Measure(kind, () => found = work.Run(kind, clip, folder, wanted, (_, _) => { }, CancellationToken.None).Found);
                Console.WriteLine($"  found: {found}");
            }

            float[] sound = new float[10 * 44_100];
            for (int i = 0; i < sound.Length; i++)
            {
                sound[i] = MathF.Sin(i * 0.01f);
            }

            Measure("stems of 10 s", () => new DspSeparator().Separate([sound, [.. sound.Select(sample => -sample)]], _ => { }));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(string name, Action work)
    {
        using Process self = Process.GetCurrentProcess();
        TimeSpan before = self.TotalProcessorTime;
        long from = Stopwatch.GetTimestamp();
        work();
        self.Refresh();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {(self.TotalProcessorTime - before).TotalSeconds:0.0} s of one core, "
                + $"{Stopwatch.GetElapsedTime(from).TotalSeconds:0.0} s by the clock, {self.PeakWorkingSet64 >> 20} MiB at most"));
    }
}
