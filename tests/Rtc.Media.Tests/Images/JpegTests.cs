using Rtc.Media.Images;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Images;

public sealed class JpegTests
{
    [Theory]
    [InlineData(320, 240)]
    [InlineData(33, 17)]
    [InlineData(1, 1)]
    public void A_picture_comes_back_close(int width, int height)
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Scene(pool, width, height, 2);
        byte[] jpeg = Jpeg.Encode(source, 95);
        Assert.True(Jpeg.TryDecode(jpeg, pool, out Picture? back, out string? problem), problem);
        using (back)
        {
            Assert.Equal((width, height), (back!.Width, back.Height));
            Assert.True(Quality.Psnr(source, back) > 38, $"{Quality.Psnr(source, back)}");
            for (int y = 0; y < back.ChromaHeight; y++)
            {
                for (int x = 0; x < back.ChromaWidth; x++)
                {
                    Assert.InRange(back.RowU(y)[x] - source.RowU(y)[x], -40, 40);
                }
            }
        }

        Assert.Equal(1, pool.Outstanding);
    }

    [Fact]
    public void Broken_files_say_why_and_leak_nothing()
    {
        using var pool = new PicturePool();
        byte[] jpeg;
        using (Picture source = Pictures.Scene(pool, 64, 48, 2))
        {
            jpeg = Jpeg.Encode(source);
        }

        Assert.False(Jpeg.TryDecode([], pool, out _, out string? problem));
        Assert.NotNull(problem);
        Assert.False(Jpeg.TryDecode("no picture at all"u8, pool, out _, out problem));
        Assert.NotNull(problem);
        var random = new Random(5);
        for (int i = 0; i < 2000; i++)
        {
            byte[] broken = jpeg.AsSpan(0, random.Next(jpeg.Length)).ToArray();
            for (int j = random.Next(6); j > 0 && broken.Length > 0; j--)
            {
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            }

            // Random size fields may ask for up to 100 megapixels; the pool gives such a picture back to the system at once.
            if (Jpeg.TryDecode(broken, pool, out Picture? picture, out _))
            {
                picture!.Dispose();
            }
        }

        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void The_orientation_in_the_file_is_obeyed()
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Scene(pool, 64, 32, 2);
        byte[] plain = Jpeg.Encode(source, 95);
        byte[] exif =
            [0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
        byte[] turned = [.. plain.AsSpan(0, 2), .. exif, .. plain.AsSpan(2)];
        Assert.True(Jpeg.TryDecode(turned, pool, out Picture? picture, out string? problem), problem);
        using (picture)
        {
            Assert.Equal((32, 64), (picture!.Width, picture.Height));
            using Picture expected = PictureOps.Orient(source, Orientation.Clockwise90, pool);
            Assert.True(Quality.Psnr(expected, picture) > 35);
        }
    }

    [Fact]
    public void Photographs_are_read()
    {
        string folder = TestData.Folder;
        using var pool = new PicturePool();
        byte[] file = File.ReadAllBytes(Path.Combine(folder, "images", "people.jpg"));
        Assert.True(Jpeg.TryDecode(file, pool, out Picture? picture, out string? problem), problem);
        Assert.True(picture!.Width > 100);
        picture.Dispose();
    }
}
