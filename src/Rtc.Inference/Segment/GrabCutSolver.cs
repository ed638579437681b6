using System.Runtime.CompilerServices;
using Rtc.Media;

namespace Rtc.Inference.Segment;

/// <summary>
/// The arithmetic of GrabCut on one small picture: unary terms from the colours and from where a pixel
/// lies, pairwise terms by contrast, a cut, and the mixtures fitted again. Memory is kept between pictures.
/// </summary>
internal sealed class GrabCutSolver
{
    // Rother's γ: the weight of a link between neighbours of equal colour, against unary terms of a few units.
    private const float LinkWeight = 16f;
    private const float Certain = 1000f;

    // How far the place in the box counts beside the colour.
    private const float PlaceWeight = 2.2f;

    // A single colour's verdict is not allowed to outweigh everything around it.
    private const float MaxEvidence = 8f;
    private const float Diagonal = 0.70710678f;

    private readonly GridCut _cut = new();
    private readonly ColourMixture _subject = new();
    private readonly ColourMixture _surroundings = new();
    private float[] _colours = [];
    private float[] _place = [];
    private float[] _links = [];
    private byte[] _inside = [];
    private byte[] _outside = [];
    private int[] _stack = [];
    private int _width;
    private int _height;
    private RectF _box;

    public void Begin(float[] colours, int width, int height, in RectF box)
    {
        (_colours, _width, _height, _box) = (colours, width, height, box);
        int pixels = width * height;
        if (_place.Length < pixels)
        {
            int room = Math.Max(GrabCutSegmenter.UsualPlaces, pixels + (pixels / 2));
            _place = new float[room];
            _links = new float[room * 4];
            _inside = new byte[room];
            _outside = new byte[room];
            _stack = new int[room];
        }

        MeasureLinks();
    }

    public void StartFromBox()
    {
        for (int y = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++)
            {
                int i = (y * _width) + x;
                float radius = Radius(x, y);
                _place[i] = IsInBox(x, y) ? PlaceWeight * Math.Clamp(1.1f - radius, -1.2f, 0.7f) : -Certain;
                _inside[i] = IsInBox(x, y) && radius < 0.8f ? (byte)1 : (byte)0;
                _outside[i] = !IsInBox(x, y) || radius > 1.2f ? (byte)1 : (byte)0;
            }
        }

