using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Analysis;
using Rtc.Server.Tests.Hosting;
using Rtc.Store;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Server.Tests.Routes;

/// <summary>What analysis has found, read over HTTP; the rows are the test's own.</summary>
public sealed class ResultRoutesTests : IDisposable
{
    private static readonly string[] s_kinds = [AnalyseKind.KindName];
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public async Task Detections_are_searched_by_class_time_and_confidence()
    {
        await using RunningHost host = await StartAsync();
        (Video video, Job job) = await AddAsync(host, User.Local, isCompleted: true);
        string at = $"/api/videos/{video.Id}/detections";
        JsonNode all = await GetAsync(host, HttpStatusCode.OK, at);
        Assert.Equal(job.Id.ToString(), all["job_id"]!.ToString());
        Assert.Equal(10, all["frames"]!.AsArray().Count);
        Assert.Null(all["next"]);
        JsonNode first = all["frames"]![1]!;
        Assert.Equal(
            JsonNode.Parse(
                """
                {"frame_number":5,"timestamp_seconds":0.5,"detections":[
                  {"class":"person","confidence":0.91,"bbox":{"x":1,"y":2,"width":30,"height":40},"track_id":"obj_001"},
                  {"class":"dog","confidence":0.41,"bbox":{"x":5,"y":6,"width":7,"height":8},"track_id":null}]}
                """)!.ToJsonString(),
            first.ToJsonString());
        Assert.Equal("10 15 20", await FramesAsync(host, at + "?from=6&to=22"));
        Assert.Equal("10 15 20", await FramesAsync(host, at + "?from_seconds=0.9&to_seconds=2.05"));
        JsonNode dogs = await GetAsync(host, HttpStatusCode.OK, at + "?class=dog&min_confidence=0.43");
        Assert.Equal([15, 20, 25, 30, 35, 40, 45], dogs["frames"]!.AsArray().Select(frame => (int)frame!["frame_number"]!));
        Assert.All(
            dogs["frames"]!.AsArray(),
            frame => Assert.Equal("dog", Assert.Single(frame!["detections"]!.AsArray())!["class"]!.ToString()));
        Assert.Empty(await FramesAsync(host, at + "?class=heron"));
        Assert.Empty(await FramesAsync(host, at + "?class=x%22%20%7C%7C%20true"));
        Assert.Equal("0 5 10 15", await FramesAsync(host, at + "?limit=4"));
        Assert.Equal("20 25 30 35", await FramesAsync(host, at + "?limit=4&after=15"));
    }

    [Fact]
    public async Task Masks_tracks_and_scenes_are_read_back_and_paged()
    {
        await using RunningHost host = await StartAsync();
        (Video video, Job job) = await AddAsync(host, User.Local, isCompleted: true);
        string at = $"/api/videos/{video.Id}";
        Assert.Equal(
            """[{"track_id":"obj_001","class":"person","confidence":0.91,"mask_rle":"3,5,10","mask_area_pixels":5,"frame":5}]""",
            (await GetAsync(host, HttpStatusCode.OK, at + "/masks?frame=5"))["masks"]!.ToJsonString());
        JsonNode page = await GetAsync(host, HttpStatusCode.OK, at + "/masks?limit=3&class=person");
        Assert.Equal((3, 10), (page["masks"]!.AsArray().Count, (int)page["next"]!));

        JsonNode tracks = await GetAsync(host, HttpStatusCode.OK, at + "/tracks?limit=1");
        Assert.Equal("obj_001", tracks["next"]!.ToString());
        Assert.Equal(
            "obj_002", (await GetAsync(host, HttpStatusCode.OK, at + "/tracks?after=obj_001"))["tracks"]![0]!["track_id"]!.ToString());
        JsonNode spans = await GetAsync(host, HttpStatusCode.OK, at + "/tracks?frames=false");
        Assert.Equal(
            ["obj_001 0 45 0", "obj_002 5 5 0"],
            spans["tracks"]!.AsArray().Select(
                span => $"{span!["track_id"]} {span["start_frame"]} {span["end_frame"]} {span["frames"]!.AsArray().Count}"));
        JsonNode track = await GetAsync(host, HttpStatusCode.OK, at + "/tracks/obj_001");
        Assert.Equal((0, 45, 46), ((int)track["start_frame"]!, (int)track["end_frame"]!, (int)track["duration_frames"]!));
        Assert.Equal(0.5, (double)track["frames"]![0]!["timestamp"]!);
        await GetAsync(host, HttpStatusCode.NotFound, at + "/tracks/obj_999");

        JsonNode scenes = await GetAsync(host, HttpStatusCode.OK, $"{at}/scenes?job={job.Id}");
        JsonNode scene = scenes["scenes"]![0]!;
        Assert.Equal(("One dog.", "both"), (scene["description"]!.ToString(), scene["scene_type"]!.ToString()));
        Assert.Equal("easy", scene["replaceable_elements"]![0]!["difficulty"]!.ToString());
        await GetAsync(host, HttpStatusCode.BadRequest, at + "/scenes?limit=1001");
    }

