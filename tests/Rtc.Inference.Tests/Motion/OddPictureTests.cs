using Rtc.Inference.Motion;
using Rtc.Media;

namespace Rtc.Inference.Tests.Motion;

/// <summary>Strangers choose the size of their pictures: a row or a column of pixels is one too.</summary>
public sealed class OddPictureTests : IDisposable
{
    private readonly PicturePool _pool = PicturePool.Diagnostic();

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    [InlineData(8192, 2)]
    [InlineData(2, 8192)]
    [InlineData(65500, 1)]
    [InlineData(1, 65500)]
    [InlineData(1281, 7)]
    public void Motion_is_looked_for_in_pictures_of_any_shape(int width, int height)
    {
        using Picture picture = _pool.Rent(width, height);
        picture.FillGrey(90);
        using var detector = new MotionDetector();
        using var mapper = new MotionMapper();
        List<Detection> found = [];
        for (int i = 0; i < 20; i++)
        {
            detector.Detect(picture, new DetectOptions { Confidence = 0 }, found);
            Assert.True(mapper.TryMap(picture, 1, out _, out _));
        }

        Assert.Empty(found);
    }

    /// <summary>What lies behind the picture in memory is no part of it.</summary>
    [Theory]
    [InlineData(1000, 3)]
    [InlineData(3, 1000)]
    public void Small_copy_of_a_strip_is_the_mean_of_its_own_pixels(int width, int height)
    {
        using Picture picture = _pool.Rent(width, height);
        picture.FillGrey(90);
        var small = SmallPicture.For(picture, 160);
        small.Take(picture);
        Assert.All(small.Y, luma => Assert.Equal(90, luma));
        Assert.All(small.U, chroma => Assert.Equal(128, chroma));
        Assert.All(small.V, chroma => Assert.Equal(128, chroma));
    }
}
