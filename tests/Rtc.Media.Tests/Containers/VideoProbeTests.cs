using System.Globalization;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Containers;

/// <summary>What is said of a file is what ffprobe says of it; what can't be read is refused with its reason.</summary>
public sealed class VideoProbeTests(Clips clips) : IClassFixture<Clips>
{
    private static readonly ContainerLimits s_limits = new();

    [Theory]
    [InlineData(30_000, 1001, 300, 10, 30_000, 1001)]
    [InlineData(1000, 1, 300, 10, 30_000, 1000)]
    [InlineData(1000, 1, 3000, 3, 1_000_000, 1000)]
    [InlineData(1000, 1, 300, 0, 25, 1)]
    [InlineData(0, 0, 0, 10, 25, 1)]
    [InlineData(90_000, 1, 90_000, 1, 25, 1)]
    public void Rate_of_the_clock_is_no_frame_rate(
        long numerator, long denominator, long frames, double seconds, long usable, long usableDenominator)
    {
        Ffmpeg.Need();

        VideoInfo told = Read(clips["b-frames.mp4"]) with
        {
            FrameRate = new Ratio(numerator, denominator), TotalFrames = frames, DurationSeconds = seconds,
        };
        Assert.Equal(new Ratio(usable, usableDenominator), told.UsableFrameRate);
    }

    [Theory]
    [InlineData("b-frames.mp4", ContainerFormat.Mp4)]
    [InlineData("fragmented.mp4", ContainerFormat.Mp4)]
    [InlineData("turned.mp4", ContainerFormat.Mp4)]
    [InlineData("varying.mp4", ContainerFormat.Mp4)]
    [InlineData("silent.mov", ContainerFormat.QuickTime)]
    [InlineData("surround.mkv", ContainerFormat.Matroska)]
    [InlineData("late.mkv", ContainerFormat.Matroska)]
    [InlineData("vp9.webm", ContainerFormat.WebM)]
    [InlineData("mpeg4.avi", ContainerFormat.Avi)]
    public void Metadata_is_what_ffprobe_says(string name, ContainerFormat format)
    {
        Ffmpeg.Need();

        VideoInfo info = Read(clips[name]);
        Dictionary<string, string> video = Ffmpeg.Probe(
            "-select_streams v:0 -count_packets -show_entries "
                + "stream=codec_name,pix_fmt,width,height,avg_frame_rate,time_base,nb_read_packets:"
                + $"stream_side_data=rotation {clips[name]}");
        Dictionary<string, string> whole = Ffmpeg.Probe($"-show_entries format=duration,start_time {clips[name]}");
        Assert.Equal(format, info.Format);
        Assert.Equal(video["codec_name"], info.Codec);
        Assert.Equal(video["pix_fmt"], info.PixelFormat);
        Assert.Equal(video["width"], Text(info.CodedWidth));
        Assert.Equal(video["height"], Text(info.CodedHeight));
        Assert.Equal(video["avg_frame_rate"], $"{info.FrameRate.Numerator}/{info.FrameRate.Denominator}");
        Assert.Equal(video["time_base"], $"{info.TimeBase.Numerator}/{info.TimeBase.Denominator}");
        Assert.Equal(video["nb_read_packets"], Text(info.TotalFrames));
        Assert.Equal(whole["duration"], info.DurationSeconds.ToString("0.000000", CultureInfo.InvariantCulture));
        Assert.Equal(whole["start_time"], info.StartSeconds.ToString("0.000000", CultureInfo.InvariantCulture));
        bool isTurned = name == "turned.mp4";
        Assert.Equal(isTurned ? VideoRotation.Clockwise90 : VideoRotation.None, info.Rotation);
        Assert.Equal(isTurned ? "-90" : null, video.GetValueOrDefault("rotation"));
        Assert.Equal(isTurned ? (120, 160) : (160, 120), (info.Width, info.Height));

        Dictionary<string, string> audio = Ffmpeg.Probe(
            $"-select_streams a:0 -show_entries stream=index,codec_name,sample_rate,channels,channel_layout {clips[name]}");
        Assert.Equal(audio.GetValueOrDefault("codec_name"), info.Audio?.Codec);
        Assert.Equal(audio.GetValueOrDefault("sample_rate"), info.Audio is { } a ? Text(a.SampleRate) : null);
        Assert.Equal(audio.GetValueOrDefault("channels"), info.Audio is { } b ? Text(b.Channels) : null);
        Assert.Equal(audio.GetValueOrDefault("index"), info.Audio is { } c ? Text(c.StreamIndex) : null);
    }

    [Fact]
    public void Name_says_nothing_about_what_a_file_is()
    {
        Ffmpeg.Need();

        string renamed = clips.Write("renamed.avi", File.ReadAllBytes(clips["b-frames.mp4"]));
        Assert.Equal(ContainerFormat.Mp4, Read(renamed).Format);
        string picture = clips.Write("picture.mp4", File.ReadAllBytes(clips["picture.jpg"]));
        Assert.Equal(ContainerError.UnknownFormat, Refused(picture));
        Assert.Equal(ContainerError.UnknownFormat, Refused(clips.Write("list.mp4", "#EXTM3U\nfile:///etc/passwd\n"u8)));
        Assert.Equal(ContainerError.UnknownFormat, Refused(clips.Write("list.mkv", "ffconcat version 1.0\nfile /etc/passwd\n"u8)));
    }