    [Theory]
    [InlineData("json", "application/json", "holiday.json")]
    [InlineData("coco", "application/json", "holiday.coco.json")]
    [InlineData("mot", "text/plain", "holiday.mot.txt")]
    [InlineData("csv", "text/csv", "holiday.csv")]
    public async Task Export_comes_as_a_file(string format, string type, string name)
    {
        await using RunningHost host = await StartAsync();
        (Video video, _) = await AddAsync(host, User.Local, isCompleted: true);
        using HttpResponseMessage answer = await host.Client.GetAsync(
            new Uri($"/api/videos/{video.Id}/export?format={format}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.True(HttpStatusCode.OK == answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(name, answer.Content.Headers.ContentDisposition?.FileName);
        Assert.InRange((await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length, 50, int.MaxValue);
    }

    [Fact]
    public async Task Others_videos_and_jobs_are_not_there()
    {
        await using RunningHost host = await StartAsync();
        (Video other, Job othersJob) = await AddAsync(host, "other@example.org", isCompleted: true);
        (Video mine, _) = await AddAsync(host, User.Local, isCompleted: false);
        foreach (string what in (string[])["detections", "masks", "tracks", "tracks/obj_001", "scenes", "export"])
        {
            Assert.Equal("unknown_video", await CodeAsync(host, $"/api/videos/{other.Id}/{what}"));
            Assert.Equal("unknown_video", await CodeAsync(host, $"/api/videos/nothing/{what}"));
            Assert.Equal("not_analysed", await CodeAsync(host, $"/api/videos/{mine.Id}/{what}?job={othersJob.Id}"));
        }

        // What a job has so far can be read while it runs; a file is of all or nothing.
        Assert.Equal(10, (await GetAsync(host, HttpStatusCode.OK, $"/api/videos/{mine.Id}/detections"))["frames"]!.AsArray().Count);
        await GetAsync(host, HttpStatusCode.Conflict, $"/api/videos/{mine.Id}/export");
        await GetAsync(host, HttpStatusCode.BadRequest, $"/api/videos/{mine.Id}/export?format=exe");
    }

    [Theory]
    [InlineData("detections?class=%00")]
    [InlineData("detections?min_confidence=NaN")]
    [InlineData("detections?from_seconds=NaN")]
    [InlineData("detections?to_seconds=Infinity")]
    [InlineData("masks?class=a%00b")]
    [InlineData("masks?min_confidence=1e400")]
    [InlineData("tracks?after=%00")]
    public async Task What_no_database_can_be_asked_for_is_400(string query)
    {
        await using RunningHost host = await StartAsync();
        (Video video, _) = await AddAsync(host, User.Local, isCompleted: true);
        await GetAsync(host, HttpStatusCode.BadRequest, $"/api/videos/{video.Id}/{query}");
    }

    [Fact]
    public async Task Export_of_what_is_deleted_meanwhile_breaks_off()
    {
        await using RunningHost host = await StartAsync();
        (Video video, Job job) = await AddAsync(host, User.Local, isCompleted: true);
        string large = new('a', 4000);
        IServiceProvider services = host.App.Services;
        await services.GetRequiredService<Database>().WriteAsync(async session =>
        {
            await services.GetRequiredService<ResultTable>().WriteAsync(
                session, job.Id, video.Id,
                [
                    .. Enumerable.Range(0, 10_000).Select(at => new FrameResult(
                        at, at,
                        $$"""[{"class":"{{large}}","confidence":0.9,"bbox":{"x":1,"y":2,"width":3,"height":4},"track_id":null}]""", [])),
                ]);
            return true;
        }, TestContext.Current.CancellationToken);
        using HttpResponseMessage export = await host.Client.GetAsync(
            new Uri($"/api/videos/{video.Id}/export?format=csv", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, export.StatusCode);
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"/api/videos/{video.Id}");
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => export.Content.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Nothing_follows_the_greatest_frame_number()
    {
        await using RunningHost host = await StartAsync();
        (Video video, _) = await AddAsync(host, User.Local, isCompleted: true);
        Assert.Empty(await FramesAsync(host, $"/api/videos/{video.Id}/detections?after={long.MaxValue}"));
    }

    private static async Task<(Video Video, Job Job)> AddAsync(RunningHost host, string email, bool isCompleted)
    {
        IServiceProvider services = host.App.Services;
        Database database = services.GetRequiredService<Database>();
        UserId user = (await services.GetRequiredService<UserTable>().FindOrAddAsync(email)).Id;
        VideoTable videos = services.GetRequiredService<VideoTable>();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var video = new Video(
            videos.NewId(), user, "holiday.mp4", "a.mp4", 1, "00", new VideoFacts(5, 6, 3, 10, "h264", 50, false), Video.Ready, null, now,
            now);
        await videos.AddAsync(video);
        JobTable jobs = services.GetRequiredService<JobTable>();
        Job job = await jobs.AddAsync(jobs.NewId(), user, video.Id, AnalyseKind.KindName, "{}", [new JobStep("one", "One")]);
        var queue = new JobQueue(database);
        Job taken = (await queue.TakeAsync("test", s_kinds, TimeSpan.FromHours(1)))!;
        Assert.Equal(job.Id, taken.Id);
        await database.WriteAsync(async session =>
        {
            await services.GetRequiredService<ResultTable>().WriteAsync(
                session, job.Id, video.Id,
                [
                    .. Enumerable.Range(0, 10).Select(at => new FrameResult(
                        at * 5, at * 0.5,
                        $$"""
                        [{"class":"person","confidence":0.9{{at}},"bbox":{"x":1,"y":2,"width":30,"height":40},"track_id":"obj_001"},
                         {"class":"dog","confidence":0.4{{at}},"bbox":{"x":5,"y":6,"width":7,"height":8},"track_id":null}]
                        """,
                        [new MaskResult("obj_001", "3,5,10", 5)])),
                ]);
            const string point = """[{"frame":5,"timestamp":0.5,"bbox":{"x":1,"y":2,"width":30,"height":40},"confidence":0.9}]""";
            await services.GetRequiredService<TrackTable>().WriteAsync(
                session, job.Id, video.Id,
                [new TrackResult("obj_001", "person", 0, 45, 0.9, point), new TrackResult("obj_002", "dog", 5, 5, 0.4, point)]);
            await services.GetRequiredService<SceneTable>().WriteAsync(
                session, job.Id, video.Id,
                [
                    new SceneResult(
                        1, 0, 49,
                        """
                        {"description":"One dog.","importance":3,"scene_type":"both","replaceable_elements":
                         [{"type":"dog","description":"dog, left","difficulty":"easy","track_id":"obj_002"}]}
                        """),
                ]);
            return true;
        });
        if (isCompleted)
        {
            Assert.True(await queue.CompleteAsync(new JobClaim(job.Id, "test", taken.Attempt), taken.Steps, "{}"));
        }

        return (video, job);
    }

    private Task<RunningHost> StartAsync() => RunningHost.StartAsync(RunningHost.Options with
    {
        Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
    });

    private static async Task<string> FramesAsync(RunningHost host, string path) => string.Join(
        ' ', (await GetAsync(host, HttpStatusCode.OK, path))["frames"]!.AsArray().Select(frame => frame!["frame_number"]!.ToString()));

    private static async Task<string> CodeAsync(RunningHost host, string path) =>
        (await GetAsync(host, HttpStatusCode.NotFound, path))["code"]!.ToString();

    private static async Task<JsonNode> GetAsync(RunningHost host, HttpStatusCode expected, string path)
    {
        using HttpResponseMessage answer =
            await host.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == answer.StatusCode, $"{path}: {answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }
}
