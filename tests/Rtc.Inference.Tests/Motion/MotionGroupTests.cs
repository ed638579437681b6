using Rtc.Inference.Motion;
using Rtc.Media;

namespace Rtc.Inference.Tests.Motion;

/// <summary>What becomes of things that meet, stop and leave, on a painted street with known truth.</summary>
public sealed class MotionGroupTests : PaintedStreet
{
    private static readonly (byte, byte, byte) s_red = (220, 40, 40);
    private static readonly (byte, byte, byte) s_blue = (40, 60, 220);

    [Fact]
    public void Walkers_who_meet_stay_two_until_one_hides_the_other()
    {
        Settle();
        (int apart, int both) = (0, 0);
        for (int step = 0; step < 50; step++)
        {
            RectF first = Body(100 + (8 * step));
            RectF second = Body(500 - (8 * step));
            Show(picture =>
            {
                Person(picture, first, s_red);
                Person(picture, second, s_blue);
            });
            if (step > 6 && first.Iou(second) < 0.1f)
            {
                apart++;
                both += Covers(first) && Covers(second) ? 1 : 0;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"walkers who meet: both found in {both} of {apart} pictures");
        Assert.True(both >= 0.85 * apart, $"{both} of {apart}");
    }

    [Fact]
    public void Pair_that_walks_in_side_by_side_is_divided_by_its_shape()
    {
        Settle();
        int both = 0;
        for (int step = 0; step < 40; step++)
        {
            RectF first = Body(100 + (8 * step));
            RectF second = Body(156 + (8 * step));
            Show(picture =>
            {
                Person(picture, first, s_red);
                Person(picture, second, s_red);
            });
            both += step >= 10 && Covers(first) && Covers(second) ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"pair: both found in {both} of 30 pictures");
        Assert.True(both >= 24, $"{both} of 30");
    }

    [Fact]
    public void Walker_who_stops_is_kept_and_gone_at_once_when_it_leaves()
    {
        Settle();
        for (int step = 0; step < 20; step++)
        {
            Show(picture => Person(picture, Body(40 + (14 * step)), s_red));
        }

        RectF stands = Body(40 + (14 * 19));
        int kept = 0;
        for (int i = 0; i < 300; i++)
        {
            Show(picture => Person(picture, stands, s_red));
            kept += Covers(stands) ? 1 : 0;
        }

        for (int step = 0; step < 25; step++)
        {
            Show(picture => Person(picture, Body(40 + (14 * (19 + step))), s_red));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"standing: kept in {kept} of 300 pictures, then {Found.Count} boxes");
        Assert.True(kept >= 295, $"{kept} of 300");
        Assert.DoesNotContain(Found, found => found.Box.Iou(stands) > 0.1f);
    }

    [Fact]
    public void Walker_who_stands_for_good_becomes_background()
    {
        Settle();
        for (int step = 0; step < 20; step++)
        {
            Show(picture => Person(picture, Body(40 + (14 * step)), s_red));
        }

        for (int i = 0; i < 800; i++)
        {
            Show(picture => Person(picture, Body(306), s_red));
        }

        Assert.Empty(Found);
    }

    [Fact]
    public void Hole_that_is_left_by_what_was_there_before_is_no_thing_for_long()
    {
        RectF stood = Body(306);
        for (int i = 0; i < Settled; i++)
        {
            Show(picture => Person(picture, stood, s_red));
        }

        int empty = 0;
        for (int i = 0; i < 60; i++)
        {
            Show(picture => Person(picture, Body(306 + (10 * i)), s_red));
            empty += 306 + (10 * i) > 306 + stood.Width && Found.Any(found => found.Box.Iou(stood) > 0.4f) ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"hole: a box without anything in {empty} pictures");
        Assert.True(empty <= 16, $"{empty} pictures");
    }

    [Fact]
    public void Light_that_falls_in_is_less_than_a_thing_as_large()
    {
        Settle();
        RectF thing = new(120, 160, 200, 320);
        Show(picture =>
        {
            Paint.Fill(picture, thing, s_blue);
            for (int i = 0; i < 24; i++)
            {
                // Brighter from step to step inwards: the edge of light is soft.
                Paint.Scale(picture, new RectF(380 + (3 * i), 120 + (3 * i), 620 - (3 * i), 420 - (3 * i)), 1.02f);
            }
        });
        float score = Found.Single(found => found.Box.Iou(thing) > 0.5f).Score;
        TestContext.Current.TestOutputHelper?.WriteLine($"thing {score:F2}, others {string.Join(' ', Found.Select(one => one.Score))}");
        Assert.True(score > 0.8f, $"{score}");
        Assert.All(Found, found => Assert.True(found.Box.Iou(thing) > 0.5f || found.Score < 0.3f, $"{found}"));
    }

    private static RectF Body(float x) => new(x, 150, x + 60, 330);

    /// <summary>A head over a body over two legs.</summary>
    private static void Person(Picture picture, in RectF box, (byte R, byte G, byte B) colour)
    {
        Paint.Fill(picture, new RectF(box.Left + 20, box.Top, box.Left + 40, box.Top + 30), colour);
        Paint.Fill(picture, new RectF(box.Left + 4, box.Top + 30, box.Right - 4, box.Top + 110), colour);
        Paint.Fill(picture, new RectF(box.Left + 8, box.Top + 110, box.Left + 26, box.Bottom), colour);
        Paint.Fill(picture, new RectF(box.Left + 34, box.Top + 110, box.Right - 8, box.Bottom), colour);
    }

    private bool Covers(RectF truth) => Found.Any(found => found.Box.Iou(truth) > 0.5f);
}
