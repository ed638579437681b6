using System.Diagnostics;
using System.Globalization;
using Rtc.Media;
using Rtc.Media.Codecs;
using Rtc.Media.Factory;
using Rtc.Media.Imaging;
using Rtc.Media.Tests.Support;

namespace Rtc.Micro.Media;

/// <summary>
/// What a region of interest saves: a clip is blurred around an ellipse as the focus view does, coded at several rates
/// with and without it, and the rates are compared at which the subject has the same quality.
/// </summary>
internal static class InterestReport
{
    private const int Width = 640;
    private const int Height = 360;
    private const int Frames = 90;
    private const int Strength = 20;
    private static readonly int[] Rates = [60, 100, 170, 280, 450];
    private static readonly RectF Subject = new(256, 80, 384, 320);

    public static void Run(string clip)
    {
        using var pool = new PicturePool();
        List<Picture> pictures = Load(clip, pool);
        foreach (VideoCodec format in new[] { VideoCodec.Vp8, VideoCodec.H264 })
        {
            List<(double Kbps, double Psnr)> plain = Curve(format, pictures, pool, 0);
            List<(double Kbps, double Psnr)> focused = Curve(format, pictures, pool, Strength);
            foreach ((double kbps, double psnr) in focused)
            {
                double? same = RateFor(psnr, plain);
                string saved = same is null
                    ? "beyond the plain curve"
                    : $"plain needs {same:0} kbit/s: {100 * (1 - (kbps / same.Value)):0}% saved";
                Console.WriteLine($"{format}: subject {psnr:0.00} dB at {kbps:0} kbit/s; {saved}");
            }
        }

        pictures.ForEach(picture => picture.Dispose());
    }

    private static List<(double Kbps, double Psnr)> Curve(VideoCodec format, List<Picture> pictures, PicturePool pool, int strength)
    {
        var curve = new List<(double, double)>();
        Mask mask = MaskShapes.Box(Subject);
        foreach (int rate in Rates)
        {
            using IVideoEncoder encoder = VideoCodecs.CreateEncoder(format, new EncoderSettings
            {
                Width = Width,
                Height = Height,
                BitrateKbps = rate,
                MayDrop = false,
                Threads = 1,
            });
            using IVideoDecoder decoder = VideoCodecs.CreateDecoder(format);
            encoder.SetInterest(strength > 0 ? mask : null, strength);
            (long bytes, double squares) = (0, 0);
            for (int i = 0; i < pictures.Count; i++)
            {
                using EncodedFrame coded = encoder.Encode(pictures[i], (uint)(i * 3000), false)!;
                decoder.Decode(coded.Data, pool, out Picture? back);
                if (i >= Frames / 3)
                {
                    bytes += coded.Length;
                    squares += SquaredError(pictures[i], back!);
                }

                back!.Dispose();
            }

            int counted = pictures.Count - (Frames / 3);
            curve.Add((bytes * 8 * 30 / 1000.0 / counted, 10 * Math.Log10(255 * 255 * (double)Subject.Area * counted / squares)));
        }

        return curve;
    }

    private static double SquaredError(Picture a, Picture b)
    {
        double sum = 0;
        for (int y = (int)Subject.Top; y < (int)Subject.Bottom; y++)
        {
            for (int x = (int)Subject.Left; x < (int)Subject.Right; x++)
            {
                int d = a.RowY(y)[x] - b.RowY(y)[x];
                sum += d * d;
            }
        }

        return sum;
    }

    /// <summary>Linear between measured points, in the logarithm of the rate.</summary>
    private static double? RateFor(double psnr, List<(double Kbps, double Psnr)> curve)
    {
        for (int i = 0; i + 1 < curve.Count; i++)
        {
            if (psnr >= curve[i].Psnr && psnr <= curve[i + 1].Psnr)
            {
                double t = (psnr - curve[i].Psnr) / (curve[i + 1].Psnr - curve[i].Psnr);
                return Math.Exp(Math.Log(curve[i].Kbps) + (t * (Math.Log(curve[i + 1].Kbps) - Math.Log(curve[i].Kbps))));
            }
        }

        return null;
    }

    private static List<Picture> Load(string clip, PicturePool pool)
    {
        var start = new ProcessStartInfo("ffmpeg")
        {
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "-v", "error", "-nostdin", "-i", clip, "-frames:v", Frames.ToString(CultureInfo.InvariantCulture),
                "-s", $"{Width}x{Height}", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-",
            },
        };
        using Process process = Process.Start(start)!;
        Stream raw = process.StandardOutput.BaseStream;
        using var focus = new Focus();
        Mask mask = MaskShapes.Box(Subject);
        var pictures = new List<Picture>();
        for (int i = 0; i < Frames; i++)
        {
            Picture picture = pool.Rent(Width, Height);
            for (int y = 0; y < Height; y++)
            {
                raw.ReadExactly(picture.RowY(y));
            }

            for (int y = 0; y < Height / 2; y++)
            {
                raw.ReadExactly(picture.RowU(y));
            }

            for (int y = 0; y < Height / 2; y++)
            {
                raw.ReadExactly(picture.RowV(y));
            }

            focus.Apply(picture, mask, 0.6f);
            pictures.Add(picture);
        }

        process.WaitForExit();
        return pictures;
    }
}
