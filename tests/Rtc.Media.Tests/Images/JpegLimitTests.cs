using Rtc.Media.Images;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Images;

/// <summary>Pictures that strangers send: refused by what their header says, before memory or time is spent on them.</summary>
public sealed class JpegLimitTests : IDisposable
{
    private const long MaxPixels = 640 * 480;
    private readonly PicturePool _pool = new();
    private readonly byte[] _jpeg;

    public JpegLimitTests()
    {
        using Picture source = Pictures.Scene(_pool, 64, 48, 2);
        _jpeg = Jpeg.Encode(source);
    }

    public void Dispose()
    {
        Assert.Equal(0, _pool.Outstanding);
        _pool.Dispose();
    }

    [Theory]
    [InlineData(16000, 16000)]
    [InlineData(65000, 65000)]
    [InlineData(641, 480)]
    public void Header_of_a_larger_picture_is_refused_as_too_large(int width, int height)
    {
        byte[] large = Resized(width, height);
        long kept = _pool.KeptBytes;
        Assert.False(Jpeg.TryDecode(large, _pool, MaxPixels, out _, out bool isTooLarge, out string? problem));
        Assert.True(isTooLarge);
        Assert.Contains($"{width}×{height}", problem, StringComparison.Ordinal);
        Assert.Equal(kept, _pool.KeptBytes);
    }

    [Theory]
    [InlineData("-pix_fmt yuvj444p")]
    [InlineData("-pix_fmt gray")]
    [InlineData("-pix_fmt yuvj422p")]
    public void Other_kinds_of_files_are_read(string kind)
    {
        Ffmpeg.Need();
        byte[] file = Ffmpeg.Run($"-f lavfi -i testsrc=size=64x48 -frames:v 1 {kind} -f mjpeg -");
        Assert.True(Jpeg.TryDecode(file, _pool, MaxPixels, out Picture? picture, out _, out string? problem), problem);
        picture!.Dispose();
    }

    [Fact]
    public void Truncated_file_is_refused_and_the_next_is_read()
    {
        for (int length = 0; length < _jpeg.Length * 9 / 10; length += 7)
        {
            Assert.False(Jpeg.TryDecode(_jpeg.AsSpan(0, length), _pool, MaxPixels, out _, out bool isTooLarge, out _));
            Assert.False(isTooLarge);
        }

        Assert.True(Jpeg.TryDecode(_jpeg, _pool, MaxPixels, out Picture? picture, out _, out _));
        picture!.Dispose();
    }

    [Fact]
    public void File_with_thousands_of_scans_is_refused()
    {
        byte[] scans = [
            .. _jpeg[..^2], .. Enumerable.Repeat<byte[]>([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0], 3000).SelectMany(scan => scan), 0xFF, 0xD9];
        Assert.False(Jpeg.TryDecode(scans, _pool, MaxPixels, out _, out _, out string? problem));
        Assert.Contains("scans", problem, StringComparison.Ordinal);
    }

    /// <summary>RTC_FUZZ_RUNS asks for more than a short run.</summary>
    [Fact]
    public void Mutated_files_end_in_a_picture_or_a_reason()
    {
        int runs = int.TryParse(Environment.GetEnvironmentVariable("RTC_FUZZ_RUNS"), out int asked) ? asked : 3000;
        var random = new Random(11);
        int read = 0;
        for (int run = 0; run < runs; run++)
        {
            byte[] file = [.. _jpeg];
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                file[random.Next(random.Next(2) == 0 ? Math.Min(700, file.Length) : file.Length)] = (byte)random.Next(256);
            }

            if (Jpeg.TryDecode(file.AsSpan(0, random.Next(4) == 0 ? random.Next(file.Length) : file.Length), _pool, MaxPixels,
                out Picture? picture, out _, out string? problem))
            {
                picture!.Dispose();
                read++;
            }
            else
            {
                Assert.False(string.IsNullOrEmpty(problem));
            }
        }

        Assert.InRange(read, 1, runs - 1);
    }

    private byte[] Resized(int width, int height)
    {
        byte[] file = [.. _jpeg];
        int frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        (file[frame + 5], file[frame + 6], file[frame + 7], file[frame + 8]) =
            ((byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width);
        return file;
    }
}
