using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rtc.Server.Options;
using Rtc.Server.Tests.Hosting;
using Rtc.Server.Videos;
using Rtc.Store.Files;
using Rtc.Store.Users;
using Rtc.Store.Videos;

namespace Rtc.Server.Tests.Routes;

/// <summary>Uploads that end before their bytes do: by a restart, a kill or a full disk.</summary>
public sealed class UploadRoutesTests : IDisposable
{
    private static readonly byte[] s_bytes = RandomNumberGenerator.GetBytes(300_000);
    private readonly VideoHost _videos = new();

    public void Dispose() => _videos.Dispose();

    [Fact]
    public async Task Upload_goes_on_where_it_was_after_a_restart()
    {
        string at;
        await using (RunningHost host = await _videos.StartAsync())
        {
            at = await VideoHost.BeginAsync(host, s_bytes.Length);
            Assert.Equal("100000", await VideoHost.PatchAsync(host, HttpStatusCode.NoContent, at, 0, s_bytes[..100_000]));
            Assert.Equal("100000", await VideoHost.PatchAsync(host, HttpStatusCode.Conflict, at, 50_000, s_bytes[50_000..]));
            await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, at);
        }

        await using RunningHost again = await _videos.StartAsync();
        using HttpResponseMessage head = await again.Client.SendAsync(
            new HttpRequestMessage(HttpMethod.Head, new Uri(at, UriKind.Relative)), TestContext.Current.CancellationToken);
        Assert.Equal("100000", Assert.Single(head.Headers.GetValues("Upload-Offset")));
        Assert.Equal("300000", await VideoHost.PatchAsync(again, HttpStatusCode.NoContent, at, 100_000, s_bytes[100_000..]));
        JsonNode video = await again.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, at);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(s_bytes)), video["sha256"]!.ToString());
    }

    [Fact]
    public async Task Upload_killed_before_it_had_a_row_is_finished_without_its_bytes()
    {
        await using RunningHost host = await _videos.StartAsync();
        string at = await VideoHost.BeginAsync(host, s_bytes.Length);

        // What a kill leaves between the file's name and the video's row.
        await File.WriteAllBytesAsync(
            Path.Combine(_videos.Files.FullName, at.Split('/')[^1] + ".mp4"), s_bytes, TestContext.Current.CancellationToken);
        Assert.Equal("300000", await VideoHost.PatchAsync(host, HttpStatusCode.Conflict, at, 0, []));
        Assert.Equal("300000", await VideoHost.PatchAsync(host, HttpStatusCode.NoContent, at, 300_000, []));
        JsonNode video = await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, at);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(s_bytes)), video["sha256"]!.ToString());

        // And a step later: the video has its row, and the upload's is still there.
        var id = new VideoId(Guid.Parse(at.Split('/')[^1]));
        UserId user = (await host.App.Services.GetRequiredService<UserTable>().LocalAsync(TestContext.Current.CancellationToken)).Id;
        UploadTable uploads = host.App.Services.GetRequiredService<UploadTable>();
        Assert.True(await uploads.TryAddAsync(
            new Upload(id, user, "a.mp4", s_bytes.Length, DateTimeOffset.UtcNow), long.MaxValue, null,
            TestContext.Current.CancellationToken));
        Assert.Equal("300000", await VideoHost.PatchAsync(host, HttpStatusCode.NoContent, at, 300_000, []));
        Assert.Equal(s_bytes, await host.Client.GetByteArrayAsync(
            new Uri(at + "/file", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Single(_videos.Files.GetFiles());
    }

    [Theory]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"video\"\r\n\r\nabc")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"vi")]
    [InlineData("--b\r\nno header\r\n\r\nabc\r\n--b--")]
    [InlineData("no form")]
    [InlineData("")]
    public async Task Form_that_is_cut_or_none_is_400(string form)
    {
        await using RunningHost host = await _videos.StartAsync();
        foreach (string path in (string[])["/api/videos", "/api/track-point"])
        {
            var content = new StringContent(form);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");
            JsonNode refused = await host.JsonAsync(HttpStatusCode.BadRequest, HttpMethod.Post, path, content);
            Assert.Equal("form", refused["code"]!.ToString());
        }

        Assert.Empty(new DirectoryInfo(_videos.State).GetFiles("*.part", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Upload_keeps_its_file_where_the_one_like_it_is_deleted_meanwhile()
    {
        DeletingFiles? store = null;
        await using RunningHost host = await _videos.StartAsync(more: services => services.AddSingleton(
            provider => new VideoFiles(provider.GetRequiredService<RtcOptions>(), store = new DeletingFiles(_videos.Files.FullName))));
        JsonNode first = await VideoHost.PostAsync(host, HttpStatusCode.Created, s_bytes, false, "a.mp4");
        VideoTable videos = host.App.Services.GetRequiredService<VideoTable>();
        UserId user = (await host.App.Services.GetRequiredService<UserTable>().LocalAsync(TestContext.Current.CancellationToken)).Id;
        store!.Deletes = () => videos.DeleteAsync(user, new VideoId(Guid.Parse(first["video_id"]!.ToString())));
        JsonNode second = await VideoHost.PostAsync(host, HttpStatusCode.Created, s_bytes, false, "b.mp4");
        Assert.Null(store.Deletes);
        Assert.Equal(s_bytes, await host.Client.GetByteArrayAsync(
            new Uri($"/api/videos/{second["video_id"]}/file", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Disk_that_is_nearly_full_takes_no_upload()
    {
        await using RunningHost host = await _videos.StartAsync(new StoreOptions { MinFreeMegabytes = 1_000_000_000 });
        JsonNode answer = await VideoHost.PostAsync(host, HttpStatusCode.InsufficientStorage, s_bytes, false, "a.mp4");
        Assert.Contains("Store:MinFreeMegabytes", answer["detail"]!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/videos", "video")]
    [InlineData("/api/videos?resumable=1", null)]
    [InlineData("/api/track-point", "video")]
    public async Task Folder_that_cannot_be_written_is_503_and_named(string path, string? field)
    {
        string file = Path.Combine(_videos.State, "no-folder");
        await File.WriteAllTextAsync(file, "a file", TestContext.Current.CancellationToken);
        await using RunningHost host = await _videos.StartAsync(
            new StoreOptions { MinFreeMegabytes = 0, Files = Path.Combine(file, "videos") });
        HttpContent content = new ByteArrayContent(field is null ? [] : s_bytes);
        if (field is null)
        {
            content.Headers.Add("Upload-Length", "300000");
        }
        else
        {
            content = new MultipartFormDataContent { { content, field, "a.mp4" } };
        }

        using HttpResponseMessage answer = await host.Client.PostAsync(
            new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        JsonNode refused = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal("storage", refused["code"]!.ToString());
        Assert.Contains("Store:Files", refused["detail"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_that_turns_read_only_shows_what_it_has_and_takes_nothing()
    {
        string folder = Path.Combine(_videos.State, "standby");
        Directory.CreateDirectory(folder);
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && await VideoHost.RunAsync("mount", "-t", "tmpfs", "-o", "size=4m", "none", folder),
            "no disk can be mounted here");
        try
        {
            await using RunningHost host = await _videos.StartAsync(new StoreOptions { MinFreeMegabytes = 0, Files = folder });
            JsonNode video = await VideoHost.PostAsync(host, HttpStatusCode.Created, s_bytes, false, "a.mp4");
            string part = await VideoHost.BeginAsync(host, s_bytes.Length);
            await VideoHost.PatchAsync(host, HttpStatusCode.NoContent, part, 0, s_bytes[..1000]);
            Assert.True(await VideoHost.RunAsync("mount", "-o", "remount,ro", folder));
            string at = $"/api/videos/{video["video_id"]}";
            Assert.Equal(s_bytes, await host.Client.GetByteArrayAsync(
                new Uri(at + "/file", UriKind.Relative), TestContext.Current.CancellationToken));
            await host.JsonAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Get, at + "/thumbnail.jpg");
            await VideoHost.PostAsync(host, HttpStatusCode.ServiceUnavailable, s_bytes, false, "b.mp4");
            await VideoHost.PatchAsync(host, HttpStatusCode.ServiceUnavailable, part, 1000, s_bytes[1000..]);
            await host.JsonAsync(HttpStatusCode.ServiceUnavailable, HttpMethod.Delete, part);
            await host.JsonAsync(HttpStatusCode.NoContent, HttpMethod.Delete, at);
            await host.JsonAsync(HttpStatusCode.NotFound, HttpMethod.Get, at);
        }
        finally
        {
            await VideoHost.RunAsync("umount", "--lazy", folder);
        }
    }

    [Fact]
    public async Task File_of_an_upload_that_cannot_be_written_is_503()
    {
        await using RunningHost host = await _videos.StartAsync();
        string at = await VideoHost.BeginAsync(host, s_bytes.Length);
        _videos.Files.CreateSubdirectory(at.Split('/')[^1] + Uploads.Part);
        await VideoHost.PatchAsync(host, HttpStatusCode.ServiceUnavailable, at, 0, s_bytes);
    }

    [Fact]
    public async Task Upload_is_written_by_one_request_at_a_time()
    {
        var parts = new CountingParts();
        await using RunningHost host = await _videos.StartAsync(more: services => services.AddSingleton<IUploadParts>(parts));
        Uploads uploads = host.App.Services.GetRequiredService<Uploads>();
        UserId user = (await host.App.Services.GetRequiredService<UserTable>().LocalAsync(TestContext.Current.CancellationToken)).Id;
        var upload = new Upload(new VideoId(Guid.CreateVersion7()), user, "a.mp4", 1, DateTimeOffset.UtcNow);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 200_000; i++)
            {
                await uploads.ContinueAsync(upload, 7, Stream.Null, TestContext.Current.CancellationToken);
            }
        })));
        Assert.Equal(1, parts.AtOnce);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disk_that_fills_up_midway_is_507_and_loses_nothing(bool isResumable)
    {
        string folder = Path.Combine(_videos.State, "small");
        Directory.CreateDirectory(folder);
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && await VideoHost.RunAsync("mount", "-t", "tmpfs", "-o", "size=400k", "none", folder),
            "no small disk can be mounted here");
        try
        {
            await using RunningHost host = await _videos.StartAsync(new StoreOptions { MinFreeMegabytes = 0, Files = folder });
            string other = Path.Combine(folder, "other");
            var content = new StreamContent(new FillingStream(s_bytes, folder, () => FillDisk(other)));
            content.Headers.ContentLength = s_bytes.Length;
            string at = isResumable ? await VideoHost.BeginAsync(host, s_bytes.Length) : "/api/videos?name=a.mp4";
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

            int offset = int.Parse(await VideoHost.PatchAsync(host, HttpStatusCode.Conflict, at, 999_999, []));
            Assert.InRange(offset, 1, s_bytes.Length - 1);
            await VideoHost.PatchAsync(host, HttpStatusCode.NoContent, at, offset, s_bytes[offset..]);
            JsonNode video = await host.JsonAsync(HttpStatusCode.OK, HttpMethod.Get, at);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(s_bytes)), video["sha256"]!.ToString());
        }
        finally
        {
            await VideoHost.RunAsync("umount", "--lazy", folder);
        }
    }

    /// <summary>Files of a folder of which one goes just after it was found.</summary>
    private sealed class DeletingFiles(string root) : IFileStore
    {
        private readonly FolderFiles _files = new(root);

        public Func<Task<string?>>? Deletes { get; set; }

        public bool IsElsewhere => false;

        public Task AddAsync(string path, string name, CancellationToken cancel) => _files.AddAsync(path, name, cancel);

        public Task<FileCopy?> OpenAsync(string name, CancellationToken cancel) => _files.OpenAsync(name, cancel);

        public async Task<StoredFile?> FindAsync(string name, CancellationToken cancel)
        {
            StoredFile? file = await _files.FindAsync(name, cancel);
            if (Deletes is { } deletes && await deletes() is { } unused)
            {
                Deletes = null;
                await _files.DeleteAsync(unused, cancel);
            }

            return file;
        }

        public Stream Read(StoredFile file) => _files.Read(file);

        public Task DeleteAsync(string name, CancellationToken cancel) => _files.DeleteAsync(name, cancel);

        public IAsyncEnumerable<StoredFile> ListAsync(CancellationToken cancel) => _files.ListAsync(cancel);

        public Task TidyAsync(DateTimeOffset before, CancellationToken cancel) => _files.TidyAsync(before, cancel);
    }

    /// <summary>Counts how many are in it at once.</summary>
    private sealed class CountingParts : IUploadParts
    {
        private int _in;

        public int AtOnce { get; private set; }

        public Task<long> OffsetAsync(VideoId upload, CancellationToken cancel)
        {
            AtOnce = Math.Max(AtOnce, Interlocked.Increment(ref _in));
            Thread.SpinWait(20);
            Interlocked.Decrement(ref _in);
            return Task.FromResult(0L);
        }

        public Task<string> OpenAsync(VideoId upload, long offset, CancellationToken cancel) => throw new NotSupportedException();

        public Task KeepAsync(VideoId upload, long from) => Task.CompletedTask;

        public Task DropAsync(VideoId upload) => Task.CompletedTask;

        public Task SweepAsync(DateTimeOffset before) => Task.CompletedTask;
    }

    [Fact]
    public async Task Disk_that_fills_up_under_a_clip_is_507_and_keeps_nothing_of_it()
    {
        string folder = Path.Combine(_videos.State, "small");
        Directory.CreateDirectory(folder);
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && await VideoHost.RunAsync("mount", "-t", "tmpfs", "-o", "size=1100k", "none", folder),
            "no small disk can be mounted here");
        try
        {
            await using RunningHost host = await _videos.StartAsync(
                new StoreOptions { MinFreeMegabytes = 0, Files = folder }, studio: new StudioOptions { MaxMegabytes = 1 });
            string other = Path.Combine(folder, "other");
            using var form = new MultipartFormDataContent
            {
                { new StreamContent(new FillingStream(s_bytes, folder, () => FillDisk(other), "clip")), "video", "a.mp4" },
            };
            JsonNode full = await host.JsonAsync(HttpStatusCode.InsufficientStorage, HttpMethod.Post, "/api/track-point", form);
            Assert.Equal("disk", full["code"]!.ToString());
            File.Delete(other);
            Assert.Empty(new DirectoryInfo(folder).GetFiles("*", SearchOption.AllDirectories));
        }
        finally
        {
            await VideoHost.RunAsync("umount", "--lazy", folder);
        }
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
    private sealed class FillingStream(byte[] bytes, string folder, Action between, string pattern = "*" + Uploads.Part)
        : MemoryStream(bytes)
    {
        private const int First = 100_000;
        private bool _isDone;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position >= First && !_isDone)
            {
                _isDone = true;
                while (!new DirectoryInfo(folder).EnumerateFiles(pattern, SearchOption.AllDirectories).Any(part => part.Length > 0))
                {
                    await Task.Delay(5, cancellationToken);
                }

                between();
            }

            int most = Position < First ? (int)Math.Min(buffer.Length, First - Position) : buffer.Length;
            return await base.ReadAsync(buffer[..most], cancellationToken);
        }
    }
}
