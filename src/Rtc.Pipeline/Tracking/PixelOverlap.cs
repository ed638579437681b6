using Rtc.Media;

namespace Rtc.Pipeline.Tracking;

/// <summary>
/// How much two boxes share, as ByteTrack was published: corners are pixels inside the box, so a box is one wider than their difference.
/// </summary>
internal static class PixelOverlap
{
    private const double Edge = 1;

    /// <summary>Intersection over union.</summary>
    public static double Of(in RectF a, in RectF b)
    {
        double width = Math.Min((double)a.Right, b.Right) - Math.Max(a.Left, b.Left) + Edge;
        double height = Math.Min((double)a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top) + Edge;
        if (width <= 0 || height <= 0)
        {
            return 0;
        }

        double shared = width * height;
        return shared / (Area(a) + Area(b) - shared);
    }

    private static double Area(in RectF box) =>
        ((double)box.Right - box.Left + Edge) * ((double)box.Bottom - box.Top + Edge);
}
