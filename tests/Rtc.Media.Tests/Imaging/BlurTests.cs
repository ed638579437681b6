using Rtc.Media.Imaging;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Imaging;

public sealed unsafe class BlurTests
{
    /// <summary>Largest and mean error in levels, against a convolution in doubles with the kernel cut at 5 sigma.</summary>
    [Theory]
    [InlineData(0.7f, 1.0, 0.4)]
    [InlineData(1.5f, 1.2, 0.4)]
    [InlineData(3.9f, 1.2, 0.4)]
    [InlineData(4f, 1.8, 0.45)]
    [InlineData(7f, 1.8, 0.45)]
    [InlineData(12f, 1.8, 0.45)]
    [InlineData(20f, 1.8, 0.45)]
    [InlineData(33f, 1.8, 0.45)]
    public void A_blur_is_a_Gaussian_within_a_stated_error(float sigma, double maxWorst, double maxMean)
    {
        using var blur = new GaussianBlur();
        (double worst, double mean) = Error(blur, sigma);
        Assert.True(worst <= maxWorst && mean <= maxMean, $"sigma {sigma}: worst {worst:0.00}, mean {mean:0.000}");
    }

    [Theory]
    [InlineData(4f)]
    [InlineData(5f)]
    [InlineData(8f)]
    [InlineData(15f)]
    [InlineData(16f)]
    [InlineData(24f)]
    public void The_quicker_kernel_of_the_focus_view_is_off_by_a_few_levels(float sigma)
    {
        using var blur = new GaussianBlur(GaussianKernel.Quick);
        (double worst, double mean) = Error(blur, sigma);
        Assert.True(worst <= 6 && mean <= 0.8, $"sigma {sigma}: worst {worst:0.00}, mean {mean:0.000}");
    }

    private static (double Worst, double Mean) Error(GaussianBlur blur, float sigma)
    {
        const int Width = 173;
        const int Height = 131;
        using var pool = new PicturePool();
        using Picture source = Pictures.Scene(pool, Width, Height, 4);
        new Random(3).NextBytes(source.RowY(60));
        using Picture blurred = pool.Rent(Width, Height);
        blur.Apply(source.Y, source.StrideY, blurred.Y, blurred.StrideY, Width, Height, sigma);
        double[] truth = PlainReference.Gaussian(source, sigma);
        (double worst, double sum) = (0, 0);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                double error = Math.Abs(blurred.RowY(y)[x] - truth[(y * Width) + x]);
                worst = Math.Max(worst, error);
                sum += error;
            }
        }

        return (worst, sum / (Width * Height));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(17, 5)]
    [InlineData(101, 67)]
    public void Vectors_and_the_plain_loops_agree_within_one_level(int width, int height)
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Noise(pool, width, height, seed: width + height);
        using Picture fast = pool.Rent(width, height);
        using Picture plain = pool.Rent(width, height);
        using var blur = new GaussianBlur();
        foreach (float sigma in new[] { 1f, 5, 9, 18, 40 })
        {
            blur.Apply(source, fast, sigma);
            BlurKernels.ScalarOnly = true;
            try
            {
                blur.Apply(source, plain, sigma);
            }
            finally
            {
                BlurKernels.ScalarOnly = false;
            }

            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    Assert.InRange(fast.RowY(y)[x] - plain.RowY(y)[x], -1, 1);
                }
            }
        }
    }

    [Fact]
    public void A_flat_picture_stays_as_it_is()
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Flat(pool, 99, 55, 77, 30, 220);
        using Picture blurred = pool.Rent(99, 55);
        using var blur = new GaussianBlur();
        foreach (float sigma in new[] { 0.3f, 2, 6, 13, 200 })
        {
            blur.Apply(source, blurred, sigma);
            Assert.True(Quality.Same(source, blurred), $"sigma {sigma}");
        }
    }
}
