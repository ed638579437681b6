using Rtc.Media;
using Rtc.Pipeline.Decoding;

namespace Rtc.Pipeline.Privacy;

/// <summary>
/// Two small pictures compared cell by cell, and the boxes around those cells that changed. A cell that changed counts for
/// a moment longer, so that a person who stops is not shown at once. Owned by <see cref="MotionWatch"/>.
/// </summary>
internal sealed class MotionCells
{
    private const int Side = CellMatch.Side;

    /// <summary>Where more of the picture has changed than this the camera may have moved.</summary>
    private const double CameraMoves = 0.12;

    private const long HoldTicks = MediaTimeline.TicksPerSecond * 2 / 5;
    private const int MaxBoxes = 24;

    /// <summary>Cells between two that belong together: a body may be of one colour within its outline.</summary>
    private const int MaxGap = 2;

    /// <summary>Boxes over more of the picture than this are as good as all of it.</summary>
    private const double MaxCovered = 0.6;

    private readonly CellMatch _match = new();
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
            // Only cells that lie in it as a whole: one half outside may hold a strip of a person beside it.
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
        int drift = _match.Drift(now, then);
        int changed = 0;
        for (int cell = 0; cell < _explained.Length; cell++)
        {
            _found[cell] = !_explained[cell]
                && CellMatch.Differs(now, then, cell % _columns * Side, cell / _columns * Side, drift);
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
        (int shiftX, int shiftY) = CellMatch.Shift(now, then, drift);
        _rimX = Math.Abs(shiftX) > Math.Abs(_rimX) ? shiftX : _rimX;
        _rimY = Math.Abs(shiftY) > Math.Abs(_rimY) ? shiftY : _rimY;
        int changed = 0;
        for (int cell = 0; cell < _explained.Length; cell++)
        {
            _found[cell] = !_explained[cell]
                && CellMatch.DiffersAround(now, then, cell % _columns * Side, cell / _columns * Side, shiftX, shiftY, drift);
            changed += _found[cell] ? 1 : 0;
        }

        return changed;
    }

    /// <summary>Boxes around what changed lately, in the picture's pixels; false where they would cover nearly all of it.</summary>
    public bool TryOutline(long ticks, List<RectF> into)
    {
        _boxes.Clear();
        for (int cell = 0; cell < _changed.Length; cell++)
        {
            if (_changed[cell])
            {
                _until[cell] = ticks + HoldTicks;
            }

            bool isHeld = _until[cell] >= ticks && _until[cell] - ticks <= HoldTicks;
            if (isHeld && !_explained[cell] && !Join(cell % _columns, cell / _columns))
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
                (int left, int right) = (Math.Max(0, box.Left - 1), Math.Min(_columns, box.Right + 1));
                (int top, int bottom) = (Math.Max(0, box.Top - 1), Math.Min(_rows, box.Bottom + 1));
                covered += (right - left) * (bottom - top);
                into.Add(new RectF((float)(left * _scaleX), (float)(top * _scaleY), (float)(right * _scaleX), (float)(bottom * _scaleY)));
            }
        }

        AddRim(into);
        return covered <= MaxCovered * _changed.Length;
    }

    /// <summary>What came into the picture as the camera turned: no detection has seen it yet.</summary>
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

    private readonly record struct CellBox(int Left, int Top, int Right, int Bottom, int Cells)
    {
        public int Gap(in CellBox other) => Math.Max(
            Math.Max(other.Left - Right, Left - other.Right), Math.Max(other.Top - Bottom, Top - other.Bottom));

        public CellBox With(in CellBox other) => new(
            Math.Min(Left, other.Left),
            Math.Min(Top, other.Top),
            Math.Max(Right, other.Right),
            Math.Max(Bottom, other.Bottom),
            Cells + other.Cells);
    }
}
