using System.Globalization;
using Rtc.Media.Codecs;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Media.Containers.Writing;
using Rtc.Media.Factory;
using Rtc.Media.Tests.Support;

namespace Rtc.Media.Tests.Containers;

/// <summary>Recordings hold every picture as it was coded, say how long they are, and play whenever their writer was killed.</summary>
public sealed class RecorderTests(Clips clips) : IClassFixture<Clips>
{
    private const int Frames = 100;
    private const uint Step = 3000;
    private static readonly ContainerLimits s_limits = new();

    [Theory]
    [InlineData(VideoCodec.Vp8, VideoRotation.None, ContainerFormat.WebM)]
    [InlineData(VideoCodec.Vp8, VideoRotation.Clockwise270, ContainerFormat.Mp4)]
    [InlineData(VideoCodec.H264, VideoRotation.None, ContainerFormat.Mp4)]
    [InlineData(VideoCodec.H264, VideoRotation.Clockwise90, ContainerFormat.Mp4)]
    public void Recording_holds_every_picture_and_says_how_long_it_is(VideoCodec codec, VideoRotation rotation, ContainerFormat format)
    {
        Ffmpeg.Need();

        using var pool = new PicturePool();
        List<EncodedFrame> coded = Coded(codec, rotation, Frames);
        using VideoRecorder recorder = Recorder($"whole-{codec}-{rotation}");
        foreach (EncodedFrame frame in coded)
        {
            Assert.Equal(RecordedPicture.Taken, recorder.Add(frame, frame.Arrival, out _));
        }

        recorder.Complete();
        VideoInfo info = Probe(recorder.Path!);
        Assert.Equal((format, rotation, (long)Frames), (info.Format, info.Rotation, info.TotalFrames));
        Assert.Equal(codec == VideoCodec.Vp8 ? "vp8" : "h264", info.Codec);
        Assert.Equal((160, 120), (info.CodedWidth, info.CodedHeight));
        Assert.Equal(Frames / 30.0, info.DurationSeconds, 0.001);
        Assert.Equal(recorder.Duration.TotalSeconds, info.DurationSeconds, 0.001);

        // Turned back, what ffmpeg decodes is what our decoder does.
        byte[] raw = Ffmpeg.Run($"-noautorotate -i {recorder.Path} -vsync passthrough -f rawvideo -pix_fmt yuv420p -");
        using IVideoDecoder decoder = VideoCodecs.CreateDecoder(codec);
        Ffmpeg.Compare(decoder, [.. coded.Select(frame => frame.Data.ToArray())], raw, 160, 120);

        // A player that seeks lands on the picture, by the index that was written.
        string one = $"-noautorotate -ss 2.001 -i {recorder.Path} -frames:v 1 -f rawvideo -pix_fmt yuv420p -";
        using Picture sought = Assert.Single(Ffmpeg.Pictures(Ffmpeg.Run(one), 160, 120, pool));
        List<Picture> all = Ffmpeg.Pictures(raw, 160, 120, pool);
        Assert.True(Quality.Same(all[codec == VideoCodec.Vp8 ? 60 : 61], sought) || Quality.Same(all[61], sought));
        coded.ForEach(frame => frame.Dispose());
    }

    [Theory]
    [InlineData(VideoCodec.Vp8, VideoRotation.None)]
    [InlineData(VideoCodec.H264, VideoRotation.None)]
    public void Killed_writer_loses_its_last_second_at_most(VideoCodec codec, VideoRotation rotation)
    {
        Ffmpeg.Need();

        List<EncodedFrame> coded = Coded(codec, rotation, Frames);
        using VideoRecorder recorder = Recorder($"killed-{codec}");
        for (int i = 0; i < Frames; i++)
        {
            Assert.Equal(RecordedPicture.Taken, recorder.Add(coded[i], coded[i].Arrival, out _));
            if (i is 35 or 61 or 99)
            {
                // What lies on the disk at this moment, as kill -9 would leave it.
                string left = clips.Path($"left-{codec}-{i}{Path.GetExtension(recorder.Path)}");
                File.Copy(recorder.Path!, left);
                VideoInfo info = Probe(left);
                Assert.InRange(info.TotalFrames, i - 30, i + 1);
                Assert.Equal(info.TotalFrames / 30.0, info.DurationSeconds, 0.002);
                Assert.Equal(info.TotalFrames * 160 * 120 * 3 / 2, Ffmpeg.Run($"-i {left} -f rawvideo -pix_fmt yuv420p -").Length);
            }
        }

        coded.ForEach(frame => frame.Dispose());
    }

