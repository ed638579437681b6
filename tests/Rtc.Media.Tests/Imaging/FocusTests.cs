using Rtc.Media.Imaging;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Imaging;

public sealed class FocusTests
{
    [Theory]
    [InlineData(320, 240)]
    [InlineData(161, 91)]
    [InlineData(2, 2)]
    [InlineData(1, 1)]
    public void The_subjects_bytes_stay_and_the_rest_gets_smooth(int width, int height)
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Noise(pool, width, height, seed: 1);
        using Picture result = pool.Rent(width, height);
        using var focus = new Focus();
        var box = new RectF(width / 4 & ~1, height / 4 & ~1, width * 3 / 4 & ~1, height * 3 / 4 & ~1);
        focus.Apply(source, MaskShapes.Box(box), null, 0.8f, result);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (box.Contains(x, y))
                {
                    Assert.Equal(source.RowY(y)[x], result.RowY(y)[x]);
                    Assert.Equal(source.RowU(y / 2)[x / 2], result.RowU(y / 2)[x / 2]);
                    Assert.Equal(source.RowV(y / 2)[x / 2], result.RowV(y / 2)[x / 2]);
                }
            }
        }

        if (width > 100)
        {
            Assert.True(Roughness(result, 0, height / 5) < 6, $"{Roughness(result, 0, height / 5)}");
            Assert.True(Roughness(source, 0, height / 5) > 50);
        }
    }

    [Fact]
    public void The_background_takes_no_colour_from_the_subject()
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Flat(pool, 320, 240, 60);
        var box = new RectF(120, 80, 200, 160);
        for (int y = 80; y < 160; y++)
        {
            source.RowY(y)[120..200].Fill(235);
        }

        using var focus = new Focus();
        focus.Apply(source, MaskShapes.Box(box), 1);
        for (int y = 0; y < 240; y++)
        {
            for (int x = 0; x < 320; x++)
            {
                if (!box.Contains(x, y))
                {
                    Assert.InRange(source.RowY(y)[x], 58, 66);
                }
            }
        }
    }

    [Fact]
    public void Two_subjects_are_both_sharp()
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Noise(pool, 200, 100, seed: 2);
        using Picture result = pool.Rent(200, 100);
        using var focus = new Focus();
        focus.Apply(source, MaskShapes.Box(new RectF(10, 10, 40, 40)), MaskShapes.Box(new RectF(150, 50, 190, 90)), 0.5f, result);
        Assert.Equal(source.RowY(20)[10..40], result.RowY(20)[10..40]);
        Assert.Equal(source.RowY(70)[150..190], result.RowY(70)[150..190]);
        Assert.False(source.RowY(20)[150..190].SequenceEqual(result.RowY(20)[150..190]));
    }

    [Fact]
    public void What_is_hidden_is_gone_and_the_rest_is_untouched()
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Noise(pool, 320, 240, seed: 4);
        using Picture result = pool.Rent(320, 240);
        using var focus = new Focus();
        var box = new RectF(100, 60, 180, 140);
        focus.Hide(source, [box], [MaskShapes.Ellipse(new RectF(220, 100, 300, 180))], 0, result);
        for (int y = 0; y < 60; y++)
        {
            Assert.Equal(source.RowY(y), result.RowY(y));
        }

        Assert.Equal(source.RowY(100)[..100], result.RowY(100)[..100]);
        byte[] inside = result.RowY(100)[110..170].ToArray();
        Assert.True(inside.Max() - inside.Min() < 40);
    }

    [Fact]
    public void Regions_partly_or_wholly_outside_do_no_harm()
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Noise(pool, 101, 57, seed: 4);
        using var focus = new Focus();
        var random = new Random(77);
        float[] odd = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -1e9f, 1e9f, 0];
        for (int i = 0; i < 400; i++)
        {
            var region = new RectF(Any(), Any(), Any(), Any());
            var mask = new Mask(random.Next(1, 40), random.Next(1, 40), region);
            random.NextBytes(mask.Alpha);
            focus.Apply(source, mask, i % 3 == 0 ? mask : null, (float)random.NextDouble(), source);
            focus.Hide(source, [region], [mask], 0.4f, source);
        }

        float Any() => random.Next(5) == 0 ? odd[random.Next(odd.Length)] : random.Next(-150, 250) + (float)random.NextDouble();
    }

    [Fact]
    public void A_picture_costs_no_allocation_after_the_first()
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Noise(pool, 320, 240, seed: 4);
        using var focus = new Focus();
        Mask mask = MaskShapes.Ellipse(new RectF(50, 50, 200, 200));
        focus.Apply(source, mask, 0.5f);
        Assert.Equal(0, Allocation.OfQuietestRound(() => focus.Apply(source, mask, 0.5f)));
    }

    private static double Roughness(Picture picture, int top, int bottom)
    {
        double sum = 0;
        for (int y = top; y < bottom; y++)
        {
            Span<byte> row = picture.RowY(y);
            for (int x = 1; x < row.Length; x++)
            {
                sum += Math.Abs(row[x] - row[x - 1]);
            }
        }

        return sum / ((bottom - top) * (picture.Width - 1.0));
    }
}
