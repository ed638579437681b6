using Rtc.Media.Drawing;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Drawing;

public sealed class ClassPainterTests
{
    private static readonly Colour[] s_colours = [.. Enumerable.Range(0, 6).Select(ClassColours.Voc)];

    public static TheoryData<ClassOverlay, int, int, float> Cases => new()
    {
        { ClassOverlay.Filled, 64, 48, 0.6f }, { ClassOverlay.Filled, 63, 47, 1f }, { ClassOverlay.Filled, 64, 48, 0f },
        { ClassOverlay.Blend, 64, 48, 0.6f }, { ClassOverlay.Blend, 33, 21, 1f },
        { ClassOverlay.Contour, 96, 64, 1f }, { ClassOverlay.Contour, 61, 45, 0.5f },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Painted_picture_is_the_plain_references_to_one_level(ClassOverlay overlay, int width, int height, float opacity)
    {
        using var pool = new PicturePool();
        using Picture picture = Pictures.Noise(pool, width, height, seed: 3);
        using Picture before = PictureOps.Copy(picture, pool);
        ClassMap map = Map(13, 9, seed: 5);
        var style = new ClassStyle(overlay, opacity, s_colours, id => id is not (0 or 4));

        new ClassPainter().Paint(picture, map, style);

        Compare(before, picture, map, style, overlay, opacity, 0);
    }

    [Fact]
    public void Side_by_side_is_the_picture_and_its_classes_beside_it()
    {
        using var pool = new PicturePool();
        using Picture picture = Pictures.Noise(pool, 63, 47, seed: 4);
        ClassMap map = Map(13, 9, seed: 6);
        var style = new ClassStyle(ClassOverlay.SideBySide, 0.2f, s_colours, id => id != 0);

        using Picture both = new ClassPainter().SideBySide(picture, map, style, pool);

        Assert.Equal((128, 47), (both.Width, both.Height));
        for (int y = 0; y < 47; y++)
        {
            Assert.True(picture.RowY(y).SequenceEqual(both.RowY(y)[..63]));
            for (int x = 0; x < 63; x++)
            {
                int found = At(map, x, y, 63, 47);
                Assert.Equal(found == 0 ? 16 : s_colours[found].Y, both.RowY(y)[64 + x]);
            }
        }
    }

    [Fact]
    public void Published_colours_stand_in_the_maps()
    {
        Assert.Equal(new Colour(192, 128, 128), ClassColours.Voc(15));
        Assert.Equal(new Colour(150, 5, 61), ClassColours.Ade20k(12));
        Assert.Equal(new Colour(92, 0, 255), ClassColours.Ade20k(149));
        Assert.Equal(new Colour(220, 20, 60), ClassColours.Cityscapes(11));
        Assert.True(ClassColours.TryParse("#ff8001", out Colour own));
        Assert.Equal(new Colour(255, 128, 1), own);
        Assert.All(["ff8001", "#ff80", "#gg0000", "#ff80011", ""], text => Assert.False(ClassColours.TryParse(text, out _)));
    }

    private static void Compare(
        Picture before, Picture after, ClassMap map, ClassStyle style, ClassOverlay overlay, float opacity, int offset)
    {
        (int width, int height) = (before.Width, before.Height);
        int thickness = Draw.ThicknessFor(height);
        double Alpha(int x, int y)
        {
            int own = At(map, x, y, width, height);
            bool drawn = style.Shows(own) && (overlay != ClassOverlay.Contour
                || new[] { (0, -thickness), (0, thickness), (-thickness, 0), (thickness, 0) }.Any(step =>
                    At(map, Math.Clamp(x + step.Item1, 0, width - 1), Math.Clamp(y + step.Item2, 0, height - 1), width, height) != own));
            return drawn ? opacity : 0;
        }

        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double alpha = overlay == ClassOverlay.Blend ? 0 : Alpha(x, y);
                Near(before.RowY(y)[x], s_colours[At(map, x, y, width, height)].Y, alpha, after.RowY(y)[x + offset]);
            }
        }

        for (int y = 0; y < before.ChromaHeight; y++)
        {
            for (int x = 0; x < before.ChromaWidth; x++)
            {
                (double u, double v) = (0, 0);
                foreach ((int dx, int dy) in new[] { (0, 0), (1, 0), (0, 1), (1, 1) })
                {
                    (int px, int py) = (Math.Min(width - 1, (2 * x) + dx), Math.Min(height - 1, (2 * y) + dy));
                    Colour colour = s_colours[At(map, px, py, width, height)];
                    double alpha = Alpha(px, py);
                    u += ((before.RowU(y)[x] * (1 - alpha)) + (colour.U * alpha)) / 4;
                    v += ((before.RowV(y)[x] * (1 - alpha)) + (colour.V * alpha)) / 4;
                }

                Assert.InRange(after.RowU(y)[x], u - 1, u + 1);
                Assert.InRange(after.RowV(y)[x], v - 1, v + 1);
            }
        }
    }

    private static void Near(byte before, byte colour, double alpha, byte after)
    {
        double wanted = (before * (1 - alpha)) + (colour * alpha);
        Assert.InRange(after, wanted - 1, wanted + 1);
    }

    private static int At(ClassMap map, int x, int y, int width, int height) =>
        map.Classes[((int)((y + 0.5) * map.Height / height) * map.Width) + (int)((x + 0.5) * map.Width / width)];

    private static ClassMap Map(int width, int height, int seed)
    {
        var random = new Random(seed);
        var map = new ClassMap();
        map.Resize(width, height);
        for (int i = 0; i < map.Classes.Length; i++)
        {
            map.Classes[i] = (byte)random.Next(s_colours.Length);
        }

        return map;
    }
}
