using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Media.Imaging;
using Rtc.Media.Tensors;
using Rtc.Media.Tests.Support;

namespace Rtc.Micro.Media;

/// <summary>
/// Our operations beside the ffmpeg program's on the same pictures, both in milliseconds of one core a picture. What
/// ffmpeg spends on reading the pictures alone is taken off. Its blur is of the whole picture and nothing is laid over
/// it; its letterbox makes planes of floats without a model's mean and scale.
/// </summary>
internal static partial class FfmpegReport
{
    private const int Pictures = 60;
    private const int Loops = 5;

    public static void Run()
    {
        Console.WriteLine("| | ours ms | ffmpeg ms | ffmpeg against ours |");
        Console.WriteLine("|---|---|---|---|");
        foreach ((int width, int height) in new[] { (640, 480), (1280, 720), (1920, 1080) })
        {
            string folder = Directory.CreateTempSubdirectory("rtc-micro").FullName;
            try
            {
                Compare(folder, width, height);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private static void Compare(string folder, int width, int height)
    {
        using var pool = new PicturePool();
        var pictures = Enumerable.Range(0, Pictures).Select(time => Scene.At(pool, width, height, time)).ToList();
        string raw = Path.Combine(folder, "raw.yuv");
        Write(raw, pictures);
        string size = $"{width}×{height}";
        string input = $"-stream_loop {Loops - 1} -f rawvideo -pix_fmt yuv420p -s {width}x{height} -r 30 -i {raw}";
        double reading = Ffmpeg($"{input} -c:v wrapped_avframe -f null -");
        using (var focus = new Focus())
        using (Picture target = pool.Rent(width, height))
        {
            Mask mask = MaskShapes.Ellipse(new RectF(width / 3f, height / 6f, width * 2 / 3f, height * 5 / 6f));
            Row($"{size} focus blur 0.6", CoreClock.Median(i => focus.Apply(pictures[i % Pictures], mask, null, 0.6f, target)),
                Ffmpeg(string.Create(CultureInfo.InvariantCulture,
                $"{input} -vf gblur=sigma={Focus.SigmaFor(0.6f, height)} -c:v wrapped_avframe -f null -")) - reading);
        }

        var spec = new TensorSpec { Width = 416, Height = 416, Order = ChannelOrder.Bgr, Centred = false };
        float[] tensor = new float[spec.Elements];
        int fitted = 416 * height / width;
        Row($"{size} letterbox 416", CoreClock.Median(i => TensorImage.Letterbox(pictures[i % Pictures], spec, tensor, out _)),
            Ffmpeg($"{input} -vf scale=416:{fitted}:flags=bilinear,format=gbrp,pad=416:416,format=gbrpf32le -c:v wrapped_avframe -f "
            + $"null -") - reading);
        foreach (VideoCodec format in (VideoCodec[])[VideoCodec.Vp8, VideoCodec.H264])
        {
            Codec(format, folder, input, reading, (width, height), pictures, pool);
        }

        pictures.ForEach(picture => picture.Dispose());
    }

    private static void Codec(VideoCodec format, string folder, string input, double reading, (int Width, int Height) size,
        List<Picture> pictures, PicturePool pool)
    {
        int kilobits = size.Width * size.Height / 500;
        bool large = size.Width * size.Height > 640 * 480;
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(format, new EncoderSettings
        {
            Width = size.Width,
            Height = size.Height,
            BitrateKbps = kilobits,
            Threads = 1,
            MayDrop = false,
        });
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(format);
        var coded = new List<byte[]>();
        double encoding = CoreClock.Median(i =>
        {
            using EncodedFrame one = encoder.Encode(pictures[i % Pictures], (uint)(i * 3000), false)!;
            coded.Add(one.Data.ToArray());
        });
        double decoding = CoreClock.Median(i =>
        {
            decoder.Decode(coded[i], pool, out Picture? picture);
            picture?.Dispose();
        });

        (string codec, string extension, string reader) = format == VideoCodec.Vp8
            ? ($"-c:v libvpx -deadline realtime -cpu-used {(large ? -9 : -8)} -qmin 8 -qmax 63 -lag-in-frames 0 -error-resilient 1 "
                + $"-auto-alt-ref 0", "ivf", "-c:v libvpx")
            : ($"-c:v libx264 -preset {(large ? "ultrafast" : "superfast")} -tune zerolatency -profile:v baseline -bf 0 -qmin 16", "h264",
                "-c:v h264");
        string file = Path.Combine(folder, $"coded.{extension}");
        double theirs =
            Ffmpeg($"{input} {codec} -threads 1 -g 9999 -b:v {kilobits}k -maxrate {kilobits}k -bufsize {kilobits}k -y {file}") - reading;
        Row($"{size.Width}×{size.Height} {format} encode", encoding, theirs);
        Row($"{size.Width}×{size.Height} {format} decode", decoding, Ffmpeg($"{reader} -i {file} -c:v wrapped_avframe -f null -"));
    }

    private static void Row(string name, double ours, double theirs) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {ours:0.00} | {theirs:0.00} | {theirs / ours:0.0}× |"));

    /// <summary>Processor milliseconds a picture.</summary>
    private static double Ffmpeg(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ffmpeg",
            $"-hide_banner -nostdin -nostats -benchmark -threads 1 -filter_threads 1 {arguments}") { RedirectStandardError = true })!;
        string said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Match times = Spent().Match(said);
        return process.ExitCode == 0 && times.Success
            ? (double.Parse(times.Groups[1].Value, CultureInfo.InvariantCulture)
                + double.Parse(times.Groups[2].Value, CultureInfo.InvariantCulture)) * 1000 / (Pictures * Loops)
            : throw new InvalidOperationException($"ffmpeg {arguments}: {said}");
    }

    private static void Write(string path, List<Picture> pictures)
    {
        using FileStream file = File.Create(path);
        foreach (Picture picture in pictures)
        {
            for (int y = 0; y < picture.Height; y++)
            {
                file.Write(picture.RowY(y));
            }

            for (int y = 0; y < picture.ChromaHeight; y++)
            {
                file.Write(picture.RowU(y));
            }

            for (int y = 0; y < picture.ChromaHeight; y++)
            {
                file.Write(picture.RowV(y));
            }
        }
    }

    [GeneratedRegex(@"utime=([0-9.]+)s stime=([0-9.]+)s")]
    private static partial Regex Spent();
}