        _subject.Start(Red, Green, Blue, Inside);
        _surroundings.Start(Red, Green, Blue, Outside);
    }

    /// <summary>The last outline, moved and stretched as its box was, says where the subject probably is.</summary>
    public void StartFrom(Mask last, in RectF lastBox, in RectF box, in RectF crop)
    {
        for (int y = 0; y < _height; y++)
        {
            float py = crop.Top + ((y + 0.5f) / _height * crop.Height);
            float oldY = lastBox.Top + ((py - box.Top) / box.Height * lastBox.Height);
            int my = (int)MathF.Floor((oldY - last.Region.Top) / last.Region.Height * last.Height);
            for (int x = 0; x < _width; x++)
            {
                float px = crop.Left + ((x + 0.5f) / _width * crop.Width);
                float oldX = lastBox.Left + ((px - box.Left) / box.Width * lastBox.Width);
                int mx = (int)MathF.Floor((oldX - last.Region.Left) / last.Region.Width * last.Width);
                bool known = (uint)mx < (uint)last.Width && (uint)my < (uint)last.Height;
                float alpha = known ? last.Alpha[(my * last.Width) + mx] / 255f : 0;
                int i = (y * _width) + x;
                _place[i] = IsInBox(x, y)
                    ? PlaceWeight * ((0.3f * ((2 * alpha) - 1)) + (0.7f * Math.Clamp(1.1f - Radius(x, y), -1.2f, 0.7f)))
                    : -Certain;
                _inside[i] = alpha > 0.5f && IsInBox(x, y) ? (byte)1 : (byte)0;
                _outside[i] = _inside[i] == 0 ? (byte)1 : (byte)0;
            }
        }

        if (_subject.IsFitted && _surroundings.IsFitted)
        {
            _subject.Refit(Red, Green, Blue, Inside);
            _surroundings.Refit(Red, Green, Blue, Outside);
        }

        if (!_subject.IsFitted || !_surroundings.IsFitted)
        {
            StartFromBox();
        }
    }

    /// <summary>
    /// How far each pixel leans to the subject is known beforehand: what leans surely shapes the mixtures. Where
    /// <paramref name="keepsColours"/> says so the subject's stay what they are, for part of it may be hidden by now.
    /// </summary>
    public void StartFrom(ReadOnlySpan<float> leanings, bool keepsColours)
    {
        for (int i = 0; i < _width * _height; i++)
        {
            _place[i] = leanings[i] <= -PriorCutter.Certain ? -Certain : leanings[i] >= PriorCutter.Certain ? Certain : leanings[i];
            _inside[i] = leanings[i] > PriorCutter.Sure ? (byte)1 : (byte)0;
            _outside[i] = leanings[i] < -PriorCutter.Sure ? (byte)1 : (byte)0;
        }

        if (!keepsColours || !_subject.IsFitted || !_surroundings.IsFitted)
        {
            _subject.Start(Red, Green, Blue, Inside);
            _surroundings.Start(Red, Green, Blue, Outside);
            return;
        }

        _surroundings.Refit(Red, Green, Blue, Outside);
    }

    /// <summary>How well the colours tell what is inside and what is outside, each on average; below 0 they say the opposite.</summary>
    public (float Inside, float Outside) MeanEvidence()
    {
        Span<double> sums = stackalloc double[2];
        Span<int> counts = stackalloc int[2];
        for (int i = 0; i < _width * _height; i++)
        {
            int side = _inside[i] != 0 ? 0 : 1;
            sums[side] += side == 0 ? Evidence(i) : -Evidence(i);
            counts[side]++;
        }

        return ((float)(sums[0] / Math.Max(1, counts[0])), (float)(sums[1] / Math.Max(1, counts[1])));
    }

    /// <summary>How sharply colours change along the outline, 0 to 1; what a wrong outline runs through is flat or busy alike.</summary>
    public float EdgeContrast()
    {
        double sum = 0;
        int count = 0;
        for (int y = 0; y + 1 < _height; y++)
        {
            for (int x = 0; x + 1 < _width; x++)
            {
                int i = (y * _width) + x;
                if (_inside[i] != _inside[i + 1])
                {
                    sum += 1 - (_links[i * 4] / LinkWeight);
                    count++;
                }

                if (_inside[i] != _inside[i + _width])
                {
                    sum += 1 - (_links[(i * 4) + 1] / LinkWeight);
                    count++;
                }
            }
        }

        return count == 0 ? 0 : (float)(sum / count);
    }

    /// <summary>One cut with the mixtures as they are, then the mixtures fitted to what it gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Round()
    {
        if (!_subject.IsFitted || !_surroundings.IsFitted)
        {
            return;
        }

        _cut.Begin(_width, _height);
        for (int y = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++)
            {
                int i = (y * _width) + x;
                float colour = Math.Abs(_place[i]) >= Certain ? 0 : Evidence(i);
                _cut.SetTerminal(x, y, _place[i] + colour);
                if (x + 1 < _width)
                {
                    _cut.Link(x, y, 0, _links[i * 4]);
                }

                if (y + 1 < _height)
                {
                    _cut.Link(x, y, 2, _links[(i * 4) + 1]);
                    if (x + 1 < _width)
                    {
                        _cut.Link(x, y, 4, _links[(i * 4) + 2]);
                    }

                    if (x > 0)
                    {
                        _cut.Link(x, y, 6, _links[(i * 4) + 3]);
                    }
                }
            }
        }

        _cut.Cut();
        for (int y = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++)
            {
                int i = (y * _width) + x;
                _inside[i] = _cut.IsSubject(x, y) ? (byte)1 : (byte)0;
                _outside[i] = (byte)(1 - _inside[i]);
            }
        }

        _subject.Refit(Red, Green, Blue, Inside);
        _surroundings.Refit(Red, Green, Blue, Outside);
    }

    /// <summary>Keeps the largest connected part and whatever is nearly as large; the share of the box that it fills.</summary>
    public float Finish()
    {
        // Parts smaller than this share of the largest are crumbs.
        const float crumb = 0.2f;
        byte next = 2;
        Span<int> sizes = stackalloc int[256];
        int largest = 0;
        for (int i = 0; i < _width * _height && next < 255; i++)
        {
            if (_inside[i] == 1)
            {
                sizes[next] = Flood(i, next);
                largest = Math.Max(largest, sizes[next]);
                next++;
            }
        }

        int kept = 0;
        for (int i = 0; i < _width * _height; i++)
        {
            bool stays = _inside[i] > 1 && sizes[_inside[i]] > crumb * largest;
            _inside[i] = stays ? (byte)1 : (byte)0;
            kept += _inside[i];
        }

        return kept / Math.Max(1, _box.Area);
    }

    /// <summary>The outline with an edge one pixel soft.</summary>
    public void Write(Span<byte> alpha)
    {
        for (int y = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++)
            {
                int sum = 0;
                for (int dy = -1; dy <= 1; dy++)
                {
                    int row = Math.Clamp(y + dy, 0, _height - 1) * _width;
                    int weight = dy == 0 ? 2 : 1;
                    sum += weight * (
                        _inside[row + Math.Max(0, x - 1)] + (2 * _inside[row + x]) + _inside[row + Math.Min(_width - 1, x + 1)]);
                }

                alpha[(y * _width) + x] = (byte)(sum * 255 / 16);
            }
        }
    }

    private ReadOnlySpan<byte> Inside => _inside.AsSpan(0, _width * _height);

    private ReadOnlySpan<byte> Outside => _outside.AsSpan(0, _width * _height);

    private ReadOnlySpan<float> Red => _colours.AsSpan(0, _width * _height);

    private ReadOnlySpan<float> Green => _colours.AsSpan(_width * _height, _width * _height);

    private ReadOnlySpan<float> Blue => _colours.AsSpan(2 * _width * _height, _width * _height);

    private bool IsInBox(int x, int y) => _box.Contains(x + 0.5f, y + 0.5f);

    /// <summary>0 in the box's middle, 1 on the ellipse that fills it.</summary>
    private float Radius(int x, int y)
    {
        float dx = (x + 0.5f - _box.CenterX) / (_box.Width / 2);
        float dy = (y + 0.5f - _box.CenterY) / (_box.Height / 2);
        return MathF.Sqrt((dx * dx) + (dy * dy));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void MeasureLinks()
    {
        double sum = 0;
        int count = 0;
        for (int y = 0; y < _height; y++)
        {
            for (int x = 0; x < _width; x++)
            {
                int i = (y * _width) + x;
                _links[i * 4] = x + 1 < _width ? Difference(i, i + 1) : 0;
                _links[(i * 4) + 1] = y + 1 < _height ? Difference(i, i + _width) : 0;
                _links[(i * 4) + 2] = x + 1 < _width && y + 1 < _height ? Difference(i, i + _width + 1) : 0;
                _links[(i * 4) + 3] = x > 0 && y + 1 < _height ? Difference(i, i + _width - 1) : 0;
                sum += _links[i * 4] + _links[(i * 4) + 1];
                count += 2;
            }
        }

        float beta = (float)(count / Math.Max(1e-3, 2 * sum));
        for (int i = 0; i < 4 * _width * _height; i++)
        {
            _links[i] = LinkWeight * ((i & 3) < 2 ? 1 : Diagonal) * MathF.Exp(-beta * _links[i]);
        }
    }

    private float Evidence(int i)
    {
        int plane = _width * _height;
        (float red, float green, float blue) = (_colours[i], _colours[plane + i], _colours[(2 * plane) + i]);
        return Math.Clamp(_surroundings.Cost(red, green, blue) - _subject.Cost(red, green, blue), -MaxEvidence, MaxEvidence);
    }

    private float Difference(int a, int b)
    {
        int plane = _width * _height;
        float red = _colours[a] - _colours[b];
        float green = _colours[plane + a] - _colours[plane + b];
        float blue = _colours[(2 * plane) + a] - _colours[(2 * plane) + b];
        return (red * red) + (green * green) + (blue * blue);
    }

    private int Flood(int start, byte mark)
    {
        int depth = 0;
        int size = 0;
        _stack[depth++] = start;
        _inside[start] = mark;
        while (depth > 0)
        {
            int at = _stack[--depth];
            size++;
            int x = at % _width;
            int y = at / _width;
            Visit(x - 1, y);
            Visit(x + 1, y);
            Visit(x, y - 1);
            Visit(x, y + 1);
        }

        return size;

        void Visit(int x, int y)
        {
            if ((uint)x < (uint)_width && (uint)y < (uint)_height && _inside[(y * _width) + x] == 1)
            {
                _inside[(y * _width) + x] = mark;
                _stack[depth++] = (y * _width) + x;
            }
        }
    }
}
