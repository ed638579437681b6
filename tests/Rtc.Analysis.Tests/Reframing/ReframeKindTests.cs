using System.Text.Json.Nodes;
using Rtc.Analysis.Reframing;
using Rtc.Analysis.Tests.Running;
using Rtc.Inference;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Store.Queue;
using Rtc.Store.Videos;

namespace Rtc.Analysis.Tests.Reframing;

/// <summary>A reframed video is one of the user's, in its new shape and with its subject.</summary>
public sealed class ReframeKindTests
{
    [Fact]
    public async Task Reframed_video_is_in_the_library_and_shows_its_subject()
    {
        await using AnalysisStore store = await AnalysisStore.CreateAsync(new WhiteModels());
        Video video = await store.AddAsync(SquareClip.Write(Path.Combine(store.Folder, "a.mp4")));
        Job early = await store.RunAsync(video, """{"aspect":"1:1"}""", ReframeKind.KindName);
        Assert.Equal((JobStatus.Failed, 1), (early.Status, early.Attempt));
        Assert.Contains("analyse", early.Error, StringComparison.Ordinal);
        await store.RunAsync(video, """{"sample_every":4,"min_object_size":20,"masks":false}""");
        Job job = await store.RunAsync(video, """{"aspect":"9:16"}""", ReframeKind.KindName);
        Assert.Equal((JobStatus.Completed, null), (job.Status, job.Error));
        var made = new VideoId(Guid.Parse(JsonNode.Parse(job.Result!)!["video_id"]!.ToString()));
        Video reframed = (await store.Videos.FindAsync(store.User, made))!;
        Assert.Equal((54, SquareClip.Height, "a 9x16.mp4"), (reframed.Facts.Width, reframed.Facts.Height, reframed.Name));
        Assert.Equal(SquareClip.Pictures, reframed.Facts.TotalFrames);

        string file = Path.Combine(store.Folder, reframed.File);
        VideoInfo info = VideoProbe.Read(file, new ContainerLimits(), CancellationToken.None).Info!;
        using var pool = new PicturePool();
        using VideoReader reader = VideoReader.Open(
            file, info, new VideoReadOptions(), new ContainerLimits(), pool, CancellationToken.None);
        using var detector = new WhiteSquares();
        List<Detection> found = [];
        int seen = 0;
        while (reader.TryRead(out Picture? picture, out int number, out _))
        {
            using (picture)
            {
                detector.Detect(picture!, new DetectOptions(), found);
            }

            // Black between the scenes apart, the walker is in the picture.
            seen += found.Count > 0 || number is >= 62 and < 70 ? 1 : 0;
        }

        Assert.Equal(SquareClip.Pictures, seen);
    }

    [Fact]
    public async Task Video_that_finds_no_room_leaves_nothing()
    {
        await using AnalysisStore store = await AnalysisStore.CreateAsync(new WhiteModels());
        Video video = await store.AddAsync(SquareClip.Write(Path.Combine(store.Folder, "a.mp4")));
        await store.RunAsync(video, """{"sample_every":4,"min_object_size":20,"masks":false}""");
        int before = Directory.GetFiles(store.Folder, "*.mp4*").Length;

        store.Places.Most = 1;
        Job refused = await store.RunAsync(video, """{"aspect":"9:16"}""", ReframeKind.KindName);
        Assert.Equal((JobStatus.Failed, "there is no room", 1), (refused.Status, refused.Error, refused.Attempt));
        Assert.Equal(before, Directory.GetFiles(store.Folder, "*.mp4*").Length);

        store.Places.Most = long.MaxValue;
        Job taken = await store.RunAsync(video, """{"aspect":"9:16"}""", ReframeKind.KindName);
        Assert.Equal((JobStatus.Completed, null), (taken.Status, taken.Error));
        Assert.Null(store.Places.Kept);
    }

    [Theory]
    [InlineData("""{"aspect":"16:9"}""")]
    [InlineData("""{"aspect":7}""")]
    public async Task Unknown_aspect_is_refused(string options)
    {
        await using AnalysisStore store = AnalysisStore.Unopened(new WhiteModels());
        Assert.Contains("9:16, 1:1, 4:5", store.Reframe.Check(options), StringComparison.Ordinal);
        Assert.Null(store.Reframe.Check("{}"));
    }
}
