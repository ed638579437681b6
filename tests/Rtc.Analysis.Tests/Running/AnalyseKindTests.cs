using System.Text.Json.Nodes;
using Rtc.Analysis.Looking;
using Rtc.Analysis.Records;
using Rtc.Media;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Tests.Running;

/// <summary>What a job finds on a clip whose content the test has painted, and how its options change that.</summary>
public sealed class AnalyseKindTests
{
    private const string Every = """{"sample_every":2,"min_object_size":20}""";

    [Fact]
    public async Task Clip_comes_out_as_it_was_painted()
    {
        await using AnalysisStore store = await AnalysisStore.CreateAsync(new WhiteModels());
        Video video = await store.AddAsync(SquareClip.Write(Path.Combine(store.Folder, "a.mp4")));
        Job job = await store.RunAsync(video, Every);
        Assert.Equal((JobStatus.Completed, null), (job.Status, job.Error));
        JsonNode summary = JsonNode.Parse(job.Result!)!;
        Assert.Equal((SquareClip.Pictures / 2, "white", "grabcut"),
            ((int)summary["frames"]!, (string)summary["model"]!, (string)summary["mask_model"]!));

        List<SceneRecord> scenes = await store.Reader.ScenesAsync(job.Id, 0, 100, default);
        Assert.Equal([0, .. SquareClip.Cuts], scenes.Select(scene => scene.StartFrame));
        Assert.Equal(SquareClip.Pictures - 1, scenes[^1].EndFrame);
        Assert.Equal(["both", "person", "both"], scenes.Select(scene => scene.SceneType));
        Assert.Contains("bottle", scenes[0].Description, StringComparison.Ordinal);
        Assert.All(scenes, scene => Assert.InRange(scene.Importance, 1, 10));
        ReplaceableElement bottle = Assert.Single(scenes[0].ReplaceableElements);
        Assert.Equal(("bottle", "easy"), (bottle.Type, bottle.Difficulty));

        List<TrackRecord> tracks = await store.Reader.TracksAsync(job.Id, string.Empty, 100, default);
        Assert.Equal("obj_001", tracks[0].TrackId);
        TrackRecord person = tracks.First(track => track.Class == "person");

        // While it is small it is too faint to be reported, and still the same track goes on through it.
        Assert.Contains(person.Frames, point => point.Confidence < 0.5);
        List<FrameRecord> frames = await store.Reader.FramesAsync(video.Id, job.Id, new FrameSearch(), default);
        Assert.DoesNotContain(frames.SelectMany(frame => frame.Detections), one => one.Confidence < 0.5);
        Assert.Contains(frames[17].Detections, one => one.TrackId == person.TrackId);
        await CheckMasksAsync(store, video, job, frames);
    }

