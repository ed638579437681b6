using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Rtc.Studio.Flow;

/// <summary>
/// Where one patch of a picture went in the next: the best place so far, and the ways to find a better one. Squared differences
/// without what is brighter as a whole decide. <see cref="DenseFlow"/> makes one for each patch.
/// </summary>
internal unsafe ref struct PatchSearch
{
    public const int Side = 8;
    public const int Pixels = Side * Side;

    private const float Settled = 0.03f;

    // How far around is looked in the smallest size, and how much better what is farther has to fit.
    private const int Reach = 6;
    private const float Nearness = 0.05f;

    // A patch without texture tells nothing of motion: squared levels a pixel.
    private const float MinTexture = 2f;

    // What a patch may leave the picture by; the border of a level holds it.
    private const float MaxOutside = LumaLevel.Border - Side - 1;

    private readonly float* _template;
    private readonly float* _second;
    private readonly float* _gradients;
    private readonly int _stride;
    private readonly int _x;
    private readonly int _y;
    private readonly int _width;
    private readonly int _height;
    private float _sumX;
    private float _sumY;
    private float _xx;
    private float _xy;
    private float _yy;
    private float _best;
    private float _alongX;
    private float _alongY;

    /// <param name="level">The size that the patch is searched in.</param>
    /// <param name="first">The first pixel of the picture that the patch is of.</param>
    /// <param name="second">The same of the picture that it is searched in.</param>
    /// <param name="x">Where the patch is.</param>
    /// <param name="y">Its row.</param>
    /// <param name="gradients">Memory for two values a pixel.</param>
    /// <param name="u">Where it is thought to have gone.</param>
    /// <param name="v">The same in rows.</param>
    public PatchSearch(LumaLevel level, float* first, float* second, int x, int y, float* gradients, float u, float v)
    {
        (_stride, _width, _height, _x, _y) = (level.Stride, level.Width, level.Height, x, y);
        _template = first + ((long)y * _stride) + x;
        _second = second;
        _gradients = gradients;
        Measure();
        (U, V) = Bound(u, v);
        _best = Fit(U, V, out _alongX, out _alongY);
    }

    public float U { get; private set; }

    public float V { get; private set; }

    /// <summary>In the smallest size a step is many pixels: what moved far is found by looking everywhere around.</summary>
    public void LookAround()
    {
        float least = _best;
        for (int dv = -Reach; dv <= Reach; dv++)
        {
            for (int du = -Reach; du <= Reach; du++)
            {
                (float u, float v) = Bound(du, dv);
                float error = Fit(u, v, out float alongX, out float alongY);
                float weighed = error * (1 + (Nearness * (Math.Abs(du) + Math.Abs(dv))));
                if (weighed < least)
                {
                    least = weighed;
                    Take(u, v, error, alongX, alongY);
                }
            }
        }
    }

    public void Try(float otherU, float otherV)
    {
        (float u, float v) = Bound(otherU, otherV);
        if (MathF.Abs(u - U) + MathF.Abs(v - V) < 0.1f)
        {
            return;
        }

        float error = Fit(u, v, out float alongX, out float alongY);
        if (error < _best)
        {
            Take(u, v, error, alongX, alongY);
        }
    }

    /// <summary>Steps of least squares, until one makes it worse or moves it little.</summary>
    public void Descend(int rounds)
    {
        // A little of it on the diagonal keeps what has texture in one direction from sliding along it.
        float xx = _xx + (Pixels * 0.5f);
        float yy = _yy + (Pixels * 0.5f);
        float determinant = (xx * yy) - (_xy * _xy);
        if (xx + yy <= MinTexture * Pixels || determinant <= 1e-3f)
        {
            return;
        }

        for (int round = 0; round < rounds; round++)
        {
            float du = ((yy * _alongX) - (_xy * _alongY)) / determinant;
            float dv = ((xx * _alongY) - (_xy * _alongX)) / determinant;
            (float u, float v) = Bound(U - du, V - dv);
            float error = Fit(u, v, out float alongX, out float alongY);
            if (error >= _best)
            {
                return;
            }

            Take(u, v, error, alongX, alongY);
            if ((du * du) + (dv * dv) < Settled * Settled)
            {
                return;
            }
        }
    }

    private void Take(float u, float v, float error, float alongX, float alongY) =>
        (U, V, _best, _alongX, _alongY) = (u, v, error, alongX, alongY);

    private readonly (float U, float V) Bound(float u, float v) => (
        Math.Clamp(u, -MaxOutside - _x, _width - Side + MaxOutside - _x),
        Math.Clamp(v, -MaxOutside - _y, _height - Side + MaxOutside - _y));

    /// <summary>The patch's slopes, and what their products come to.</summary>
    private void Measure()
    {
        Vector256<float> sumX = default, sumY = default, xx = default, xy = default, yy = default;
        for (int row = 0; row < Side; row++)
        {
            float* at = _template + (row * _stride);
            Vector256<float> gx = (Vector256.Load(at + 1) - Vector256.Load(at - 1)) * 0.5f;
            Vector256<float> gy = (Vector256.Load(at + _stride) - Vector256.Load(at - _stride)) * 0.5f;
            gx.Store(_gradients + (row * Side));
            gy.Store(_gradients + Pixels + (row * Side));
            sumX += gx;
            sumY += gy;
            xx += gx * gx;
            xy += gx * gy;
            yy += gy * gy;
        }

        (_sumX, _sumY) = (Vector256.Sum(sumX), Vector256.Sum(sumY));
        _xx = Vector256.Sum(xx) - (_sumX * _sumX / Pixels);
        _xy = Vector256.Sum(xy) - (_sumX * _sumY / Pixels);
        _yy = Vector256.Sum(yy) - (_sumY * _sumY / Pixels);
    }

    /// <summary>
    /// Squared differences between the patch and where it would be, without what is brighter as a whole, and which way they fall.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly float Fit(float u, float v, out float alongX, out float alongY)
    {
        (float px, float py) = (_x + u, _y + v);
        int x0 = (int)MathF.Floor(px);
        int y0 = (int)MathF.Floor(py);
        (float fx, float fy) = (px - x0, py - y0);
        var w00 = Vector256.Create((1 - fx) * (1 - fy));
        var w10 = Vector256.Create(fx * (1 - fy));
        var w01 = Vector256.Create((1 - fx) * fy);
        var w11 = Vector256.Create(fx * fy);
        float* from = _second + ((long)y0 * _stride) + x0;
        Vector256<float> sum = default, squares = default, sumAlongX = default, sumAlongY = default;
        for (int row = 0; row < Side; row++)
        {
            float* at = from + (row * _stride);
            Vector256<float> sample = (Vector256.Load(at) * w00) + (Vector256.Load(at + 1) * w10)
                + (Vector256.Load(at + _stride) * w01) + (Vector256.Load(at + _stride + 1) * w11);
            Vector256<float> difference = sample - Vector256.Load(_template + (row * _stride));
            sum += difference;
            squares += difference * difference;
            sumAlongX += difference * Vector256.Load(_gradients + (row * Side));
            sumAlongY += difference * Vector256.Load(_gradients + Pixels + (row * Side));
        }

        float mean = Vector256.Sum(sum) / Pixels;
        alongX = Vector256.Sum(sumAlongX) - (mean * _sumX);
        alongY = Vector256.Sum(sumAlongY) - (mean * _sumY);
        return Vector256.Sum(squares) - (mean * mean * Pixels);
    }
}