    [Theory]
    [InlineData("sound.mp4", ContainerError.NoVideo)]
    [InlineData("cover.mp4", ContainerError.NoVideo)]
    [InlineData("wide.mkv", ContainerError.TooLarge)]
    [InlineData("huge.mkv", ContainerError.TooLarge)]
    [InlineData("sixteen-bit.mkv", ContainerError.UnsupportedPixels)]
    public void File_that_is_no_video_for_us_is_refused(string name, ContainerError error)
    {
        Ffmpeg.Need();

        Assert.Equal(error, Refused(clips[name]));
    }

    [Fact]
    public void Empty_and_missing_files_are_refused()
    {
        Assert.Equal(ContainerError.Empty, Refused(clips.Write("empty.mp4", [])));
        Assert.Equal(ContainerError.Storage, Refused(clips.Path("missing.mp4")));
    }

    [Theory]
    [InlineData("b-frames.mp4")]
    [InlineData("faststart.mp4")]
    [InlineData("silent.mov")]
    [InlineData("surround.mkv")]
    [InlineData("vp9.webm")]
    [InlineData("mpeg4.avi")]
    public void File_cut_off_anywhere_is_refused(string name)
    {
        Ffmpeg.Need();

        byte[] whole = File.ReadAllBytes(clips[name]);
        foreach (int percent in (int[])[1, 10, 50, 99])
        {
            ContainerError error = Refused(clips.Write("cut-" + name, whole.AsSpan(0, whole.Length * percent / 100)));
            Assert.True(error == ContainerError.Truncated, $"{percent}%: {error}");
        }
    }

    [Fact]
    public void Fragments_cut_off_by_a_killed_recorder_are_read()
    {
        Ffmpeg.Need();

        byte[] whole = File.ReadAllBytes(clips["fragmented.mp4"]);
        VideoInfo info = Read(clips.Write("killed.mp4", whole.AsSpan(0, whole.Length * 3 / 4)));
        Assert.InRange(info.TotalFrames, 10, 59);
    }

    [Fact]
    public void Header_without_an_end_is_refused()
    {
        byte[] start = [0, 0, 0, 12, .. "ftypmp42"u8];
        byte[] free = [0, 0, 0, 8, .. "free"u8];
        byte[] boxes = [.. start, .. Enumerable.Repeat(free, ContainerScan.MaxElements + 1).SelectMany(box => box)];
        Assert.Equal(ContainerError.HeaderTooLong, Refused(clips.Write("boxes.mp4", boxes)));

        string sparse = clips.Write("sparse.mp4", [.. start, 0x7F, 0xFF, 0xFF, 0xFF, .. "moov"u8]);
        using (FileStream file = File.OpenWrite(sparse))
        {
            file.SetLength(int.MaxValue + 1024L);
        }

        Assert.Equal(ContainerError.HeaderTooLong, Refused(sparse));

        byte[] webm = [0x1A, 0x45, 0xDF, 0xA3, 0x87, 0x42, 0x82, 0x84, .. "webm"u8, 0x18, 0x53, 0x80, 0x67, 0xFF];
        byte[] nothing = [0xEC, 0x80];
        byte[] voids = [.. webm, .. Enumerable.Repeat(nothing, ContainerScan.MaxElements + 1).SelectMany(element => element)];
        Assert.Equal(ContainerError.HeaderTooLong, Refused(clips.Write("voids.webm", voids)));
        Assert.Equal(
            ContainerError.HeaderTooLong, Refused(clips.Write("unknown.webm", [0x1A, 0x45, 0xDF, 0xA3, 0xFF, .. webm.AsSpan(5)])));
    }

    [Fact]
    public void Program_that_needs_more_than_it_may_have_is_ended()
    {
        Ffmpeg.Need();

        VideoProbeResult result = VideoProbe.Read(clips["b-frames.mp4"], s_limits with { MaxChildBytes = 4 << 20 }, CancellationToken.None);
        Assert.NotNull(result.Refusal);
        Assert.DoesNotContain(clips["b-frames.mp4"], result.Refusal.Message, StringComparison.Ordinal);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static VideoInfo Read(string path)
    {
        VideoProbeResult result = VideoProbe.Read(path, s_limits, CancellationToken.None);
        Assert.Null(result.Refusal);
        return result.Info!;
    }

    private static ContainerError Refused(string path)
    {
        VideoProbeResult result = VideoProbe.Read(path, s_limits, CancellationToken.None);
        Assert.NotNull(result.Refusal);
        Assert.DoesNotContain(Path.GetDirectoryName(path)!, result.Refusal.Message, StringComparison.Ordinal);
        return result.Refusal.Error;
    }
}
