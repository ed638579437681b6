using System.Collections.Concurrent;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Primitives;
using Rtc.Media.Drawing;
using Rtc.Media.Images;

namespace Rtc.Server.Http;

/// <summary>
/// The icon of icons/favicon.svg as PNG, for launchers that take no SVG: drawn when it is first asked for, on a whole square, so that
/// any shape may be cut out of it.
/// </summary>
internal sealed class DrawnIcons : IFileProvider
{
    /// <summary>Of the drawing below.</summary>
    private static readonly DateTimeOffset s_written = new(2026, 11, 28, 0, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, int> s_sizes = new(StringComparer.Ordinal)
    {
        ["/icons/icon-192.png"] = 192,
        ["/icons/icon-512.png"] = 512,

        // Where iOS looks without being told.
        ["/apple-touch-icon.png"] = 180,
    };

    private static readonly Colour s_ground = new(11, 122, 107);

    private readonly ConcurrentDictionary<string, MadeFile> _drawn = new(StringComparer.Ordinal);

    public IDirectoryContents GetDirectoryContents(string subpath) => NotFoundDirectoryContents.Singleton;

    public IFileInfo GetFileInfo(string subpath) => s_sizes.TryGetValue(subpath, out int size)
        ? _drawn.GetOrAdd(subpath, path => new MadeFile(Path.GetFileName(path), s_written, Draw(size)))
        : new NotFoundFileInfo(subpath);

    public IChangeToken Watch(string filter) => NullChangeToken.Singleton;

    /// <summary>Each pixel is a share of white on the ground, by how far it lies from the drawing's edge.</summary>
    private static byte[] Draw(int size)
    {
        byte[] pixels = new byte[size * size];
        double scale = 24.0 / size;
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
            {
                double outside = Distance(Math.Abs(((x + 0.5) * scale) - 12), Math.Abs(((y + 0.5) * scale) - 12));
                pixels[(y * size) + x] = (byte)(255 * Math.Clamp(0.5 - (outside / scale), 0, 1));
            }
        }

        var palette = new Colour[256];
        for (int i = 0; i < palette.Length; i++)
        {
            palette[i] = new Colour(Mixed(s_ground.Red, i), Mixed(s_ground.Green, i), Mixed(s_ground.Blue, i));
        }

        return Png.EncodeIndexed(pixels, size, size, palette, [byte.MaxValue]);
    }

    private static byte Mixed(byte ground, int white) => (byte)(ground + ((255 - ground) * white / 255));

    /// <summary>To a dot in the middle and four corners around it, in the SVG's units and one quarter, which the others mirror.</summary>
    private static double Distance(double x, double y)
    {
        const double Dot = 2.8, Reach = 6.5, Bend = 1.5, From = 3, Stroke = 0.9;
        const double Centre = Reach - Bend;
        double corner = x > Centre && y > Centre
            ? Math.Abs(Math.Sqrt(Square(x - Centre) + Square(y - Centre)) - Bend)
            : Math.Sqrt(Math.Min(
                Square(x - Reach) + Square(y - Math.Clamp(y, From, Centre)),
                Square(y - Reach) + Square(x - Math.Clamp(x, From, Centre))));
        return Math.Min(Math.Sqrt(Square(x) + Square(y)) - Dot, corner - Stroke);
    }

    private static double Square(double value) => value * value;
}
