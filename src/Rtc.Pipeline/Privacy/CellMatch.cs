using Rtc.Media;

namespace Rtc.Pipeline.Privacy;

/// <summary>
/// Whether one cell of a small picture is still as it was in an earlier one, with the camera at rest or moved, and what
/// exposure and camera did to all of it. Owned by <see cref="MotionCells"/>.
/// </summary>
internal sealed class CellMatch
{
    /// <summary>Pixels of the small picture in a side of a cell.</summary>
    public const int Side = 4;

    /// <summary>Noise, and what a codec makes of it, stays below.</summary>
    private const int MinLuma = 12;
    private const int MinChroma = 12;
    private const int MinChangedPixels = 3;

    /// <summary>A cell that moved by parts of a pixel differs by this and by so much of its contrast, in the mean.</summary>
    private const int MinShiftedLuma = 8;
    private const int ShareOfContrast = 3;

    /// <summary>The camera's motion is looked for within so many pixels of the small picture.</summary>
    private const int MaxShift = 6;
    private const int ShiftStride = 4;

    private readonly int[] _histogram = new int[511];

    /// <summary>The middle one of all differences: what exposure did to the whole picture.</summary>
    public int Drift(Picture now, Picture then)
    {
        Array.Clear(_histogram);
        for (int y = 0; y < now.Height; y++)
        {
            ReadOnlySpan<byte> a = now.RowY(y);
            ReadOnlySpan<byte> b = then.RowY(y);
            for (int x = 0; x < now.Width; x++)
            {
                _histogram[a[x] - b[x] + 255]++;
            }
        }

        int half = now.Width * now.Height / 2;
        int at = 0;
        for (int before = _histogram[0]; before <= half && at < _histogram.Length - 1; before += _histogram[at])
        {
            at++;
        }

        return at - 255;
    }

    /// <summary>Whether the cell changed where nothing moved the camera.</summary>
    public static bool Differs(Picture now, Picture then, int left, int top, int drift)
    {
        int changed = 0;
        int right = Math.Min(left + Side, now.Width);
        for (int y = top; y < Math.Min(top + Side, now.Height); y++)
        {
            ReadOnlySpan<byte> a = now.RowY(y);
            ReadOnlySpan<byte> b = then.RowY(y);
            for (int x = left; x < right; x++)
            {
                changed += Math.Abs(a[x] - b[x] - drift) > MinLuma ? 1 : 0;
            }
        }

        for (int y = top / 2; y < Math.Min((top + Side) / 2, now.ChromaHeight); y++)
        {
            for (int x = left / 2; x < Math.Min((left + Side) / 2, now.ChromaWidth); x++)
            {
                int chroma = Math.Abs(now.RowU(y)[x] - then.RowU(y)[x]) + Math.Abs(now.RowV(y)[x] - then.RowV(y)[x]);
                changed += chroma > MinChroma ? Side : 0;
            }
        }

        return changed >= MinChangedPixels;
    }

    /// <summary>
    /// Whether the cell is found nowhere close to where the rest of the picture went, to half a pixel. The cell as a whole: a
    /// single pixel finds its like in any texture.
    /// </summary>
    public static bool DiffersAround(Picture now, Picture then, int left, int top, int shiftX, int shiftY, int drift)
    {
        int right = Math.Min(left + Side, now.Width);
        int bottom = Math.Min(top + Side, now.Height);
        if (left + shiftX < 0 || top + shiftY < 0 || right + shiftX > then.Width || bottom + shiftY > then.Height)
        {
            // The rim is new as a whole.
            return false;
        }

        (int bestX, int bestY, int best) = (2 * shiftX, 2 * shiftY, int.MaxValue);
        for (int step = 2; step >= 1; step--)
        {
            (int middleX, int middleY) = (bestX, bestY);
            for (int y = middleY - step; y <= middleY + step; y += step)
            {
                for (int x = middleX - step; x <= middleX + step; x += step)
                {
                    int sum = Difference(now, then, left, top, right, bottom, x, y, drift);
                    (bestX, bestY, best) = sum < best ? (x, y, sum) : (bestX, bestY, best);
                }
            }
        }

        int pixels = (right - left) * (bottom - top);
        return best > (MinShiftedLuma * pixels) + (Contrast(now, left, top, right, bottom) / ShareOfContrast);
    }

    private static int Difference(
        Picture now, Picture then, int left, int top, int right, int bottom, int halvesX, int halvesY, int drift)
    {
        int sum = 0;
        for (int y = top; y < bottom; y++)
        {
            int fromY = (2 * y) + halvesY;
            ReadOnlySpan<byte> a = now.RowY(y);
            ReadOnlySpan<byte> upper = then.RowY(Math.Clamp(fromY >> 1, 0, then.Height - 1));
            ReadOnlySpan<byte> lower = then.RowY(Math.Clamp((fromY + 1) >> 1, 0, then.Height - 1));
            for (int x = left; x < right; x++)
            {
                int fromX = (2 * x) + halvesX;
                int first = Math.Clamp(fromX >> 1, 0, then.Width - 1);
                int second = Math.Clamp((fromX + 1) >> 1, 0, then.Width - 1);
                sum += Math.Abs(a[x] - drift - ((upper[first] + upper[second] + lower[first] + lower[second] + 2) >> 2));
            }
        }

        return sum;
    }

    private static int Contrast(Picture picture, int left, int top, int right, int bottom)
    {
        int sum = 0;
        for (int y = top; y < bottom; y++)
        {
            ReadOnlySpan<byte> row = picture.RowY(y);
            for (int x = left; x < right; x++)
            {
                sum += Math.Abs(row[x] - row[Math.Max(0, x - 1)]);
            }
        }

        return sum;
    }

    /// <summary>Where in the earlier picture the middle of this one is found best.</summary>
    public static (int X, int Y) Shift(Picture now, Picture then, int drift)
    {
        (int bestX, int bestY, long best) = (0, 0, long.MaxValue);
        for (int shiftY = -MaxShift; shiftY <= MaxShift; shiftY++)
        {
            for (int shiftX = -MaxShift; shiftX <= MaxShift; shiftX++)
            {
                long sum = Math.Abs(shiftX) + Math.Abs(shiftY);
                for (int y = MaxShift; y < now.Height - MaxShift; y += ShiftStride)
                {
                    ReadOnlySpan<byte> a = now.RowY(y);
                    ReadOnlySpan<byte> b = then.RowY(y + shiftY);
                    for (int x = MaxShift; x < now.Width - MaxShift; x += ShiftStride)
                    {
                        sum += Math.Min(4 * MinLuma, Math.Abs(a[x] - b[x + shiftX] - drift));
                    }
                }

                if (sum < best)
                {
                    (bestX, bestY, best) = (shiftX, shiftY, sum);
                }
            }
        }

        return (bestX, bestY);
    }
}
