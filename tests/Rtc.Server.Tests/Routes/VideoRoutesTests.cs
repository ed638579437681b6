using System.Diagnostics;
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
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Server.Tests.Routes;

/// <summary>Videos in and out over HTTP; what their container says is faked but in one test.</summary>
public sealed class VideoRoutesTests : IDisposable
{
    private static readonly byte[] s_bytes = RandomNumberGenerator.GetBytes(300_000);
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-state-");
    private readonly FakeProbe _probe = new();

    private DirectoryInfo Files => new(Path.Combine(_state.FullName, "videos"));

    public void Dispose() => _state.Delete(recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Video_is_kept_as_it_came_and_goes_when_deleted(bool isForm)
    {
        await using RunningHost host = await StartAsync();
        JsonNode video = await PostAsync(host, HttpStatusCode.Created, s_bytes, isForm, "../../etc/pass\u0001wd.mp4");
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
        Assert.Empty(Files.GetFiles());
    }

    [Fact]
    public async Task Upload_goes_on_where_it_was_after_a_restart()
    {
        string at;
        await using (RunningHost host = await StartAsync())
        {
            at = await BeginAsync(host, s_bytes.Length);
            Assert.Equal("100000", await PatchAsync(host, HttpStatusCode.NoContent, at, 0, s_bytes[..100_000]));
            Assert.Equal("100000", await PatchAsync(host, HttpStatusCode.Conflict, at, 50_000, s_bytes[50_000..]));
            await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, at);
        }

        await using RunningHost again = await StartAsync();
        using HttpResponseMessage head = await again.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Head, new Uri(at, UriKind.Relative)), TestContext.Current.CancellationToken);
        Assert.Equal("100000", Assert.Single(head.Headers.GetValues("Upload-Offset")));
        Assert.Equal("300000", await PatchAsync(again, HttpStatusCode.NoContent, at, 100_000, s_bytes[100_000..]));
        JsonNode video = await again.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, at);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(s_bytes)), video["sha256"]!.ToString());
    }

    [Fact]
    public async Task Same_file_of_a_user_is_kept_once()
    {
        await using RunningHost host = await StartAsync();
        JsonNode first = await PostAsync(host, HttpStatusCode.Created, s_bytes, false, "one.mp4");
        JsonNode second = await PostAsync(host, HttpStatusCode.Created, s_bytes, false, "two.mp4");
        Assert.NotEqual(first["video_id"]!.ToString(), second["video_id"]!.ToString());
        Assert.Single(Files.GetFiles());
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"/api/videos/{first["video_id"]}");
        await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, $"/api/videos/{second["video_id"]}");
        Assert.Single(Files.GetFiles());
    }

    [Fact]
    public async Task What_is_too_large_or_no_video_leaves_nothing()
    {
        await using RunningHost host = await StartAsync(
            new StoreOptions { MaxVideoMegabytes = 1, QuotaMegabytes = 2, MinFreeMegabytes = 0 });
        JsonNode large = await PostAsync(host, HttpStatusCode.RequestEntityTooLarge, new byte[1_000_001], false, "a.mp4");
        Assert.Contains("Store:MaxVideoMegabytes", large["detail"]!.ToString(), StringComparison.Ordinal);
        await PostAsync(host, HttpStatusCode.RequestEntityTooLarge, new byte[1_000_100], true, "a.mp4");
        await PostAsync(host, HttpStatusCode.BadRequest, [], false, "a.mp4");
        _probe.Refusal = "no pictures";
        Assert.Equal("no pictures", (await PostAsync(host, HttpStatusCode.BadRequest, s_bytes, false, "a.mp4"))["detail"]!.ToString());
        _probe.Refusal = null;
        Assert.Empty(Files.GetFiles());
        await PostAsync(host, HttpStatusCode.Created, RandomNumberGenerator.GetBytes(900_000), false, "a.mp4");
        await PostAsync(host, HttpStatusCode.Created, RandomNumberGenerator.GetBytes(900_000), true, "b.mp4");
        JsonNode full = await PostAsync(host, HttpStatusCode.RequestEntityTooLarge, RandomNumberGenerator.GetBytes(900_000), false,
            "c.mp4");
        Assert.Contains("Store:QuotaMegabytes", full["detail"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, Files.GetFiles().Length);
    }

    [Fact]
    public async Task Disk_that_is_nearly_full_takes_no_upload()
    {
        await using RunningHost host = await StartAsync(new StoreOptions { MinFreeMegabytes = 1_000_000_000 });
        JsonNode answer = await PostAsync(host, HttpStatusCode.InsufficientStorage, s_bytes, false, "a.mp4");
        Assert.Contains("Store:MinFreeMegabytes", answer["detail"]!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disk_that_fills_up_midway_is_507_and_loses_nothing(bool isResumable)
    {
        string folder = Path.Combine(_state.FullName, "small");
        Directory.CreateDirectory(folder);
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && await RunAsync("mount", "-t", "tmpfs", "-o", "size=400k", "none", folder),
            "no small disk can be mounted here");
        try
        {
            await using RunningHost host = await StartAsync(new StoreOptions { MinFreeMegabytes = 0, Files = folder });
            string other = Path.Combine(folder, "other");
            var content = new StreamContent(new FillingStream(s_bytes, folder, () => FillDisk(other)));
            content.Headers.ContentLength = s_bytes.Length;
            string at = isResumable ? await BeginAsync(host, s_bytes.Length) : "/api/videos?name=a.mp4";
            content.Headers.ContentType = new MediaTypeHeaderValue(isResumable ? "application/offset+octet-stream" : "video/mp4");
            if (isResumable)
            {
                content.Headers.Add("Upload-Offset", "0");
            }

            JsonNode full = await host.JsonAsync(
                HttpStatusCode.InsufficientStorage, isResumable ? HttpMethod.Patch : HttpMethod.Post, at, content);
            Assert.Contains("Store:MinFreeMegabytes", full["detail"]!.ToString(), StringComparison.Ordinal);
            File.Delete(other);
            Assert.Empty((await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, "/api/videos"))["videos"]!.AsArray());
            if (!isResumable)
            {
                Assert.Empty(new DirectoryInfo(folder).GetFiles());
                UploadTable uploads = host.App.Services.GetRequiredService<UploadTable>();
                Assert.Empty(await uploads.OlderThanAsync(DateTimeOffset.UtcNow.AddDays(1), TestContext.Current.CancellationToken));
                return;
            }

            int offset = int.Parse(await PatchAsync(host, HttpStatusCode.Conflict, at, 999_999, []));
            Assert.InRange(offset, 1, s_bytes.Length - 1);
            await PatchAsync(host, HttpStatusCode.NoContent, at, offset, s_bytes[offset..]);
            JsonNode video = await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, at);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(s_bytes)), video["sha256"]!.ToString());
        }
        finally
        {
            await RunAsync("umount", "--lazy", folder);
        }
    }

    [Fact]
    public async Task Upload_killed_before_it_had_a_row_is_finished_without_its_bytes()
    {
        await using RunningHost host = await StartAsync();
        string at = await BeginAsync(host, s_bytes.Length);

        // What a kill leaves between the file's name and the video's row.
        await File.WriteAllBytesAsync(
            Path.Combine(Files.FullName, at.Split('/')[^1] + ".mp4"), s_bytes, TestContext.Current.CancellationToken);
        Assert.Equal("300000", await PatchAsync(host, HttpStatusCode.Conflict, at, 0, []));
        Assert.Equal("300000", await PatchAsync(host, HttpStatusCode.NoContent, at, 300_000, []));
        JsonNode video = await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, at);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(s_bytes)), video["sha256"]!.ToString());

        // And a step later: the video has its row, and the upload's is still there.
        var id = new VideoId(Guid.Parse(at.Split('/')[^1]));
        UserId user = (await host.App.Services.GetRequiredService<UserTable>().LocalAsync(TestContext.Current.CancellationToken)).Id;
        UploadTable uploads = host.App.Services.GetRequiredService<UploadTable>();
        Assert.True(await uploads.TryAddAsync(
            new Upload(id, user, "a.mp4", s_bytes.Length, DateTimeOffset.UtcNow), long.MaxValue, TestContext.Current.CancellationToken));
        Assert.Equal("300000", await PatchAsync(host, HttpStatusCode.NoContent, at, 300_000, []));
        Assert.Equal(s_bytes, await host.Client.GetByteArrayAsync(
            new Uri(at + "/file", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Single(Files.GetFiles());
    }

    [Fact]
    public async Task Thumbnail_is_kept_with_its_video_and_goes_with_it()
    {
        Assert.SkipUnless(await RunAsync("ffmpeg", "-version"), "ffmpeg is not installed");
        string clip = Path.Combine(_state.FullName, "made.mp4");
        Assert.True(await RunAsync(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=red:size=640x360:rate=10:duration=1", "-f", "lavfi", "-i",
            "color=blue:size=640x360:rate=10:duration=9", "-filter_complex", "[0][1]concat", "-c:v", "libx264", "-g", "250", "-pix_fmt",
            "yuv420p", clip));
        await using RunningHost host = await StartAsync();
        byte[] bytes = await File.ReadAllBytesAsync(clip, TestContext.Current.CancellationToken);
        string at = $"/api/videos/{(await PostAsync(host, HttpStatusCode.Created, bytes, false, "a.mp4"))["video_id"]}";
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

        Assert.Equal(2, Files.GetFiles().Length);
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Delete, at);
        Assert.Empty(Files.GetFiles());
        await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, at + "/thumbnail.jpg");
    }

    [Fact]
    public async Task Video_without_a_picture_is_asked_for_one_once()
    {
        await using RunningHost host = await StartAsync();
        string at = $"/api/videos/{(await PostAsync(host, HttpStatusCode.Created, s_bytes, false, "a.mp4"))["video_id"]}/thumbnail.jpg";
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Get, at);
        FileInfo kept = Files.GetFiles("*" + Thumbnails.Ending).Single();
        DateTime written = kept.LastWriteTimeUtc;
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Get, at);
        kept.Refresh();
        Assert.Equal((0L, written), (kept.Length, kept.LastWriteTimeUtc));
    }

    [Fact]
    public async Task Sweep_takes_what_was_left_off_and_what_is_past_its_time()
    {
        var clock = new ManualClock(DateTimeOffset.UtcNow);
        await using RunningHost host = await StartAsync(new StoreOptions { RetainDays = 7 },
            services => services.AddSingleton<TimeProvider>(clock));
        string at = await BeginAsync(host, s_bytes.Length);
        await PatchAsync(host, HttpStatusCode.NoContent, at, 0, s_bytes[..1000]);
        JsonNode video = await PostAsync(host, HttpStatusCode.Created, s_bytes, false, "a.mp4");
        string orphan = Path.Combine(Files.FullName, Guid.NewGuid() + ".mp4");
        string half = Path.Combine(Files.FullName, Guid.NewGuid() + ".mp4.part");
        string foreign = Path.Combine(Files.FullName, "readme.txt");
        await File.WriteAllTextAsync(orphan, "x", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(half, "x", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(foreign, "x", TestContext.Current.CancellationToken);
        Assert.Equal(7, (DateTimeOffset.Parse(video["expires_at"]!.ToString()) - clock.Now).TotalDays, 3);
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Get, $"/api/videos/{video["video_id"]}/thumbnail.jpg");
        VideoSweep sweep = host.App.Services.GetServices<Accounts.IStoreWorker>().OfType<VideoSweep>().Single();
        await sweep.RunAsync();
        Assert.Equal(6, Files.GetFiles().Length);
        clock.Now += TimeSpan.FromHours(25);
        await sweep.RunAsync();
        Assert.Equal(3, Files.GetFiles().Length);
        await PatchAsync(host, HttpStatusCode.NotFound, at, 1000, s_bytes[1000..]);
        await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, $"/api/videos/{video["video_id"]}");
        clock.Now += TimeSpan.FromDays(7);
        await sweep.RunAsync();
        await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/api/videos/{video["video_id"]}");
        Assert.Equal("readme.txt", Assert.Single(Files.GetFiles()).Name);
    }

    [Fact]
    public async Task Metadata_are_those_of_the_container()
    {
        Assert.SkipUnless(await RunAsync("ffmpeg", "-version"), "ffmpeg is not installed");
        string file = Path.Combine(_state.FullName, "made.bin");
        Assert.True(await RunAsync(
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

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private Task<RunningHost> StartAsync(StoreOptions? store = null, Action<IServiceCollection>? more = null) => RunningHost.StartAsync(
        RunningHost.Options with
        {
            Store = store ?? new StoreOptions { MinFreeMegabytes = 0 },
            Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
        },
        services: services =>
        {
            services.AddSingleton<IVideoProbe>(_probe);
            more?.Invoke(services);
        });

    private static async Task<string> BeginAsync(RunningHost host, long length)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/videos?resumable=1&name=a.mp4", UriKind.Relative));
        request.Headers.Add("Upload-Length", length.ToString());
        using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    private static async Task<string> PatchAsync(RunningHost host, HttpStatusCode expected, string at, long offset, byte[] bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch,
            new Uri(at, UriKind.Relative)) { Content = new ByteArrayContent(bytes) };
        request.Headers.Add("Upload-Offset", offset.ToString());
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        using HttpResponseMessage answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == answer.StatusCode, $"{answer.StatusCode} {text}");
        return answer.Headers.TryGetValues("Upload-Offset", out IEnumerable<string>? now) ? now.Single() : string.Empty;
    }

    private static Task<JsonNode> PostAsync(RunningHost host, HttpStatusCode expected, byte[] bytes, bool isForm, string name)
    {
        HttpContent content = new ByteArrayContent(bytes);
        if (isForm)
        {
            var form = new MultipartFormDataContent { { new StringContent("x"), "before" } };
            content.Headers.TryAddWithoutValidation("Content-Disposition",
                $"form-data; name=\"video\"; filename*=utf-8''{Uri.EscapeDataString(name)}");
            form.Add(content);
            content = form;
        }
        else
        {
            content.Headers.ContentType = new MediaTypeHeaderValue("video/mp4");
        }

        return host.JsonAsync(expected, HttpMethod.Post, "/api/videos?name=" + Uri.EscapeDataString(name), content);
    }

    private static void FillDisk(string file)
    {
        using var other = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                other.Write(new byte[1000]);
            }
        }
        catch (IOException)
        {
            // That was the last of it.
        }
    }

    /// <summary>A body whose rest comes once the server has written some of its beginning, and something else was done then.</summary>
    private sealed class FillingStream(byte[] bytes, string folder, Action between) : MemoryStream(bytes)
    {
        private const int First = 100_000;
        private bool _isDone;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position >= First && !_isDone)
            {
                _isDone = true;
                while (!new DirectoryInfo(folder).EnumerateFiles("*" + Uploads.Part).Any(part => part.Length > 0))
                {
                    await Task.Delay(5, cancellationToken);
                }

                between();
            }

            int most = Position < First ? (int)Math.Min(buffer.Length, First - Position) : buffer.Length;
            return await base.ReadAsync(buffer[..most], cancellationToken);
        }
    }

    private sealed class FakeProbe : IVideoProbe
    {
        public string? Refusal { get; set; }

        public Task<(ProbedVideo? Video, string? Refusal)> ReadAsync(string file, CancellationToken cancel) => Task.FromResult(
            Refusal is null
                ? (new ProbedVideo(new VideoFacts(10.5, 1280, 720, 30, "h264", 315, true), ".mp4"), null)
                : ((ProbedVideo?)null, Refusal));
    }
}
