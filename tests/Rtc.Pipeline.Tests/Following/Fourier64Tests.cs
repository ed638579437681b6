using Rtc.Pipeline.Following;
using Xunit;

namespace Rtc.Pipeline.Tests.Following;

public class Fourier64Tests
{
    [Fact]
    public void There_and_back_gives_the_same_patch()
    {
        var random = new Random(1);
        float[] real = [.. Enumerable.Range(0, Fourier64.Cells).Select(_ => (float)random.NextDouble())];
        float[] imaginary = [.. Enumerable.Range(0, Fourier64.Cells).Select(_ => (float)random.NextDouble())];
        float[] a = [.. real];
        float[] b = [.. imaginary];
        Fourier64.Forward(a, b);
        Fourier64.Inverse(a, b);
        for (int i = 0; i < real.Length; i++)
        {
            Assert.Equal(real[i], a[i], 1e-4f);
            Assert.Equal(imaginary[i], b[i], 1e-4f);
        }
    }

    [Fact]
    public void It_is_the_transform_by_its_definition_transposed()
    {
        var random = new Random(2);
        float[] patch = [.. Enumerable.Range(0, Fourier64.Cells).Select(_ => (float)random.NextDouble() - 0.5f)];
        float[] a = [.. patch];
        float[] b = new float[Fourier64.Cells];
        Fourier64.Forward(a, b);
        foreach ((int u, int v) in ((int, int)[])[(0, 0), (1, 0), (0, 1), (5, 60), (33, 17)])
        {
            double real = 0;
            double imaginary = 0;
            for (int y = 0; y < 64; y++)
            {
                for (int x = 0; x < 64; x++)
                {
                    double angle = -2 * Math.PI * (((u * x) + (v * y)) / 64.0);
                    real += patch[(y * 64) + x] * Math.Cos(angle);
                    imaginary += patch[(y * 64) + x] * Math.Sin(angle);
                }
            }

            Assert.Equal(real, a[(u * 64) + v], 0.01);
            Assert.Equal(imaginary, b[(u * 64) + v], 0.01);
        }
    }
}
