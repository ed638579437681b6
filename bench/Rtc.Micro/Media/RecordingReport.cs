using System.Diagnostics;
using Rtc.Bitstream;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Containers.Writing;
using Rtc.Media.Factory;

namespace Rtc.Micro.Media;

/// <summary>Fifty rooms of 640×480 at 30 pictures a second recorded at once: which share of a core that takes, files and all.</summary>
internal static class RecordingReport
{
    private const int Recordings = 50;
    private const int Seconds = 20;
    private const int Rate = 30;

    public static void Run()
    {
        string folder = Directory.CreateTempSubdirectory("rtc-recordings-").FullName;
        try
        {
            foreach (VideoCodec codec in (VideoCodec[])[VideoCodec.Vp8, VideoCodec.H264])
            {
                List<EncodedFrame> coded = Coded(codec);
                Measure(codec, coded, folder, "warm", 2);
                Measure(codec, coded, folder, "cold", Seconds);
                coded.ForEach(frame => frame.Dispose());
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Measure(VideoCodec codec, List<EncodedFrame> coded, string folder, string name, int seconds)
    {
        List<VideoRecorder> recorders = [.. Enumerable.Range(0, Recordings).Select(
            i => VideoRecorder.Create(Path.Combine(folder, $"{name}-{codec}-{i}"), long.MaxValue, TimeSpan.MaxValue))];
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        long garbage = GC.GetTotalAllocatedBytes();
        for (int i = 0; i < seconds * Rate; i++)
        {
            EncodedFrame frame = coded[i % coded.Count];
            frame.RtpTimestamp = (uint)(i * (RecordingTimeline.TicksPerSecond / Rate));
            var arrival = new Instant(i * 1_000_000L / Rate);
            foreach (VideoRecorder recorder in recorders)
            {
                recorder.Add(frame, arrival, out _);
            }
        }

        recorders.ForEach(recorder => recorder.Complete());
        double cores = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds / seconds;
        garbage = (GC.GetTotalAllocatedBytes() - garbage) / (seconds * Rate * Recordings);
        long bytes = recorders.Sum(recorder => recorder.Bytes) / seconds;
        recorders.ForEach(recorder => recorder.Dispose());
        Console.WriteLine(
            $"{Recordings} recordings of {codec} for {seconds} s ({name}): {cores:0.000} cores, {bytes / 1e6:0.0} MB/s, "
                + $"{garbage} bytes of garbage a picture");
    }

    private static List<EncodedFrame> Coded(VideoCodec codec)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            codec, new EncoderSettings { Width = 640, Height = 480, BitrateKbps = 1500, MayDrop = false });
        List<EncodedFrame> coded = [];
        for (int i = 0; i < 60; i++)
        {
            using Picture picture = Scene.At(pool, 640, 480, i);
            coded.Add(encoder.Encode(picture, (uint)(i * 3000), i == 0)!);
        }

        return coded;
    }
}