    [Fact]
    public void Recording_begins_with_a_key_picture_and_ends_with_another_codec()
    {
        List<EncodedFrame> coded = Coded(VideoCodec.Vp8, VideoRotation.None, 3);
        List<EncodedFrame> other = Coded(VideoCodec.H264, VideoRotation.None, 1);
        using VideoRecorder recorder = Recorder("begin");
        Assert.Equal(RecordedPicture.AwaitsKey, recorder.Add(coded[1], coded[1].Arrival, out _));
        Assert.Null(recorder.Path);
        Assert.Equal(RecordedPicture.Taken, recorder.Add(coded[0], coded[0].Arrival, out double first));
        Assert.Equal(RecordedPicture.Taken, recorder.Add(coded[1], coded[1].Arrival, out double second));
        Assert.Equal((0, 1 / 30.0), (first, second));
        Assert.Equal(RecordedPicture.OtherFormat, recorder.Add(other[0], other[0].Arrival, out _));
        coded.ForEach(frame => frame.Dispose());
        other.ForEach(frame => frame.Dispose());
    }

    [Fact]
    public void Picture_that_is_turned_midway_needs_another_file()
    {
        List<EncodedFrame> coded = Coded(VideoCodec.Vp8, VideoRotation.None, 2);
        using VideoRecorder recorder = Recorder("turned");
        Assert.Equal(RecordedPicture.Taken, recorder.Add(coded[0], coded[0].Arrival, out _));
        coded[1].Rotation = VideoRotation.Clockwise90;
        Assert.Equal(RecordedPicture.OtherFormat, recorder.Add(coded[1], coded[1].Arrival, out _));
        coded.ForEach(frame => frame.Dispose());
    }

    [Fact]
    public void Stall_before_the_last_picture_is_no_part_of_its_length()
    {
        List<EncodedFrame> coded = Coded(VideoCodec.Vp8, VideoRotation.None, 31);
        using VideoRecorder recorder = Recorder("stalled");
        coded.Take(30).ToList().ForEach(frame => recorder.Add(frame, frame.Arrival, out _));
        Assert.Equal(1, recorder.Duration.TotalSeconds, 0.001);
        coded[30].RtpTimestamp += RecordingTimeline.TicksPerSecond / 2;
        recorder.Add(coded[30], coded[30].Arrival + TimeSpan.FromSeconds(0.5), out _);
        Assert.Equal(1.5 + (1 / 20.0), recorder.Duration.TotalSeconds, 0.001);
        coded.ForEach(frame => frame.Dispose());
    }

    /// <summary>Three packets a picture, and a sender whose clock is fast by one part in ten thousand.</summary>
    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public void Twenty_one_thousand_lost_packets_leave_the_files_duration(VideoCodec codec)
    {
        Ffmpeg.Need();

        const int Lost = 21_000 / 3;
        const double Drift = 1.0001;
        List<EncodedFrame> coded = Coded(codec, VideoRotation.None, 60);
        using VideoRecorder recorder = Recorder($"lossy-{codec}");
        int last = 0;
        for (int i = 0; i < 600; i++)
        {
            EncodedFrame frame = coded[i % coded.Count];
            last = i < 300 ? i : i + Lost;
            frame.RtpTimestamp = unchecked((uint)(long)(4_294_000_000 + (last * Step * Drift)));
            Assert.Equal(RecordedPicture.Taken, recorder.Add(frame, new Instant(last * 1_000_000L / 30), out _));
        }

        recorder.Complete();
        Assert.Equal((last + 1) / 30.0, Probe(recorder.Path!).DurationSeconds, 1 / 30.0);
        coded.ForEach(frame => frame.Dispose());
    }

