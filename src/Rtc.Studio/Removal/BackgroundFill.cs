using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Removal;

/// <summary>
/// Fills the hole in one picture: each pixel is the median of what the sources nearest in time show there, what none shows comes from
/// a picture that was completed before, and along the rim the fill is made to meet what is around it. For one clip and one thread.
/// </summary>
internal sealed unsafe class BackgroundFill(CameraMotion motion, IReadOnlyList<BackgroundSource> sources)
{
    private const int MaxValues = 9;
    private const int MaxSources = 12;
    private const int Around = 22;
    private const int Rim = 3;

    // A source that shows less of what is still open is not worth aligning.
    private const float MinShown = 0.02f;
    private const int ShownStep = 6;

    // By what part a source is worth less for each picture that it is further away.
    private const double Farness = 0.01;

    // A rim that differs by more shows what is left of the object, not a change of light.
    private const float MaxRimDifference = 18;

    private readonly List<BackgroundSource> _completed = [];
    private byte[] _values = [];
    private byte[] _counts = [];
    private float[] _fill = [];
    private float[] _differences = [];
    private float[] _weights = [];
    private RectF _region;
    private int _left;
    private int _top;
    private int _width;
    private int _height;

    /// <summary>Pictures without holes, for what no source shows; whoever made one owns it.</summary>
    public void AddCompleted(BackgroundSource source) => _completed.Add(source);

    /// <summary>How many pixels of the hole no source and no completed picture shows, on a coarse grid.</summary>
    public int CountUnseen(int frame, ClipMask hole)
    {
        if (hole.Bounds() is not { } bounds)
        {
            return 0;
        }

        int unseen = 0;
        foreach ((int x, int y) in Grid(bounds, hole))
        {
            if (!sources.Concat(_completed).Any(source => IsShown(source, motion.Between(frame, source.Frame), x, y)))
            {
                unseen++;
            }
        }

        return unseen;
    }

    /// <summary>Fills the picture's hole in place; the pixels that nothing shows are left, and marked in the answer.</summary>
    public byte[]? Fill(int frame, Picture picture, ClipMask hole)
    {
        if (hole.Bounds() is not { } bounds)
        {
            return null;
        }

        Begin(picture, bounds);
        (BackgroundSource, LocalAlignment)[] aligned = Align(frame, picture, hole, bounds, sources, MaxSources);
        byte[]? open = FillPlane(picture.Y, picture.StrideY, hole, aligned, 1, 0, null);
        (BackgroundSource, LocalAlignment)[] completed =
            open is null ? [] : Align(frame, picture, hole, bounds, _completed, _completed.Count);
        if (completed.Length > 0)
        {
            open = FillPlane(picture.Y, picture.StrideY, hole, completed, 1, 0, open);
        }

        for (int plane = 1; plane <= 2; plane++)
        {
            byte* first = plane == 1 ? picture.U : picture.V;
            byte[]? openChroma = FillPlane(first, picture.StrideUV, hole, aligned, 2, plane, null);
            if (openChroma is not null && completed.Length > 0)
            {
                FillPlane(first, picture.StrideUV, hole, completed, 2, plane, openChroma);
            }
        }

        return open is null ? null : Whole(picture, open);
    }

    private void Begin(Picture picture, in RectF bounds)
    {
        // On even pixels, so that chroma's places belong to luma's.
        _region = new RectF(bounds.Left - Around, bounds.Top - Around, bounds.Right + Around, bounds.Bottom + Around)
            .ClipTo(picture.Width, picture.Height);
        _left = (int)Math.Max(0, bounds.Left - (2 * Rim)) & ~1;
        _top = (int)Math.Max(0, bounds.Top - (2 * Rim)) & ~1;
        _width = Math.Min(picture.Width, (int)bounds.Right + (2 * Rim)) - _left;
        _height = Math.Min(picture.Height, (int)bounds.Bottom + (2 * Rim)) - _top;
        int places = _width * _height;
        if (_counts.Length < places)
        {
            (_values, _counts) = (new byte[places * MaxValues], new byte[places]);
            (_fill, _differences, _weights) = (new float[places], new float[places], new float[places]);
        }
    }

