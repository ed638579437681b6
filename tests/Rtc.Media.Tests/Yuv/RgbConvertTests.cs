using Rtc.Media.Tests.Support;
using Rtc.Media.Yuv;

namespace Rtc.Media.Tests.Yuv;

public sealed class RgbConvertTests
{
    [Theory]
    [InlineData(64, 32)]
    [InlineData(35, 17)]
    [InlineData(1, 1)]
    public void Going_out_is_the_formula_rounded(int width, int height)
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Noise(pool, width, height, seed: width);
        byte[] rgb = new byte[width * height * 3];
        RgbConvert.ToRgb(source, rgb, width * 3);
        for (int i = 0; i < width * height; i++)
        {
            (int x, int y) = (i % width, i / width);
            double[] truth = PlainReference.ToRgb(source.RowY(y)[x], source.RowU(y / 2)[x / 2], source.RowV(y / 2)[x / 2]);
            for (int c = 0; c < 3; c++)
            {
                Assert.InRange(rgb[(3 * i) + c] - truth[c], -0.51, 0.51);
            }
        }
    }

    [Theory]
    [InlineData(64, 32)]
    [InlineData(35, 17)]
    [InlineData(1, 1)]
    public void Coming_in_is_the_formula_rounded(int width, int height)
    {
        var random = new Random(width);
        byte[] rgb = new byte[width * height * 3];
        byte[] bgra = new byte[width * height * 4];
        random.NextBytes(rgb);
        for (int i = 0; i < width * height; i++)
        {
            (bgra[4 * i], bgra[(4 * i) + 1], bgra[(4 * i) + 2]) = (rgb[(3 * i) + 2], rgb[(3 * i) + 1], rgb[3 * i]);
        }

        using var pool = new PicturePool();
        using Picture picture = pool.Rent(width, height);
        RgbConvert.FromBgra(bgra, width * 4, picture);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (double r, double g, double b) = At(x, y);
                Assert.InRange(picture.RowY(y)[x] - (16 + (((65.481 * r) + (128.553 * g) + (24.966 * b)) / 255)), -0.51, 0.51);
            }
        }

        for (int y = 0; y < picture.ChromaHeight; y++)
        {
            for (int x = 0; x < picture.ChromaWidth; x++)
            {
                (double r, double g, double b) = (0, 0, 0);
                for (int i = 0; i < 4; i++)
                {
                    (double r1, double g1, double b1) = At(
                        Math.Min((2 * x) + (i & 1), width - 1), Math.Min((2 * y) + (i >> 1), height - 1));
                    (r, g, b) = (r + (r1 / 4), g + (g1 / 4), b + (b1 / 4));
                }

                Assert.InRange(picture.RowU(y)[x] - (128 + (((-37.797 * r) - (74.203 * g) + (112 * b)) / 255)), -0.52, 0.52);
                Assert.InRange(picture.RowV(y)[x] - (128 + (((112 * r) - (93.786 * g) - (18.214 * b)) / 255)), -0.52, 0.52);
            }
        }

        (double R, double G, double B) At(int x, int y)
        {
            int at = ((y * width) + x) * 3;
            return (rgb[at], rgb[at + 1], rgb[at + 2]);
        }
    }

    [Fact]
    public void Every_level_of_full_range_lands_on_its_rounded_level()
    {
        byte[] luma = [.. Enumerable.Range(0, 256).Select(level => (byte)level)];
        byte[] chroma = [.. luma];
        RangeConvert.Shrink(luma, 219, 0, 16);
        RangeConvert.Shrink(chroma, 224, 128 * 31, 0);
        byte[] plain = [.. Enumerable.Range(0, 256).Select(level => (byte)level)];
        RangeConvert.ShrinkScalar(plain, 219, 0, 16);
        Assert.Equal(plain, luma);
        for (int level = 0; level < 256; level++)
        {
            Assert.Equal((int)Math.Round(16 + (level * 219.0 / 255)), luma[level]);
            Assert.Equal((int)Math.Round(128 + ((level - 128) * 224.0 / 255)), chroma[level]);
        }
    }
}
