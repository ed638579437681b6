using Rtc.Media.Drawing;
using Rtc.Media.Drawing.Letters;
using Rtc.Media.Imaging;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Drawing;

public sealed class DrawTests
{
    [Fact]
    public void A_box_touches_nothing_but_its_line()
    {
        using var pool = new PicturePool();
        using Picture picture = Pictures.Noise(pool, 200, 150, seed: 1);
        using Picture before = PictureOps.Copy(picture, pool);
        Colour colour = Palette.ForTrack(5);
        Draw.Box(picture, new RectF(40, 30, 120, 100), colour, thickness: 4);
        for (int y = 0; y < 150; y++)
        {
            for (int x = 0; x < 200; x++)
            {
                bool outside = x < 39 || y < 29 || x > 120 || y > 100;
                bool inside = x is > 45 and < 115 && y is > 35 and < 95;
                if (outside || inside)
                {
                    Assert.Equal(before.RowY(y)[x], picture.RowY(y)[x]);
                }
            }
        }

        Assert.Equal(colour.Y, picture.RowY(31)[60]);
        Assert.Equal(colour.U, picture.RowU(16)[30]);
        Assert.Equal(colour.V, picture.RowV(16)[30]);
    }

    [Fact]
    public void Drawing_anywhere_on_any_size_stays_inside_of_the_picture()
    {
        // The diagnostic pool would see a stray byte in a returned picture; a stray byte in this one's padding shows as a changed row.
        var random = new Random(6);
        using PicturePool pool = PicturePool.Diagnostic();
        using var painter = new MaskPainter();
        float[] odd = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -1e9f, 1e9f];
        for (int i = 0; i < 600; i++)
        {
            using Picture picture = pool.Rent(random.Next(1, 90), random.Next(1, 70));
            var box = new RectF(Any(), Any(), Any(), Any());
            Draw.Box(picture, box, Palette.ForTrack(i), random.Next(0, 30));
            Draw.Label(picture, Any(), Any(), "person Ẵ #12 e\u0301 Щ狗\uD83D 99%", Palette.ForTrack(i), random.Next(0, 80));
            Draw.Fill(picture, box, Colour.White);
            var mask = new Mask(random.Next(1, 20), random.Next(1, 20), box);
            random.NextBytes(mask.Alpha);
            painter.Tint(picture, mask, Palette.ForTrack(i), 0.5f);
            painter.Contour(picture, mask, Palette.ForTrack(i));
        }