    /// <summary>
    /// Those that together show most of what is open, and of two that show as much the nearer in time: what only a far one shows is not
    /// left to those in between that show a little of the rest.
    /// </summary>
    private (BackgroundSource Source, LocalAlignment At)[] Align(
        int frame, Picture picture, ClipMask hole, in RectF bounds, IReadOnlyList<BackgroundSource> from, int most)
    {
        (int X, int Y)[] points = [.. Grid(bounds, hole)];
        int[] seen = new int[points.Length];
        List<(BackgroundSource Source, bool[] Shows)> left = [.. from.Select(source => (source, ShownBy(source, frame, points)))];
        var aligned = new List<(BackgroundSource Source, LocalAlignment At)>();
        while (aligned.Count < most && left.Count > 0)
        {
            (int best, double bestWorth) = (-1, MinShown * points.Length / (MaxValues * MaxValues));
            for (int i = 0; i < left.Count; i++)
            {
                double worth = Worth(left[i].Shows, seen) / (1 + (Math.Abs(left[i].Source.Frame - frame) * Farness));
                (best, bestWorth) = worth > bestWorth ? (i, worth) : (best, bestWorth);
            }

            if (best < 0)
            {
                break;
            }

            BackgroundSource source = left[best].Source;
            left.RemoveAt(best);
            LocalAlignment at = LocalAlignment.Find(picture, hole, _region, source, motion.Between(frame, source.Frame));
            aligned.Add((source, at));
            for (int i = 0; i < points.Length; i++)
            {
                (float x, float y) = at.Map(points[i].X, points[i].Y);
                seen[i] += source.Shows(x, y) ? 1 : 0;
            }
        }

        // A place has room for a few values: the nearest come first.
        return [.. aligned.OrderBy(one => Math.Abs(one.Source.Frame - frame))];
    }

    private bool[] ShownBy(BackgroundSource source, int frame, (int X, int Y)[] points)
    {
        Homography way = motion.Between(frame, source.Frame);
        return Array.ConvertAll(points, point => IsShown(source, way, point.X, point.Y));
    }

    /// <summary>The first value of a place is worth as much as the next ones together.</summary>
    private static double Worth(bool[] shows, int[] seen)
    {
        double worth = 0;
        for (int i = 0; i < seen.Length; i++)
        {
            worth += shows[i] && seen[i] < MaxValues ? 1.0 / ((1 + seen[i]) * (1 + seen[i])) : 0;
        }

        return worth;
    }

    private static IEnumerable<(int X, int Y)> Grid(RectF bounds, ClipMask hole)
    {
        int step = Math.Max(2, Math.Min(ShownStep, (int)Math.Min(bounds.Width, bounds.Height) / 3));
        for (int y = (int)bounds.Top; y < (int)bounds.Bottom; y += step)
        {
            for (int x = (int)bounds.Left; x < (int)bounds.Right; x += step)
            {
                if (hole.IsInside(x, y))
                {
                    yield return (x, y);
                }
            }
        }
    }

    private static bool IsShown(BackgroundSource source, in Homography way, int x, int y)
    {
        (double sx, double sy) = way.Map(x, y);
        return source.Shows((float)sx, (float)sy);
    }

