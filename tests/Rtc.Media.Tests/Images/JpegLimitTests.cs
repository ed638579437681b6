using Rtc.Media.Images;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Images;

/// <summary>Pictures that strangers send: refused by what their header says, before memory or time is spent on them.</summary>
public sealed class JpegLimitTests(ITestOutputHelper output) : IDisposable
{
    // What one file of the size below may have allocated, and what pictures of all shapes that fit it may leave in the pool.
    private const long MaxManagedBytes = 256 << 10;
    private const long MaxKeptBytes = 64 << 20;

    private const long MaxPixels = 640 * 480;
    private readonly PicturePool _pool = new();
    private readonly byte[] _jpeg = Scene();

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
        long most = 0;
        long resident = 0;
        for (int run = 0; run < runs; run++)
        {
            // After the first tenth everything that is kept has been had.
            resident = run == runs / 10 ? Environment.WorkingSet : resident;
            byte[] file = [.. _jpeg];
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                file[random.Next(random.Next(2) == 0 ? Math.Min(700, file.Length) : file.Length)] = (byte)random.Next(256);
            }

            int length = random.Next(4) == 0 ? random.Next(file.Length) : file.Length;
            long before = GC.GetAllocatedBytesForCurrentThread();
            bool good = Jpeg.TryDecode(file.AsSpan(0, length), _pool, MaxPixels, out Picture? picture, out _, out string? problem);
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(_pool.KeptBytes <= MaxKeptBytes, $"the pool keeps {_pool.KeptBytes} bytes");
            if (good)
            {
                picture!.Dispose();
                read++;
            }
            else
            {
                Assert.False(string.IsNullOrEmpty(problem));
            }
        }

        output.WriteLine(
            $"{read} of {runs} read; at most {most} managed bytes a file; the pool keeps {_pool.KeptBytes >> 10} KiB; the process "
            + $"had {resident >> 20} MiB after a tenth, {Environment.WorkingSet >> 20} MiB in the end");
        Assert.InRange(read, 1, runs - 1);
        Assert.InRange(most, 0, MaxManagedBytes);
    }

    private byte[] Resized(int width, int height)
    {
        byte[] file = [.. _jpeg];
        int frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        (file[frame + 5], file[frame + 6], file[frame + 7], file[frame + 8]) =
            ((byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width);
        return file;
    }

    private static byte[] Scene()
    {
        using var pool = new PicturePool();
        using Picture source = Pictures.Scene(pool, 64, 48, 2);
        return Jpeg.Encode(source);
    }
}
