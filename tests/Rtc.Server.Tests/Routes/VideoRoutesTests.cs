using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Media;
using Rtc.Media.Images;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;
using Rtc.Server.Videos;

namespace Rtc.Server.Tests.Routes;

/// <summary>Videos in and out over HTTP; what their container says is faked but in one test.</summary>
public sealed class VideoRoutesTests : IDisposable
{
    private static readonly byte[] s_bytes = RandomNumberGenerator.GetBytes(300_000);
    private readonly VideoHost _videos = new();

    public void Dispose() => _videos.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Video_is_kept_as_it_came_and_goes_when_deleted(bool isForm)
    {
        await using RunningHost host = await _videos.StartAsync();
        JsonNode video = await VideoHost.PostAsync(host, HttpStatusCode.Created, s_bytes, isForm, "../../etc/pass\u0001wd.mp4");
        Assert.Equal("passwd.mp4", video["name"]!.ToString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(s_bytes)), video["sha256"]!.ToString());
        Assert.Equal(("ready", "1280", "315"),
            (video["status"]!.ToString(), video["width"]!.ToString(), video["total_frames"]!.ToString()));
        string at = $"/api/videos/{video["video_id"]}";
        Assert.Equal(video.ToJsonString(), (await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, at)).ToJsonString());
        Assert.Single((await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, "/api/videos"))["videos"]!.AsArray());
        using var part = new HttpRequestMessage(HttpMethod.Get, new Uri(at + "/file", UriKind.Relative));
        part.Headers.Range = new RangeHeaderValue(100, 199);
        using HttpResponseMessage file = await host.Client.SendAsync(part, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.PartialContent, file.StatusCode);
        Assert.Equal(s_bytes[100..200], await file.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Delete, at);
        await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, at);
        Assert.Empty(_videos.Files.GetFiles());
    }

    [Theory]
    [InlineData("file", HttpStatusCode.OK)]
    [InlineData("sidecar", HttpStatusCode.NotFound)]
    [InlineData("thumbnail.jpg", HttpStatusCode.NoContent)]
    [InlineData("export", HttpStatusCode.NotFound)]
    public async Task Download_asked_for_by_head_is_answered_as_get_is(string name, HttpStatusCode expected)
    {
        await using RunningHost host = await _videos.StartAsync();
        JsonNode video = await VideoHost.PostAsync(host, HttpStatusCode.Created, s_bytes, false, "a.mp4");
        var at = new Uri($"/api/videos/{video["video_id"]}/{name}", UriKind.Relative);
        using HttpResponseMessage get = await host.Client.GetAsync(at, TestContext.Current.CancellationToken);
        using var asked = new HttpRequestMessage(HttpMethod.Head, at);
        using HttpResponseMessage head = await host.Client.SendAsync(asked, TestContext.Current.CancellationToken);
        Assert.Equal((expected, expected), (get.StatusCode, head.StatusCode));
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Equal(get.Headers.AcceptRanges, head.Headers.AcceptRanges);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        if (name == "file")
        {
            Assert.Equal(s_bytes.Length, head.Content.Headers.ContentLength);
        }
    }

    [Fact]
    public async Task Same_file_of_a_user_is_kept_once()
    {
        await using RunningHost host = await _videos.StartAsync();
        JsonNode first = await VideoHost.PostAsync(host, HttpStatusCode.Created, s_bytes, false, "one.mp4");
        JsonNode second = await VideoHost.PostAsync(host, HttpStatusCode.Created, s_bytes, false, "two.mp4");
        Assert.NotEqual(first["video_id"]!.ToString(), second["video_id"]!.ToString());
        Assert.Single(_videos.Files.GetFiles());
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"/api/videos/{first["video_id"]}");
        await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, $"/api/videos/{second["video_id"]}");
        Assert.Single(_videos.Files.GetFiles());
    }

    [Fact]
    public async Task What_is_too_large_or_no_video_leaves_nothing()
    {
        await using RunningHost host = await _videos.StartAsync(
            new StoreOptions { MaxVideoMegabytes = 1, QuotaMegabytes = 2, MinFreeMegabytes = 0 });
        JsonNode large = await VideoHost.PostAsync(host, HttpStatusCode.RequestEntityTooLarge, new byte[1_000_001], false, "a.mp4");
        Assert.Contains("Store:MaxVideoMegabytes", large["detail"]!.ToString(), StringComparison.Ordinal);
        await VideoHost.PostAsync(host, HttpStatusCode.RequestEntityTooLarge, new byte[1_000_100], true, "a.mp4");
        await VideoHost.PostAsync(host, HttpStatusCode.BadRequest, [], false, "a.mp4");
        _videos.Probe.Refusal = "no pictures";
        JsonNode refused = await VideoHost.PostAsync(host, HttpStatusCode.BadRequest, s_bytes, false, "a.mp4");
        Assert.Equal("no pictures", refused["detail"]!.ToString());
        _videos.Probe.Refusal = null;
        Assert.Empty(_videos.Files.GetFiles());
        await VideoHost.PostAsync(host, HttpStatusCode.Created, RandomNumberGenerator.GetBytes(900_000), false, "a.mp4");
        await VideoHost.PostAsync(host, HttpStatusCode.Created, RandomNumberGenerator.GetBytes(900_000), true, "b.mp4");
        JsonNode full = await VideoHost.PostAsync(
            host, HttpStatusCode.RequestEntityTooLarge, RandomNumberGenerator.GetBytes(900_000), false, "c.mp4");
        Assert.Contains("Store:QuotaMegabytes", full["detail"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, _videos.Files.GetFiles().Length);
    }

    [Fact]
    public async Task Thumbnail_is_kept_with_its_video_and_goes_with_it()
    {
        Assert.SkipUnless(await VideoHost.RunAsync("ffmpeg", "-version"), "ffmpeg is not installed");
        string clip = Path.Combine(_videos.State, "made.mp4");
        Assert.True(await VideoHost.RunAsync(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:size=640x360:rate=10:duration=1", "-f", "lavfi", "-i",
            "color=blue:size=640x360:rate=10:duration=9", "-filter_complex", "[0][1]concat", "-c:v", "libx264", "-g", "250", "-pix_fmt",
            "yuv420p", clip));
        await using RunningHost host = await _videos.StartAsync();
        byte[] bytes = await File.ReadAllBytesAsync(clip, TestContext.Current.CancellationToken);
        string at = $"/api/videos/{(await VideoHost.PostAsync(host, HttpStatusCode.Created, bytes, false, "a.mp4"))["video_id"]}";
        byte[] jpeg = await host.Client.GetByteArrayAsync(
            new Uri(at + "/thumbnail.jpg", UriKind.Relative), TestContext.Current.CancellationToken);
        using (var pool = new PicturePool())
        {
            Assert.True(Jpeg.TryDecode(jpeg, pool, out Picture? picture, out string? error), error);
            using Picture small = picture!;
            PictureView view = small.View();
            unsafe
            {
                // Blue in the middle: a tenth of the way in, not the beginning.
                Assert.Equal((480, 270, true, true), (small.Width, small.Height,
                    view.U[(135 / 2 * view.StrideUV) + 120] > 200, view.V[(135 / 2 * view.StrideUV) + 120] < 128));
            }
        }

        Assert.Equal(2, _videos.Files.GetFiles().Length);
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Delete, at);
        Assert.Empty(_videos.Files.GetFiles());
        await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, at + "/thumbnail.jpg");
    }

    [Fact]
    public async Task Video_without_a_picture_is_asked_for_one_once()
    {
        await using RunningHost host = await _videos.StartAsync();
        JsonNode video = await VideoHost.PostAsync(host, HttpStatusCode.Created, s_bytes, false, "a.mp4");
        string at = $"/api/videos/{video["video_id"]}/thumbnail.jpg";
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Get, at);
        FileInfo kept = _videos.Files.GetFiles("*" + Thumbnails.Ending).Single();
        DateTime written = kept.LastWriteTimeUtc;
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Get, at);
        kept.Refresh();
        Assert.Equal((0L, written), (kept.Length, kept.LastWriteTimeUtc));
    }

    [Fact]
    public async Task Sweep_takes_what_was_left_off_and_what_is_past_its_time()
    {
        var clock = new ManualClock(DateTimeOffset.UtcNow);
        await using RunningHost host = await _videos.StartAsync(new StoreOptions { RetainDays = 7 },
            services => services.AddSingleton<TimeProvider>(clock));
        string at = await VideoHost.BeginAsync(host, s_bytes.Length);
        await VideoHost.PatchAsync(host, HttpStatusCode.NoContent, at, 0, s_bytes[..1000]);
        JsonNode video = await VideoHost.PostAsync(host, HttpStatusCode.Created, s_bytes, false, "a.mp4");
        string orphan = Path.Combine(_videos.Files.FullName, Guid.NewGuid() + ".mp4");
        string half = Path.Combine(_videos.Files.FullName, Guid.NewGuid() + ".mp4.part");
        string foreign = Path.Combine(_videos.Files.FullName, "readme.txt");
        await File.WriteAllTextAsync(orphan, "x", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(half, "x", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(foreign, "x", TestContext.Current.CancellationToken);
        Assert.Equal(7, (DateTimeOffset.Parse(video["expires_at"]!.ToString()) - clock.Now).TotalDays, 3);
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Get, $"/api/videos/{video["video_id"]}/thumbnail.jpg");
        VideoSweep sweep = host.App.Services.GetServices<Accounts.IStoreWorker>().OfType<VideoSweep>().Single();
        await sweep.RunAsync();
        Assert.Equal(6, _videos.Files.GetFiles().Length);
        clock.Now += TimeSpan.FromHours(25);
        await sweep.RunAsync();
        Assert.Equal(3, _videos.Files.GetFiles().Length);
        await VideoHost.PatchAsync(host, HttpStatusCode.NotFound, at, 1000, s_bytes[1000..]);
        await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, $"/api/videos/{video["video_id"]}");
        clock.Now += TimeSpan.FromDays(7);
        await sweep.RunAsync();
        await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/api/videos/{video["video_id"]}");
        Assert.Equal("readme.txt", Assert.Single(_videos.Files.GetFiles()).Name);
    }

    [Fact]
    public async Task Metadata_are_those_of_the_container()
    {
        Assert.SkipUnless(await VideoHost.RunAsync("ffmpeg", "-version"), "ffmpeg is not installed");
        string file = Path.Combine(_videos.State, "made.bin");
        Assert.True(await VideoHost.RunAsync(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=320x240:rate=25:duration=2", "-f", "lavfi", "-i", "sine=duration=2",
            "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-f", "mp4", file));
        (ProbedVideo? probed, string? refusal) = await new ContainerProbe().ReadAsync(file, TestContext.Current.CancellationToken);
        Assert.Null(refusal);
        Assert.Equal((320, 240, 25.0, "h264", 50L, true, ".mp4"),
            (probed!.Facts.Width, probed.Facts.Height, probed.Facts.Fps, probed.Facts.Codec,
            probed.Facts.TotalFrames, probed.Facts.HasAudio, probed.Extension));
        await File.WriteAllTextAsync(file, "#EXTM3U\nfile:///etc/passwd\n", TestContext.Current.CancellationToken);
        (probed, refusal) = await new ContainerProbe().ReadAsync(file, TestContext.Current.CancellationToken);
        Assert.Null(probed);
        Assert.NotNull(refusal);
    }
}
