using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Masks;

/// <summary>
/// What an object looks like: which colours it has, and a small picture of it to look for it by once it was lost. For one object
/// and one thread.
/// </summary>
internal sealed class Appearance
{
    private const int Bins = 8;
    private const int BinShift = 5;
    private const float Renewal = 0.08f;

    // Small enough to be looked for in the whole picture.
    private const int SearchSide = 160;
    private const int MaxTemplate = 28;

    // Mean difference of the three planes, in levels, and beside the usual one elsewhere in the picture.
    private const float MaxDifference = 22;
    private const float MaxOfUsual = 0.55f;

    private readonly float[] _colours = new float[Bins * Bins * Bins];
    private readonly float[] _seen = new float[Bins * Bins * Bins];
    private bool _isKnown;
    private byte[] _template = [];
    private byte[] _templateMask = [];
    private int _templateWidth;
    private int _templateHeight;
    private RectF _templateBox;
    private int _factor = 1;

    /// <summary>Share of colours that the mask's pixels have in common with the object's, 0 to 1.</summary>
    public float Likeness(Picture picture, ClipMask mask)
    {
        if (!_isKnown)
        {
            return 1;
        }

        Count(picture, mask, _seen);
        float shared = 0;
        for (int i = 0; i < _seen.Length; i++)
        {
            shared += MathF.Sqrt(_seen[i] * _colours[i]);
        }

        return shared;
    }

    /// <summary>It was surely seen: its colours are followed slowly, its picture is kept.</summary>
    public void Learn(Picture picture, ClipMask mask)
    {
        Count(picture, mask, _seen);
        float share = _isKnown ? Renewal : 1;
        for (int i = 0; i < _seen.Length; i++)
        {
            _colours[i] += (_seen[i] - _colours[i]) * share;
        }

        _isKnown = true;
        Keep(picture, mask);
    }

    /// <summary>Where in the picture something looks just like it: by how much what was last seen has moved; null: nowhere.</summary>
    public (float X, float Y)? Find(Picture picture)
    {
        int factor = _factor;
        (int width, int height) = (picture.Width / factor, picture.Height / factor);
        if (_template.Length == 0 || _templateWidth > width || _templateHeight > height)
        {
            return null;
        }

        byte[] small = Shrink(picture, factor, width, height);
        float best = float.MaxValue;
        double sum = 0;
        int count = 0;
        (int X, int Y) at = default;
        for (int y = 0; y + _templateHeight <= height; y++)
        {
            for (int x = 0; x + _templateWidth <= width; x++)
            {
                float difference = Difference(small, width, height, x, y);
                sum += difference;
                count++;
                if (difference < best)
                {
                    (best, at) = (difference, (x, y));
                }
            }
        }

        return best < MaxDifference && best < MaxOfUsual * sum / count
            ? ((at.X * factor) - _templateBox.Left, (at.Y * factor) - _templateBox.Top)
            : null;
    }

    private float Difference(byte[] small, int width, int height, int x, int y)
    {
        int plane = width * height;
        int templatePlane = _templateWidth * _templateHeight;
        int sum = 0;
        int count = 0;
        for (int ty = 0; ty < _templateHeight; ty++)
        {
            int row = ((y + ty) * width) + x;
            int template = ty * _templateWidth;
            for (int tx = 0; tx < _templateWidth; tx++)
            {
                if (_templateMask[template + tx] == 0)
                {
                    continue;
                }

                sum += Math.Abs(small[row + tx] - _template[template + tx])
                    + Math.Abs(small[plane + row + tx] - _template[templatePlane + template + tx])
                    + Math.Abs(small[(2 * plane) + row + tx] - _template[(2 * templatePlane) + template + tx]);
                count++;
            }
        }

        return count == 0 ? float.MaxValue : (float)sum / count;
    }

    private void Keep(Picture picture, ClipMask mask)
    {
        if (mask.Bounds() is not { } bounds)
        {
            return;
        }

        float largest = Math.Max(bounds.Width, bounds.Height);
        int factor = _factor = Math.Max(
            Math.Max(1, Math.Max(picture.Width, picture.Height) / SearchSide), (int)MathF.Ceiling(largest / MaxTemplate));
        (int width, int height) = (picture.Width / factor, picture.Height / factor);
        int left = Math.Min((int)bounds.Left / factor, width - 1);
        int top = Math.Min((int)bounds.Top / factor, height - 1);
        _templateWidth = Math.Clamp((int)MathF.Ceiling(bounds.Width / factor), 1, width - left);
        _templateHeight = Math.Clamp((int)MathF.Ceiling(bounds.Height / factor), 1, height - top);
        _templateBox = new RectF(left * factor, top * factor, (left + _templateWidth) * factor, (top + _templateHeight) * factor);
        int places = _templateWidth * _templateHeight;
        if (_templateMask.Length < places)
        {
            (_template, _templateMask) = (new byte[3 * places], new byte[places]);
        }

        for (int y = 0; y < _templateHeight; y++)
        {
            for (int x = 0; x < _templateWidth; x++)
            {
                int at = (y * _templateWidth) + x;
                (int px, int py) = ((left + x) * factor, (top + y) * factor);
                _templateMask[at] = mask.IsInside(px + (factor / 2), py + (factor / 2)) ? (byte)1 : (byte)0;
                (_template[at], _template[places + at], _template[(2 * places) + at]) = Mean(picture, px, py, factor);
            }
        }
    }

    private static byte[] Shrink(Picture picture, int factor, int width, int height)
    {
        byte[] small = new byte[3 * width * height];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int at = (y * width) + x;
                (small[at], small[(width * height) + at], small[(2 * width * height) + at]) = Mean(picture, x * factor, y * factor, factor);
            }
        }

        return small;
    }

    private static (byte Y, byte U, byte V) Mean(Picture picture, int left, int top, int factor)
    {
        int sum = 0;
        for (int y = top; y < top + factor; y++)
        {
            foreach (byte level in picture.RowY(y).Slice(left, factor))
            {
                sum += level;
            }
        }

        (int u, int v, int count) = (0, 0, 0);
        for (int y = top / 2; y <= (top + factor - 1) / 2; y++)
        {
            for (int x = left / 2; x <= (left + factor - 1) / 2; x++)
            {
                u += picture.RowU(y)[x];
                v += picture.RowV(y)[x];
                count++;
            }
        }

        return ((byte)(sum / (factor * factor)), (byte)(u / count), (byte)(v / count));
    }

    private static void Count(Picture picture, ClipMask mask, float[] into)
    {
        Array.Clear(into);
        int count = 0;
        for (int y = 0; y < picture.Height; y += 2)
        {
            ReadOnlySpan<byte> inside = mask.Row(y);
            ReadOnlySpan<byte> luma = picture.RowY(y);
            ReadOnlySpan<byte> u = picture.RowU(y / 2);
            ReadOnlySpan<byte> v = picture.RowV(y / 2);
            for (int x = 0; x < inside.Length; x += 2)
            {
                if (inside[x] >= ClipMask.Inside)
                {
                    into[(((luma[x] >> BinShift) * Bins) + (Chroma(u[x / 2]) >> BinShift)) * Bins + (Chroma(v[x / 2]) >> BinShift)]++;
                    count++;
                }
            }
        }

        for (int i = 0; count > 0 && i < into.Length; i++)
        {
            into[i] /= count;
        }

        // Colours lie near the middle of the chroma planes.
        static int Chroma(byte level) => Math.Clamp(128 + ((level - 128) * 2), 0, 255);
    }
}
