using Rtc.Media.Images;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Images;

public sealed class StillImageTests
{
    private const double MinPsnr = 34;

    [Fact]
    public void Png_that_was_written_here_is_read_again()
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Scene(pool, 33, 18, 2);

        using Picture back = Read(Png.Encode(source), pool);

        Assert.Equal((33, 18), (back.Width, back.Height));
        Assert.True(Quality.Psnr(source, back) > MinPsnr, $"{Quality.Psnr(source, back)}");
    }

    [Theory]
    [InlineData("png", "rgba")]
    [InlineData("png", "rgb48be")]
    [InlineData("png", "gray")]
    [InlineData("png", "pal8")]
    [InlineData("libwebp -quality 90", "yuv420p")]
    [InlineData("libwebp -lossless 1", "bgra")]
    public void Kinds_of_png_and_webp_are_read(string encoder, string format)
    {
        Ffmpeg.Need();
        using var pool = new PicturePool();
        using Picture source = Pictures.Scene(pool, 96, 64, 2);
        byte[] file = Ffmpeg.Run(
            $"-f image2pipe -c:v png -i pipe:0 -pix_fmt {format} -c:v {encoder} -frames:v 1 -f image2pipe pipe:1", Png.Encode(source));

        using Picture back = Read(file, pool);

        Assert.Equal((96, 64), (back.Width, back.Height));
        double psnr = Quality.Psnr(source, back);
        Assert.True(psnr > (format == "pal8" ? 22 : MinPsnr), $"{psnr:0.0}");
    }

    [Fact]
    public void Broken_files_say_why_and_leak_nothing()
    {
        using var pool = new PicturePool();
        byte[] png;
        using (Picture source = Pictures.Scene(pool, 40, 30, 2))
        {
            png = Png.Encode(source);
        }

        byte[] webp = [.. "RIFF"u8, 90, 0, 0, 0, .. "WEBPVP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        Assert.False(StillImage.TryDecode(webp, pool, out _, out string? problem));
        Assert.Contains("larger than", problem, StringComparison.Ordinal);
        var random = new Random(7);
        for (int i = 0; i < 300; i++)
        {
            byte[] broken = png.AsSpan(0, random.Next(png.Length)).ToArray();
            for (int j = random.Next(4); j > 0 && broken.Length > 26; j--)
            {
                broken[random.Next(26, broken.Length)] = (byte)random.Next(256);
            }

            if (StillImage.TryDecode(broken, pool, out Picture? picture, out problem))
            {
                picture!.Dispose();
            }
            else
            {
                Assert.False(string.IsNullOrEmpty(problem));
            }
        }

        Assert.Equal(0, pool.Outstanding);
    }

    private static Picture Read(byte[] file, PicturePool pool)
    {
        Assert.True(StillImage.TryDecode(file, pool, out Picture? picture, out string? problem), problem);
        return picture!;
    }
}
