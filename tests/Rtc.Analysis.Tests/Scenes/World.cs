namespace Rtc.Analysis.Tests.Scenes;

/// <summary>A scene that a camera looks at: smooth ground, hard edges and fine grain, which go on without end in every direction.</summary>
internal sealed class World
{
    private const int Side = 256;
    private const int Mask = Side - 1;
    private const int Shapes = 40;

    private readonly byte[] _luma;
    private readonly byte[] _u;
    private readonly byte[] _v;

    public World(Random random)
    {
        int own = random.Next(50, 190);
        int contrast = random.Next(25, 70);
        _luma = Smooth(random, own, contrast);
        _u = Smooth(random, random.Next(90, 170), 15);
        _v = Smooth(random, random.Next(90, 170), 15);
        for (int shape = random.Next(5, Shapes); shape > 0; shape--)
        {
            (int x, int y) = (random.Next(Side), random.Next(Side));
            (int width, int height) = (random.Next(3, 50), random.Next(3, 50));
            byte luma = (byte)Math.Clamp(own + random.Next(-2 * contrast, 2 * contrast), 16, 235);
            (byte u, byte v) = ((byte)random.Next(80, 176), (byte)random.Next(80, 176));
            for (int row = y; row < y + height; row++)
            {
                for (int column = x; column < x + width; column++)
                {
                    int at = ((row & Mask) * Side) + (column & Mask);
                    (_luma[at], _u[at], _v[at]) = (luma, u, v);
                }
            }
        }
    }

    /// <summary>What is at a place, between pixels too.</summary>
    public double Luma(double x, double y) => At(_luma, x, y);

    public (byte U, byte V) Colour(double x, double y)
    {
        int at = (((int)Math.Floor(y) & Mask) * Side) + ((int)Math.Floor(x) & Mask);
        return (_u[at], _v[at]);
    }

    private static double At(byte[] plane, double x, double y)
    {
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        double partX = x - left, partY = y - top;
        int upper = (top & Mask) * Side, lower = ((top + 1) & Mask) * Side;
        int a = plane[upper + (left & Mask)], b = plane[upper + ((left + 1) & Mask)];
        int c = plane[lower + (left & Mask)], d = plane[lower + ((left + 1) & Mask)];
        double above = a + ((b - a) * partX), below = c + ((d - c) * partX);
        return above + ((below - above) * partY);
    }

    private static byte[] Smooth(Random random, int own, int contrast)
    {
        byte[] plane = new byte[Side * Side];
        double[] sum = new double[Side * Side];
        foreach ((int cell, double part) in ((int, double)[])[(64, 1), (16, 0.6), (4, 0.25)])
        {
            int cells = Side / cell;
            double[] grid = [.. Enumerable.Range(0, cells * cells).Select(_ => ((random.NextDouble() * 2) - 1) * contrast * part)];
            for (int y = 0; y < Side; y++)
            {
                double partY = y % cell / (double)cell;
                int upper = y / cell * cells, lower = ((y / cell) + 1) % cells * cells;
                for (int x = 0; x < Side; x++)
                {
                    double partX = x % cell / (double)cell;
                    int left = x / cell, right = (left + 1) % cells;
                    double above = grid[upper + left] + ((grid[upper + right] - grid[upper + left]) * partX);
                    double below = grid[lower + left] + ((grid[lower + right] - grid[lower + left]) * partX);
                    sum[(y * Side) + x] += above + ((below - above) * partY);
                }
            }
        }

        for (int i = 0; i < plane.Length; i++)
        {
            plane[i] = (byte)Math.Clamp(own + sum[i], 16, 235);
        }

        return plane;
    }
}
