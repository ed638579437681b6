using System.Diagnostics;
using System.Text.Json.Nodes;
using Rtc.Analysis.Reframing;
using Rtc.Analysis.Tests.Running;
using Rtc.Inference;
using Rtc.Inference.Hosting;
using Rtc.Media;
using Rtc.Media.Containers;
using Rtc.Media.Containers.Reading;
using Rtc.Pipeline.Tests;
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
    public async Task Video_that_begins_after_its_sound_stays_in_step()
    {
        await using AnalysisStore store = await AnalysisStore.CreateAsync(new WhiteModels());
        string silent = SquareClip.Write(Path.Combine(store.Folder, "silent.mp4"));
        string late = Path.Combine(store.Folder, "late.mp4");
        using (Process join = Process.Start(
            "ffmpeg",
            $"-v error -nostdin -itsoffset 1 -i {silent} -f lavfi -i sine=440:d=5 -map 0:v -map 1:a -c:v copy -c:a aac {late}"))
        {
            await join.WaitForExitAsync();
        }

        Video video = await store.AddAsync(late);
        await store.RunAsync(video, """{"sample_every":4,"min_object_size":20,"masks":false}""");
        Job job = await store.RunAsync(video, """{"aspect":"9:16"}""", ReframeKind.KindName);
        Assert.Equal((JobStatus.Completed, null), (job.Status, job.Error));
        var made = new VideoId(Guid.Parse(JsonNode.Parse(job.Result!)!["video_id"]!.ToString()));
        Video reframed = (await store.Videos.FindAsync(store.User, made))!;
        Assert.Equal(SquareClip.Pictures + 24, reframed.Facts.TotalFrames);
    }

    /// <summary>Somebody stands and leaves: as wide in the new shape as in the whole picture, so nothing is cut off.</summary>
    [Fact]
    public async Task Person_of_a_real_clip_is_inside_the_reframed_one()
    {
        const double MinInside = 0.99, MinWidth = 0.8;
        const int Every = 2;
        Assert.SkipWhen(VideoPrograms.Missing is not null, VideoPrograms.Missing ?? string.Empty);
        string model = TestData.Find("models/yolox_nano.onnx");
        using var models = new ModelHost(new ModelHostOptions { Directory = Path.GetDirectoryName(model)!, Model = model });
        await using AnalysisStore store = await AnalysisStore.CreateAsync(models);
        string part = Path.Combine(store.Folder, "person.mp4");
        using (Process cut = Process.Start(
            "ffmpeg", $"-v error -nostdin -ss 80 -t 12 -i {TestData.Find("video/one-by-one-person-detection.mp4")} -an -crf 16 {part}"))
        {
            await cut.WaitForExitAsync();
        }

        Video video = await store.AddAsync(part);
        await store.RunAsync(video, $$"""{"sample_every":{{Every}},"masks":false,"scenes":"none"}""");
        Job job = await store.RunAsync(video, """{"aspect":"9:16"}""", ReframeKind.KindName);
        Assert.Equal((JobStatus.Completed, null), (job.Status, job.Error));
        var made = new VideoId(Guid.Parse(JsonNode.Parse(job.Result!)!["video_id"]!.ToString()));
        string reframed = Path.Combine(store.Folder, (await store.Videos.FindAsync(store.User, made))!.File);
        if (Environment.GetEnvironmentVariable("RTC_SCREENSHOTS") is { Length: > 0 } folder)
        {
            File.Copy(reframed, Path.Combine(folder, "reframed.mp4"), overwrite: true);
        }

        Dictionary<int, RectF> whole = PersonsOf(part, models, Every), own = PersonsOf(reframed, models, Every);
        int seen = 0, inside = 0;
        foreach ((int number, RectF box) in whole.Where(one => one.Value.Left > 2 && one.Value.Right < video.Facts.Width - 2))
        {
            seen++;
            inside += own.TryGetValue(number, out RectF there) && there.Width >= MinWidth * box.Width ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"somebody on {seen} pictures, inside on {inside}");
        Assert.InRange(seen, 20, int.MaxValue);
        Assert.InRange(inside, MinInside * seen, seen);
    }

    /// <summary>The surest person of each picture that is looked at.</summary>
    private static Dictionary<int, RectF> PersonsOf(string file, ModelHost models, int every)
    {
        VideoInfo info = VideoProbe.Read(file, new ContainerLimits(), CancellationToken.None).Info!;
        using var pool = new PicturePool();
        using IDetector detector = models.OpenDetector("auto", out _);
        using VideoReader reader = VideoReader.Open(
            file, info, new VideoReadOptions { Every = every }, new ContainerLimits(), pool, CancellationToken.None);
        List<Detection> found = [];
        Dictionary<int, RectF> persons = [];
        while (reader.TryRead(out Picture? picture, out int number, out _))
        {
            using (picture)
            {
                detector.Detect(picture!, new DetectOptions { Confidence = 0.5f, Classes = new HashSet<int> { 0 } }, found);
            }

            if (found.Count > 0)
            {
                persons[number] = found.MaxBy(one => one.Score).Box;
            }
        }

        return persons;
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
