using Rtc.Studio.Clips;
using Rtc.Studio.Flow;

namespace Rtc.Studio.Masks;

/// <summary>
/// Finds what moves otherwise than the picture as a whole: the whole's motion is an affine one, fitted again and again to what
/// agrees with it.
/// </summary>
internal static class MovingPart
{
    private const int Rounds = 8;
    private const int FitStep = 4;

    // In the clip's pixels; flow is surer than that wherever there is texture.
    private const float MinDeparture = 1.2f;
    private const float Departures = 4;
    private const float MaxShare = 0.5f;
    private const float MinShare = 0.0005f;

    /// <summary>The part that moves by itself around a place; null where that place moves with the rest.</summary>
    public static ClipMask? Around(FlowMap flow, float x, float y, int width, int height)
    {
        float[] departures = Departure(flow);
        float[] sorted = [.. departures.Where((_, i) => i % FitStep == 0)];
        Array.Sort(sorted);
        float limit = Math.Max(MinDeparture, Departures * sorted[sorted.Length / 2]);
        int start = (Math.Clamp((int)(y / flow.Scale), 0, flow.Height - 1) * flow.Width)
            + Math.Clamp((int)(x / flow.Scale), 0, flow.Width - 1);
        if (departures[start] <= limit)
        {
            return null;
        }

        var part = new ClipMask(width, height);
        int places = Flood(flow, departures, limit, start, part);
        return places > MaxShare * departures.Length || places < MinShare * departures.Length ? null : part;
    }

    private static int Flood(FlowMap flow, float[] departures, float limit, int start, ClipMask into)
    {
        bool[] seen = new bool[departures.Length];
        var open = new Stack<int>();
        open.Push(start);
        seen[start] = true;
        int places = 0;
        while (open.TryPop(out int at))
        {
            places++;
            (int gx, int gy) = (at % flow.Width, at / flow.Width);
            for (int y = gy * flow.Scale; y < Math.Min((gy + 1) * flow.Scale, into.Height); y++)
            {
                into.Row(y)[(gx * flow.Scale)..Math.Min((gx + 1) * flow.Scale, into.Width)].Fill(byte.MaxValue);
            }

            Visit(gx - 1, gy);
            Visit(gx + 1, gy);
            Visit(gx, gy - 1);
            Visit(gx, gy + 1);
        }

        return places;

        void Visit(int x, int y)
        {
            int at = (y * flow.Width) + x;
            if ((uint)x < (uint)flow.Width && (uint)y < (uint)flow.Height && !seen[at] && departures[at] > limit)
            {
                seen[at] = true;
                open.Push(at);
            }
        }
    }

    /// <summary>How far each place's step is from what the whole picture's motion would be there.</summary>
    private static float[] Departure(FlowMap flow)
    {
        double[] across = new double[3];
        double[] down = new double[3];
        double scale = 1000;
        for (int round = 0; round < Rounds; round++)
        {
            Fit(flow, across, down, scale, out scale);
        }

        float[] departures = new float[flow.X.Length];
        for (int i = 0; i < departures.Length; i++)
        {
            (double dx, double dy) = Off(flow, across, down, i);
            departures[i] = (float)Math.Sqrt((dx * dx) + (dy * dy));
        }

        return departures;
    }

    private static (double X, double Y) Off(FlowMap flow, double[] across, double[] down, int i)
    {
        (double x, double y) = (i % flow.Width, i / flow.Width);
        return (flow.X[i] - (across[0] + (across[1] * x) + (across[2] * y)), flow.Y[i] - (down[0] + (down[1] * x) + (down[2] * y)));
    }

    /// <summary>Weighted least squares: what is off by more than the scale hardly counts. The scale narrows to the median.</summary>
    private static void Fit(FlowMap flow, double[] across, double[] down, double scale, out double next)
    {
        Span<double> n = stackalloc double[6];
        Span<double> bx = stackalloc double[3];
        Span<double> by = stackalloc double[3];
        n.Clear();
        bx.Clear();
        by.Clear();
        var off = new List<double>();
        for (int y = 0; y < flow.Height; y += FitStep)
        {
            for (int x = 0; x < flow.Width; x += FitStep)
            {
                int i = (y * flow.Width) + x;
                (double dx, double dy) = Off(flow, across, down, i);
                double distance = (dx * dx) + (dy * dy);
                off.Add(distance);
                double w = 1 / (1 + (distance / (scale * scale)));
                w *= w;
                n[0] += w;
                n[1] += w * x;
                n[2] += w * y;
                n[3] += w * x * x;
                n[4] += w * x * y;
                n[5] += w * y * y;
                (bx[0], bx[1], bx[2]) = (bx[0] + (w * flow.X[i]), bx[1] + (w * x * flow.X[i]), bx[2] + (w * y * flow.X[i]));
                (by[0], by[1], by[2]) = (by[0] + (w * flow.Y[i]), by[1] + (w * x * flow.Y[i]), by[2] + (w * y * flow.Y[i]));
            }
        }

        Solve(n, bx, across);
        Solve(n, by, down);
        off.Sort();
        next = Math.Max(0.3, Math.Min(scale / 2, 2 * Math.Sqrt(off[off.Count / 2])));
    }

    /// <summary>Cramer's rule for a symmetric 3 × 3.</summary>
    private static void Solve(ReadOnlySpan<double> n, ReadOnlySpan<double> b, double[] into)
    {
        double c00 = (n[3] * n[5]) - (n[4] * n[4]);
        double c01 = (n[2] * n[4]) - (n[1] * n[5]);
        double c02 = (n[1] * n[4]) - (n[2] * n[3]);
        double determinant = (n[0] * c00) + (n[1] * c01) + (n[2] * c02);
        if (Math.Abs(determinant) < 1e-9)
        {
            return;
        }

        double c11 = (n[0] * n[5]) - (n[2] * n[2]);
        double c12 = (n[1] * n[2]) - (n[0] * n[4]);
        double c22 = (n[0] * n[3]) - (n[1] * n[1]);
        into[0] = ((c00 * b[0]) + (c01 * b[1]) + (c02 * b[2])) / determinant;
        into[1] = ((c01 * b[0]) + (c11 * b[1]) + (c12 * b[2])) / determinant;
        into[2] = ((c02 * b[0]) + (c12 * b[1]) + (c22 * b[2])) / determinant;
    }
}
