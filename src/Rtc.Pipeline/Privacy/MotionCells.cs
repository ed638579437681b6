using Rtc.Media;
using Rtc.Pipeline.Decoding;

namespace Rtc.Pipeline.Privacy;

/// <summary>
/// Two small pictures compared cell by cell, and the boxes around those cells that changed. A cell that changed counts for
/// a moment longer, so that who stops is not shown at once. Owned by <see cref="MotionWatch"/>.
/// </summary>
internal sealed class MotionCells
{
    /// <summary>Pixels of the small picture in a side of a cell.</summary>
    private const int Side = 4;

    /// <summary>Noise, and what a codec makes of it, stays below.</summary>
    private const int MinLuma = 12;
    private const int MinChroma = 12;
    private const int MinChangedPixels = 3;

    /// <summary>Where more of the picture has changed than this the camera may have moved.</summary>
    private const double CameraMoves = 0.12;

    /// <summary>A cell that moved by parts of a pixel differs by this and by so much of its contrast, in the mean.</summary>
    private const int MinShiftedLuma = 8;
    private const int ShareOfContrast = 3;

    /// <summary>The camera's motion is looked for within so many pixels of the small picture.</summary>
    private const int MaxShift = 6;
    private const int ShiftStride = 4;

    private const long HoldTicks = MediaTimeline.TicksPerSecond * 2 / 5;
    private const int MaxBoxes = 24;

    /// <summary>Cells between two that belong together: a body may be of one colour within its outline.</summary>
    private const int MaxGap = 2;

    /// <summary>Boxes over more of the picture than this are as good as all of it.</summary>
    private const double MostOfAll = 0.6;

    private readonly int[] _histogram = new int[511];
    private readonly List<CellBox> _boxes = [];
    private int _columns;
    private int _rows;
    private double _scaleX;
    private double _scaleY;
    private int _unexplained;
    private int _rimX;
    private int _rimY;
    private bool[] _explained = [];
    private bool[] _found = [];
    private bool[] _changed = [];
    private long[] _until = [];

    /// <summary>Another camera, or another size: what is held is of no use.</summary>
    public void Reset() => _until.AsSpan().Fill(long.MinValue);

    /// <param name="small">The small copy of the picture on hand.</param>
    /// <param name="width">The picture's own.</param>
    /// <param name="height">The picture's own.</param>
    /// <param name="explained">Where motion has a reason, in the picture's pixels.</param>
    public void Begin(Picture small, int width, int height, ReadOnlySpan<RectF> explained)
    {
        (_columns, _rows) = ((small.Width + Side - 1) / Side, (small.Height + Side - 1) / Side);
        (_scaleX, _scaleY) = (Side * (double)width / small.Width, Side * (double)height / small.Height);
        if (_until.Length != _columns * _rows)
        {
            _explained = new bool[_columns * _rows];
            _found = new bool[_columns * _rows];
            _changed = new bool[_columns * _rows];
            _until = new long[_columns * _rows];
            Reset();
        }

        (_rimX, _rimY) = (0, 0);
        Array.Clear(_changed);
        Array.Clear(_explained);
        foreach (RectF box in explained)
        {
            // Cells that lie in it as a whole: a strip of somebody beside it would do.
            int left = Math.Max(0, (int)Math.Ceiling(box.Left / _scaleX));
            int right = Math.Min(_columns, (int)Math.Floor(box.Right / _scaleX)) - 1;
            int bottom = Math.Min(_rows, (int)Math.Floor(box.Bottom / _scaleY)) - 1;
            for (int row = Math.Max(0, (int)Math.Ceiling(box.Top / _scaleY)); row <= bottom && left <= right; row++)
            {
                _explained.AsSpan((row * _columns) + left, right - left + 1).Fill(true);
            }
        }

        _unexplained = _explained.AsSpan().Count(false);
    }

    /// <summary>The share of the unexplained cells that changed since <paramref name="then"/>; they add up over several calls.</summary>
    public double Compare(Picture now, Picture then)
    {
        int drift = Drift(now, then);
        int changed = 0;
        for (int cell = 0; cell < _explained.Length; cell++)
        {
            _found[cell] = !_explained[cell] && Differs(now, then, cell % _columns * Side, cell / _columns * Side, drift);
            changed += _found[cell] ? 1 : 0;
        }

        if (changed > CameraMoves * _unexplained)
        {
            changed = CompareShifted(now, then, drift);
        }

        for (int cell = 0; cell < _changed.Length; cell++)
        {
            _changed[cell] |= _found[cell];
        }

        return changed / (double)Math.Max(1, _unexplained);
    }

