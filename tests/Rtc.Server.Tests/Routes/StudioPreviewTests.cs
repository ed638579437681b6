using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Jobs;
using Rtc.Server.Options;
using Rtc.Server.Studio;
using Rtc.Server.Tests.Hosting;

namespace Rtc.Server.Tests.Routes;

/// <summary>Clicks that are tried on a video before a task is asked for.</summary>
public sealed class StudioPreviewTests : IDisposable
{
    private const string Red = "color=0x3060a0:s=160x120:r=10:d=0.5,drawbox=x=50:y=40:w=40:h=40:c=red:t=fill";
    private static readonly ConcurrentDictionary<string, byte[]> s_clips = [];
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public async Task Click_is_outlined_and_a_clip_made_ready_tells_its_times()
    {
        await using RunningHost host = await StartAsync();
        string video = await UploadAsync(host, Red);
        JsonNode ready = await AskAsync(host, HttpStatusCode.OK, new JsonObject { ["video_id"] = video });
        Assert.Equal([0, 0.1, 0.2, 0.3, 0.4], ready["times"]!.AsArray().Select(time => (double)time!));
        Assert.Null(ready["rle"]);
        JsonNode seen = await AskAsync(host, HttpStatusCode.OK, Click(video, 43.75, 50, frame: 4));
        Assert.Equal(
            (160, 120, 5, 4, true, "grabcut"),
            ((int)seen["width"]!, (int)seen["height"]!, (int)seen["frames"]!, (int)seen["frame_idx"]!, (bool)seen["found"]!,
                seen["engine"]!["mask"]!.ToString()));
        byte[] mask = Unrolled(seen);
        Assert.InRange(mask.Sum(pixel => pixel), 1400, 1800);
        Assert.Equal((1, 0), (mask[(60 * 160) + 70], mask[(60 * 160) + 20]));
    }

    [Fact]
    public async Task Further_clicks_add_to_the_outline_and_take_from_it()
    {
        await using RunningHost host = await StartAsync();
        string video = await UploadAsync(host, Red + ",drawbox=x=110:y=40:w=30:h=30:c=yellow:t=fill");
        byte[] both = Unrolled(await AskAsync(host, HttpStatusCode.OK, Click(video, 43.75, 50, points: [Point(78, 45, subtract: false)])));
        Assert.Equal((1, 1, 0), (both[(60 * 160) + 70], both[(55 * 160) + 125], both[(55 * 160) + 100]));
        byte[] first = Unrolled(await AskAsync(
            host, HttpStatusCode.OK,
            Click(video, 43.75, 50, points: [Point(78, 45, subtract: false), Point(79, 46, subtract: true)])));
        Assert.Equal((1, 0), (first[(60 * 160) + 70], first[(55 * 160) + 126]));
    }

    [Fact]
    public async Task What_cannot_be_previewed_is_refused_by_name()
    {
        await using RunningHost host = await StartAsync(new StudioOptions { MaxSeconds = 1 });
        string video = await UploadAsync(host, Red);
        string longer = await UploadAsync(host, "testsrc=s=64x48:r=10:d=2");
        (JsonObject Body, HttpStatusCode Status, string Says)[] refused =
        [
            (Click(video, 100.1, 50), HttpStatusCode.BadRequest, "\"x\" lies"),
            (Click(video, 50, 50, frame: 5), HttpStatusCode.BadRequest, "The clip has 5 pictures"),
            (Click(video, 50, 50, frame: -1), HttpStatusCode.BadRequest, "\"frame_idx\""),
            (Click(video, 50, 50, points: [Point(50, 101, subtract: true)]), HttpStatusCode.BadRequest, "\"points\""),
            (Click(video, 50, 50, points: [.. Enumerable.Range(0, 33).Select(i => Point(i, i, false))]), HttpStatusCode.BadRequest, "32"),
            (Click(longer, 50, 50), HttpStatusCode.BadRequest, "Studio:MaxSeconds"),
            (Click(Guid.NewGuid().ToString(), 50, 50), HttpStatusCode.NotFound, "no such video"),
            ([], HttpStatusCode.BadRequest, "video_id"),
        ];
        foreach ((JsonObject body, HttpStatusCode status, string says) in refused)
        {
            JsonNode answer = await AskAsync(host, status, body);
            Assert.Contains(says, answer["detail"]!.ToString(), StringComparison.Ordinal);
        }

        // What could not be opened is not kept.
        Assert.Equal(1, host.App.Services.GetRequiredService<StudioPreviews>().Count);
    }

