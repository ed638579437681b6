using Rtc.Media;
using Rtc.Media.Yuv;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Tests.Support;

/// <summary>
/// A clip with known truth: a textured square over a textured background, both drawn from the same noise at any place between
/// pixels. Owns the frames and the pool.
/// </summary>
internal sealed class MadeClip : IDisposable
{
    private static readonly float[] s_values = Values();

    private readonly List<ClipMask> _truth = [];

    private MadeClip(int width, int height)
    {
        Folder = Directory.CreateTempSubdirectory("rtc-studio-").FullName;
        Frames = ClipFrames.Empty(Folder, Pool, width, height);
        Background = ClipFrames.Empty(Folder, Pool, width, height);
    }

    public string Folder { get; }

    public PicturePool Pool { get; } = new();

    public ClipFrames Frames { get; }

    /// <summary>The same without the square.</summary>
    public ClipFrames Background { get; }

    public IReadOnlyList<ClipMask> Truth => _truth;

    /// <param name="width">Of the pictures.</param>
    /// <param name="height">Of the pictures.</param>
    /// <param name="count">How many.</param>
    /// <param name="pan">The camera's place at a picture.</param>
    /// <param name="square">The square's middle at a picture, and half its side; null: none there.</param>
    /// <param name="bar">Left and right edge of a plain bar in front of all; null: none.</param>
    public static MadeClip Of(
        int width, int height, int count, Func<int, (double X, double Y)> pan, Func<int, (double X, double Y, double Half)?> square,
        (int Left, int Right)? bar = null)
    {
        var clip = new MadeClip(width, height);
        byte[] bgra = new byte[width * height * 4];
        (double, double)? drawn = null;
        for (int frame = 0; frame < count; frame++)
        {
            if (drawn != pan(frame))
            {
                drawn = pan(frame);
                DrawBackground(bgra, width, height, pan(frame), bar);
            }

            using Picture picture = clip.Pool.Rent(width, height);
            RgbConvert.FromBgra(bgra, width * 4, picture);
            clip.Background.Add(picture);
            var truth = new ClipMask(width, height);
            if (square(frame) is { } at)
            {
                byte[] with = [.. bgra];
                DrawSquare(with, width, height, at, bar, truth);
                RgbConvert.FromBgra(with, width * 4, picture);
            }

            clip.Frames.Add(picture);
            clip._truth.Add(truth);
        }

        return clip;
    }

    /// <summary>The same in two plain colours, for models that tell things by their colour alone.</summary>
    public static MadeClip Plain(
        int width, int height, int count, Func<int, (double X, double Y, double Half)?> square, (int Left, int Right)? bar = null)
    {
        var clip = new MadeClip(width, height);
        byte[] bgra = new byte[width * height * 4];
        for (int frame = 0; frame < count; frame++)
        {
            var truth = new ClipMask(width, height);
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    bool isBar = x >= bar?.Left && x < bar?.Right;
                    bool isSquare = !isBar && square(frame) is { } at
                        && Math.Abs(x + 0.5 - at.X) < at.Half && Math.Abs(y + 0.5 - at.Y) < at.Half;
                    Put(bgra, (y * width) + x, isBar ? (40, 200, 60) : isSquare ? (50, 60, 220) : (110, 110, 110));
                    truth.Row(y)[x] = isSquare ? (byte)255 : (byte)0;
                }
            }

            using Picture picture = clip.Pool.Rent(width, height);
            RgbConvert.FromBgra(bgra, width * 4, picture);
            clip.Frames.Add(picture);
            clip._truth.Add(truth);
        }

        return clip;
    }

    private static void DrawBackground(byte[] bgra, int width, int height, (double X, double Y) pan, (int Left, int Right)? bar)
    {
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                bool isBar = x >= bar?.Left && x < bar?.Right;
                double n = isBar ? 0 : Noise(x + pan.X, y + pan.Y, 9);
                double m = isBar ? 0 : Noise(x + pan.X + 900, y + pan.Y, 31);
                Put(bgra, (y * width) + x, isBar ? (40, 200, 60) : (130 + (70 * n) + (40 * m), 120 + (70 * n), 90 + (70 * n) - (30 * m)));
            }
        }
    }

    private static void DrawSquare(
        byte[] bgra, int width, int height, (double X, double Y, double Half) square, (int Left, int Right)? bar, ClipMask truth)
    {
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (Math.Abs(x + 0.5 - square.X) < square.Half && Math.Abs(y + 0.5 - square.Y) < square.Half
                    && !(x >= bar?.Left && x < bar?.Right))
                {
                    double n = Noise(x - square.X + 500, y - square.Y + 500, 7);
                    Put(bgra, (y * width) + x, (60 + (60 * n), 70 + (80 * n), 170 + (80 * n)));
                    truth.Row(y)[x] = 255;
                }
            }
        }
    }

    private static void Put(byte[] bgra, int pixel, (double Blue, double Green, double Red) colour)
    {
        bgra[pixel * 4] = (byte)Math.Clamp(colour.Blue, 0, 255);
        bgra[(pixel * 4) + 1] = (byte)Math.Clamp(colour.Green, 0, 255);
        bgra[(pixel * 4) + 2] = (byte)Math.Clamp(colour.Red, 0, 255);
    }

    public void Dispose()
    {
        Frames.Dispose();
        Background.Dispose();
        Pool.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Smooth noise of -1 to 1: values on a grid, blended between, and half as much at half the size.</summary>
    private static double Noise(double x, double y, double cell) => (0.67 * Octave(x, y, cell)) + (0.33 * Octave(x + 71, y + 37, cell / 2));

    private static double Octave(double x, double y, double cell)
    {
        (double gx, double gy) = (x / cell, y / cell);
        (long x0, long y0) = ((long)Math.Floor(gx), (long)Math.Floor(gy));
        (double fx, double fy) = (Smooth(gx - x0), Smooth(gy - y0));
        double upper = Value(x0, y0) + ((Value(x0 + 1, y0) - Value(x0, y0)) * fx);
        double lower = Value(x0, y0 + 1) + ((Value(x0 + 1, y0 + 1) - Value(x0, y0 + 1)) * fx);
        return upper + ((lower - upper) * fy);

        static double Smooth(double t) => t * t * (3 - (2 * t));

        static double Value(long x, long y) => s_values[((y & 255) << 8) | (x & 255)];
    }

    private static float[] Values()
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, 256 * 256).Select(_ => (2 * random.NextSingle()) - 1)];
    }
}
