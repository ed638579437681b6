using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Yuv;

public sealed class PictureOpsTests
{
    [Theory]
    [InlineData(16, 12)]
    [InlineData(17, 9)]
    [InlineData(1, 5)]
    public void All_eight_orientations_put_every_pixel_where_it_belongs(int width, int height)
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Noise(pool, width, height, seed: 3);
        foreach (Orientation orientation in Enum.GetValues<Orientation>())
        {
            using Picture turned = PictureOps.Orient(source, orientation, pool);
            bool lies = orientation >= Orientation.Transposed;
            Assert.Equal(lies ? (height, width) : (width, height), (turned.Width, turned.Height));
            for (int y = 0; y < turned.Height; y++)
            {
                for (int x = 0; x < turned.Width; x++)
                {
                    (int fromX, int fromY) = Source(orientation, x, y, width, height);
                    Assert.Equal(source.RowY(fromY)[fromX], turned.RowY(y)[x]);
                }
            }

            for (int y = 0; y < turned.ChromaHeight; y++)
            {
                for (int x = 0; x < turned.ChromaWidth; x++)
                {
                    (int fromX, int fromY) = Source(orientation, x, y, source.ChromaWidth, source.ChromaHeight);
                    Assert.Equal(source.RowU(fromY)[fromX], turned.RowU(y)[x]);
                    Assert.Equal(source.RowV(fromY)[fromX], turned.RowV(y)[x]);
                }
            }
        }
    }

    [Theory]
    [InlineData(VideoRotation.Clockwise90, Orientation.Clockwise90)]
    [InlineData(VideoRotation.Clockwise180, Orientation.Turned180)]
    [InlineData(VideoRotation.Clockwise270, Orientation.Clockwise270)]
    [InlineData(VideoRotation.None, Orientation.Upright)]
    public void A_rotation_is_its_orientation(VideoRotation rotation, Orientation orientation)
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Noise(pool, 30, 20, seed: 8);
        using Picture rotated = PictureOps.Rotate(source, rotation, pool);
        using Picture oriented = PictureOps.Orient(source, orientation, pool);
        Assert.True(Quality.Same(rotated, oriented));
    }

    [Fact]
    public void Scaling_a_smooth_picture_down_and_up_keeps_it()
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Scene(pool, 320, 240, 3);
        using Picture small = PictureOps.Scale(source, 160, 120, pool);
        using Picture back = PictureOps.Scale(small, 320, 240, pool);
        Assert.True(Quality.Psnr(source, back) > 32, $"{Quality.Psnr(source, back)}");
    }

    [Fact]
    public void A_crop_is_the_pixels_under_it()
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Noise(pool, 51, 41, seed: 3);
        using Picture crop = PictureOps.Crop(source, new RectF(11, 7, 30.2f, 41), pool);
        Assert.Equal((22, 35), (crop.Width, crop.Height));
        for (int y = 0; y < crop.Height; y++)
        {
            Assert.Equal(source.RowY(y + 6).Slice(10, 22), crop.RowY(y));
        }

        Assert.Equal(source.RowU(3 + 5).Slice(5, 11), crop.RowU(5));
    }

    /// <summary>Where the pixel (x, y) of the upright picture lay before; width and height are of the lying one.</summary>
    private static (int X, int Y) Source(Orientation orientation, int x, int y, int width, int height) => orientation switch
    {
        Orientation.MirroredLeftRight => (width - 1 - x, y),
        Orientation.Turned180 => (width - 1 - x, height - 1 - y),
        Orientation.MirroredTopBottom => (x, height - 1 - y),
        Orientation.Transposed => (y, x),
        Orientation.Clockwise90 => (y, height - 1 - x),
        Orientation.Transversed => (width - 1 - y, height - 1 - x),
        Orientation.Clockwise270 => (width - 1 - y, x),
        _ => (x, y),
    };
}
