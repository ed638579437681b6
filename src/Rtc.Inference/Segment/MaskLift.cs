using Rtc.Media;
using Rtc.Media.Tensors;

namespace Rtc.Inference.Segment;

/// <summary>Lifts a model's map of numbers onto a part of the picture as alpha, sampling at the mask's pixel centres.</summary>
internal static class MaskLift
{
    // A mask is stretched over its region when drawn; more than this is not seen.
    private const int MaxSide = 256;

    /// <param name="values">A map of <paramref name="width"/> by <paramref name="height"/>; positive inside.</param>
    /// <param name="width">Of the map.</param>
    /// <param name="height">Of the map.</param>
    /// <param name="covers">What of the picture the whole map covers, in the picture's pixels.</param>
    /// <param name="region">What of the picture the mask shall cover.</param>
    /// <param name="softness">The values from −softness to +softness become the soft edge.</param>
    public static Mask Lift(ReadOnlySpan<float> values, int width, int height, in RectF covers, in RectF region, float softness)
    {
        float density = Math.Max(width / covers.Width, height / covers.Height);
        float scale = Math.Min(Math.Min(1, density * 2), MaxSide / Math.Max(region.Width, region.Height));
        Mask mask = new(Math.Max(1, (int)MathF.Round(region.Width * scale)), Math.Max(1, (int)MathF.Round(region.Height * scale)), region);
        for (int y = 0; y < mask.Height; y++)
        {
            float py = region.Top + ((y + 0.5f) / mask.Height * region.Height);
            float my = Math.Clamp(((py - covers.Top) / covers.Height * height) - 0.5f, 0, height - 1);
            int y0 = Math.Min((int)my, Math.Max(0, height - 2));
            int y1 = Math.Min(y0 + 1, height - 1);
            float fy = my - y0;
            Span<byte> row = mask.Row(y);
            for (int x = 0; x < row.Length; x++)
            {
                float px = region.Left + ((x + 0.5f) / mask.Width * region.Width);
                float mx = Math.Clamp(((px - covers.Left) / covers.Width * width) - 0.5f, 0, width - 1);
                int x0 = Math.Min((int)mx, Math.Max(0, width - 2));
                int x1 = Math.Min(x0 + 1, width - 1);
                float fx = mx - x0;
                float upper = values[(y0 * width) + x0] + ((values[(y0 * width) + x1] - values[(y0 * width) + x0]) * fx);
                float lower = values[(y1 * width) + x0] + ((values[(y1 * width) + x1] - values[(y1 * width) + x0]) * fx);
                float value = upper + ((lower - upper) * fy);
                row[x] = (byte)(255 * Math.Clamp(0.5f + (value / (2 * softness)), 0, 1));
            }
        }

        return mask;
    }

    /// <summary>What of the picture a model's whole input covers, padding and all.</summary>
    public static RectF Covered(in LetterboxMap map, int width, int height) => map.ToPicture(new RectF(0, 0, width, height));

    /// <summary>Whether anything at all is inside; a mask without it is no outline.</summary>
    public static bool HasSubject(Mask mask)
    {
        const int least = 8;
        int inside = 0;
        foreach (byte alpha in mask.Alpha)
        {
            inside += alpha > 127 ? 1 : 0;
        }

        return inside >= least;
    }
}
