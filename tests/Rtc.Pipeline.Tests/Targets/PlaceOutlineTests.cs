using Rtc.Inference.Segment;
using Rtc.Media;
using Rtc.Pipeline.Settings;
using Rtc.Pipeline.Targets;
using Xunit;

namespace Rtc.Pipeline.Tests.Targets;

public sealed class PlaceOutlineTests : IDisposable
{
    private readonly PicturePool _pool = new();
    private readonly GrabCutSegmenter _segmenter = new();

    public void Dispose()
    {
        _segmenter.Dispose();
        _pool.Dispose();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(12)]
    public void Thing_of_other_colours_is_cut_out(int noise)
    {
        using Picture picture = Disc(noise, luma: 190, chroma: 90);

        Assert.True(PlaceOutline.TryCut(_segmenter, picture, new PlaceF(0.4f, 0.5f), out _, out RectF box));
        Assert.InRange(box.CenterX, 120, 136);
        Assert.InRange(box.Width, 40, 70);
    }

    [Theory]
    [InlineData(0.8f, 0.2f)]
    [InlineData(0.9f, 0.9f)]
    [InlineData(0.1f, 0.1f)]
    public void Bare_wall_is_nothing(float x, float y)
    {
        using Picture picture = Disc(noise: 8, luma: 190, chroma: 90);

        Assert.False(PlaceOutline.TryCut(_segmenter, picture, new PlaceF(x, y), out _, out _));
    }

    [Fact]
    public void Noise_is_nothing()
    {
        using Picture picture = Disc(noise: 40, luma: 100, chroma: 128);

        Assert.False(PlaceOutline.TryCut(_segmenter, picture, new PlaceF(0.4f, 0.5f), out _, out _));
    }

    private Picture Disc(int noise, int luma, byte chroma)
    {
        Picture picture = _pool.Rent(320, 240);
        var random = new Random(3);
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                bool inside = Math.Pow(x - 128, 2) + Math.Pow(y - 120, 2) < 26 * 26;
                picture.RowY(y)[x] = (byte)((inside ? luma : 100) + random.Next(-noise, noise + 1));
                picture.RowU(y / 2)[x / 2] = inside ? chroma : (byte)128;
                picture.RowV(y / 2)[x / 2] = 128;
            }
        }

        return picture;
    }
}
