using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Rtc.Analysis.Looking;
using Rtc.Analysis.Options;
using Rtc.Analysis.Records;
using Rtc.Analysis.Tracking;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Media.Containers.Writing;
using Rtc.Pipeline.Tests;
using Rtc.Pipeline.Tests.Tracking;
using Rtc.Pipeline.Tracking;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Tests.Running;

/// <summary>Real clips with a real model: the same boxes as the command on pictures has, the same tracks as the command on text.</summary>
public sealed class RealClipTests
{
    [Theory]
    [InlineData("one-by-one-person-detection.mp4", 40, 35, "person", 20, 30, 1, 6)]
    [InlineData("bottle-detection.mp4", 40, 30, "bottle", 20, 90, 2, 30)]
    public async Task Clip_has_its_golden_figures(
        string clip, int every, int frames, string name, int minFound, int maxFound, int minTracks, int maxTracks)
    {
        string path = TestData.Find("video/" + clip);
        using ModelHost models = Host();
        await using AnalysisStore store = await AnalysisStore.CreateAsync(models);
        Video video = await store.AddAsync(path);
        Job job = await store.RunAsync(video, $$"""{"sample_every":{{every}},"confidence":0.4,"track_buffer_seconds":2}""");
        Assert.Equal((JobStatus.Completed, null), (job.Status, job.Error));
        List<FrameRecord> found = await store.Reader.FramesAsync(video.Id, job.Id, new FrameSearch(), default);
        List<TrackRecord> tracks = await store.Reader.TracksAsync(job.Id, string.Empty, 1000, default);
        List<SceneRecord> scenes = await store.Reader.ScenesAsync(job.Id, 0, 1000, default);
        int named = found.Sum(frame => frame.Detections.Count(one => one.Class == name));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{clip}: {found.Count} frames, {named} {name}, {tracks.Count} tracks, {scenes.Count} scenes: {scenes[0].Description} "
                + string.Join(", ", job.Steps.Select(step => $"{step.Id} {step.Seconds} s")));
        Assert.Equal(frames, found.Count);
        Assert.InRange(named, minFound, maxFound);
        Assert.InRange(tracks.Count, minTracks, maxTracks);

