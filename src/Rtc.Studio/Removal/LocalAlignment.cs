using Rtc.Media;
using Rtc.Studio.Clips;

namespace Rtc.Studio.Removal;

/// <summary>
/// A source's place under a hole, set right to a part of a pixel by what both pictures show around it: an affine step on top of the
/// camera's motion, found by least squares that trust no pixel that differs much.
/// </summary>
internal readonly struct LocalAlignment
{
    private const int Rounds = 5;
    private const int MaxPoints = 2500;
    private const int MinPoints = 40;
    private const float MaxDifference = 20;
    private const float MaxCorrection = 4;

    // Of the mean difference that is left, in levels: pictures of a camera that stands agree so well as they are.
    private const float Exact = 1.2f;
    private const float Damping = 1e-3f;
    private const int Parameters = 6;

    private readonly Homography _motion;
    private readonly float _centreX;
    private readonly float _centreY;
    private readonly float _scale;
    private readonly (float A, float B, float C, float D, float E, float F) _step;

    private LocalAlignment(
        in Homography motion, float centreX, float centreY, float scale, (float, float, float, float, float, float) step) =>
        (_motion, _centreX, _centreY, _scale, _step) = (motion, centreX, centreY, scale, step);

    public (float X, float Y) Map(float x, float y)
    {
        (double mx, double my) = _motion.Map(x, y);
        float dx = (x - _centreX) * _scale;
        float dy = (y - _centreY) * _scale;
        return (
            (float)mx + _step.A + (_step.B * dx) + (_step.C * dy),
            (float)my + _step.D + (_step.E * dx) + (_step.F * dy));
    }

    /// <param name="target">The picture with the hole.</param>
    /// <param name="hole">What of it is not background.</param>
    /// <param name="region">The hole with what is around it.</param>
    /// <param name="source">Shows background.</param>
    /// <param name="motion">Where the target's background is in the source, roughly.</param>
    public static LocalAlignment Find(Picture target, ClipMask hole, in RectF region, BackgroundSource source, in Homography motion)
    {
        float scale = 2 / Math.Max(1, Math.Max(region.Width, region.Height));
        var best = new LocalAlignment(motion, region.CenterX, region.CenterY, scale, default);
        int step = Math.Max(1, (int)MathF.Sqrt(region.Area / MaxPoints));
        float bestError = best.Measure(target, hole, region, source, step, [], []);
        if (bestError < Exact)
        {
            return best;
        }

        float[] normal = new float[Parameters * Parameters];
        float[] right = new float[Parameters];
        for (int round = 0; round < Rounds; round++)
        {
            best.Measure(target, hole, region, source, step, normal, right);
            if (!TrySolve(normal, right))
            {
                break;
            }

            var next = new LocalAlignment(
                motion, region.CenterX, region.CenterY, scale,
                (best._step.A - right[0], best._step.B - right[1], best._step.C - right[2],
                    best._step.D - right[3], best._step.E - right[4], best._step.F - right[5]));
            float error = next.Measure(target, hole, region, source, step, [], []);
            if (error >= bestError || !next.IsSmall)
            {
                break;
            }

            (best, bestError) = (next, error);
        }

        return best;
    }

    private bool IsSmall =>
        Math.Abs(_step.A) + Math.Abs(_step.B) + Math.Abs(_step.C) < MaxCorrection
            && Math.Abs(_step.D) + Math.Abs(_step.E) + Math.Abs(_step.F) < MaxCorrection;

    /// <summary>The mean difference around the hole; sums up the normal equations where there is room for them.</summary>
    private float Measure(
        Picture target, ClipMask hole, in RectF region, BackgroundSource source, int step, Span<float> normal, Span<float> right)
    {
        normal.Clear();
        right.Clear();
        Span<float> j = stackalloc float[Parameters];
        double sum = 0;
        int count = 0;
        for (int y = (int)region.Top; y < (int)region.Bottom; y += step)
        {
            ReadOnlySpan<byte> luma = target.RowY(y);
            ReadOnlySpan<byte> inside = hole.Row(y);
            for (int x = (int)region.Left; x < (int)region.Right; x += step)
            {
                if (inside[x] >= ClipMask.Inside)
                {
                    continue;
                }

                (float sx, float sy) = Map(x, y);
                if (!source.Shows(sx, sy))
                {
                    continue;
                }

                float difference = source.Slope(sx, sy, out float dx, out float dy) - luma[x];
                count++;
                sum += Math.Min(Math.Abs(difference), MaxDifference);
                if (normal.IsEmpty || Math.Abs(difference) >= MaxDifference)
                {
                    continue;
                }

                float weight = 1 - (difference * difference / (MaxDifference * MaxDifference));
                weight *= weight;
                float px = (x - _centreX) * _scale;
                float py = (y - _centreY) * _scale;
                (j[0], j[1], j[2], j[3], j[4], j[5]) = (dx, dx * px, dx * py, dy, dy * px, dy * py);
                for (int row = 0; row < Parameters; row++)
                {
                    float weighted = weight * j[row];
                    right[row] += weighted * difference;
                    for (int column = row; column < Parameters; column++)
                    {
                        normal[(row * Parameters) + column] += weighted * j[column];
                    }
                }
            }
        }

        return count < MinPoints ? 0 : (float)(sum / count);
    }

    /// <summary>Cholesky's way; the answer replaces the right side. False where the texture doesn't say.</summary>
    private static bool TrySolve(float[] n, float[] b)
    {
        double trace = 0;
        for (int i = 0; i < Parameters; i++)
        {
            trace += n[(i * Parameters) + i];
        }

        Span<double> l = stackalloc double[Parameters * Parameters];
        for (int i = 0; i < Parameters; i++)
        {
            for (int k = 0; k <= i; k++)
            {
                double sum = n[(k * Parameters) + i] + (i == k ? Damping * trace / Parameters : 0);
                for (int m = 0; m < k; m++)
                {
                    sum -= l[(i * Parameters) + m] * l[(k * Parameters) + m];
                }

                if (i == k && sum <= 0)
                {
                    return false;
                }

                l[(i * Parameters) + k] = i == k ? Math.Sqrt(sum) : sum / l[(k * Parameters) + k];
            }
        }

        Span<double> y = stackalloc double[Parameters];
        for (int i = 0; i < Parameters; i++)
        {
            y[i] = b[i];
            for (int k = 0; k < i; k++)
            {
                y[i] -= l[(i * Parameters) + k] * y[k];
            }

            y[i] /= l[(i * Parameters) + i];
        }

        for (int i = Parameters - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < Parameters; k++)
            {
                y[i] -= l[(k * Parameters) + i] * y[k];
            }

            y[i] /= l[(i * Parameters) + i];
            b[i] = (float)y[i];
        }

        return true;
    }
}
