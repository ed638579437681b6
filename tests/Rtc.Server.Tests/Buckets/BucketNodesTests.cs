using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Jobs;
using Rtc.Server.Accounts;
using Rtc.Server.Options;
using Rtc.Server.Recordings;
using Rtc.Server.Tests.Hosting;
using Rtc.Server.Tests.Routes;
using Rtc.Server.Videos;
using Rtc.Store.Buckets;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Server.Tests.Buckets;

/// <summary>Two nodes with a database and a bucket in common and a disk of its own each.</summary>
public sealed class BucketNodesTests : IAsyncLifetime
{
    // A client may ask so many times a minute.
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(100);
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("rtc-nodes-");
    private readonly ManualClock _clock = new(DateTimeOffset.UtcNow);
    private FakeBucket _bucket = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bucket = await FakeBucket.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _bucket.DisposeAsync();
        _state.Delete(recursive: true);
    }

    [Fact]
    public async Task Upload_goes_on_at_another_node_and_plays_at_any()
    {
        await using RunningHost first = await StartAsync("a");
        await using RunningHost second = await StartAsync("b");
        byte[] clip = await ClipAsync();
        (int third, int half, int most) = (clip.Length / 3, clip.Length / 2, clip.Length - 100);
        string at = await VideoHost.BeginAsync(first, clip.Length);
        await VideoHost.PatchAsync(first, HttpStatusCode.NoContent, at, 0, clip[..third]);
        await VideoHost.PatchAsync(second, HttpStatusCode.NoContent, at, third, clip[third..half]);

        // What a node had taken when it was killed, and had promised nobody, is forgotten.
        string part = Path.Combine(FolderOf("a"), Path.GetFileName(at) + Uploads.Part);
        await File.AppendAllBytesAsync(part, new byte[clip.Length], Cancel);
        Assert.Equal(half.ToString(), await VideoHost.PatchAsync(first, HttpStatusCode.Conflict, at, third, clip[third..]));
        await VideoHost.PatchAsync(first, HttpStatusCode.NoContent, at, half, clip[half..most]);
        await VideoHost.PatchAsync(second, HttpStatusCode.NoContent, at, most, clip[most..]);

        string key = $"p/videos/{Path.GetFileName(at)}.mp4";
        Assert.Equal(clip, _bucket.Objects[key]);
        await Patience.UntilAsync(() => _bucket.Objects.ContainsKey(key + ".jpg"));
        Assert.Equal(2, _bucket.Objects.Count);
        foreach (RunningHost host in (RunningHost[])[first, second])
        {
            Assert.Equal("a.mp4", (await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, at))["name"]!.ToString());
            Assert.Equal(clip, await host.Client.GetByteArrayAsync(new Uri(at + "/file", UriKind.Relative), Cancel));
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(at + "/file", UriKind.Relative));
            request.Headers.Range = new RangeHeaderValue(100, 299);
            using HttpResponseMessage answer = await host.Client.SendAsync(request, Cancel);
            Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
            Assert.Equal(clip[100..300], await answer.Content.ReadAsByteArrayAsync(Cancel));
            using HttpResponseMessage thumbnail = await host.Client.GetAsync(new Uri(at + "/thumbnail.jpg", UriKind.Relative), Cancel);
            Assert.Equal("image/jpeg", thumbnail.Content.Headers.ContentType?.MediaType);
        }

        // A thumbnail and ranges made no copy of the whole.
        Assert.Equal([$"{Path.GetFileName(key)}.jpg"], CopiesOf("a"));
        await second.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Delete, at);
        Assert.Empty(_bucket.Objects);
        await first.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, at + "/file");
    }

    [Fact]
    public async Task Job_and_clip_are_done_by_a_node_that_has_no_copy()
    {
        await using RunningHost first = await StartAsync("a", JobPace.Paused);
        byte[] clip = await ClipAsync();
        JsonNode video = await VideoHost.PostAsync(first, HttpStatusCode.Created, clip, isForm: false, "testsrc.mp4");
        string id = video["video_id"]!.ToString();
        JsonNode job = await first.JsonAsync(
            HttpStatusCode.Accepted, HttpMethod.Post, "/api/jobs",
            Json($$$"""{"video_id":"{{{id}}}","kind":"analyse","options":{"sample_every":3}}"""));
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(clip), "video", "testsrc.mp4" }, { new StringContent("50"), "x" }, { new StringContent("50"), "y" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/api/track-point", UriKind.Relative)) { Content = form };
        request.Headers.Add("Prefer", "respond-async");
        using HttpResponseMessage accepted = await first.Client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);

        // Its workers look at the queue as they start.
        await using RunningHost second = await StartAsync("b");
        Assert.Equal("completed", (await OverAsync(first, $"/api/jobs/{job["job_id"]}"))["status"]!.ToString());
        Assert.Contains($"{id}.mp4", CopiesOf("b"));
        JsonNode task = await OverAsync(first, accepted.Headers.Location!.ToString());
        Assert.Equal("complete", task["status"]!.ToString());
        foreach (RunningHost host in (RunningHost[])[first, second])
        {
            byte[] masks = await host.Client.GetByteArrayAsync(new Uri(task["masks_url"]!.ToString(), UriKind.Relative), Cancel);
            Assert.Equal((byte)'{', masks[0]);
            byte[] masked = await host.Client.GetByteArrayAsync(new Uri(task["masked_video_url"]!.ToString(), UriKind.Relative), Cancel);
            Assert.Equal("ftyp"u8.ToArray(), masked[4..8]);
        }
    }

    [Fact]
    public async Task Bucket_that_is_away_is_waited_for_by_jobs_and_told_to_clients()
    {
        await using RunningHost host = await StartAsync("a");
        byte[] clip = await ClipAsync();
        string id = (await VideoHost.PostAsync(host, HttpStatusCode.Created, clip, isForm: false, "a.mp4"))["video_id"]!.ToString();
        await Patience.UntilAsync(() => _bucket.Objects.Count == 2);
        Directory.Delete(Path.Combine(FolderOf("a"), "copies"), recursive: true);
        _bucket.Fails = _ => Fault.Busy;
        JsonNode refused = await host.JsonAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, $"/api/videos/{id}/file");
        Assert.Equal("store", refused["code"]!.ToString());
        JsonNode job = await host.JsonAsync(
            HttpStatusCode.Accepted, HttpMethod.Post, "/api/jobs", Json($$$"""{"video_id":"{{{id}}}","kind":"analyse","options":{}}"""));
        int before = _bucket.Requests.Count;
        await Patience.UntilAsync(() => _bucket.Requests.Count > before);
        _bucket.Fails = _ => Fault.None;
        Assert.Equal("completed", (await OverAsync(host, $"/api/jobs/{job["job_id"]}"))["status"]!.ToString());
    }

    [Fact]
    public async Task Clearing_up_takes_what_has_no_row_and_moves_in_what_lay_in_the_folder()
    {
        byte[] clip = await ClipAsync();
        string old;
        await using (RunningHost without = await StartAsync("a", bucket: new BucketOptions()))
        {
            old = (await VideoHost.PostAsync(without, HttpStatusCode.Created, clip, isForm: false, "old.mp4"))["video_id"]!.ToString();
        }

        await using RunningHost host = await StartAsync("a");
        byte[] other = await ClipAsync("64x96");
        string kept = (await VideoHost.PostAsync(host, HttpStatusCode.Created, other, isForm: false, "a.mp4"))["video_id"]!.ToString();
        string begun = Path.GetFileName(await VideoHost.BeginAsync(host, clip.Length));
        await VideoHost.PatchAsync(host, HttpStatusCode.NoContent, "/api/videos/" + begun, 0, clip[..1000]);
        await Patience.UntilAsync(() => _bucket.Objects.Count == 3);
        DateTimeOffset written = _clock.Now.AddHours(-25);
        foreach (string name in (string[])[
            $"videos/{Guid.NewGuid()}.mp4", $"videos/{Guid.NewGuid()}.jsonl", $"parts/{Guid.NewGuid()}/{0:D15}",
            "videos/of-another", $"parts/{begun}/{0:D15}", $"videos/{kept}.mp4", $"studio/{Guid.NewGuid()}/masks.json"])
        {
            _bucket.Objects.TryAdd("p/" + name, [1]);
            _bucket.Times["p/" + name] = written;
        }

        // Of a part that was itself being sent in parts when its server was killed.
        _bucket.Begin($"p/parts/{begun}/{1000:D15}");
        VideoSweep sweep = host.App.Services.GetServices<IStoreWorker>().OfType<VideoSweep>().Single();
        await sweep.RunAsync();
        await host.App.Services.GetRequiredService<Rtc.Studio.Tasks.StudioFolder>().SweepAsync(_clock.Now.AddHours(-24), Cancel);
        Assert.Equal(
            new[]
            {
                $"p/parts/{begun}/{0:D15}", $"p/videos/{kept}.mp4", $"p/videos/{kept}.mp4.jpg", $"p/videos/{old}.mp4",
                "p/videos/of-another",
            }.Order(StringComparer.Ordinal),
            _bucket.Objects.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(clip, await host.Client.GetByteArrayAsync(new Uri($"/api/videos/{old}/file", UriKind.Relative), Cancel));

        // The upload is left off for a day, and a video is past its time.
        _clock.Now += TimeSpan.FromDays(31);
        await sweep.RunAsync();
        Assert.Equal(0, _bucket.Uploads);
        Assert.Equal("p/videos/of-another", Assert.Single(_bucket.Objects.Keys));
        Assert.Empty(CopiesOf("a"));
        Assert.Empty(Directory.GetFiles(FolderOf("a")));
    }

    [Fact]
    public async Task Recording_that_is_in_the_bucket_before_it_has_a_row_becomes_a_video()
    {
        await using RunningHost host = await StartAsync("a");
        byte[] clip = await ClipAsync();
        UserId user = (await host.App.Services.GetRequiredService<UserTable>().LocalAsync(Cancel)).Id;

        // What a kill, or a database that was away, leaves when the files have been sent.
        var manifest = new RecordingManifest(Guid.CreateVersion7(), user.Value, "hall", "source", _clock.Now);
        Directory.CreateDirectory(FolderOf("a"));
        manifest.Create(FolderOf("a")).Dispose();
        _bucket.Objects[$"p/videos/{manifest.Id}.mp4"] = clip;
        _bucket.Objects[$"p/videos/{manifest.Id}.jsonl"] = "{}\n"u8.ToArray();
        RecordedVideos recorded = host.App.Services.GetServices<IStoreWorker>().OfType<RecordedVideos>().Single();
        await recorded.AdoptAsync();
        Assert.Empty(Directory.GetFiles(FolderOf("a"), "*" + RecordingManifest.Extension));
        JsonNode video = await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, $"/api/videos/{manifest.Id}");
        Assert.Equal((96, true), ((int)video["width"]!, (bool)video["has_sidecar"]!));
        Assert.Equal(clip, await host.Client.GetByteArrayAsync(new Uri($"/api/videos/{manifest.Id}/file", UriKind.Relative), Cancel));
    }

    [Fact]
    public async Task Node_without_room_for_what_another_took_says_so()
    {
        Directory.CreateDirectory(FolderOf("b"));
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && await VideoHost.RunAsync("mount", "-t", "tmpfs", "-o", "size=64k", "none", FolderOf("b")),
            "no small disk can be mounted here");
        try
        {
            await using RunningHost first = await StartAsync("a");
            await using RunningHost second = await StartAsync("b");
            byte[] bytes = new byte[200_000];
            string at = await VideoHost.BeginAsync(first, bytes.Length);
            await VideoHost.PatchAsync(first, HttpStatusCode.NoContent, at, 0, bytes[..199_000]);
            await VideoHost.PatchAsync(second, HttpStatusCode.InsufficientStorage, at, 199_000, bytes[199_000..199_500]);
            _bucket.Fails = request => HttpMethods.IsGet(request.Method) && request.Headers.ContainsKey("Range")
                ? Fault.BreakOff
                : Fault.None;
            await VideoHost.RunAsync("mount", "-o", "remount,size=1m", FolderOf("b"));
            await VideoHost.PatchAsync(second, HttpStatusCode.ServiceUnavailable, at, 199_000, bytes[199_000..199_500]);
            _bucket.Fails = _ => Fault.None;
            await VideoHost.PatchAsync(second, HttpStatusCode.NoContent, at, 199_000, bytes[199_000..199_500]);
        }
        finally
        {
            await VideoHost.RunAsync("umount", FolderOf("b"));
        }
    }

    [Fact]
    public async Task What_a_node_could_fetch_half_of_only_is_fetched_again()
    {
        await using RunningHost first = await StartAsync("a");
        await using RunningHost second = await StartAsync("b");
        byte[] bytes = new byte[40_000_000];
        new Random(1).NextBytes(bytes);
        string at = await VideoHost.BeginAsync(first, bytes.Length + 1);
        await VideoHost.PatchAsync(first, HttpStatusCode.NoContent, at, 0, bytes);
        _bucket.Fails = request => request.Headers.Range.ToString().StartsWith("bytes=0-", StringComparison.Ordinal)
            ? Fault.Busy
            : Fault.None;
        await VideoHost.PatchAsync(second, HttpStatusCode.ServiceUnavailable, at, bytes.Length, [1]);
        _bucket.Fails = _ => Fault.None;
        string path = await second.App.Services.GetRequiredService<IUploadParts>().OpenAsync(
            new VideoId(Guid.Parse(Path.GetFileName(at))), bytes.Length, Cancel);
        byte[] fetched = await File.ReadAllBytesAsync(path, Cancel);
        Assert.True(bytes.AsSpan().SequenceEqual(fetched));
    }

    [Fact]
    public async Task Thumbnail_that_can_not_be_sent_leaves_nothing_when_the_server_stops()
    {
        byte[] clip = await ClipAsync();
        await using (RunningHost host = await StartAsync("a"))
        {
            _bucket.Fails = request => request.Path.Value!.EndsWith(Thumbnails.Ending, StringComparison.Ordinal)
                && HttpMethods.IsPut(request.Method) ? Fault.Busy : Fault.None;
            await VideoHost.PostAsync(host, HttpStatusCode.Created, clip, isForm: false, "a.mp4");
            await Patience.UntilAsync(() => _bucket.Requests.Any(one => one.StartsWith("PUT", StringComparison.Ordinal)
                && one.EndsWith(Thumbnails.Ending, StringComparison.Ordinal)));
        }

        await Patience.UntilAsync(() => Directory.GetFiles(FolderOf("a")).Length == 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upload_that_two_nodes_finish_at_once_is_one_whole_video(bool inFolder)
    {
        await using RunningHost first = await StartAsync("a", bucket: inFolder ? new BucketOptions() : null);
        await using RunningHost second = await StartAsync(inFolder ? "a" : "b", bucket: inFolder ? new BucketOptions() : null);
        byte[] clip = await ClipAsync();
        int half = clip.Length / 2;
        for (int round = 0; round < 6; round++)
        {
            string at = await VideoHost.BeginAsync(first, clip.Length);
            await VideoHost.PatchAsync(first, HttpStatusCode.NoContent, at, 0, clip[..half]);
            HttpStatusCode[] answers = await Task.WhenAll(new[] { first, second, first, second }.Select(async host =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(at, UriKind.Relative));
                request.Content = new ByteArrayContent(clip[half..]);
                request.Headers.Add("Upload-Offset", half.ToString());
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
                using HttpResponseMessage answer = await host.Client.SendAsync(request, Cancel);
                return answer.StatusCode;
            }));
            Assert.Contains(HttpStatusCode.NoContent, answers);
            Assert.All(answers, status => Assert.True(
                status is HttpStatusCode.NoContent or HttpStatusCode.Conflict or HttpStatusCode.NotFound
                    || (!inFolder && status == HttpStatusCode.ServiceUnavailable),
                $"{status}"));
            foreach (RunningHost host in (RunningHost[])[first, second])
            {
                Assert.Equal(clip, await host.Client.GetByteArrayAsync(new Uri(at + "/file", UriKind.Relative), Cancel));
            }

            await first.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Delete, at);
        }
    }

    [Fact]
    public async Task Keys_of_a_session_are_taken_up_when_their_file_changes()
    {
        string file = Path.Combine(_state.FullName, "credentials");
        void Write(BucketKeys keys) => File.WriteAllText(file, $"""
            # Written anew every hour.
            [default]
            aws_access_key_id = {keys.KeyId}
            aws_secret_access_key={keys.SecretKey}
            aws_session_token = {keys.SessionToken}

            [other]
            aws_access_key_id = AKIAOTHER
            """);
        _bucket.Keys = new BucketKeys("ASIA1", "a/secret+key==", "token/1+a==");
        Write(_bucket.Keys);
        BucketOptions options = _bucket.Options with { KeyId = null, SecretKey = null, CredentialsFile = file };
        await using RunningHost host = await StartAsync("a", bucket: options);
        byte[] clip = await ClipAsync();
        string id = (await VideoHost.PostAsync(host, HttpStatusCode.Created, clip, isForm: false, "a.mp4"))["video_id"]!.ToString();
        _bucket.Keys = new BucketKeys("ASIA2", "another/secret", "token/2");
        await host.JsonAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, $"/api/videos/{id}/file");
        Write(_bucket.Keys);
        Assert.Equal(clip, await host.Client.GetByteArrayAsync(new Uri($"/api/videos/{id}/file", UriKind.Relative), Cancel));

        // Halfway through being replaced.
        File.WriteAllText(file, "[default]\naws_access_key_id = ASIA3");
        Assert.Equal(clip, await host.Client.GetByteArrayAsync(new Uri($"/api/videos/{id}/file", UriKind.Relative), Cancel));
        File.Delete(file);
        Assert.Equal(clip, await host.Client.GetByteArrayAsync(new Uri($"/api/videos/{id}/file", UriKind.Relative), Cancel));
    }

    [Fact]
    public async Task Deleting_needs_no_bucket_and_leaves_nothing_in_it()
    {
        await using RunningHost host = await StartAsync("a");
        byte[] clip = await ClipAsync();
        string id = (await VideoHost.PostAsync(host, HttpStatusCode.Created, clip, isForm: false, "a.mp4"))["video_id"]!.ToString();
        await Patience.UntilAsync(() => _bucket.Objects.Count == 2);
        _bucket.Fails = _ => Fault.Busy;
        await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"/api/videos/{id}");
        await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"/api/videos/{id}");
        _bucket.Fails = _ => Fault.None;
        foreach (string key in _bucket.Objects.Keys)
        {
            _bucket.Times[key] = _clock.Now.AddHours(-25);
        }

        await host.App.Services.GetServices<IStoreWorker>().OfType<VideoSweep>().Single().RunAsync();
        Assert.Empty(_bucket.Objects);
    }

    private Task<RunningHost> StartAsync(string name, JobPace pace = JobPace.Full, BucketOptions? bucket = null) =>
        RunningHost.StartAsync(
            RunningHost.Options with
            {
                Store = new StoreOptions { MinFreeMegabytes = 0, Files = FolderOf(name) },
                Http = RunningHost.Options.Http with { StateDirectory = _state.FullName },
                Bucket = bucket ?? _bucket.Options,
            },
            services: services =>
            {
                services.AddSingleton<IJobPace>(new GivenPace(pace));
                services.AddSingleton<TimeProvider>(_clock);
            });

    private string FolderOf(string node) => Path.Combine(_state.FullName, node);

    private string[] CopiesOf(string node) => new DirectoryInfo(Path.Combine(FolderOf(node), "copies")) is { Exists: true } copies
        ? [.. copies.GetFiles("*", SearchOption.AllDirectories).Select(file => file.Name)]
        : [];

    private async Task<byte[]> ClipAsync(string size = "96x64")
    {
        string path = Path.Combine(_state.FullName, "testsrc.mp4");
        Assert.SkipUnless(
            await VideoHost.RunAsync(
                "ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", $"testsrc=s={size}:r=10:d=0.6", "-pix_fmt", "yuv420p",
                path),
            "ffmpeg is not installed");
        return await File.ReadAllBytesAsync(path, Cancel);
    }

    private static StringContent Json(string text) => new(text, MediaTypeHeaderValue.Parse("application/json"));

    private static async Task<JsonNode> OverAsync(RunningHost host, string at)
    {
        JsonNode now = new JsonObject();
        await Patience.UntilAsync(
            async () =>
            {
                now = await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, at);
                return now["status"]!.ToString() is not ("queued" or "processing");
            },
            s_lookEvery);
        return now;
    }

    private sealed class GivenPace(JobPace pace) : IJobPace
    {
        public JobPace Current => pace;
    }
}