    [Fact]
    public async Task Options_choose_what_is_reported_and_how_it_is_called()
    {
        await using AnalysisStore store = await AnalysisStore.CreateAsync(new WhiteModels());
        Video video = await store.AddAsync(SquareClip.Write(Path.Combine(store.Folder, "a.mp4")));
        Job job = await store.RunAsync(
            video,
            """
            {"sample_every":10,"masks":false,"scenes":"none","label_map":{"bottle":"product"},"classes":["product"],
             "region":{"x":0.5,"y":0,"width":0.5,"height":1},"min_object_size":300,"unknown":1}
            """);
        Assert.Equal((JobStatus.Completed, null), (job.Status, job.Error));
        Assert.Equal(["probe", "detect", "track"], job.Steps.Select(step => step.Id));
        List<FrameRecord> frames = await store.Reader.FramesAsync(video.Id, job.Id, new FrameSearch(), default);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => i * 10L), frames.Select(frame => frame.FrameNumber));
        Assert.Equal(["product"], frames.SelectMany(frame => frame.Detections).Select(one => one.Class).Distinct());
        Assert.Empty((await store.Reader.MasksAsync(video.Id, job.Id, new FrameSearch(), default)).Masks);
        Job none = await store.RunAsync(video, """{"min_object_size":100000}""");
        Assert.All(
            await store.Reader.FramesAsync(video.Id, none.Id, new FrameSearch(), default), frame => Assert.Empty(frame.Detections));
    }

    [Theory]
    [InlineData("""{"sample_every":0}""", "sample_every")]
    [InlineData("""{"sample_every":2.5}""", "sample_every")]
    [InlineData("""{"confidence":"high"}""", "confidence")]
    [InlineData("""{"nms":2}""", "nms")]
    [InlineData("""{"model":7}""", "model")]
    [InlineData("""{"masks":1}""", "masks")]
    [InlineData("""{"min_object_size":-1}""", "min_object_size")]
    [InlineData("""{"track_buffer_seconds":null}""", "track_buffer_seconds")]
    [InlineData("""{"scenes":"all"}""", "scenes")]
    [InlineData("""{"label_map":["a"]}""", "label_map")]
    [InlineData("""{"classes":[1]}""", "classes")]
    [InlineData("""{"region":{"x":0}}""", "region")]
    public async Task Bad_option_is_refused_by_its_name(string options, string name)
    {
        await using AnalysisStore store = AnalysisStore.Unopened(new WhiteModels());
        Assert.Contains($"\"{name}\"", store.Kind.Check(options), StringComparison.Ordinal);
        Assert.Null(store.Kind.Check("{}"));
    }

    [Fact]
    public async Task File_that_is_no_video_fails_for_good()
    {
        await using AnalysisStore store = await AnalysisStore.CreateAsync(new WhiteModels());
        Video video = await store.AddAsync(SquareClip.Write(Path.Combine(store.Folder, "a.mp4")));
        await File.WriteAllTextAsync(Path.Combine(store.Folder, "a.mp4"), "no video at all");
        Job job = await store.RunAsync(video, Every);
        Assert.Equal((JobStatus.Failed, 1), (job.Status, job.Attempt));
        Assert.DoesNotContain(store.Folder, job.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Outline_is_written_over_the_whole_picture()
    {
        var mask = new Mask(2, 2, new RectF(1, 1, 3, 3));
        mask.Alpha.Fill(255);
        Assert.Equal("6,2,3,2,7", MaskRle.Write(mask, 5, 4, out long area));
        Assert.Equal(4, area);
        Assert.Equal("0,4", MaskRle.Write(Whole(), 2, 2, out _));
        byte[] pixels = new byte[4];
        Assert.False(MaskRle.TryRead("0,5", pixels));
        Assert.False(MaskRle.TryRead("3", pixels));
        Assert.False(MaskRle.TryRead("a,4", pixels));
        Assert.False(MaskRle.TryRead("-1,5", pixels));

        static Mask Whole()
        {
            var all = new Mask(1, 1, new RectF(0, 0, 2, 2));
            all.Alpha.Fill(200);
            return all;
        }
    }

    /// <summary>Each decodes to its area, inside its box.</summary>
    private static async Task CheckMasksAsync(AnalysisStore store, Video video, Job job, List<FrameRecord> frames)
    {
        (List<MaskRecord> masks, long? next) = await store.Reader.MasksAsync(video.Id, job.Id, new FrameSearch(), default);
        Assert.Null(next);
        Assert.Equal(frames.Sum(frame => frame.Detections.Count), masks.Count);
        byte[] pixels = new byte[SquareClip.Width * SquareClip.Height];
        foreach (MaskRecord mask in masks)
        {
            Assert.True(MaskRle.TryRead(mask.MaskRle, pixels));
            Assert.Equal(mask.MaskAreaPixels, pixels.Sum(pixel => pixel));
            FoundObject of = frames.Single(frame => frame.FrameNumber == mask.Frame).Detections.First(one => one.TrackId == mask.TrackId);

            // A white square on a dark ground is cut out to the pixel or two.
            Assert.InRange(mask.MaskAreaPixels, of.Bbox.Width * of.Bbox.Height * 0.8, of.Bbox.Width * of.Bbox.Height * 1.2);
        }
    }
}
