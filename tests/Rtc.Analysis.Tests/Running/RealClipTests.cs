using Rtc.Analysis.Options;
using Rtc.Analysis.Records;
using Rtc.Analysis.Tracking;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Pipeline.Tests;
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
    }

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
        int[][] forward = TrackPass.Run(candidates, options, backward: false);
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

        IReadOnlyList<FoundTrack> joined = TrackStitch.Join(forward, TrackPass.Run(candidates, options, backward: true));
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