    /// <summary>Fills one plane; only what is open, where that is given. What stays open is answered.</summary>
    private byte[]? FillPlane(
        byte* first, int stride, ClipMask hole, (BackgroundSource Source, LocalAlignment At)[] aligned, int scale, int plane, byte[]? only)
    {
        (int left, int top) = (_left / scale, _top / scale);
        int width = (_width + scale - 1) / scale;
        int height = (_height + scale - 1) / scale;
        Array.Clear(_counts, 0, width * height);
        foreach ((BackgroundSource source, LocalAlignment at) in aligned)
        {
            Gather(source, at, left, top, width, height, scale, plane, only);
        }

        Array.Clear(_differences, 0, width * height);
        Array.Clear(_weights, 0, width * height);
        byte[]? open = null;
        for (int y = 0; y < height; y++)
        {
            byte* row = first + ((long)(top + y) * stride) + left;
            for (int x = 0; x < width; x++)
            {
                int i = (y * width) + x;
                bool isHole = IsHole(hole, left + x, top + y, scale);
                if (_counts[i] == 0)
                {
                    if (isHole && only?[i] != 0)
                    {
                        open ??= new byte[width * height];
                        open[i] = 1;
                    }

                    continue;
                }

                _fill[i] = Median(i);
                if (!isHole && Math.Abs(row[x] - _fill[i]) < MaxRimDifference && IsRim(hole, left + x, top + y, scale))
                {
                    _differences[i] = row[x] - _fill[i];
                    _weights[i] = 1;
                }
            }
        }

        Membrane.Spread(_differences, _weights, width, height);
        for (int y = 0; y < height; y++)
        {
            byte* row = first + ((long)(top + y) * stride) + left;
            for (int x = 0; x < width; x++)
            {
                int i = (y * width) + x;
                if (_counts[i] > 0 && only?[i] != 0 && IsHole(hole, left + x, top + y, scale))
                {
                    row[x] = (byte)Math.Clamp((int)MathF.Round(_fill[i] + _differences[i]), 0, 255);
                }
            }
        }

        return open;
    }

    private void Gather(
        BackgroundSource source, LocalAlignment at, int left, int top, int width, int height, int scale, int plane, byte[]? only)
    {
        float offset = scale == 1 ? 0 : 0.5f;
        byte* chroma = plane == 1 ? source.Picture.U : source.Picture.V;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                int i = (y * width) + x;
                if (_counts[i] == MaxValues)
                {
                    continue;
                }

                (float sx, float sy) = at.Map(((left + x) * scale) + offset, ((top + y) * scale) + offset);
                if (source.Shows(sx, sy))
                {
                    float value = plane == 0 ? source.Luma(sx, sy) : source.Chroma(chroma, sx, sy);
                    _values[(i * MaxValues) + _counts[i]++] = (byte)Math.Clamp((int)(value + 0.5f), 0, 255);
                }
            }
        }
    }

    private float Median(int place)
    {
        Span<byte> values = _values.AsSpan(place * MaxValues, _counts[place]);
        for (int i = 1; i < values.Length; i++)
        {
            for (int k = i; k > 0 && values[k] < values[k - 1]; k--)
            {
                (values[k], values[k - 1]) = (values[k - 1], values[k]);
            }
        }

        int middle = values.Length / 2;
        return values.Length % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2f;
    }

    private static bool IsHole(ClipMask hole, int x, int y, int scale) => scale == 1
        ? hole.IsInside(x, y)
        : hole.IsInside(2 * x, 2 * y) || hole.IsInside((2 * x) + 1, 2 * y) || hole.IsInside(2 * x, (2 * y) + 1)
            || hole.IsInside((2 * x) + 1, (2 * y) + 1);

    /// <summary>Within a few pixels of the hole.</summary>
    private static bool IsRim(ClipMask hole, int x, int y, int scale)
    {
        (int px, int py) = (x * scale, y * scale);
        int reach = Rim * scale;
        return hole.IsInside(px - reach, py) || hole.IsInside(px + reach, py) || hole.IsInside(px, py - reach)
            || hole.IsInside(px, py + reach) || hole.IsInside(px - Rim, py - Rim) || hole.IsInside(px + Rim, py - Rim)
            || hole.IsInside(px - Rim, py + Rim) || hole.IsInside(px + Rim, py + Rim);
    }

    private byte[] Whole(Picture picture, byte[] open)
    {
        byte[] whole = new byte[picture.Width * picture.Height];
        for (int y = 0; y < _height; y++)
        {
            open.AsSpan(y * _width, _width).CopyTo(whole.AsSpan(((_top + y) * picture.Width) + _left));
        }

        return whole;
    }
}
