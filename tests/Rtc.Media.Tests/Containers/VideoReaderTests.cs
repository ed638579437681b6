using System.Globalization;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Containers;

/// <summary>Picture N of a file is ffmpeg's picture N, bit for bit, whichever way it is reached.</summary>
public sealed class VideoReaderTests(Clips clips) : IClassFixture<Clips>
{
    private static readonly ContainerLimits s_limits = new();

    [Theory]
    [InlineData("b-frames.mp4", true)]
    [InlineData("cut.mp4", true)]
    [InlineData("turned.mp4", true)]
    [InlineData("fragmented.mp4", true)]
    [InlineData("open-gop.mp4", true)]
    [InlineData("intra-refresh.mkv", true)]
    [InlineData("varying.mp4", true)]
    [InlineData("silent.mov", true)]
    [InlineData("mjpeg.mov", true)]
    [InlineData("surround.mkv", true)]
    [InlineData("late.mkv", true)]
    [InlineData("ten-bit.mp4", true)]
    [InlineData("full-range.mp4", true)]
    [InlineData("four-four-four.mkv", true)]
    [InlineData("odd.webm", false)]
    [InlineData("hidden.webm", false)]
    [InlineData("vp9.webm", true)]
    [InlineData("mpeg4.avi", false)]
    [InlineData("h264.avi", false)]
    public void Picture_is_ffmpegs_bit_for_bit(string name, bool isIndexed)
    {
        Ffmpeg.Need();

        using var pool = new PicturePool();
        string path = clips[name];
        VideoInfo info = Probe(path);
        List<Picture> all = Ffmpeg.Pictures(
            Ffmpeg.Run($"-i {path} -map 0:v:0 -vsync passthrough -f rawvideo -pix_fmt yuv420p -"), info.Width, info.Height, pool);
        PictureIndex? index = PictureIndex.Read(path, info, s_limits, CancellationToken.None);
        Assert.Equal(isIndexed, index is not null);
        Assert.Equal(all.Count, index?.Count ?? all.Count);

        int[] sampled = [.. Read(path, info, new VideoReadOptions { Every = 7 }, pool, all)];
        Assert.Equal([.. Enumerable.Range(0, (all.Count + 6) / 7).Select(i => i * 7)], sampled);
        foreach (int number in (int[])[13, all.Count - 1])
        {
            Assert.Equal([number], Read(path, info, new VideoReadOptions { First = number, Count = 1, Index = index }, pool, all));
        }

        const int Chosen = 31;
        byte[] one = Ffmpeg.Run(
            $"-i {path} -map 0:v:0 -vf select=eq(n\\,{Chosen}) -vsync passthrough -frames:v 1 -f rawvideo -pix_fmt yuv420p -");
        using (Picture expected = Assert.Single(Ffmpeg.Pictures(one, info.Width, info.Height, pool)))
        {
            Assert.True(Quality.Same(expected, all[Chosen]));
        }

        Assert.Equal(
            [Chosen, Chosen + 5],
            Read(path, info, new VideoReadOptions { First = Chosen, Every = 5, Count = 2, Index = index }, pool, all));
        all.ForEach(picture => picture.Dispose());
        Assert.Equal(0, pool.Outstanding);
    }

    [Theory]
    [InlineData("b-frames.mp4")]
    [InlineData("late.mkv")]
    [InlineData("varying.mp4")]
    public void Times_are_those_of_the_container(string name)
    {
        Ffmpeg.Need();

        using var pool = new PicturePool();
        VideoInfo info = Probe(clips[name]);
        double start = double.Parse(
            Ffmpeg.Probe($"-show_entries format=start_time {clips[name]}")["start_time"], CultureInfo.InvariantCulture);
        PictureIndex index = PictureIndex.Read(clips[name], info, s_limits, CancellationToken.None)!;
        foreach (int first in (int[])[0, 20])
        {
            using VideoReader reader = VideoReader.Open(
                clips[name], info, new VideoReadOptions { First = first, Index = index }, s_limits, pool, CancellationToken.None);
            int count = 0;
            for (; reader.TryRead(out Picture? picture, out int number, out double seconds); count++)
            {
                picture!.Dispose();
                Assert.Equal(first + count, number);
                Assert.Equal((index.TimeOf(number) * info.TimeBase.Value) - start, seconds, 0.000_01);
            }

            Assert.Null(reader.Refusal);
            Assert.Equal(index.Count, first + count);
        }
    }

    [Fact]
    public void Scaled_pictures_have_the_size_that_was_asked_for()
    {
        Ffmpeg.Need();

        using var pool = new PicturePool();
        VideoInfo info = Probe(clips["turned.mp4"]);
        using VideoReader reader = VideoReader.Open(
            clips["turned.mp4"], info, new VideoReadOptions { Width = 60, Height = 80, Count = 1 }, s_limits, pool, CancellationToken.None);
        Assert.True(reader.TryRead(out Picture? picture, out _, out _));
        Assert.Equal((60, 80), (picture!.Width, picture.Height));
        picture.Dispose();
        Assert.False(reader.TryRead(out _, out _, out _));
    }

    [Fact]
    public void Damaged_pictures_end_the_reading_or_are_concealed()
    {
        Ffmpeg.Need();

        byte[] file = File.ReadAllBytes(clips["faststart.mp4"]);
        var random = new Random(3);
        for (int i = file.Length / 2; i < file.Length; i += 50)
        {
            file[i] = (byte)random.Next();
        }

        using var pool = new PicturePool();
        string path = clips.Write("damaged.mp4", file);
        VideoInfo info = Probe(path);
        using VideoReader reader = VideoReader.Open(path, info, new VideoReadOptions(), s_limits, pool, CancellationToken.None);
        int count = 0;
        for (; reader.TryRead(out Picture? picture, out _, out _); count++)
        {
            picture!.Dispose();
        }

        Assert.InRange(count, 1, 60);
    }

    [Fact]
    public void Reading_takes_one_picture_of_memory_whatever_the_file()
    {
        Ffmpeg.Need();

        var memory = new PictureMemory(1L << 30);
        using var pool = new PicturePool(memory);
        VideoInfo info = Probe(clips["long.mp4"]);
        using VideoReader reader = VideoReader.Open(
            clips["long.mp4"], info, new VideoReadOptions(), s_limits, pool, CancellationToken.None);
        int count = 0;
        long before = 0;
        for (; reader.TryRead(out Picture? picture, out _, out _); count++)
        {
            picture!.Dispose();
            before = count == 20 ? GC.GetTotalAllocatedBytes() : before;
        }

        Assert.Equal(600, count);
        Assert.InRange(memory.HeldBytes, 0, 640 * 480 * 3 / 2);
        Console.WriteLine($"{(GC.GetTotalAllocatedBytes() - before) / (count - 20)} bytes of garbage a picture, with other tests beside");
    }

    private static VideoInfo Probe(string path)
    {
        VideoProbeResult result = VideoProbe.Read(path, s_limits, CancellationToken.None);
        Assert.Null(result.Refusal);
        return result.Info!;
    }

    private static List<int> Read(string path, VideoInfo info, VideoReadOptions options, PicturePool pool, List<Picture> all)
    {
        List<int> numbers = [];
        using VideoReader reader = VideoReader.Open(path, info, options, s_limits, pool, CancellationToken.None);
        while (reader.TryRead(out Picture? picture, out int number, out _))
        {
            Assert.True(Quality.Same(all[number], picture!), $"picture {number} differs");
            picture!.Dispose();
            numbers.Add(number);
        }

        Assert.Null(reader.Refusal);
        return numbers;
    }
}
