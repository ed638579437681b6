using System.Text.Json.Nodes;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Studio.Clips;
using Rtc.Studio.Masks;
using Rtc.Studio.Tasks;
using Rtc.Studio.Tests.Support;

namespace Rtc.Studio.Tests.Tasks;

/// <summary>Whole workflows from a file to files.</summary>
public sealed class ClipWorkTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rtc-studio-");
    private readonly PicturePool _pool = new();

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Click_gives_a_video_in_red_and_masks_of_every_picture()
    {
        using MadeClip clip = MadeClip.Of(161, 121, 6, _ => (0, 0), frame => (60 + (3 * frame), 60, 22));
        var steps = new List<string>();
        StudioResult made = Run(
            StudioKind.TrackPoint, ClipMaker.Write(clip), new StudioRequest { X = 60 / 1.61, Y = 50 },
            onStep: (step, _) => steps.Add(step));
        Assert.True(made.Found);
        Assert.Equal(["sam3", "mask", "track"], steps);
        Assert.Equal("grabcut", made.Engine["mask"]);
        JsonNode masks = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder.FullName, StudioFolder.Masks)))!;
        Assert.Equal((162, 122, 10), ((int)masks["width"]!, (int)masks["height"]!, (int)masks["fps"]!));
        JsonArray frames = masks["frames"]!.AsArray();
        Assert.Equal(6, frames.Count);
        Assert.All(frames, frame => Assert.Equal(162 * 122, frame!["rle"]!.AsArray().Sum(run => (int)run!)));
        Assert.Equal(6, Probe(StudioFolder.MaskedVideo).TotalFrames);
    }

    [Theory]
    [InlineData("late.mp4", "-itsoffset 1 -f lavfi -i testsrc=s=96x64:r=10:d=1 -f lavfi -i sine=440:d=2 -vsync passthrough", 20)]
    [InlineData(
        "slower.mp4",
        "-f lavfi -i testsrc=s=96x64:r=20:d=2 -f lavfi -i sine=440:d=2 -vf select='lt(t,0.5)+not(mod(n,5))' -vsync vfr", 21)]
    public void Video_made_of_a_clip_stays_in_step_with_its_sound(string name, string arguments, int pictures)
    {
        string file = ClipMaker.Make(_folder.FullName, name, arguments + " -pix_fmt yuv420p -c:v libx264 -c:a aac");
        Run(StudioKind.TrackPoint, file, new StudioRequest { X = 50, Y = 50 });
        VideoInfo written = Probe(StudioFolder.MaskedVideo);
        Assert.Equal(pictures, written.TotalFrames);

        // What is seen at a time is what was seen there.
        ClipFile from = ClipFile.Open(file, new ClipLimits(), CancellationToken.None);
        ClipFile to = ClipFile.Open(Path.Combine(_folder.FullName, StudioFolder.MaskedVideo), new ClipLimits(), CancellationToken.None);
        using ClipFrames source = ClipFrames.Read(from, _folder.FullName, _pool, CancellationToken.None);
        using ClipFrames made = ClipFrames.Read(to, _folder.FullName, _pool, CancellationToken.None);
        foreach (double second in (double[])[0.65, 1.12, 1.62])
        {
            int shown = Math.Max(0, source.Times.Count(time => time <= second) - 1);
            using Picture picture = made.Rent(made.Times.Count(time => time <= second) - 1);
            Assert.Equal(shown, Enumerable.Range(0, source.Count).MinBy(frame => Distance(source, frame, picture)));
        }
    }

    [Fact]
    public void Clip_of_a_high_speed_camera_keeps_its_length()
    {
        string file = ClipMaker.Make(
            _folder.FullName, "fast.mp4", "-f lavfi -i testsrc=s=96x64:r=1000:d=2 -pix_fmt yuv420p -c:v libx264");
        Run(StudioKind.TrackPoint, file, new StudioRequest { X = 50, Y = 50 });
        Assert.InRange(Probe(StudioFolder.MaskedVideo).DurationSeconds, 1.9, 2.1);
    }

    private static double Distance(ClipFrames frames, int frame, Picture other)
    {
        using Picture picture = frames.Rent(frame);
        return Enumerable.Range(0, other.Height).Sum(y =>
            Enumerable.Range(0, other.Width).Sum(x => Math.Abs(picture.RowY(y)[x] - other.RowY(y)[x])));
    }

    [Fact]
    public void Removal_gives_a_video_without_the_object()
    {
        using MadeClip clip = MadeClip.Of(160, 120, 8, _ => (0, 0), frame => (40 + (9 * frame), 60, 16));
        var steps = new List<string>();
        StudioResult made = Run(
            StudioKind.RemoveObject, ClipMaker.Write(clip), new StudioRequest { X = 58 / 1.6, Y = 50, FrameIndex = 2 },
            onStep: (step, _) => steps.Add(step));
        Assert.True(made.Found);
        Assert.Equal(["track", "mask", "inpaint", "render"], steps);
        Assert.Equal(8, Probe(StudioFolder.InpaintedVideo).TotalFrames);
        string written = Path.Combine(_folder.FullName, StudioFolder.InpaintedVideo);
        ClipFile file = ClipFile.Open(written, new ClipLimits(), CancellationToken.None);
        using ClipFrames frames = ClipFrames.Read(file, _folder.FullName, _pool, CancellationToken.None);
        using Picture filled = frames.Rent(2);
        using Picture truth = clip.Background.Rent(2);
        double off = Enumerable.Range(48, 24).Average(y =>
            Enumerable.Range(46, 24).Average(x => Math.Abs(filled.RowY(y)[x] - truth.RowY(y)[x])));
        Assert.InRange(off, 0, 4);
    }

    [Fact]
    public void Prompt_that_finds_nothing_is_an_answer_and_a_silent_clip_says_so()
    {
        string file = ClipMaker.Make(_folder.FullName, "grey.mp4", "-f lavfi -i color=gray:s=96x64:r=10:d=0.5 -pix_fmt yuv420p");
        StudioResult made = Run(StudioKind.TextToVideo, file, new StudioRequest { Prompt = "the red car" });
        Assert.False(made.Found);
        Assert.Null(made.Files["audio_url"]);
        Assert.Contains("The clip has no sound.", made.Response, StringComparison.Ordinal);
        Assert.Equal(5, Probe(StudioFolder.HighlightedVideo).TotalFrames);
    }

    [Fact]
    public void Sound_of_a_clip_comes_as_four_stems()
    {
        string file = ClipMaker.Make(
            _folder.FullName, "tone.mkv",
            "-f lavfi -i testsrc=s=96x64:r=10:d=1 -f lavfi -i sine=440:d=1 -pix_fmt yuv420p -c:v libx264 -c:a aac");
        var steps = new List<string>();
        StudioResult made = Run(
            StudioKind.TextToVideo, file, new StudioRequest { Prompt = "the singer" }, onStep: (step, _) => steps.Add(step));
        Assert.Equal("vocals.wav", made.Files["audio_url"]);
        Assert.Equal("dsp", made.Engine["stems"]);
        Assert.Equal(["sam3", "track", "demucs", "highlight"], steps);
        Assert.All(
            (string[])["drums", "bass", "vocals", "other"],
            stem => Assert.True(new FileInfo(Path.Combine(_folder.FullName, stem + ".wav")).Length > 100_000));
        Assert.NotNull(Probe(StudioFolder.HighlightedVideo).Audio);
    }

    [Fact]
    public void Click_at_the_far_corner_is_within_the_picture()
    {
        string file = ClipMaker.Make(_folder.FullName, "grey.webm", "-f lavfi -i color=gray:s=95x63:r=10:d=0.3 -c:v libvpx");
        Assert.False(Run(StudioKind.TrackPoint, file, new StudioRequest { X = 100, Y = 100 }).Found);
    }

    [Fact]
    public void Larger_pictures_are_scaled_down_and_what_is_beyond_a_limit_is_refused()
    {
        string large = ClipMaker.Make(_folder.FullName, "large.mp4", "-f lavfi -i color=gray:s=720x1280:r=5:d=0.4 -pix_fmt yuv420p");
        ClipFile clip = ClipFile.Open(large, new ClipLimits(), CancellationToken.None);
        Assert.Equal((480, 853), (clip.Width, clip.Height));
        string fast = ClipMaker.Make(_folder.FullName, "fast.mp4", "-f lavfi -i color=gray:s=64x64:r=120:d=0.5 -pix_fmt yuv420p");
        Assert.Equal(2, ClipFile.Open(fast, new ClipLimits(), CancellationToken.None).Every);
        string whole = ClipMaker.Make(_folder.FullName, "whole.mp4", "-f lavfi -i color=gray:s=64x64:r=2:d=10 -pix_fmt yuv420p");
        Assert.Equal(20, ClipFile.Open(whole, new ClipLimits(), CancellationToken.None).Info.TotalFrames);
        string longer = ClipMaker.Make(_folder.FullName, "longer.mp4", "-f lavfi -i color=gray:s=64x64:r=2:d=11 -pix_fmt yuv420p");
        StudioException refused =
            Assert.Throws<StudioException>(() => ClipFile.Open(longer, new ClipLimits(), CancellationToken.None));
        Assert.Contains("Studio:MaxSeconds", refused.Message, StringComparison.Ordinal);
        Assert.Equal("too_long", refused.Code);
        string small = ClipMaker.Make(_folder.FullName, "small.webm", "-f lavfi -i color=gray:s=16x64:r=2:d=1 -c:v libvpx");
        Assert.Equal(16, ClipFile.Open(small, new ClipLimits(), CancellationToken.None).Width);
        string smaller = ClipMaker.Make(_folder.FullName, "smaller.webm", "-f lavfi -i color=gray:s=15x64:r=2:d=1 -c:v libvpx");
        Assert.Equal(
            "too_small",
            Assert.Throws<StudioException>(() => ClipFile.Open(smaller, new ClipLimits(), CancellationToken.None)).Code);
    }

    [Fact]
    public void File_beyond_its_bytes_or_of_no_container_is_refused()
    {
        string file = Path.Combine(_folder.FullName, "noise");
        File.WriteAllBytes(file, new byte[1_000_001]);
        var limits = new ClipLimits { MaxMegabytes = 1 };
        StudioException heavy = Assert.Throws<StudioException>(() => ClipFile.Open(file, limits, CancellationToken.None));
        Assert.Contains("Studio:MaxMegabytes", heavy.Message, StringComparison.Ordinal);
        File.WriteAllBytes(file, new byte[1_000_000]);
        Assert.Equal("format", Assert.Throws<StudioException>(() => ClipFile.Open(file, limits, CancellationToken.None)).Code);
    }

    [Theory]
    [InlineData(StudioKind.TrackPoint, "sam3")]
    [InlineData(StudioKind.TrackPoint, "mask")]
    [InlineData(StudioKind.TrackPoint, "track")]
    [InlineData(StudioKind.TextToVideo, "sam3")]
    [InlineData(StudioKind.TextToVideo, "track")]
    [InlineData(StudioKind.TextToVideo, "demucs")]
    [InlineData(StudioKind.TextToVideo, "highlight")]
    [InlineData(StudioKind.RemoveObject, "track")]
    [InlineData(StudioKind.RemoveObject, "mask")]
    [InlineData(StudioKind.RemoveObject, "inpaint")]
    [InlineData(StudioKind.RemoveObject, "render")]
    public void Work_cancelled_in_any_step_leaves_no_video_and_no_frames(string kind, string step)
    {
        using MadeClip clip = MadeClip.Of(96, 64, 5, _ => (0, 0), frame => (24 + (11 * frame), 32, 12));
        string file = ClipMaker.Write(clip);
        using var cancel = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => Run(
            kind, file, new StudioRequest { X = 25, Y = 50, Prompt = "what moves on the left" },
            (now, _) => Cancel(now == step, cancel), cancel.Token));
        Assert.DoesNotContain(_folder.EnumerateFiles(), left => left.Extension is ".mp4" or ".webm" or ".part" or ".frames");
        Assert.Equal(0, _pool.Outstanding);
    }

    [Fact]
    public void File_whose_pictures_are_gone_is_refused()
    {
        string file = ClipMaker.Make(
            _folder.FullName, "whole.mp4", "-f lavfi -i testsrc=s=96x64:r=10:d=1 -pix_fmt yuv420p -movflags +faststart");
        byte[] bytes = File.ReadAllBytes(file);
        int pictures = bytes.AsSpan().IndexOf("mdat"u8) + 4;
        bytes.AsSpan(pictures).Clear();
        File.WriteAllBytes(file, bytes);
        Assert.Equal("video", Assert.Throws<StudioException>(
            () => Run(StudioKind.TrackPoint, file, new StudioRequest { X = 50, Y = 50 })).Code);
        File.WriteAllBytes(file, bytes[..(pictures / 2)]);
        Assert.ThrowsAny<StudioException>(() => Run(StudioKind.TrackPoint, file, new StudioRequest { X = 50, Y = 50 }));
    }

    /// <summary>What an editor gets: the clip as it is, as opaque as the mask.</summary>
    [Theory]
    [InlineData(160, 120)]
    [InlineData(121, 87)]
    public void Masks_come_as_a_video_whose_opacity_they_are(int width, int height)
    {
        using MadeClip clip = MadeClip.Of(width, height, 6, _ => (0, 0), frame => (40 + (5 * frame), height / 2.0, 22));
        string file = ClipMaker.Write(clip);
        StudioResult made = Run(StudioKind.TrackPoint, file, new StudioRequest { X = 4000.0 / width, Y = 50 });
        Assert.Equal(StudioFolder.CutOut, made.Files["masks_video_url"]);
        ClipMaker.Make(
            _folder.FullName, "alpha.mkv",
            $"-c:v libvpx -i {Path.Combine(_folder.FullName, StudioFolder.CutOut)} -vf alphaextract -pix_fmt gray -c:v ffv1");
        ClipFile alpha = ClipFile.Open(Path.Combine(_folder.FullName, "alpha.mkv"), new ClipLimits(), CancellationToken.None);
        using ClipFrames opacity = ClipFrames.Read(alpha, _folder.FullName, _pool, CancellationToken.None);
        Assert.Equal(6, opacity.Count);
        for (int frame = 0; frame < 6; frame++)
        {
            using Picture picture = opacity.Rent(frame);
            var mask = new ClipMask(width, height);
            for (int y = 0; y < height; y++)
            {
                picture.RowY(y)[..width].CopyTo(mask.Row(y));
            }

            Assert.InRange(mask.Iou(clip.Truth[frame]), 0.85, 1);
        }
    }

    [Fact]
    public void Picture_that_the_clip_lacks_is_refused()
    {
        string file = ClipMaker.Make(_folder.FullName, "grey.mp4", "-f lavfi -i color=gray:s=96x64:r=10:d=0.5 -pix_fmt yuv420p");
        StudioException refused = Assert.Throws<StudioException>(
            () => Run(StudioKind.TrackPoint, file, new StudioRequest { X = 1, Y = 1, FrameIndex = 5 }));
        Assert.Equal("The clip has 5 pictures: \"frame_idx\" goes from 0 to 4.", refused.Message);
    }

    private static void Cancel(bool isNow, CancellationTokenSource cancel)
    {
        if (isNow)
        {
            cancel.Cancel();
        }
    }

    private VideoInfo Probe(string name) =>
        VideoProbe.Read(Path.Combine(_folder.FullName, name), new ContainerLimits(), CancellationToken.None).Info!;

    private StudioResult Run(
        string kind, string file, StudioRequest wanted, Action<string, string?>? onStep = null, CancellationToken cancel = default)
    {
        using var models = new NoModels();
        return new ClipWork(new StudioEngines(models), _pool, new ClipLimits())
            .Run(kind, file, _folder.FullName, wanted, onStep ?? ((_, _) => { }), cancel);
    }
}
