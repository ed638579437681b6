using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Media.Containers.Writing;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Containers;

/// <summary>Finished videos are whole H.264 files whose index stands in front; an unfinished one leaves nothing.</summary>
public sealed class FinishedVideoTests(Clips clips) : IClassFixture<Clips>
{
    private static readonly ContainerLimits s_limits = new();

    [Theory]
    [InlineData(160, 120, false)]
    [InlineData(160, 120, true)]
    [InlineData(171, 121, false)]
    public void Video_comes_back_with_its_pictures_and_sound(int width, int height, bool hasSound)
    {
        Ffmpeg.Need();

        using var pool = new PicturePool();
        string source = clips["b-frames.mp4"];
        string path = clips.Path($"finished-{width}-{hasSound}.mp4");
        VideoInfo sound = VideoProbe.Read(source, s_limits, CancellationToken.None).Info!;
        var options = new FinishedVideoOptions
        {
            Width = width, Height = height, FrameRate = new Ratio(30000, 1001), Quality = 12, Sound = hasSound ? (source, sound) : null,
        };
        using (FinishedVideo video = FinishedVideo.Create(path, options, s_limits, CancellationToken.None))
        {
            for (int i = 0; i < 40; i++)
            {
                using Picture picture = Pictures.Scene(pool, width, height, i);
                Assert.True(video.TryWrite(picture), video.Refusal?.Message);
            }

            Assert.False(File.Exists(path));
            Assert.True(video.TryFinish(), video.Refusal?.Message);
        }

        VideoInfo info = VideoProbe.Read(path, s_limits, CancellationToken.None).Info!;
        Assert.Equal(("h264", hasSound ? "aac" : null, 40L), (info.Codec, info.Audio?.Codec, info.TotalFrames));
        Assert.Equal(new Ratio(30000, 1001), info.FrameRate);
        Assert.Equal(((width + 1) & ~1, (height + 1) & ~1), (info.Width, info.Height));
        ReadOnlySpan<byte> file = File.ReadAllBytes(path);
        Assert.True(file.IndexOf("moov"u8) < file.IndexOf("mdat"u8), "the index stands behind the pictures");
        var read = new VideoReadOptions { First = 20, Count = 1 };
        using VideoReader reader = VideoReader.Open(path, info, read, s_limits, pool, CancellationToken.None);
        Assert.True(reader.TryRead(out Picture? back, out _, out _));
        using Picture expected = Pictures.Scene(pool, width, height, 20);
        Assert.InRange(Quality.Psnr(expected, back!), 38, 99);
        back!.Dispose();
    }

    [Fact]
    public void Unfinished_and_cancelled_videos_leave_no_file()
    {
        Ffmpeg.Need();

        using var pool = new PicturePool();
        using var cancel = new CancellationTokenSource();
        string path = clips.Path("unfinished.mp4");
        var options = new FinishedVideoOptions { Width = 64, Height = 48, FrameRate = new Ratio(30, 1) };
        using (FinishedVideo video = FinishedVideo.Create(path, options, s_limits, cancel.Token))
        {
            using Picture picture = Pictures.Scene(pool, 64, 48, 0);
            Assert.True(video.TryWrite(picture));
            cancel.Cancel();
            Assert.Throws<OperationCanceledException>(() => video.TryFinish());
        }

        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(path)!, "unfinished*"));
    }

    [Fact]
    public void File_that_would_become_too_large_is_refused_and_removed()
    {
        Ffmpeg.Need();

        using var pool = new PicturePool();
        string path = clips.Path("large.mp4");
        var options = new FinishedVideoOptions { Width = 320, Height = 240, FrameRate = new Ratio(30, 1), Quality = 1 };
        using (FinishedVideo video = FinishedVideo.Create(path, options, s_limits with { MaxFileBytes = 64 << 10 }, CancellationToken.None))
        {
            for (int i = 0; i < 200 && video.Refusal is null; i++)
            {
                using Picture picture = Pictures.Noise(pool, 320, 240, i);
                video.TryWrite(picture);
            }

            Assert.False(video.TryFinish());
            Assert.NotNull(video.Refusal);
        }

        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(path)!, "large*"));
    }
}