    /// <summary>The same where the camera moved: each cell is looked for where the rest of the picture went, and close around.</summary>
    private int CompareShifted(Picture now, Picture then, int drift)
    {
        (int shiftX, int shiftY) = Shift(now, then, drift);
        _rimX = Math.Abs(shiftX) > Math.Abs(_rimX) ? shiftX : _rimX;
        _rimY = Math.Abs(shiftY) > Math.Abs(_rimY) ? shiftY : _rimY;
        int changed = 0;
        for (int cell = 0; cell < _explained.Length; cell++)
        {
            _found[cell] = !_explained[cell] && DiffersAround(now, then, cell % _columns * Side, cell / _columns * Side, shiftX, shiftY, drift);
            changed += _found[cell] ? 1 : 0;
        }

        return changed;
    }

    /// <summary>Boxes around what changed or did a moment ago, in the picture's pixels; false where they would cover nearly all of it.</summary>
    public bool TryOutline(long ticks, List<RectF> into)
    {
        _boxes.Clear();
        for (int cell = 0; cell < _changed.Length; cell++)
        {
            if (_changed[cell])
            {
                _until[cell] = ticks + HoldTicks;
            }

            if (_until[cell] >= ticks && _until[cell] - ticks <= HoldTicks && !_explained[cell] && !Join(cell % _columns, cell / _columns))
            {
                return false;
            }
        }

        while (MergeOnce())
        {
        }

        int covered = 0;
        foreach (CellBox box in _boxes)
        {
            if (box.Cells > 1)
            {
                CellBox wide = new(Math.Max(0, box.Left - 1), Math.Max(0, box.Top - 1), Math.Min(_columns, box.Right + 1), Math.Min(_rows, box.Bottom + 1), 0);
                covered += (wide.Right - wide.Left) * (wide.Bottom - wide.Top);
                into.Add(new RectF((float)(wide.Left * _scaleX), (float)(wide.Top * _scaleY), (float)(wide.Right * _scaleX), (float)(wide.Bottom * _scaleY)));
            }
        }

        AddRim(into);
        return covered <= MostOfAll * _changed.Length;
    }

    /// <summary>What came into the picture as the camera turned: nobody has looked at it yet.</summary>
    private void AddRim(List<RectF> into)
    {
        float width = (float)(_columns * _scaleX);
        float height = (float)(_rows * _scaleY);
        float x = (float)((Math.Abs(_rimX) + 1) * _scaleX / Side);
        float y = (float)((Math.Abs(_rimY) + 1) * _scaleY / Side);
        if (_rimX != 0)
        {
            into.Add(_rimX > 0 ? new RectF(width - x, 0, width, height) : new RectF(0, 0, x, height));
        }

        if (_rimY != 0)
        {
            into.Add(_rimY > 0 ? new RectF(0, height - y, width, height) : new RectF(0, 0, width, y));
        }
    }

    private bool Join(int x, int y)
    {
        var cell = new CellBox(x, y, x + 1, y + 1, 1);
        for (int i = 0; i < _boxes.Count; i++)
        {
            if (_boxes[i].Gap(cell) <= MaxGap)
            {
                _boxes[i] = _boxes[i].With(cell);
                return true;
            }
        }

        _boxes.Add(cell);
        return _boxes.Count <= MaxBoxes;
    }

    private bool MergeOnce()
    {
        for (int i = 0; i < _boxes.Count; i++)
        {
            for (int k = _boxes.Count - 1; k > i; k--)
            {
                if (_boxes[i].Gap(_boxes[k]) <= MaxGap)
                {
                    _boxes[i] = _boxes[i].With(_boxes[k]);
                    _boxes.RemoveAt(k);
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>The middle one of all differences: what exposure did to the whole picture.</summary>
    private int Drift(Picture now, Picture then)
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

    private static bool Differs(Picture now, Picture then, int left, int top, int drift)
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
    private static bool DiffersAround(Picture now, Picture then, int left, int top, int shiftX, int shiftY, int drift)
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

    private static int Difference(Picture now, Picture then, int left, int top, int right, int bottom, int halvesX, int halvesY, int drift)
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
    private static (int X, int Y) Shift(Picture now, Picture then, int drift)
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

    private readonly record struct CellBox(int Left, int Top, int Right, int Bottom, int Cells)
    {
        public int Gap(in CellBox other) => Math.Max(
            Math.Max(other.Left - Right, Left - other.Right), Math.Max(other.Top - Bottom, Top - other.Bottom));

        public CellBox With(in CellBox other) => new(
            Math.Min(Left, other.Left), Math.Min(Top, other.Top), Math.Max(Right, other.Right), Math.Max(Bottom, other.Bottom), Cells + other.Cells);
    }
}
