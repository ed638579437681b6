using Rtc.Media;
using Rtc.Pipeline.Settings;

namespace Rtc.Pipeline.Following;

/// <summary>The box of a tapped place that no detector knows.</summary>
internal static class RegionBox
{
    private const float SurroundingsShare = 0.3f;

    /// <summary>An outline that fills more is the background, one that fills less is noise.</summary>
    private const float MaxShare = 0.6f;
    private const float MinShare = 0.0006f;

    private const byte Inside = 128;

    /// <summary>The box around a mask in the picture's pixels, or null where it is no sensible thing.</summary>
    public static RectF? Of(Mask mask, int width, int height)
    {
        int left = int.MaxValue;
        int right = -1;
        int top = int.MaxValue;
        int bottom = -1;
        int inside = 0;
        for (int y = 0; y < mask.Height; y++)
        {
            ReadOnlySpan<byte> row = mask.Row(y);
            for (int x = 0; x < row.Length; x++)
            {
                if (row[x] >= Inside)
                {
                    left = Math.Min(left, x);
                    right = Math.Max(right, x);
                    top = Math.Min(top, y);
                    bottom = y;
                    inside++;
                }
            }
        }

        if (inside == 0)
        {
            return null;
        }

        float cellX = mask.Region.Width / mask.Width;
        float cellY = mask.Region.Height / mask.Height;
        float share = inside * cellX * cellY / ((float)width * height);
        return share is < MinShare or > MaxShare
            ? null
            : new RectF(
                mask.Region.Left + (left * cellX), mask.Region.Top + (top * cellY), mask.Region.Left + ((right + 1) * cellX),
                mask.Region.Top + ((bottom + 1) * cellY));
    }

    /// <summary>Whether the mask has this place of the picture.</summary>
    public static bool Covers(Mask mask, float x, float y) =>
        mask.Region.Contains(x, y)
        && mask.Row(Math.Min(mask.Height - 1, (int)((y - mask.Region.Top) / mask.Region.Height * mask.Height)))[
            Math.Min(mask.Width - 1, (int)((x - mask.Region.Left) / mask.Region.Width * mask.Width))] >= Inside;

    /// <summary>What is shown to a model that wants a box.</summary>
    public static RectF Surroundings(PlaceF place, int width, int height) => Around(place, width, height, SurroundingsShare);

    private static RectF Around(PlaceF place, int width, int height, float share)
    {
        float half = share * Math.Max(width, height) / 2;
        float x = place.X * width;
        float y = place.Y * height;
        return new RectF(x - half, y - half, x + half, y + half).ClipTo(width, height);
    }
}
