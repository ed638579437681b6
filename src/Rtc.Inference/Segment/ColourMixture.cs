using System.Runtime.CompilerServices;

namespace Rtc.Inference.Segment;

/// <summary>
/// What colours a region has: a few Gaussians over red, green and blue, fitted by assigning each pixel to the one
/// that explains it best, and used as a cost of a colour (minus the logarithm of its density).
/// </summary>
internal sealed class ColourMixture
{
    public const int Parts = 5;

    // Keeps a flat region's variance from becoming zero; in squared levels.
    private const double MinVariance = 16;

    private readonly Part[] _parts = new Part[Parts];
    private readonly Sums[] _sums = new Sums[Parts];

    public bool IsFitted { get; private set; }

    /// <summary>First guess: pixels sorted into as many groups by lightness, then moved to the nearest mean twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Start(ReadOnlySpan<float> red, ReadOnlySpan<float> green, ReadOnlySpan<float> blue, ReadOnlySpan<byte> member)
    {
        const int rounds = 3;
        Span<(float R, float G, float B)> means = stackalloc (float, float, float)[Parts];
        if (!TrySpread(red, green, blue, member, means))
        {
            IsFitted = false;
            return;
        }

        for (int round = 0; round < rounds; round++)
        {
            Array.Clear(_sums);
            for (int i = 0; i < member.Length; i++)
            {
                if (member[i] != 0)
                {
                    _sums[Nearest(means, red[i], green[i], blue[i])].Add(red[i], green[i], blue[i]);
                }
            }

            for (int p = 0; p < Parts; p++)
            {
                if (_sums[p].Count > 0)
                {
                    means[p] =
                        ((float)(_sums[p].R / _sums[p].Count), (float)(_sums[p].G / _sums[p].Count), (float)(_sums[p].B / _sums[p].Count));
                }
            }
        }

        Settle();
    }

    /// <summary>Fits anew to the members, starting from what it is now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Refit(ReadOnlySpan<float> red, ReadOnlySpan<float> green, ReadOnlySpan<float> blue, ReadOnlySpan<byte> member)
    {
        Array.Clear(_sums);
        for (int i = 0; i < member.Length; i++)
        {
            if (member[i] != 0)
            {
                _sums[Likeliest(red[i], green[i], blue[i])].Add(red[i], green[i], blue[i]);
            }
        }

        Settle();
    }

    public float Cost(float red, float green, float blue)
    {
        float smallest = float.MaxValue;
        for (int p = 0; p < Parts; p++)
        {
            if (_parts[p].Weight > 0)
            {
                smallest = Math.Min(smallest, _parts[p].Cost(red, green, blue));
            }
        }

        return smallest;
    }

    private static bool TrySpread(
        ReadOnlySpan<float> red, ReadOnlySpan<float> green, ReadOnlySpan<float> blue, ReadOnlySpan<byte> member,
        Span<(float R, float G, float B)> means)
    {
        // Farthest-first: each new mean is the pixel that all means so far explain worst; every third pixel is looked at.
        const int step = 3;
        int first = member.IndexOf((byte)1);
        if (first < 0)
        {
            return false;
        }

        double r = 0, g = 0, b = 0;
        int count = 0;
        for (int i = 0; i < member.Length; i += 1)
        {
            if (member[i] != 0)
            {
                (r, g, b) = (r + red[i], g + green[i], b + blue[i]);
                count++;
            }
        }

        means[0] = ((float)(r / count), (float)(g / count), (float)(b / count));
        for (int p = 1; p < Parts; p++)
        {
            float farthest = -1;
            for (int i = first; i < member.Length; i += step)
            {
                if (member[i] == 0)
                {
                    continue;
                }

                int nearest = Nearest(means[..p], red[i], green[i], blue[i]);
                float distance = Distance(means[nearest], red[i], green[i], blue[i]);
                if (distance > farthest)
                {
                    farthest = distance;
                    means[p] = (red[i], green[i], blue[i]);
                }
            }
        }

        return true;
    }

    private static int Nearest(ReadOnlySpan<(float R, float G, float B)> means, float red, float green, float blue)
    {
        int best = 0;
        float smallest = float.MaxValue;
        for (int p = 0; p < means.Length; p++)
        {
            float distance = Distance(means[p], red, green, blue);
            if (distance < smallest)
            {
                (smallest, best) = (distance, p);
            }
        }

        return best;
    }

    private static float Distance((float R, float G, float B) mean, float red, float green, float blue)
    {
        float r = red - mean.R;
        float g = green - mean.G;
        float b = blue - mean.B;
        return (r * r) + (g * g) + (b * b);
    }

    private int Likeliest(float red, float green, float blue)
    {
        int best = 0;
        float smallest = float.MaxValue;
        for (int p = 0; p < Parts; p++)
        {
            if (_parts[p].Weight > 0 && _parts[p].Cost(red, green, blue) is float cost && cost < smallest)
            {
                (smallest, best) = (cost, p);
            }
        }

        return best;
    }

    private void Settle()
    {
        double total = 0;
        foreach (Sums sums in _sums)
        {
            total += sums.Count;
        }

        IsFitted = total > 0;
        for (int p = 0; p < Parts; p++)
        {
            _parts[p] = _sums[p].Count > 0 ? Part.From(_sums[p], total) : default;
        }
    }

    private struct Sums
    {
        public double Count, R, G, B, RR, RG, RB, GG, GB, BB;

        public void Add(double r, double g, double b)
        {
            Count++;
            (R, G, B) = (R + r, G + g, B + b);
            (RR, RG, RB) = (RR + (r * r), RG + (r * g), RB + (r * b));
            (GG, GB, BB) = (GG + (g * g), GB + (g * b), BB + (b * b));
        }
    }

    /// <summary>One Gaussian: mean, inverse covariance, and the part of its cost that no colour changes.</summary>
    private readonly record struct Part(
        float Weight, float R, float G, float B, float RR, float RG, float RB, float GG, float GB, float BB, float Constant)
    {
        public static Part From(in Sums sums, double total)
        {
            double n = sums.Count;
            (double r, double g, double b) = (sums.R / n, sums.G / n, sums.B / n);
            double rr = (sums.RR / n) - (r * r) + MinVariance;
            double rg = (sums.RG / n) - (r * g);
            double rb = (sums.RB / n) - (r * b);
            double gg = (sums.GG / n) - (g * g) + MinVariance;
            double gb = (sums.GB / n) - (g * b);
            double bb = (sums.BB / n) - (b * b) + MinVariance;
            double determinant = (rr * ((gg * bb) - (gb * gb))) - (rg * ((rg * bb) - (gb * rb))) + (rb * ((rg * gb) - (gg * rb)));
            determinant = Math.Max(determinant, 1e-6);
            return new Part(
                (float)(n / total),
                (float)r,
                (float)g,
                (float)b,
                (float)(((gg * bb) - (gb * gb)) / determinant),
                (float)(((rb * gb) - (rg * bb)) / determinant),
                (float)(((rg * gb) - (rb * gg)) / determinant),
                (float)(((rr * bb) - (rb * rb)) / determinant),
                (float)(((rg * rb) - (rr * gb)) / determinant),
                (float)(((rr * gg) - (rg * rg)) / determinant),
                (float)(-Math.Log(n / total) + (0.5 * Math.Log(determinant))));
        }

        public float Cost(float red, float green, float blue)
        {
            float r = red - R;
            float g = green - G;
            float b = blue - B;
            return Constant + (0.5f * ((r * r * RR) + (g * g * GG) + (b * b * BB))) + (r * g * RG) + (r * b * RB) + (g * b * GB);
        }
    }
}
