using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Analysis;
using Rtc.Server.Tests.Hosting;
using Rtc.Store;
using Rtc.Store.Queue;
using Rtc.Store.Results;
using Rtc.Store.Users;
using Rtc.Store.Videos;
using StoreOptions = Rtc.Server.Options.StoreOptions;

namespace Rtc.Server.Tests.Routes;

/// <summary>A reframed video is within the same limits as one that is uploaded.</summary>
public sealed class ReframeRoomTests : IDisposable
{
    private const string File = "a.mp4";
    private static readonly string[] s_kinds = [AnalyseKind.KindName];
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public async Task Full_library_refuses_the_video_and_takes_it_once_there_is_room()
    {
        await MakeVideoAsync();
        await using RunningHost host = await StartAsync(new StoreOptions { QuotaMegabytes = 1, MinFreeMegabytes = 0 });
        (Video video, Video ballast) = await AddAsync(host);
        VideoTable videos = host.App.Services.GetRequiredService<VideoTable>();
        long held = await videos.HeldBytesAsync(video.UserId);

        JsonNode refused = await ReframeAsync(host, video);

        Assert.Equal("failed", refused["status"]!.ToString());
        Assert.Contains("Store:QuotaMegabytes", refused["error"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal([File], Made(host));
        Assert.Equal(held, await videos.HeldBytesAsync(video.UserId));

        await videos.DeleteAsync(video.UserId, ballast.Id);
        JsonNode taken = await ReframeAsync(host, video);

        Assert.Equal(("completed", null), (taken["status"]!.ToString(), taken["error"]?.ToString()));
        Video made = (await videos.FindAsync(video.UserId, new VideoId(Guid.Parse(taken["job_id"]!.ToString()))))!;
        Assert.Equal((90, 160), (made.Facts.Width, made.Facts.Height));
        Assert.Equal(video.Bytes + made.Bytes, await videos.HeldBytesAsync(video.UserId));
        Assert.Equal(2, Made(host).Length);
    }

    [Fact]
    public async Task Full_disk_refuses_the_video()
    {
        await MakeVideoAsync();
        await using RunningHost host = await StartAsync(new StoreOptions { MinFreeMegabytes = 1_000_000_000 });
        (Video video, _) = await AddAsync(host);

        JsonNode refused = await ReframeAsync(host, video);

        Assert.Contains("Store:MinFreeMegabytes", refused["error"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal([File], Made(host));
    }

    /// <summary>Asks for it, and follows it to its end.</summary>
    private static async Task<JsonNode> ReframeAsync(RunningHost host, Video video)
    {
        using var body = JsonContent.Create(new { video_id = video.Id.ToString(), kind = "reframe", options = new { aspect = "9:16" } });
        JsonNode job = await host.JsonAsync(HttpStatusCode.Accepted, HttpMethod.Post, "/api/jobs", body);
        string events = await host.Client.GetStringAsync(
            new Uri($"/api/jobs/{job["job_id"]}/events", UriKind.Relative), TestContext.Current.CancellationToken);
        return JsonNode.Parse(events.Split('\n').Last(line => line.StartsWith("data: ", StringComparison.Ordinal))["data: ".Length..])!;
    }

    private static string[] Made(RunningHost host) =>
        [.. Directory.GetFiles(FolderOf(host)).Select(Path.GetFileName).OfType<string>().Where(name => name.Contains("mp4")).Order()];

    private static string FolderOf(RunningHost host) => host.App.Services.GetRequiredService<Rtc.Server.Videos.VideoFiles>().Folder;

    /// <summary>A video that was analysed, and another of the same user that takes most of a megabyte.</summary>
    private async Task<(Video Video, Video Ballast)> AddAsync(RunningHost host)
    {
        IServiceProvider services = host.App.Services;
        Database database = services.GetRequiredService<Database>();
        UserId user = (await services.GetRequiredService<UserTable>().FindOrAddAsync(User.Local)).Id;
        VideoTable videos = services.GetRequiredService<VideoTable>();
        Directory.CreateDirectory(FolderOf(host));
        string file = Path.Combine(FolderOf(host), File);
        System.IO.File.Copy(Path.Combine(_state.FullName, File), file);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        var video = new Video(
            videos.NewId(), user, File, File, new FileInfo(file).Length, "00", new VideoFacts(2, 160, 160, 25, "h264", 50, false),
            Video.Ready, null, now, now);
        Video ballast = video with { Id = videos.NewId(), File = "b.mp4", Bytes = 1_000_000 - video.Bytes - 1, Sha256 = "01" };
        await videos.AddAsync(video);
        await videos.AddAsync(ballast);
        JobTable jobs = services.GetRequiredService<JobTable>();
        Job job = await jobs.AddAsync(jobs.NewId(), user, video.Id, AnalyseKind.KindName, "{}", [new JobStep("one", "One")]);
        var queue = new JobQueue(database);
        Job taken = (await queue.TakeAsync("test", s_kinds, TimeSpan.FromHours(1)))!;
        const string points =
            """
            [{"frame":0,"timestamp":0,"bbox":{"x":10,"y":20,"width":30,"height":80},"confidence":0.9},
             {"frame":49,"timestamp":2,"bbox":{"x":110,"y":20,"width":30,"height":80},"confidence":0.9}]
            """;
        await database.WriteAsync(async session =>
        {
            await services.GetRequiredService<TrackTable>().WriteAsync(
                session, job.Id, video.Id, [new TrackResult("obj_001", "person", 0, 49, 0.9, points)]);
            return true;
        });
        Assert.True(await queue.CompleteAsync(new JobClaim(job.Id, "test", taken.Attempt), taken.Steps, "{}"));
        return (video, ballast);
    }

    private async Task MakeVideoAsync()
    {
        try
        {
            using Process ffmpeg = Process.Start(
                "ffmpeg",
                [
                    "-v", "error", "-f", "lavfi", "-i", "testsrc=size=160x160:rate=25:duration=2", "-pix_fmt", "yuv420p",
                    Path.Combine(_state.FullName, File),
                ]);
            await ffmpeg.WaitForExitAsync();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("ffmpeg is not installed");
        }
    }

    private Task<RunningHost> StartAsync(StoreOptions store) => RunningHost.StartAsync(RunningHost.Options with
    {
        Store = store,
        Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
    });
}
