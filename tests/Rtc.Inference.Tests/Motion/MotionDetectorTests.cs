using Rtc.Inference.Motion;
using Rtc.Media;

namespace Rtc.Inference.Tests.Motion;

public sealed class MotionDetectorTests : PaintedStreet
{
    [Fact]
    public void Nothing_is_reported_while_the_background_is_learned_nor_from_noise()
    {
        for (int i = 0; i < Settled * 2; i++)
        {
            Show(_ => { });
            Assert.Empty(Found);
        }
    }

    [Fact]
    public void A_thing_that_moves_in_is_one_box_around_it()
    {
        Settle();
        for (int step = 0; step < 20; step++)
        {
            RectF thing = new(40 + (step * 16), 120, 140 + (step * 16), 320);
            Show(picture => Paint.Fill(picture, thing, (200, 40, 40)));
            Detection only = Assert.Single(Found);
            Assert.True(only.Box.Iou(thing) > 0.8f, $"step {step}: {only.Box} for {thing}");
            Assert.InRange(only.Score, 0.5f, 1f);
        }
    }

    [Fact]
    public void Parts_of_one_thing_that_lie_close_together_are_merged()
    {
        Settle();
        RectF upper = new(200, 100, 300, 196);
        RectF lower = new(200, 204, 300, 300);
        Show(picture =>
        {
            Paint.Fill(picture, upper, (220, 220, 30));
            Paint.Fill(picture, lower, (220, 220, 30));
        });
        Assert.True(Assert.Single(Found).Box.Iou(new RectF(200, 100, 300, 300)) > 0.8f);
    }

    [Fact]
    public void Two_things_far_apart_are_two()
    {
        Settle();
        Show(picture =>
        {
            Paint.Fill(picture, new RectF(60, 100, 160, 220), (220, 220, 30));
            Paint.Fill(picture, new RectF(420, 200, 520, 320), (30, 220, 220));
        });
        Assert.Equal(2, Found.Count);
    }

    [Fact]
    public void A_soft_shadow_is_no_thing()
    {
        Settle();
        for (int i = 0; i < 10; i++)
        {
            Show(picture => Paint.Scale(picture, new RectF(150, 150, 450, 350), 0.72f));
            Assert.Empty(Found);
        }
    }

    [Fact]
    public void A_speck_is_no_thing()
    {
        Settle();
        Show(picture => Paint.Fill(picture, new RectF(300, 200, 312, 212), (255, 255, 255)));
        Assert.Empty(Found);
    }

    [Theory]
    [InlineData(1.35f)]
    [InlineData(0.6f)]
    public void A_jump_of_the_exposure_gives_no_boxes(float share)
    {
        Settle();
        for (int i = 0; i < 60; i++)
        {
            Show(picture => Paint.Scale(picture, new RectF(0, 0, Width, Height), share));
            Assert.Empty(Found);
        }
    }

    [Fact]
    public void A_thing_is_still_seen_after_the_exposure_jumped()
    {
        Settle();
        RectF whole = new(0, 0, Width, Height);
        for (int i = 0; i < 30; i++)
        {
            Show(picture => Paint.Scale(picture, whole, 0.7f));
        }

        RectF thing = new(200, 100, 320, 300);
        Show(picture =>
        {
            Paint.Scale(picture, whole, 0.7f);
            Paint.Fill(picture, thing, (220, 60, 60));
        });
        Assert.True(Assert.Single(Found).Box.Iou(thing) > 0.8f);
    }

    [Fact]
    public void A_thing_that_was_set_down_becomes_background()
    {
        Settle();
        for (int i = 0; i < 400; i++)
        {
            Show(picture => Paint.Fill(picture, new RectF(200, 100, 320, 300), (220, 60, 60)));
        }

        Assert.Empty(Found);
    }

    [Fact]
    public void Another_size_of_picture_starts_anew()
    {
        Settle();
        using Picture other = Paint.Plain(Pool, 333, 217, (10, 200, 10));
        Detector.Detect(other, new DetectOptions(), Found);
        Assert.Empty(Found);
    }

    [Fact]
    public void A_picture_of_one_pixel_is_fine()
    {
        using Picture tiny = Paint.Plain(Pool, 1, 1, (10, 200, 10));
        for (int i = 0; i < 30; i++)
        {
            Detector.Detect(tiny, new DetectOptions(), Found);
            Assert.Empty(Found);
        }
    }
}
