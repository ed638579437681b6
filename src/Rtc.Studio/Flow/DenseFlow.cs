using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rtc.Studio.Flow;

/// <summary>
/// Dense motion between two pictures by inverse search of small patches from coarse to fine (Kroeger et al., ECCV 2016, DIS): each
/// patch starts from the coarser answer or its neighbours', is moved by a few steps of least squares, and all that cover a pixel
/// have a say in it by how well they fit. For one clip and one thread; memory is kept.
/// </summary>
internal sealed unsafe class DenseFlow
{
    private const int Patch = PatchSearch.Side;
    private const int Step = 4;
    private const int FineRounds = 5;
    private const int CoarseRounds = 10;

    private float[] _u = [];
    private float[] _v = [];
    private float[] _x = [];
    private float[] _y = [];
    private float[] _weights = [];
    private float[] _coarseX = [];
    private float[] _coarseY = [];
    private int _columns;
    private int _rows;

    /// <summary>Where everything of one picture is in the other.</summary>
    public void Compute(LumaPyramid from, LumaPyramid to, FlowMap into)
    {
        (int width, int height) = (0, 0);
        for (int level = from.Count - 1; level >= 0; level--)
        {
            LumaLevel a = from[level];
            LumaLevel b = to[level];
            Reserve(a);
            Start(a, width, height);
            Search(a, b, level == 0 ? FineRounds : CoarseRounds, isFirst: level == from.Count - 1);
            Spread(a, b);
            (width, height) = (a.Width, a.Height);
            (_x, _coarseX) = (_coarseX, _x);
            (_y, _coarseY) = (_coarseY, _y);
        }

        for (int i = 0; i < into.X.Length; i++)
        {
            into.X[i] = _coarseX[i] * from.Scale;
            into.Y[i] = _coarseY[i] * from.Scale;
        }
    }

    private void Reserve(LumaLevel level)
    {
        _columns = Places(level.Width);
        _rows = Places(level.Height);
        int places = level.Width * level.Height;
        if (_u.Length < _columns * _rows)
        {
            _u = new float[_columns * _rows];
            _v = new float[_columns * _rows];
        }

        if (_x.Length < places)
        {
            Array.Resize(ref _x, places);
            Array.Resize(ref _y, places);
            _weights = new float[places];
        }

        static int Places(int side) => Math.Max(1, ((side - Patch + Step - 1) / Step) + 1);
    }

    private static int PlaceOf(int index, int side) => Math.Max(0, Math.Min(index * Step, side - Patch));

    /// <summary>Twice what the next coarser size said at the patch's middle.</summary>
    private void Start(LumaLevel level, int width, int height)
    {
        for (int j = 0; j < _rows; j++)
        {
            for (int i = 0; i < _columns; i++)
            {
                int at = (j * _columns) + i;
                (_u[at], _v[at]) = (0, 0);
                if (width > 0)
                {
                    int x = Math.Min((PlaceOf(i, level.Width) + (Patch / 2)) / 2, width - 1);
                    int y = Math.Min((PlaceOf(j, level.Height) + (Patch / 2)) / 2, height - 1);
                    _u[at] = 2 * _coarseX[(y * width) + x];
                    _v[at] = 2 * _coarseY[(y * width) + x];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Search(LumaLevel a, LumaLevel b, int rounds, bool isFirst)
    {
        float* gradients = stackalloc float[2 * PatchSearch.Pixels];
        fixed (float* first = a.Pixels)
        fixed (float* second = b.Pixels)
        {
            for (int j = 0; j < _rows; j++)
            {
                for (int i = 0; i < _columns; i++)
                {
                    SearchOne(a, first + a.Origin, second + b.Origin, i, j, rounds, isFirst, gradients);
                }
            }
        }
    }

    private void SearchOne(LumaLevel a, float* first, float* second, int i, int j, int rounds, bool isFirst, float* gradients)
    {
        int index = (j * _columns) + i;
        var search = new PatchSearch(a, first, second, PlaceOf(i, a.Width), PlaceOf(j, a.Height), gradients, _u[index], _v[index]);
        if (isFirst)
        {
            search.LookAround();
        }

        // What came of the patches to the left and above is often nearer than the coarser answer.
        if (i > 0)
        {
            search.Try(_u[index - 1], _v[index - 1]);
        }

        if (j > 0)
        {
            search.Try(_u[index - _columns], _v[index - _columns]);
        }

        search.Descend(rounds);
        (_u[index], _v[index]) = (search.U, search.V);
    }

    /// <summary>Each pixel gets the mean of the patches over it, weighted by how well each explains that pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Spread(LumaLevel a, LumaLevel b)
    {
        int width = a.Width;
        int places = width * a.Height;
        Array.Clear(_x, 0, places);
        Array.Clear(_y, 0, places);
        Array.Clear(_weights, 0, places);
        int stride = a.Stride;
        fixed (float* firstPixel = a.Pixels)
        fixed (float* secondPixel = b.Pixels)
        fixed (float* sumsX = _x)
        fixed (float* sumsY = _y)
        fixed (float* weights = _weights)
        {
            float* first = firstPixel + a.Origin;
            float* second = secondPixel + b.Origin;
            for (int j = 0; j < _rows; j++)
            {
                int y = PlaceOf(j, a.Height);
                for (int i = 0; i < _columns; i++)
                {
                    int x = PlaceOf(i, width);
                    (float u, float v) = (_u[(j * _columns) + i], _v[(j * _columns) + i]);
                    int x0 = (int)MathF.Floor(x + u);
                    int y0 = (int)MathF.Floor(y + v);
                    (float fx, float fy) = (x + u - x0, y + v - y0);
                    for (int row = 0; row < Math.Min(Patch, a.Height - y); row++)
                    {
                        float* at = second + ((long)(y0 + row) * stride) + x0;
                        Vector256<float> sample = (Vector256.Load(at) * ((1 - fx) * (1 - fy))) + (Vector256.Load(at + 1) * (fx * (1 - fy)))
                            + (Vector256.Load(at + stride) * ((1 - fx) * fy)) + (Vector256.Load(at + stride + 1) * (fx * fy));
                        Vector256<float> difference =
                            Vector256.Abs(sample - Vector256.Load(first + ((long)(y + row) * stride) + x));
                        Vector256<float> weight = Vector256<float>.One / Vector256.Max(difference, Vector256<float>.One);
                        int target = ((y + row) * width) + x;
                        if (x + Patch <= width)
                        {
                            (Vector256.Load(sumsX + target) + (weight * u)).Store(sumsX + target);
                            (Vector256.Load(sumsY + target) + (weight * v)).Store(sumsY + target);
                            (Vector256.Load(weights + target) + weight).Store(weights + target);
                            continue;
                        }

                        for (int column = 0; column < width - x; column++)
                        {
                            sumsX[target + column] += weight[column] * u;
                            sumsY[target + column] += weight[column] * v;
                            weights[target + column] += weight[column];
                        }
                    }
                }
            }
        }

        for (int i = 0; i < places; i++)
        {
            (_x[i], _y[i]) = (_x[i] / _weights[i], _y[i] / _weights[i]);
        }
    }
}
