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
    private const int Patch = 8;
    private const int Step = 4;
    private const int FineRounds = 5;
    private const int CoarseRounds = 10;
    private const float Settled = 0.03f;

    // How far around is looked in the smallest size, and how much better what is farther has to fit.
    private const int Reach = 6;
    private const float Nearness = 0.05f;
    private const int PatchPixels = Patch * Patch;

    // A patch without texture tells nothing of motion: squared levels a pixel.
    private const float MinTexture = 2f;

    // What a patch may leave the picture by; the border of a level holds it.
    private const float MaxOutside = LumaLevel.Border - Patch - 1;

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
        float* gradients = stackalloc float[2 * PatchPixels];
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
        int x = PlaceOf(i, a.Width);
        int y = PlaceOf(j, a.Height);
        int stride = a.Stride;
        float* template = first + ((long)y * stride) + x;
        Vector256<float> sumX = default, sumY = default, xx = default, xy = default, yy = default;
        for (int row = 0; row < Patch; row++)
        {
            float* at = template + (row * stride);
            Vector256<float> gx = (Vector256.Load(at + 1) - Vector256.Load(at - 1)) * 0.5f;
            Vector256<float> gy = (Vector256.Load(at + stride) - Vector256.Load(at - stride)) * 0.5f;
            gx.Store(gradients + (row * Patch));
            gy.Store(gradients + PatchPixels + (row * Patch));
            sumX += gx;
            sumY += gy;
            xx += gx * gx;
            xy += gx * gy;
            yy += gy * gy;
        }

        (float sx, float sy) = (Vector256.Sum(sumX), Vector256.Sum(sumY));
        float hxx = Vector256.Sum(xx) - (sx * sx / PatchPixels);
        float hxy = Vector256.Sum(xy) - (sx * sy / PatchPixels);
        float hyy = Vector256.Sum(yy) - (sy * sy / PatchPixels);
        int index = (j * _columns) + i;
        (float u, float v) = Bound(a, x, y, _u[index], _v[index]);
        float best = Fit(template, second, stride, x, y, u, v, gradients, out float bx, out float by, sx, sy);

        if (isFirst)
        {
            Look(ref u, ref v, ref best, ref bx, ref by);
        }

        // What came of the patches to the left and above is often nearer than the coarser answer.
        if (i > 0)
        {
            Try(index - 1, ref u, ref v, ref best, ref bx, ref by);
        }

        if (j > 0)
        {
            Try(index - _columns, ref u, ref v, ref best, ref bx, ref by);
        }

        // A little of it on the diagonal keeps what has texture in one direction from sliding along it.
        hxx += PatchPixels * 0.5f;
        hyy += PatchPixels * 0.5f;
        float determinant = (hxx * hyy) - (hxy * hxy);
        if (hxx + hyy > MinTexture * PatchPixels && determinant > 1e-3f)
        {
            for (int round = 0; round < rounds; round++)
            {
                float du = ((hyy * bx) - (hxy * by)) / determinant;
                float dv = ((hxx * by) - (hxy * bx)) / determinant;
                (float nextU, float nextV) = Bound(a, x, y, u - du, v - dv);
                float error = Fit(template, second, stride, x, y, nextU, nextV, gradients, out float nx, out float ny, sx, sy);
                if (error >= best)
                {
                    break;
                }

                (u, v, best, bx, by) = (nextU, nextV, error, nx, ny);
                if ((du * du) + (dv * dv) < Settled * Settled)
                {
                    break;
                }
            }
        }

        (_u[index], _v[index]) = (u, v);

        // In the smallest size a step is many pixels: what moved far is found by looking everywhere around.
        void Look(ref float u, ref float v, ref float best, ref float bx, ref float by)
        {
            float least = best;
            for (int dv = -Reach; dv <= Reach; dv++)
            {
                for (int du = -Reach; du <= Reach; du++)
                {
                    (float ou, float ov) = Bound(a, x, y, du, dv);
                    float error = Fit(template, second, stride, x, y, ou, ov, gradients, out float ox, out float oy, sx, sy);
                    float weighed = error * (1 + (Nearness * (Math.Abs(du) + Math.Abs(dv))));
                    if (weighed < least)
                    {
                        (u, v, best, bx, by, least) = (ou, ov, error, ox, oy, weighed);
                    }
                }
            }
        }

        void Try(int other, ref float u, ref float v, ref float best, ref float bx, ref float by)
        {
            (float ou, float ov) = Bound(a, x, y, _u[other], _v[other]);
            if (MathF.Abs(ou - u) + MathF.Abs(ov - v) < 0.1f)
            {
                return;
            }

            float error = Fit(template, second, stride, x, y, ou, ov, gradients, out float ox, out float oy, sx, sy);
            if (error < best)
            {
                (u, v, best, bx, by) = (ou, ov, error, ox, oy);
            }
        }
    }

    private static (float U, float V) Bound(LumaLevel level, int x, int y, float u, float v) => (
        Math.Clamp(u, -MaxOutside - x, level.Width - Patch + MaxOutside - x),
        Math.Clamp(v, -MaxOutside - y, level.Height - Patch + MaxOutside - y));

    /// <summary>
    /// Squared differences between the patch and where it would be, without what is brighter as a whole, and which way they fall.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Fit(
        float* template, float* second, int stride, int x, int y, float u, float v, float* gradients, out float bx, out float by,
        float sumX, float sumY)
    {
        (float px, float py) = (x + u, y + v);
        int x0 = (int)MathF.Floor(px);
        int y0 = (int)MathF.Floor(py);
        (float fx, float fy) = (px - x0, py - y0);
        var w00 = Vector256.Create((1 - fx) * (1 - fy));
        var w10 = Vector256.Create(fx * (1 - fy));
        var w01 = Vector256.Create((1 - fx) * fy);
        var w11 = Vector256.Create(fx * fy);
        float* from = second + ((long)y0 * stride) + x0;
        Vector256<float> sum = default, squares = default, alongX = default, alongY = default;
        for (int row = 0; row < Patch; row++)
        {
            float* at = from + (row * stride);
            Vector256<float> sample = (Vector256.Load(at) * w00) + (Vector256.Load(at + 1) * w10)
                + (Vector256.Load(at + stride) * w01) + (Vector256.Load(at + stride + 1) * w11);
            Vector256<float> difference = sample - Vector256.Load(template + (row * stride));
            sum += difference;
            squares += difference * difference;
            alongX += difference * Vector256.Load(gradients + (row * Patch));
            alongY += difference * Vector256.Load(gradients + PatchPixels + (row * Patch));
        }

        float mean = Vector256.Sum(sum) / PatchPixels;
        bx = Vector256.Sum(alongX) - (mean * sumX);
        by = Vector256.Sum(alongY) - (mean * sumY);
        return Vector256.Sum(squares) - (mean * mean * PatchPixels);
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
