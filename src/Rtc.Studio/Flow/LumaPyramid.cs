using Rtc.Media;

namespace Rtc.Studio.Flow;

/// <summary>One size of a picture's brightness, with a border in which the edge goes on.</summary>
internal sealed class LumaLevel(int width, int height)
{
    public const int Border = 16;

    private readonly float[] _pixels = new float[(width + (2 * Border)) * (height + (2 * Border))];

    public int Width => width;

    public int Height => height;

    public int Stride => width + (2 * Border);

    public float[] Pixels => _pixels;

    /// <summary>Where pixel 0, 0 lies.</summary>
    public int Origin => (Border * Stride) + Border;

    public Span<float> Row(int y) => _pixels.AsSpan(Origin + (y * Stride), width);

    public void Extend()
    {
        for (int y = 0; y < height; y++)
        {
            int first = Origin + (y * Stride);
            _pixels.AsSpan(first - Border, Border).Fill(_pixels[first]);
            _pixels.AsSpan(first + width, Border).Fill(_pixels[first + width - 1]);
        }

        ReadOnlySpan<float> top = _pixels.AsSpan(Border * Stride, Stride);
        ReadOnlySpan<float> bottom = _pixels.AsSpan((Border + height - 1) * Stride, Stride);
        for (int y = 0; y < Border; y++)
        {
            top.CopyTo(_pixels.AsSpan(y * Stride));
            bottom.CopyTo(_pixels.AsSpan((Border + height + y) * Stride));
        }
    }

    /// <summary>Each pixel the mean of four of the next larger size.</summary>
    public void Halve(LumaLevel larger)
    {
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<float> upper = larger.Row(Math.Min(2 * y, larger.Height - 1));
            ReadOnlySpan<float> lower = larger.Row(Math.Min((2 * y) + 1, larger.Height - 1));
            Span<float> row = Row(y);
            for (int x = 0; x < width; x++)
            {
                int right = Math.Min((2 * x) + 1, larger.Width - 1);
                row[x] = (upper[2 * x] + upper[right] + lower[2 * x] + lower[right]) / 4;
            }
        }

        Extend();
    }
}

/// <summary>A picture's brightness in sizes that halve, the largest small enough for motion to be found quickly. For one thread.</summary>
internal sealed unsafe class LumaPyramid
{
    // Half of 854 × 480: finer motion than half a pixel is found between its pixels anyway.
    private const int MaxSide = 480;
    private const int MinSide = 24;

    private readonly LumaLevel[] _levels;

    public LumaPyramid(int width, int height)
    {
        Scale = Math.Max(width, height) > MaxSide ? 2 : 1;
        var levels = new List<LumaLevel> { new((width + Scale - 1) / Scale, (height + Scale - 1) / Scale) };
        while (Math.Min(levels[^1].Width, levels[^1].Height) >= 2 * MinSide)
        {
            levels.Add(new LumaLevel((levels[^1].Width + 1) / 2, (levels[^1].Height + 1) / 2));
        }

        _levels = [.. levels];
    }

    /// <summary>How many of the picture's pixels are one of the largest level's.</summary>
    public int Scale { get; }

    public int Count => _levels.Length;

    public LumaLevel this[int level] => _levels[level];

    public void Read(Picture picture)
    {
        LumaLevel first = _levels[0];
        for (int y = 0; y < first.Height; y++)
        {
            Span<float> row = first.Row(y);
            ReadOnlySpan<byte> upper = picture.RowY(y * Scale);
            ReadOnlySpan<byte> lower = picture.RowY(Math.Min((y * Scale) + 1, picture.Height - 1));
            if (Scale == 1)
            {
                for (int x = 0; x < row.Length; x++)
                {
                    row[x] = upper[x];
                }

                continue;
            }

            for (int x = 0; x < row.Length; x++)
            {
                int right = Math.Min((2 * x) + 1, picture.Width - 1);
                row[x] = (upper[2 * x] + upper[right] + lower[2 * x] + lower[right]) * 0.25f;
            }
        }

        first.Extend();
        for (int level = 1; level < _levels.Length; level++)
        {
            _levels[level].Halve(_levels[level - 1]);
        }
    }
}
