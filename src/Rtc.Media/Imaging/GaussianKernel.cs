namespace Rtc.Media.Imaging;

/// <summary>
/// How a Gaussian of some width is made: shrink by a power of two, convolve with a short kernel, stretch again. The
/// shrinking keeps the short kernel's width below a few cells whatever was asked, so the cost does not grow; and what
/// the box of the shrinking and the triangle of the stretching blur by themselves is taken off it.
/// </summary>
internal sealed class GaussianKernel
{
    /// <summary>Two to four cells wide: within two levels of the true Gaussian.</summary>
    public const float Exact = 4;

    /// <summary>One to two cells wide, at a quarter of the cost: within a few levels, and the eye sees no cells yet.</summary>
    public const float Quick = 2;

    private const int MaxFactor = 64;
    private const float Reach = 3;

    public GaussianKernel(float sigma, float widestInCells = Exact)
    {
        Sigma = sigma;
        Factor = FactorFor(sigma, widestInCells);

        // In cells squared: a box of f pixels has (f² − 1) / 12f², linear interpolation (f²/6 + 1/12) / f²; together a quarter.
        double lost = Factor == 1 ? 0 : 0.25;
        Weights = Build(Math.Sqrt(Math.Max(0.01, (sigma * sigma / (Factor * Factor)) - lost)));
    }

    public float Sigma { get; }

    /// <summary>Pixels to a cell: 1, 2, 4, …</summary>
    public int Factor { get; }

    /// <summary>Odd in number, adding up to 1.</summary>
    public float[] Weights { get; }

    public int Radius => Weights.Length / 2;

    private static int FactorFor(float sigma, float widestInCells)
    {
        int factor = 1;
        while (sigma / factor >= widestInCells && factor < MaxFactor)
        {
            factor *= 2;
        }

        return factor;
    }

    private static float[] Build(double sigma)
    {
        int radius = Math.Max(1, (int)Math.Ceiling(sigma * Reach));
        double[] weights = new double[(2 * radius) + 1];
        for (int i = -radius; i <= radius; i++)
        {
            weights[i + radius] = Math.Exp(-(i * i) / (2 * sigma * sigma));
        }

        double sum = weights.Sum();
        return Array.ConvertAll(weights, weight => (float)(weight / sum));
    }
}