        // A camera that stands, from beginning to end.
        Assert.Single(scenes);
        await CompareAsync(path, models, found);
        await GoldenAsync(store, video, job, clip);
        await CheckMasksAsync(store, video, job, found);
    }

    /// <summary>With every picture looked at, the tracks of a job are those of the command on the detector's own boxes.</summary>
    [Fact]
    public async Task Tracks_of_every_picture_are_those_of_the_command()
    {
        const int Pictures = 45;
        using ModelHost models = Host();
        await using AnalysisStore store = await AnalysisStore.CreateAsync(models);
        string path = Path.Combine(store.Folder, "short.mp4");
        string detections = Shorten(TestData.Find("video/bottle-detection.mp4"), path, Pictures, models);
        Video video = await store.AddAsync(path);
        Job job = await store.RunAsync(video, """{"sample_every":1,"masks":false,"min_object_size":0,"scenes":"none"}""");
        Assert.Equal((JobStatus.Completed, null), (job.Status, job.Error));
        List<MotBox> ours = HotaScore.Read(await store.ExportAsync(video, job.Id, "mot"));
        var written = new StringWriter();
        Assert.True(MotFile.TryTrack(new StringReader(detections), written, new ByteTrackOptions(), out _));
        List<MotBox> commands = HotaScore.Read(written.ToString());
        HotaScore score = HotaScore.Of(commands, ours);
        TestContext.Current.TestOutputHelper?.WriteLine($"{commands.Count} boxes of the command, {ours.Count} of the job: {score}");

        // Both directions joined, the job has a box more where a track begins, and its boxes are the detector's, not the filter's.
        Assert.InRange(commands.Count, Pictures, ours.Count);
        Assert.Equal(0, score.Switches);
        Assert.InRange(score.AssA, 85, 100);
        Assert.InRange(score.Hota, 80, 100);
    }

    /// <summary>The first pictures of a clip as one of their own; returns what a detector finds on them, as MOTChallenge text.</summary>
    private static string Shorten(string from, string to, int pictures, ModelHost models)
    {
        VideoInfo info = VideoProbe.Read(from, new ContainerLimits(), CancellationToken.None).Info!;
        using var pool = new PicturePool();
        using (VideoReader reader = VideoReader.Open(
            from, info, new VideoReadOptions(), new ContainerLimits(), pool, CancellationToken.None))
        using (FinishedVideo made = FinishedVideo.Create(
            to,
            new FinishedVideoOptions
            {
                Width = info.Width, Height = info.Height, FrameRate = info.FrameRate, Preset = "ultrafast", Quality = 16,
            },
            new ContainerLimits(), CancellationToken.None))
        {
            for (int i = 0; i < pictures && reader.TryRead(out Picture? picture, out _, out _); i++)
            {
                using (picture)
                {
                    Assert.True(made.TryWrite(picture!), made.Refusal?.Message);
                }
            }

            Assert.True(made.TryFinish(), made.Refusal?.Message);
        }

        var text = new StringWriter();
        using IDetector detector = models.OpenDetector("auto", out _);
        List<Detection> found = [];
        VideoInfo own = VideoProbe.Read(to, new ContainerLimits(), CancellationToken.None).Info!;
        using VideoReader again = VideoReader.Open(
            to, own, new VideoReadOptions(), new ContainerLimits(), pool, CancellationToken.None);
        while (again.TryRead(out Picture? picture, out int number, out _))
        {
            using (picture)
            {
                detector.Detect(picture!, new DetectOptions { Confidence = 0.1f, NmsThreshold = 0.45f }, found);
            }

            foreach (Detection one in found)
            {
                text.WriteLine(string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{number + 1},-1,{one.Box.Left:F2},{one.Box.Top:F2},{one.Box.Width:F2},{one.Box.Height:F2},{one.Score:F4},-1,-1,-1"));
            }
        }

        return text.ToString();
    }

    /// <summary>
    /// What was found when the file was written (RTC_UPDATE_GOLDEN=1 writes it anew), within what another processor rounds otherwise; and
    /// the MOT export says the same as the JSON export.
    /// </summary>
    private static async Task GoldenAsync(AnalysisStore store, Video video, Job job, string clip)
    {
        const double MinHota = 95;
        JsonNode json = JsonNode.Parse(await store.ExportAsync(video, job.Id, "json"))!;
        var golden = new JsonObject { ["frames"] = json["frames"]!.DeepClone(), ["scenes"] = json["scenes"]!.DeepClone() };
        string file = Path.Combine(Golden(), Path.ChangeExtension(clip, ".json"));
        if (Environment.GetEnvironmentVariable("RTC_UPDATE_GOLDEN") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(file, golden.ToJsonString().Replace("},{\"frame_number\"", "},\n{\"frame_number\"") + "\n");
        }

        JsonNode expected = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        HotaScore same = HotaScore.Of(BoxesOf(expected), BoxesOf(golden));
        Assert.InRange(same.Hota, MinHota, 100);
        Assert.Equal(expected["scenes"]!.AsArray().Count, golden["scenes"]!.AsArray().Count);
        Assert.Equal(
            expected["frames"]!.AsArray().Select(frame => (long)frame!["frame_number"]!),
            golden["frames"]!.AsArray().Select(frame => (long)frame!["frame_number"]!));

        List<MotBox> tracks =
        [
            .. json["tracks"]!.AsArray().SelectMany(track => track!["frames"]!.AsArray()
                .Select(point => Box((int)point!["frame"]! + 1, (string)track["track_id"]!, point["bbox"]!))),
        ];
        HotaScore mot = HotaScore.Of(tracks, HotaScore.Read(await store.ExportAsync(video, job.Id, "mot")));
        Assert.Equal((100, 100, 0), (Math.Round(mot.Hota, 3), Math.Round(mot.Mota, 3), mot.Switches));
    }

    /// <summary>Outlines as the store has them and as COCO's tools read them are the same, pixel by pixel.</summary>
    private static async Task CheckMasksAsync(AnalysisStore store, Video video, Job job, List<FrameRecord> found)
    {
        (List<MaskRecord> masks, _) = await store.Reader.MasksAsync(video.Id, job.Id, new FrameSearch(), default);
        JsonArray annotations = JsonNode.Parse(await store.ExportAsync(video, job.Id, "coco"))!["annotations"]!.AsArray();
        Assert.Equal(found.Sum(frame => frame.Detections.Count), annotations.Count);
        Assert.InRange(masks.Count, 1, annotations.Count);
        (int width, int height) = (video.Facts.Width, video.Facts.Height);
        byte[] pixels = new byte[width * height];
        for (int i = 0; i < masks.Count; i++)
        {
            Assert.True(MaskRle.TryRead(masks[i].MaskRle, pixels));
            int[] counts = CocoReader.Counts((string)annotations[i]!["segmentation"]!["counts"]!);
            Assert.Equal(masks[i].MaskAreaPixels, CocoReader.Area(counts));
            Assert.Equal(masks[i].MaskAreaPixels, (long)annotations[i]!["area"]!);
            Assert.True(pixels.AsSpan().SequenceEqual(CocoReader.Decode(counts, height, width)), $"mask {i}");
        }
    }

    private static List<MotBox> BoxesOf(JsonNode golden) =>
    [
        .. golden["frames"]!.AsArray().SelectMany(frame => frame!["detections"]!.AsArray().Where(one => one!["track_id"] is not null)
            .Select(one => Box((int)frame["frame_number"]!, (string)one!["track_id"]!, one["bbox"]!))),
    ];

    private static MotBox Box(int frame, string track, JsonNode box)
    {
        (float x, float y) = ((float)box["x"]!, (float)box["y"]!);
        return new MotBox(
            frame, int.Parse(track.Split('_')[1]), new RectF(x, y, x + (float)box["width"]!, y + (float)box["height"]!));
    }

    private static string Golden([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Golden");

    /// <summary>The tracker over a real sequence: forward it is that of rooms and of the command, picture for picture.</summary>
    [Fact]
    public void Forward_tracks_are_those_of_the_command()
    {
        string path = TestData.Find("track/palace_det.txt");
        var options = new AnalyseOptions { Confidence = 0.5f, TrackBufferSeconds = 1 };
        using StreamReader read = new(path);
        Assert.True(MotFile.TryRead(read, out SortedDictionary<int, List<Detection>> frames, out _));
        List<CandidateFrame> candidates =
        [
            .. frames.Select(frame => new CandidateFrame(
                frame.Key, frame.Key / 30.0, [.. frame.Value.Select((one, at) => new Candidate("person", one.Score, one.Box, at))])),
        ];
        var pass = new TrackPass(candidates, options, 1280);
        int[][] forward = pass.Run(backward: false);
        using StreamReader again = new(path);
        var written = new StringWriter();
        Assert.True(MotFile.TryTrack(again, written, new ByteTrackOptions(), out _));
        string[] expected =
        [
            .. written.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => string.Join(',', line.Split(',')[..2])),
        ];
        Assert.Equal(
            expected,
            candidates.SelectMany((frame, at) => forward[at].Where(track => track > 0).Order().Select(track => $"{frame.Number},{track}")));

        IReadOnlyList<FoundTrack> joined = TrackStitch.Join(forward, pass.Run(backward: true));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"forward {expected.Length} boxes in {expected.Select(line => line.Split(',')[1]).Distinct().Count()} tracks, "
                + $"joined {joined.Sum(track => track.Places.Count)} in {joined.Count}");

        // Joining adds boxes at the ends, takes none away, and never puts two of one frame into one track.
        Assert.InRange(joined.Sum(track => track.Places.Count), expected.Length, int.MaxValue);
        Assert.All(joined, track => Assert.Equal(track.Places.Count, track.Places.Select(place => place.Frame).Distinct().Count()));
    }

    private static async Task CompareAsync(string path, ModelHost models, List<FrameRecord> found)
    {
        const int Compared = 5;
        VideoInfo info = VideoProbe.Read(path, new ContainerLimits(), CancellationToken.None).Info!;
        using var pool = new PicturePool();
        using IDetector detector = models.OpenDetector("auto", out _);
        List<Detection> detections = [];
        int step = found.Count / Compared;
        using VideoReader reader = VideoReader.Open(
            path, info, new VideoReadOptions { Every = (int)found[step].FrameNumber }, new ContainerLimits(), pool, CancellationToken.None);
        int compared = 0;
        while (reader.TryRead(out Picture? picture, out int number, out _))
        {
            using (picture)
            {
                detector.Detect(picture!, new DetectOptions(), detections);
            }

            FoundObject[] stored = [.. found.Single(frame => frame.FrameNumber == number).Detections];
            Assert.Equal(
                detections.Where(one => one.Score >= 0.4f)
                    .Select(one => (detector.ClassNames[one.ClassId], Math.Round((double)one.Score, 4))),
                stored.Select(one => (one.Class, one.Confidence)));
            compared += stored.Length;
        }

        Assert.InRange(compared, 3, int.MaxValue);
        await Task.CompletedTask;
    }

    private static ModelHost Host() => new(new ModelHostOptions
    {
        Directory = Path.GetDirectoryName(TestData.Find("models/yolox_nano.onnx"))!,
        Model = TestData.Find("models/yolox_nano.onnx"),
    });
}
