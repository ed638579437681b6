using Rtc.Media;

namespace Rtc.Studio.Clips;

/// <summary>How much of each pixel of a clip's picture belongs to an object, 0 to 255. For one thread.</summary>
public sealed class ClipMask(int width, int height)
{
    /// <summary>From here on a pixel counts as inside.</summary>
    public const byte Inside = 128;

    private readonly byte[] _alpha = new byte[width * height];

    public int Width => width;

    public int Height => height;

    public Span<byte> Alpha => _alpha;

    public Span<byte> Row(int y) => _alpha.AsSpan(y * width, width);

    public bool IsInside(int x, int y) => (uint)x < (uint)width && (uint)y < (uint)height && _alpha[(y * width) + x] >= Inside;

    public void Clear() => Array.Clear(_alpha);

    public void CopyFrom(ClipMask other) => other.Alpha.CopyTo(_alpha);

    /// <summary>Nothing is inside beyond this rectangle.</summary>
    internal void Keep(in RectF region)
    {
        (int left, int right) = ((int)Math.Clamp(region.Left, 0, width), (int)Math.Clamp(MathF.Ceiling(region.Right), 0, width));
        for (int y = 0; y < height; y++)
        {
            Span<byte> row = Row(y);
            if (y + 1 <= region.Top || y >= region.Bottom || left >= right)
            {
                row.Clear();
                continue;
            }

            row[..left].Clear();
            row[right..].Clear();
        }
    }

    public int Area()
    {
        int area = 0;
        foreach (byte alpha in _alpha)
        {
            area += alpha >= Inside ? 1 : 0;
        }

        return area;
    }

    /// <summary>The smallest rectangle around what is inside; null where nothing is.</summary>
    public RectF? Bounds()
    {
        (int left, int top, int right, int bottom) = (width, height, -1, -1);
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> row = Row(y);
            int first = row.IndexOfAnyInRange(Inside, byte.MaxValue);
            if (first < 0)
            {
                continue;
            }

            left = Math.Min(left, first);
            right = Math.Max(right, row.LastIndexOfAnyInRange(Inside, byte.MaxValue));
            top = Math.Min(top, y);
            bottom = y;
        }

        return bottom < 0 ? null : new RectF(left, top, right + 1, bottom + 1);
    }

    /// <summary>Intersection over union with another of the same size; 1 where both are empty.</summary>
    public double Iou(ClipMask other)
    {
        (int shared, int all) = (0, 0);
        ReadOnlySpan<byte> others = other.Alpha;
        for (int i = 0; i < _alpha.Length; i++)
        {
            (bool a, bool b) = (_alpha[i] >= Inside, others[i] >= Inside);
            shared += a && b ? 1 : 0;
            all += a || b ? 1 : 0;
        }

        return all == 0 ? 1 : (double)shared / all;
    }

    /// <summary>The alpha between pixels; 0 outside of the picture.</summary>
    public float At(float x, float y)
    {
        int x0 = (int)MathF.Floor(x);
        int y0 = (int)MathF.Floor(y);
        if (x0 < -1 || y0 < -1 || x0 >= width || y0 >= height)
        {
            return 0;
        }

        (float fx, float fy) = (x - x0, y - y0);
        float upper = Level(x0, y0) + ((Level(x0 + 1, y0) - Level(x0, y0)) * fx);
        float lower = Level(x0, y0 + 1) + ((Level(x0 + 1, y0 + 1) - Level(x0, y0 + 1)) * fx);
        return upper + ((lower - upper) * fy);
    }

    private float Level(int x, int y) => (uint)x < (uint)width && (uint)y < (uint)height ? _alpha[(y * width) + x] : 0;
}
