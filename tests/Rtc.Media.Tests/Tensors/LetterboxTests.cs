using Rtc.Media.Tensors;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Tensors;

public sealed class LetterboxTests
{
    [Theory]
    [InlineData(64, 48, 41, 41)]
    [InlineData(37, 91, 64, 48)]
    [InlineData(1, 1, 16, 16)]
    [InlineData(2, 3, 40, 40)]
    [InlineData(320, 180, 416, 416)]
    public void Every_layout_and_order_is_within_one_level_of_the_plain_formula(int width, int height, int tensorWidth, int tensorHeight)
    {
        using var pool = new PicturePool();
        using Picture picture = Pictures.Noise(pool, width, height, seed: width);
        foreach (TensorLayout layout in Enum.GetValues<TensorLayout>())
        {
            foreach (ChannelOrder order in Enum.GetValues<ChannelOrder>())
            {
                foreach (bool centred in new[] { true, false })
                {
                    var spec = new TensorSpec
                    {
                        Width = tensorWidth,
                        Height = tensorHeight,
                        Layout = layout,
                        Order = order,
                        Centred = centred,
                        Mean = new(10, 20, 30),
                        Scale = new(0.5f, 2, 1),
                    };
                    float[] tensor = new float[spec.Elements];
                    TensorImage.Letterbox(picture, spec, tensor, out LetterboxMap map);
                    Assert.Equal(centred ? (tensorWidth - map.Width) / 2 : 0, map.OffsetX);
                    float worst = 0;
                    for (int y = 0; y < tensorHeight; y++)
                    {
                        for (int x = 0; x < tensorWidth; x++)
                        {
                            bool inside = x >= map.OffsetX && x < map.OffsetX + map.Width && y >= map.OffsetY
                                && y < map.OffsetY + map.Height;
                            double[] rgb = inside
                                ? PlainReference.Rgb(
                                    picture, ((x - map.OffsetX + 0.5) * width / map.Width) - 0.5,
                                    ((y - map.OffsetY + 0.5) * height / map.Height) - 0.5)
                                : [114, 114, 114];
                            for (int c = 0; c < 3; c++)
                            {
                                double level = rgb[order == ChannelOrder.Rgb ? c : 2 - c];
                                double mean = new[] { 10, 20, 30 }[c];
                                double scale = new[] { 0.5, 2, 1 }[c];
                                int at = layout == TensorLayout.Nchw
                                    ? (c * tensorWidth * tensorHeight) + (y * tensorWidth) + x
                                    : (((y * tensorWidth) + x) * 3) + c;
                                worst = MathF.Max(worst, MathF.Abs((float)(((level - mean) * scale) - tensor[at])) / (float)scale);
                            }
                        }
                    }

                    Assert.True(worst < 0.1, $"{layout} {order}: off by {worst} levels");
                }
            }
        }
    }

    [Fact]
    public void Bytes_and_halves_hold_what_the_floats_hold()
    {
        using var pool = new PicturePool();
        using Picture picture = Pictures.Noise(pool, 50, 40, seed: 5);
        var spec = new TensorSpec { Width = 33, Height = 29, Layout = TensorLayout.Nhwc };
        float[] floats = new float[spec.Elements];
        byte[] bytes = new byte[spec.Elements];
        Half[] halves = new Half[spec.Elements];
        TensorImage.Letterbox(picture, spec, floats, out _);
        TensorImage.Letterbox(picture, spec, bytes, out _);
        TensorImage.Letterbox(picture, spec, halves, out _);
        for (int i = 0; i < floats.Length; i++)
        {
            Assert.InRange(bytes[i] - floats[i], -0.51f, 0.51f);
            Assert.InRange((float)halves[i] - floats[i], -0.1f, 0.1f);
        }
    }

    [Fact]
    public void The_map_leads_back_to_where_a_point_came_from()
    {
        var spec = new TensorSpec { Width = 640, Height = 640 };
        LetterboxMap map = LetterboxMap.For(1280, 720, spec);
        Assert.Equal((0, 140, 640, 360), (map.OffsetX, map.OffsetY, map.Width, map.Height));
        Assert.Equal(new RectF(100, 200, 300, 400), map.ToPicture(new RectF(50, 240, 150, 340)));
        Assert.Equal(0, map.PictureX(0));
        Assert.Equal(720, map.PictureY(500));
    }

    [Theory]
    [InlineData(true, true, 0, 36, 32, 24)]
    [InlineData(true, false, 0, 0, 32, 24)]
    [InlineData(false, false, 0, 0, 32, 96)]
    public void Part_with_fractional_edges_leads_back_to_the_picture(bool keepAspect, bool centred, int x, int y, int width, int height)
    {
        RectF part = new(21.5f, 11.25f, 85.5f, 59.25f);
        var map = LetterboxMap.For(part, new TensorSpec { Width = 32, Height = 96, KeepAspect = keepAspect, Centred = centred });
        Assert.Equal((x, y, width, height), (map.OffsetX, map.OffsetY, map.Width, map.Height));
        Assert.Equal(part, map.ToPicture(new RectF(x, y, x + width, y + height)));
    }

    [Fact]
    public void A_region_is_letterboxed_as_if_it_were_a_picture_of_its_own()
    {
        using var pool = new PicturePool();
        using Picture picture = Pictures.Noise(pool, 100, 80, seed: 9);
        var spec = new TensorSpec { Width = 32, Height = 32 };
        float[] tensor = new float[spec.Elements];
        TensorImage.Letterbox(picture, new RectF(21, 11, 60, 50), spec, tensor, out LetterboxMap map);
        Assert.Equal((20, 10), (map.OriginX, map.OriginY));
        Assert.Equal(20, map.PictureX(map.OffsetX));
        float[] part = new float[spec.Elements];
        TensorImage.Letterbox(picture.View().Crop(new RectF(20, 10, 60, 50)), spec, part, out _);
        Assert.Equal(part, tensor);
    }
}
