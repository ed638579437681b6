using System.Diagnostics;
using System.Globalization;
using Rtc.Analysis.Scenes;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;

namespace Rtc.Micro.Analysis;

/// <summary>What the search for cuts takes of each picture of a video.</summary>
internal static class CutReport
{
    public static void Run(string video, TextWriter output)
    {
        var limits = new ContainerLimits();
        VideoInfo info = VideoProbe.Read(video, limits, CancellationToken.None).Info
            ?? throw new InvalidOperationException($"{video} is no video");
        using var pool = new PicturePool();
        using VideoReader reader = VideoReader.Open(video, info, new VideoReadOptions(), limits, pool, CancellationToken.None);
        var detector = new CutDetector(info.FrameRate.Value);
        var spare = new Stack<Signature>();
        TimeSpan copying = TimeSpan.Zero, searching = TimeSpan.Zero;
        int count = 0;
        while (reader.TryRead(out Picture? picture, out _, out _))
        {
            using (picture)
            {
                Signature signature = spare.TryPop(out Signature? used) ? used : new Signature();
                long before = Stopwatch.GetTimestamp();
                signature.Take(picture!, pool);
                copying += Stopwatch.GetElapsedTime(before);
                before = Stopwatch.GetTimestamp();
                Signature? old = detector.Add(signature);
                searching += Stopwatch.GetElapsedTime(before);
                if (old is not null)
                {
                    spare.Push(old);
                }

                count++;
            }
        }

        detector.Finish();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{info.Width}x{info.Height}, {count} pictures, {detector.Cuts.Count} cuts: copy {copying.TotalMilliseconds / count:0.000} ms, "
                + $"search {searching.TotalMilliseconds / count:0.000} ms a picture"));
    }
}
