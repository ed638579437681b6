using Rtc.Media;
using Rtc.Pipeline.Following;
using Rtc.Pipeline.Tests.Fakes;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Following;

public class CorrelationFilterTests
{
    private const int Width = 640;
    private const int Height = 480;

    private static readonly RoomUnits Units = new(Width, Height);

    private readonly PicturePool _pool = new();
    private readonly byte[,] _background = Scenes.Texture(Width, Height, 11, grain: 24);
    private readonly byte[,] _thing = Scenes.Texture(70, 60, 12);

    [Fact]
    public void A_thing_is_followed_along_its_way_to_within_a_few_pixels()
    {
        CorrelationFilter? filter = null;
        double worst = 0;
        for (int t = 0; t < 120; t++)
        {
            double x = 120 + (3.3 * t);
            double y = 240 + (90 * Math.Sin(t / 14.0));
            using Picture picture = Shot(x, y);
            if (filter is null)
            {
                filter = new CorrelationFilter(picture, Units, Units.FromPixels(BoxAt(x, y)));
                continue;
            }

            Assert.True(filter.Follow(picture, Units), $"lost at picture {t}, sharpness {filter.Sharpness}");
            RectF found = Units.ToPixels(filter.Box);
            worst = Math.Max(worst, Math.Max(Math.Abs(found.CenterX - x), Math.Abs(found.CenterY - y)));
        }

        Console.WriteLine($"correlation filter: farthest off {worst:F2} pixels over 120 pictures");
        Assert.True(worst < 5, $"{worst}");
    }

    [Fact]
    public void It_grows_with_what_comes_nearer()
    {
        CorrelationFilter? filter = null;
        double scale = 1;
        for (int t = 0; t < 60; t++, scale *= 1.008)
        {
            using Picture picture = Shot(320, 240, scale);
            filter ??= new CorrelationFilter(picture, Units, Units.FromPixels(BoxAt(320, 240)));
            filter.Follow(picture, Units);
        }

        float width = Units.ToPixels(filter!.Box).Width;
        Console.WriteLine($"correlation filter: thing grew from 70 to {70 * scale / 1.008:F1} pixels, box to {width:F1}");
        Assert.Equal(70 * scale / 1.008, width, 16.0);
    }

    [Fact]
    public void What_is_gone_is_said_to_be_gone_and_found_again_where_it_was()
    {
        using Picture there = Shot(320, 240);
        using Picture gone = Scenes.Picture(_pool, Width, Height, _background);
        var filter = new CorrelationFilter(there, Units, Units.FromPixels(BoxAt(320, 240)));
        Assert.True(filter.Follow(there, Units));
        for (int t = 0; t < 20; t++)
        {
            Assert.False(filter.Follow(gone, Units), $"sharpness {filter.Sharpness}");
        }

        Assert.True(filter.Follow(there, Units));
    }

    [Fact]
    public void A_flat_or_tiny_picture_and_a_box_outside_do_no_harm()
    {
        using Picture flat = _pool.Rent(1, 1);
        flat.RowY(0).Clear();
        var units = new RoomUnits(1, 1);
        var filter = new CorrelationFilter(flat, units, new RectF(-5000, -5000, -4000, -4000));
        Assert.False(filter.Follow(flat, units));
        Assert.True(float.IsFinite(filter.Box.Area));
    }

    private static RectF BoxAt(double x, double y) => new((float)x - 35, (float)y - 30, (float)x + 35, (float)y + 30);

    private Picture Shot(double x, double y, double scale = 1)
    {
        Picture picture = Scenes.Picture(_pool, Width, Height, _background);
        Scenes.Put(picture, _thing, x, y, scale);
        return picture;
    }
}
