using System.Runtime.InteropServices;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Drawing;
using Rtc.Media.Imaging;
using Rtc.Media.Tensors;

namespace Rtc.Micro.Media;

/// <summary>
/// The same operations in milliseconds of the processor rather than of the clock: what they cost one core even while
/// others use the machine. Linux only, as it asks the thread's own clock.
/// </summary>
internal static unsafe partial class CoreTimeReport
{
    private const int ThreadClock = 3;

    public static void Run()
    {
        foreach ((int width, int height) in new[] { (640, 480), (1280, 720), (1920, 1080) })
        {
            using var pool = new PicturePool();
            using var focus = new Focus();
            using var painter = new MaskPainter();
            var pictures = Enumerable.Range(0, 60).Select(time => Scene.At(pool, width, height, time)).ToList();
            using Picture target = pool.Rent(width, height);
            Mask mask = MaskShapes.Ellipse(new RectF(width / 3f, height / 6f, width * 2 / 3f, height * 5 / 6f));
            var small = new TensorSpec { Width = 416, Height = 416, Order = ChannelOrder.Bgr, Centred = false };
            var large = new TensorSpec { Width = 640, Height = 640 };
            float[] tensor = new float[large.Elements];
            Measure($"{width}×{height} focus blur 0.6", i => focus.Apply(pictures[i % 60], mask, null, 0.6f, target));
            Measure($"{width}×{height} focus blur 0.2", i => focus.Apply(pictures[i % 60], mask, null, 0.2f, target));
            Measure($"{width}×{height} tint and contour", i =>
            {
                painter.Tint(target, mask, Palette.ForTrack(i));
                painter.Contour(target, mask, Palette.ForTrack(i));
            });
            Measure($"{width}×{height} letterbox 416", i => TensorImage.Letterbox(pictures[i % 60], small, tensor, out _));
            Measure($"{width}×{height} letterbox 640", i => TensorImage.Letterbox(pictures[i % 60], large, tensor, out _));
            foreach (VideoFormat format in new[] { VideoFormat.Vp8, VideoFormat.H264 })
            {
                Codec(format, width, height, pictures, pool);
            }

            pictures.ForEach(picture => picture.Dispose());
        }
    }

    private static void Codec(VideoFormat format, int width, int height, List<Picture> pictures, PicturePool pool)
    {
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(format, new EncoderSettings { Width = width, Height = height, BitrateKbps = width * height / 500, Threads = 1, MayDrop = false });
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(format);
        var coded = new List<byte[]>();
        Measure($"{width}×{height} {format} encode", i =>
        {
            using CodedPicture one = encoder.Encode(pictures[i % 60], (uint)(i * 3000), false)!;
            coded.Add(one.Data.ToArray());
        });
        Measure($"{width}×{height} {format} decode", i =>
        {
            decoder.Decode(coded[i], pool, out Picture? picture);
            picture?.Dispose();
        });
    }

    private static void Measure(string name, Action<int> operation)
    {
        const int Warm = 30;
        const int Rounds = 120;
        double[] times = new double[Rounds];
        for (int i = 0; i < Warm + Rounds; i++)
        {
            double before = Now();
            operation(i);
            if (i >= Warm)
            {
                times[i - Warm] = Now() - before;
            }
        }

        Array.Sort(times);
        Console.WriteLine($"{name,-34} median {times[Rounds / 2]:0.00} ms, p10 {times[Rounds / 10]:0.00}, p90 {times[Rounds * 9 / 10]:0.00}");
    }

    private static double Now()
    {
        long* time = stackalloc long[2];
        _ = ClockGetTime(ThreadClock, time);
        return (time[0] * 1e3) + (time[1] / 1e6);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, long* time);
}