        float Any() => random.Next(6) == 0 ? odd[random.Next(odd.Length)] : random.Next(-60, 150) + (float)random.NextDouble();
    }

    [Fact]
    public void A_time_code_in_a_corner_stays_readable()
    {
        using var pool = new PicturePool();
        using Picture picture = Pictures.Noise(pool, 640, 480, seed: 1);
        using Picture before = PictureOps.Copy(picture, pool);
        Draw.Box(picture, new RectF(200, 100, 400, 400), Palette.ForTrack(1));
        Draw.Label(picture, 200, 100, "person #1 90%", Palette.ForTrack(1));
        for (int y = 0; y < 60; y++)
        {
            Assert.Equal(before.RowY(y)[..180], picture.RowY(y)[..180]);
        }
    }

    [Theory]
    [InlineData(640, 480)]
    [InlineData(1280, 720)]
    public void Text_is_as_tall_as_asked_and_every_letter_differs_from_every_other(int width, int height)
    {
        using var pool = new PicturePool();
        int size = Draw.TextSizeFor(height);
        var shapes = new HashSet<string>();
        for (char letter = '!'; letter <= '~'; letter++)
        {
            using Picture picture = Pictures.Flat(pool, width, height, 235);
            Draw.Text(picture, 20, 40, [letter], Colour.Black, size);
            var shape = new System.Text.StringBuilder();
            int dark = 0;
            for (int y = 30; y < 40 + (2 * size); y++)
            {
                foreach (byte luma in picture.RowY(y)[10..(30 + (2 * size))])
                {
                    shape.Append(luma < 120 ? '#' : '.');
                    dark += luma < 120 ? 1 : 0;
                }
            }

            Assert.True(dark > 2, $"'{letter}' left no ink");
            Assert.True(shapes.Add(shape.ToString()), $"'{letter}' looks like another");
        }

        Assert.True(GlyphSet.OfSize(size).Measure("person 99%").Width < width / 5);
    }

    [Fact]
    public void Twenty_colours_are_told_apart_and_their_ink_is_read()
    {
        var colours = Enumerable.Range(0, Palette.Count).Select(Palette.ForTrack).ToList();
        Assert.Equal(20, colours.Distinct().Count());
        for (int i = 0; i < 20; i++)
        {
            // 4.5 is WCAG's least contrast for text.
            Assert.True(Contrast(colours[i], colours[i].Ink) > 4.5, $"{i}: {colours[i]} ink {Contrast(colours[i], colours[i].Ink):0.0}");
            Assert.True(Contrast(colours[i], Colour.White) > 1.3 && Contrast(colours[i], Colour.Black) > 2.2, $"{i}: {colours[i]}");
            for (int j = 0; j < i; j++)
            {
                double apart = Distance(colours[i], colours[j]);
                Assert.True(apart > 40, $"{i} and {j}: {colours[i]} {colours[j]} {apart:0.0}");
            }
        }

        Assert.Equal(Palette.ForTrack(3), Palette.ForTrack(23));
        _ = Palette.ForTrack(-1);
    }

    [Fact]
    public void A_tint_stays_under_its_mask_and_a_contour_on_its_edge()
    {
        using var pool = new PicturePool();
        using Picture picture = Pictures.Flat(pool, 320, 240, 128);
        using var painter = new MaskPainter();
        Mask mask = MaskShapes.Ellipse(new RectF(60, 40, 260, 200), 0.02f);
        painter.Tint(picture, mask, Colour.White, 0.5f);
        Assert.Equal(128, picture.RowY(45)[65]);
        Assert.InRange(picture.RowY(120)[160], 175, 185);
        using Picture tinted = PictureOps.Copy(picture, pool);
        painter.Contour(picture, mask, Colour.Black, 3);
        Assert.Equal(tinted.RowY(120)[100..220], picture.RowY(120)[100..220]);
        Assert.Contains(picture.RowY(120)[55..75].ToArray(), luma => luma < 30);
        Assert.Contains(picture.RowY(41)[120..200].ToArray(), luma => luma < 60);
    }

    [Fact]
    public void Drawing_allocates_nothing_once_its_letters_are_made()
    {
        using var pool = new PicturePool();
        using Picture picture = Pictures.Flat(pool, 320, 240, 128);
        using var painter = new MaskPainter();
        Mask mask = MaskShapes.Ellipse(new RectF(60, 40, 260, 200));
        All();
        Assert.Equal(0, Allocation.OfQuietestRound(() => All()));

        void All()
        {
            Draw.Box(picture, mask.Region, Palette.ForTrack(1));
            Draw.Label(picture, 60, 40, "person #1 90%", Palette.ForTrack(1));
            Draw.Label(picture, 60, 80, "Ệ e\u0323\u0302 ß Київ 狗😀\u200D\u00A0", Palette.ForTrack(1));
            painter.Tint(picture, mask, Palette.ForTrack(1));
            painter.Contour(picture, mask, Palette.ForTrack(1));
        }
    }

    private static double Contrast(Colour a, Colour b)
    {
        (double light, double dark) = (Luminance(a), Luminance(b));
        (light, dark) = (Math.Max(light, dark), Math.Min(light, dark));
        return (light + 0.05) / (dark + 0.05);
    }

    private static double Luminance(Colour c) => (0.2126 * Linear(c.Red)) + (0.7152 * Linear(c.Green)) + (0.0722 * Linear(c.Blue));

    private static double Linear(byte level)
    {
        double value = level / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }

    /// <summary>CIE76 in Lab.</summary>
    private static double Distance(Colour a, Colour b)
    {
        (double l1, double a1, double b1) = Lab(a);
        (double l2, double a2, double b2) = Lab(b);
        return Math.Sqrt(((l1 - l2) * (l1 - l2)) + ((a1 - a2) * (a1 - a2)) + ((b1 - b2) * (b1 - b2)));
    }

    private static (double L, double A, double B) Lab(Colour c)
    {
        (double r, double g, double b) = (Linear(c.Red), Linear(c.Green), Linear(c.Blue));
        double x = F(((0.4124 * r) + (0.3576 * g) + (0.1805 * b)) / 0.9505);
        double y = F((0.2126 * r) + (0.7152 * g) + (0.0722 * b));
        double z = F(((0.0193 * r) + (0.1192 * g) + (0.9505 * b)) / 1.089);
        return ((116 * y) - 16, 500 * (x - y), 200 * (y - z));

        static double F(double t) => t > 0.008856 ? Math.Cbrt(t) : (7.787 * t) + (16 / 116.0);
    }
}