    [Fact]
    public async Task Clips_close_after_two_minutes_and_the_longest_idle_of_five()
    {
        var clock = new ManualClock(DateTimeOffset.UtcNow);
        await using RunningHost host = await StartAsync(services: services => services.AddSingleton<TimeProvider>(clock));
        StudioPreviews previews = host.App.Services.GetRequiredService<StudioPreviews>();
        for (int i = 1; i <= 5; i++)
        {
            await AskAsync(
                host, HttpStatusCode.OK, new JsonObject { ["video_id"] = await UploadAsync(host, "testsrc=s=32x32:r=10:d=0.2") });
            Assert.Equal(Math.Min(i, 4), previews.Count);
            clock.Now += TimeSpan.FromSeconds(1);
        }

        clock.Now += TimeSpan.FromSeconds(117.5);
        previews.CloseIdle();
        Assert.Equal(2, previews.Count);
    }

    [Fact]
    public async Task Click_waits_while_live_rooms_need_the_processor()
    {
        await using RunningHost host = await StartAsync(services: services => services.AddSingleton<IJobPace>(new PausedPace()));
        string video = await UploadAsync(host, Red);
        JsonNode answer = await AskAsync(host, HttpStatusCode.ServiceUnavailable, Click(video, 50, 50));
        Assert.Contains("Live rooms", answer["detail"]!.ToString(), StringComparison.Ordinal);
    }

    private Task<RunningHost> StartAsync(StudioOptions? studio = null, Action<IServiceCollection>? services = null) =>
        RunningHost.StartAsync(
            RunningHost.Options with
            {
                Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
                Studio = studio ?? new StudioOptions(),
            },
            services: services);

    private async Task<string> UploadAsync(RunningHost host, string source)
    {
        using var content = new ByteArrayContent(s_clips.GetOrAdd(source, Make));
        content.Headers.ContentType = new MediaTypeHeaderValue("video/mp4");
        JsonNode video = await host.JsonAsync(HttpStatusCode.Created, HttpMethod.Post, "/api/videos?name=clip.mp4", content);
        return video["video_id"]!.ToString();
    }

    private static byte[] Make(string source)
    {
        string path = Path.Combine(Path.GetTempPath(), $"rtc-{Guid.NewGuid():N}.mp4");
        using (Process ffmpeg = Process.Start(
            "ffmpeg", ["-v", "error", "-nostdin", "-threads", "1", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", path]))
        {
            ffmpeg.WaitForExit();
        }

        byte[] made = File.ReadAllBytes(path);
        File.Delete(path);
        return made;
    }

    private static JsonObject Click(string video, double x, double y, int frame = 0, JsonNode[]? points = null)
    {
        var body = new JsonObject { ["video_id"] = video, ["x"] = x, ["y"] = y, ["frame_idx"] = frame };
        if (points is not null)
        {
            body["points"] = new JsonArray(points);
        }

        return body;
    }

    private static JsonObject Point(double x, double y, bool subtract) => new() { ["x"] = x, ["y"] = y, ["subtract"] = subtract };

    private static async Task<JsonNode> AskAsync(RunningHost host, HttpStatusCode status, JsonObject body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        return await host.JsonAsync(status, HttpMethod.Post, "/api/preview-mask", content);
    }

    private static byte[] Unrolled(JsonNode answer) =>
    [
        .. answer["rle"]!.AsArray().SelectMany((run, i) => Enumerable.Repeat((byte)(i % 2), (int)run!)),
    ];

    private sealed class PausedPace : IJobPace
    {
        public JobPace Current => JobPace.Paused;
    }
}
