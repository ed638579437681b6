using Rtc.Media;
using Rtc.Pipeline.Masks;
using Rtc.Pipeline.Tracking;
using Xunit;

namespace Rtc.Pipeline.Tests.Masks;

public class PropagatedMaskTests
{
    private static readonly RoomUnits Units = new(640, 480);

    [Fact]
    public void An_outline_goes_and_grows_with_its_box_without_trailing_behind()
    {
        var mask = new PropagatedMask();
        var written = new ResultMask();
        double worst = 1;
        for (int t = 0; t < 60; t++)
        {
            RectF box = new(40 + (6 * t), 100 + t, 140 + (7 * t), 300 + (2 * t));
            if (t % 6 == 0)
            {
                mask.Take(7, Circle(box), box);
            }

            Mask got = written.Write(mask, Units.FromPixels(box), Units);
            worst = Math.Min(worst, Iou(got, Circle(box)));
        }

        Console.WriteLine($"mask carried over six pictures: worst IoU {worst:F3}");
        Assert.True(worst > 0.93, $"{worst}");
    }

    [Fact]
    public void An_edge_that_trembles_is_steadied()
    {
        var random = new Random(5);
        RectF box = new(200, 100, 360, 400);
        var mask = new PropagatedMask();
        byte[]? before = null;
        long raw = 0;
        long steady = 0;
        Mask? rawBefore = null;
        for (int t = 0; t < 40; t++)
        {
            Mask now = Circle(box, radius: 0.8 + (0.05 * random.NextDouble()));
            mask.Take(1, now, box);
            steady += before is null ? 0 : Difference(before, mask.Alpha);
            raw += rawBefore is null ? 0 : Difference(Grid(rawBefore, box), Grid(now, box));
            before = mask.Alpha.ToArray();
            rawBefore = now;
        }

        Console.WriteLine($"edge tremble: raw {raw}, steadied {steady}");
        Assert.True(steady < 0.75 * raw, $"{steady} of {raw}");
    }

    [Fact]
    public void Another_shape_replaces_the_last_at_once()
    {
        RectF box = new(200, 100, 360, 400);
        var mask = new PropagatedMask();
        mask.Take(1, Circle(box), box);
        var left = new Mask(2, 1, box);
        left.Alpha[0] = 255;
        mask.Take(1, left, box);
        Assert.Equal(0, mask.Alpha[(64 * PropagatedMask.Side) + 100]);
        Assert.Equal(255, mask.Alpha[(64 * PropagatedMask.Side) + 30]);
    }

    [Fact]
    public void With_nothing_better_it_is_an_ellipse_inside_the_box()
    {
        var mask = new PropagatedMask();
        mask.UseEllipse(3);
        Assert.False(mask.IsOutline);
        Assert.Equal(255, mask.Alpha[(64 * PropagatedMask.Side) + 64]);
        Assert.Equal(0, mask.Alpha[0]);
        Mask got = new ResultMask().Write(mask, Units.FromPixels(new RectF(100, 100, 200, 300)), Units);
        Assert.Equal((160, 120), (got.Width, got.Height));
        Assert.All(got.Alpha.ToArray(), alpha => Assert.True(alpha is 0 or 255));
        Assert.Equal(255, got.Row(50)[37]);
        Assert.Equal(0, got.Row(50)[60]);
    }

    [Fact]
    public void Boxes_beyond_the_picture_or_without_size_do_no_harm()
    {
        var mask = new PropagatedMask();
        mask.UseEllipse(3);
        var written = new ResultMask();
        foreach (RectF box
            in (RectF[])[new(-500, -500, -100, -100), new(5000, 5000, 6000, 6000), new(10, 10, 10, 10), new(-1e9f, -1e9f, 1e9f, 1e9f)])
        {
            written.Write(mask, box, Units);
            mask.Take(3, Circle(new RectF(10, 10, 20, 20)), box);
        }
    }

    private static Mask Circle(RectF box, double radius = 0.8)
    {
        var mask = new Mask(200, 200, box);
        for (int y = 0; y < 200; y++)
        {
            for (int x = 0; x < 200; x++)
            {
                mask.Row(y)[x] = Math.Pow((x - 99.5) / 100, 2) + Math.Pow((y - 99.5) / 100, 2) <= radius * radius ? (byte)255 : (byte)0;
            }
        }

        return mask;
    }

    private static byte[] Grid(Mask mask, RectF box)
    {
        var single = new PropagatedMask();
        single.Take(1, mask, box);
        return single.Alpha.ToArray();
    }

    private static long Difference(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        long sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += Math.Abs(a[i] - b[i]);
        }

        return sum;
    }

    private static double Iou(Mask whole, Mask circle)
    {
        int both = 0;
        int either = 0;
        for (int y = 0; y < whole.Height; y++)
        {
            for (int x = 0; x < whole.Width; x++)
            {
                float px = (x + 0.5f) * whole.Region.Width / whole.Width;
                float py = (y + 0.5f) * whole.Region.Height / whole.Height;
                RectF region = circle.Region;
                bool inCircle = region.Contains(px, py)
                    && circle.Row((int)((py - region.Top) / region.Height * 200))[(int)((px - region.Left) / region.Width * 200)] >= 128;
                bool inMask = whole.Row(y)[x] == 255;
                both += inCircle && inMask ? 1 : 0;
                either += inCircle || inMask ? 1 : 0;
            }
        }

        return both / (double)either;
    }
}
