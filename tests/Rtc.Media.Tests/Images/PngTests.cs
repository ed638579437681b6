using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using Rtc.Media.Drawing;
using Rtc.Media.Images;
using Rtc.Media.Tests.Support;
using Rtc.Media.Yuv;

namespace Rtc.Media.Tests.Images;

public sealed class PngTests
{
    [Theory]
    [InlineData(40, 30)]
    [InlineData(7, 3)]
    public void The_file_unpacks_to_the_pictures_pixels(int width, int height)
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Noise(pool, width, height, seed: 6);
        byte[] png = Png.Encode(source);
        byte[] rgb = new byte[width * height * 3];
        RgbConvert.ToRgb(source, rgb, width * 3);
        Assert.Equal(rgb, Unpack(png, width, height, 3));
    }

    [Fact]
    public void A_mask_is_grey()
    {
        var mask = new Mask(9, 4, new RectF(0, 0, 9, 4));
        new Random(1).NextBytes(mask.Alpha);
        Assert.Equal(mask.Alpha.ToArray(), Unpack(Png.Encode(mask), 9, 4, 1));
    }

    [Theory]
    [InlineData(64, 48)]
    [InlineData(7, 3)]
    public void Indexed_file_is_read_by_others_with_its_colours(int width, int height)
    {
        Ffmpeg.Need();
        var random = new Random(4);
        Colour[] palette = [.. Enumerable.Range(0, 21).Select(ClassColours.Voc)];
        byte[] pixels = new byte[width * height];
        random.NextBytes(pixels);
        for (int i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)((i / width) % 3 == 1 && i >= width ? pixels[i - width] : pixels[i] % palette.Length);
        }

        byte[] rgba =
            Ffmpeg.Run("-f png_pipe -i - -f rawvideo -pix_fmt rgba -", Png.EncodeIndexed(pixels, width, height, palette, [0, 255, 7]));

        Assert.Equal(pixels.Length * 4, rgba.Length);
        for (int i = 0; i < pixels.Length; i++)
        {
            Colour colour = palette[pixels[i]];
            byte alpha = pixels[i] switch { 0 => 0, 2 => 7, _ => 255 };
            Assert.Equal([colour.Red, colour.Green, colour.Blue, alpha], rgba[(i * 4)..((i * 4) + 4)]);
        }
    }

    private static byte[] Unpack(byte[] png, int width, int height, int bytesPerPixel)
    {
        using var packed = new MemoryStream();
        for (int at = 8; at < png.Length;)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            ReadOnlySpan<byte> type = png.AsSpan(at + 4, 4);
            ReadOnlySpan<byte> body = png.AsSpan(at + 8, length);
            Assert.Equal(
                Crc32.HashToUInt32(png.AsSpan(at + 4, 4 + length)), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)));
            if (type.SequenceEqual("IHDR"u8))
            {
                Assert.Equal((width, height), (BinaryPrimitives.ReadInt32BigEndian(body), BinaryPrimitives.ReadInt32BigEndian(body[4..])));
            }

            if (type.SequenceEqual("IDAT"u8))
            {
                packed.Write(body);
            }

            at += 12 + length;
        }

        packed.Position = 0;
        using var zlib = new ZLibStream(packed, CompressionMode.Decompress);
        byte[] pixels = new byte[width * height * bytesPerPixel];
        byte[] row = new byte[(width * bytesPerPixel) + 1];
        for (int y = 0; y < height; y++)
        {
            zlib.ReadExactly(row);
            Assert.Equal(1, row[0]);
            for (int x = 0; x < width * bytesPerPixel; x++)
            {
                int left = x >= bytesPerPixel ? pixels[(y * width * bytesPerPixel) + x - bytesPerPixel] : 0;
                pixels[(y * width * bytesPerPixel) + x] = (byte)(row[x + 1] + left);
            }
        }

        return pixels;
    }
}