    [Fact]
    public void Recording_takes_no_more_than_it_may()
    {
        List<EncodedFrame> coded = Coded(VideoCodec.Vp8, VideoRotation.None, 60);
        using VideoRecorder small = VideoRecorder.Create(clips.Path("small"), 3000, TimeSpan.MaxValue);
        using VideoRecorder brief = VideoRecorder.Create(clips.Path("brief"), long.MaxValue, TimeSpan.FromSeconds(1));
        Assert.Contains(RecordedPicture.Full, coded.Select(frame => small.Add(frame, frame.Arrival, out _)));
        small.Complete();
        Assert.InRange(new FileInfo(small.Path!).Length, 1, 3000 + 1000);
        Assert.Equal(30, coded.Count(frame => brief.Add(frame, frame.Arrival, out _) == RecordedPicture.Taken));
        brief.Complete();
        Assert.Equal(1, brief.Duration.TotalSeconds, 0.001);
        coded.ForEach(frame => frame.Dispose());
    }

    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public void Picture_that_changes_its_size_midway_plays(VideoCodec codec)
    {
        Ffmpeg.Need();

        List<EncodedFrame> coded = [.. Coded(codec, VideoRotation.None, 40), .. Coded(codec, VideoRotation.None, 40, 320, 240, from: 40)];
        using VideoRecorder recorder = Recorder($"resized-{codec}");
        Assert.All(coded, frame => Assert.Equal(RecordedPicture.Taken, recorder.Add(frame, frame.Arrival, out _)));
        recorder.Complete();
        using var pool = new PicturePool();
        using VideoReader reader = VideoReader.Open(
            recorder.Path!, Probe(recorder.Path!), new VideoReadOptions(), s_limits, pool, CancellationToken.None);
        int count = 0;
        for (; reader.TryRead(out Picture? picture, out _, out double seconds); count++)
        {
            Assert.Equal((160, 120), (picture!.Width, picture.Height));
            Assert.Equal(count / 30.0, seconds, 0.002);
            picture.Dispose();
        }

        Assert.Equal(80, count);
        coded.ForEach(frame => frame.Dispose());
    }

    /// <summary>A camera that changes its size and changes back: players hear of both, and each picture is what it was.</summary>
    [Theory]
    [InlineData(VideoCodec.Vp8)]
    [InlineData(VideoCodec.H264)]
    public void Picture_that_goes_back_to_its_first_size_plays(VideoCodec codec)
    {
        Ffmpeg.Need();

        List<EncodedFrame> coded =
        [
            .. Coded(codec, VideoRotation.None, 20),
            .. Coded(codec, VideoRotation.None, 20, 320, 240, from: 20),
            .. Coded(codec, VideoRotation.None, 20, from: 40),
        ];
        using VideoRecorder recorder = Recorder($"resized-back-{codec}");
        Assert.All(coded, frame => Assert.Equal(RecordedPicture.Taken, recorder.Add(frame, frame.Arrival, out _)));
        recorder.Complete();
        using var pool = new PicturePool();
        using VideoReader reader = VideoReader.Open(
            recorder.Path!, Probe(recorder.Path!), new VideoReadOptions(), s_limits, pool, CancellationToken.None);
        int count = 0;
        for (; reader.TryRead(out Picture? picture, out _, out _); count++)
        {
            using Picture shown = picture!;
            using Picture large = Pictures.Scene(pool, 320, 240, count);
            using Picture was = count is >= 20 and < 40
                ? PictureOps.Scale(large, 160, 120, pool)
                : Pictures.Scene(pool, 160, 120, count);
            Assert.True(Quality.Psnr(was, shown) > 25, $"picture {count}: {Quality.Psnr(was, shown):0.0} dB");
        }

        Assert.Equal(60, count);
        coded.ForEach(frame => frame.Dispose());
    }

    private VideoRecorder Recorder(string name) => VideoRecorder.Create(clips.Path(name), long.MaxValue, TimeSpan.MaxValue);

    private static VideoInfo Probe(string path)
    {
        VideoProbeResult result = VideoProbe.Read(path, s_limits, CancellationToken.None);
        Assert.Null(result.Refusal);
        Assert.Equal(
            result.Info!.DurationSeconds.ToString("0.000000", CultureInfo.InvariantCulture),
            Ffmpeg.Probe($"-show_entries format=duration {path}")["duration"]);
        return result.Info;
    }

    internal static List<EncodedFrame> Coded(
        VideoCodec codec, VideoRotation rotation, int count, int width = 160, int height = 120, int from = 0)
    {
        using var pool = new PicturePool();
        using IVideoEncoder encoder = VideoCodecs.CreateEncoder(
            codec, new EncoderSettings { Width = width, Height = height, BitrateKbps = 200, MayDrop = false });
        List<EncodedFrame> coded = [];
        for (int i = from; i < from + count; i++)
        {
            using Picture picture = Pictures.Scene(pool, width, height, i);
            EncodedFrame frame = encoder.Encode(picture, (uint)(uint.MaxValue - 5000 + (i * Step)), i == from)!;
            frame.Rotation = rotation;
            frame.Arrival = new Instant(i * 1_000_000L / 30);
            coded.Add(frame);
        }

        return coded;
    }
}
