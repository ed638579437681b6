using System.Globalization;
using System.Text;
using Rtc.Media;

namespace Rtc.Analysis.Looking;

/// <summary>Outlines as counts of equal pixels of the whole picture, row by row, beginning with those outside: "3,5,10".</summary>
internal static class MaskRle
{
    private const int Inside = 128;

    /// <summary>The mask stretched over its region, bilinear, and cut at half.</summary>
    public static string Write(Mask mask, int width, int height, out long area)
    {
        RectF region = mask.Region;
        int left = Math.Clamp((int)MathF.Floor(region.Left), 0, width);
        int right = Math.Clamp((int)MathF.Ceiling(region.Right), left, width);
        int top = Math.Clamp((int)MathF.Floor(region.Top), 0, height);
        int bottom = Math.Clamp((int)MathF.Ceiling(region.Bottom), top, height);
        var runs = new Runs();
        area = 0;
        runs.Add(false, (long)top * width);
        for (int y = top; y < bottom; y++)
        {
            float my = Math.Clamp(((y + 0.5f - region.Top) / region.Height * mask.Height) - 0.5f, 0, mask.Height - 1);
            int upper = (int)my;
            ReadOnlySpan<byte> above = mask.Row(upper);
            ReadOnlySpan<byte> below = mask.Row(Math.Min(upper + 1, mask.Height - 1));
            runs.Add(false, left);
            for (int x = left; x < right; x++)
            {
                float mx = Math.Clamp(((x + 0.5f - region.Left) / region.Width * mask.Width) - 0.5f, 0, mask.Width - 1);
                int column = (int)mx;
                int next = Math.Min(column + 1, mask.Width - 1);
                float first = above[column] + ((above[next] - above[column]) * (mx - column));
                float second = below[column] + ((below[next] - below[column]) * (mx - column));
                bool isInside = first + ((second - first) * (my - upper)) >= Inside;
                area += isInside ? 1 : 0;
                runs.Add(isInside, 1);
            }

            runs.Add(false, width - right);
        }

        runs.Add(false, (long)(height - bottom) * width);
        return runs.ToString();
    }

    /// <summary>Fills a picture of zeros with ones where the outline is; false where the counts are not those of that picture.</summary>
    public static bool TryRead(string rle, Span<byte> pixels)
    {
        int at = 0;
        bool isInside = false;
        foreach (Range part in rle.AsSpan().Split(','))
        {
            if (!int.TryParse(rle.AsSpan()[part], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                || count > pixels.Length - at)
            {
                return false;
            }

            pixels.Slice(at, count).Fill(isInside ? (byte)1 : (byte)0);
            at += count;
            isInside = !isInside;
        }

        return at == pixels.Length;
    }

    private struct Runs()
    {
        private readonly StringBuilder _text = new();
        private bool _isInside;
        private long _count;

        public void Add(bool isInside, long count)
        {
            if (count == 0)
            {
                return;
            }

            if (isInside != _isInside)
            {
                _text.Append(CultureInfo.InvariantCulture, $"{_count},");
                (_isInside, _count) = (isInside, 0);
            }

            _count += count;
        }

        public override readonly string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_text}{_count}");
    }
}
