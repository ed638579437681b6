using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Rtc.Store.Buckets;
using Rtc.Store.Files;

namespace Rtc.Server.Tests.Buckets;

/// <summary>
/// Objects of a bucket: those of a fake one that fails as it is told to, and those of a real server, where RTC_S3 names one
/// (http://key:secret@host:port/bucket; tests/ceph.sh starts one).
/// </summary>
public sealed class BucketObjectsTests : IDisposable
{
    private const int Megabyte = 1024 * 1024;
    private static readonly string? s_real = Environment.GetEnvironmentVariable("RTC_S3");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rtc-bucket-");
    private readonly Meter _meter = new("test");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _meter.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Fake_bucket_keeps_what_it_is_given()
    {
        await using FakeBucket bucket = await FakeBucket.StartAsync();
        bucket.PageSize = 7;
        using BucketClient client = bucket.Client();
        await UseAsync(client);
        Assert.Equal((0, 0), (bucket.Objects.Count, bucket.Uploads));
    }

    [Fact]
    public async Task Real_bucket_keeps_what_it_is_given()
    {
        Assert.SkipWhen(s_real is null, "RTC_S3 names no server");
        using BucketClient client = Real(s_real);
        await UseAsync(client);
    }

    [Fact]
    public async Task Real_bucket_refuses_another_secret()
    {
        Assert.SkipWhen(s_real is null, "RTC_S3 names no server");
        using BucketClient client = Real(s_real, "another");
        Assert.Contains("SignatureDoesNotMatch", await client.CheckAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_secret_and_wrong_name_are_told_at_once()
    {
        await using FakeBucket bucket = await FakeBucket.StartAsync();
        using BucketClient wrong = bucket.Client("another");
        Assert.Contains("SignatureDoesNotMatch", await wrong.CheckAsync(Cancel), StringComparison.Ordinal);
        Assert.Single(bucket.Requests);
        using BucketClient right = bucket.Client();
        Assert.Null(await right.CheckAsync(Cancel));
    }

    [Fact]
    public async Task Clock_that_is_an_hour_off_is_made_up_for()
    {
        await using FakeBucket bucket = await FakeBucket.StartAsync();
        bucket.ClockOff = TimeSpan.FromHours(1);
        using BucketClient client = bucket.Client();
        Assert.Null(await client.CheckAsync(Cancel));
        Assert.Null(await client.CheckAsync(Cancel));
        Assert.Equal(3, bucket.Requests.Count);
    }

    [Fact]
    public async Task Clock_that_is_off_is_made_up_for_where_an_answer_has_no_body()
    {
        await using FakeBucket bucket = await FakeBucket.StartAsync();
        bucket.ClockOff = TimeSpan.FromHours(-1);
        using BucketClient client = bucket.Client();
        Assert.Null(await new BucketObjects(client, "v/").FindAsync("a", Cancel));
        Assert.Equal(2, bucket.Requests.Count);
        using BucketClient wrong = bucket.Client("another");
        await Assert.ThrowsAsync<FilesUnavailableException>(() => new BucketObjects(wrong, "v/").FindAsync("a", Cancel));
        Assert.Equal(4, bucket.Requests.Count);
    }

    [Fact]
    public async Task File_that_was_not_put_together_is_no_success()
    {
        await using FakeBucket bucket = await FakeBucket.StartAsync();
        bucket.Fails = request => HttpMethods.IsPost(request.Method) && request.Query.ContainsKey("uploadId") ? Fault.Mute : Fault.None;
        using BucketClient client = bucket.Client();
        var objects = new BucketObjects(client, "v/");
        await Assert.ThrowsAsync<FilesUnavailableException>(
            () => objects.PutAsync("a", Write("a", 20 * Megabyte), 0, 20 * Megabyte, Cancel));
        Assert.Equal((0, 0), (bucket.Objects.Count, bucket.Uploads));
    }

    [Fact]
    public async Task Server_that_is_busy_or_hangs_up_is_asked_again()
    {
        await using FakeBucket bucket = await FakeBucket.StartAsync();
        int asked = 0;
        bucket.Fails = _ => (Interlocked.Increment(ref asked) % 3) switch { 1 => Fault.Busy, 2 => Fault.Hangup, _ => Fault.None };
        using BucketClient client = bucket.Client();
        var objects = new BucketObjects(client, "v/");
        string path = Write("a", 20 * Megabyte);
        await objects.PutAsync("a", path, 0, 20 * Megabyte, Cancel);
        await SameAsync(objects, "a", path);
    }

    [Fact]
    public async Task Server_that_stays_away_is_given_up()
    {
        await using FakeBucket bucket = await FakeBucket.StartAsync();
        bucket.Fails = _ => Fault.Busy;
        using BucketClient client = bucket.Client();
        var objects = new BucketObjects(client, "v/");
        FilesUnavailableException error = await Assert.ThrowsAsync<FilesUnavailableException>(() => objects.FindAsync("a", Cancel));
        Assert.Contains("503", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, bucket.Requests.Count);
    }

    [Fact]
    public async Task Server_that_says_nothing_is_asked_once_more()
    {
        await using FakeBucket bucket = await FakeBucket.StartAsync();
        bucket.Fails = _ => Fault.Silence;
        using BucketClient client = bucket.Client(patience: TimeSpan.FromSeconds(1));
        var objects = new BucketObjects(client, "v/");
        FilesUnavailableException error = await Assert.ThrowsAsync<FilesUnavailableException>(() => objects.FindAsync("a", Cancel));
        Assert.Contains("said nothing", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, bucket.Requests.Count);
    }

    [Fact]
    public async Task Server_that_is_busy_for_seconds_is_sent_files_all_the_same()
    {
        await using FakeBucket bucket = await FakeBucket.StartAsync();
        int asked = 0;
        bucket.Fails = _ => Interlocked.Increment(ref asked) <= 5 ? Fault.Busy : Fault.None;
        var time = new HurriedTime();
        using BucketClient client = bucket.Client(time: time);
        await new BucketObjects(client, "v/").PutAsync("a", Write("a", 1000), 0, 1000, Cancel);
        Assert.Single(bucket.Objects);
        Assert.InRange(time.Waited.TotalSeconds, 6, 20);
    }

    [Fact]
    public async Task Parts_that_could_not_be_sent_are_given_up_again()
    {
        await using FakeBucket bucket = await FakeBucket.StartAsync();
        bucket.Fails = request => request.Query["partNumber"] == "2" ? Fault.Busy : Fault.None;
        using BucketClient client = bucket.Client(time: new HurriedTime());
        var objects = new BucketObjects(client, "v/");
        await Assert.ThrowsAsync<FilesUnavailableException>(
            () => objects.PutAsync("a", Write("a", 40 * Megabyte), 0, 40 * Megabyte, Cancel));
        Assert.Equal((0, 0), (bucket.Objects.Count, bucket.Uploads));
    }

    [Fact]
    public async Task Reading_goes_on_where_connections_broke_off()
    {
        await using FakeBucket bucket = await FakeBucket.StartAsync();
        using BucketClient client = bucket.Client();
        var objects = new BucketObjects(client, "v/");
        string path = Write("a", 20 * Megabyte);
        await objects.PutAsync("a", path, 0, 20 * Megabyte, Cancel);
        int asked = 0;
        bucket.Fails = request => HttpMethods.IsGet(request.Method) && Interlocked.Increment(ref asked) % 2 == 1
            ? Fault.BreakOff
            : Fault.None;
        await SameAsync(objects, "a", path);
        Assert.True(asked >= 3, $"{asked} requests");
    }

    [Fact]
    public async Task Object_that_was_replaced_meanwhile_is_not_mixed()
    {
        await using FakeBucket bucket = await FakeBucket.StartAsync();
        using BucketClient client = bucket.Client();
        var objects = new BucketObjects(client, "v/");
        await objects.PutAsync("a", Write("a", 5 * Megabyte), 0, 5 * Megabyte, Cancel);
        StoredFile file = (await objects.FindAsync("a", Cancel))!;
        await using Stream stream = objects.Read(file);
        byte[] buffer = new byte[Megabyte];
        await stream.ReadExactlyAsync(buffer, Cancel);
        bucket.Objects["p/v/a"] = new byte[5 * Megabyte];
        stream.Position = 4 * Megabyte;
        await Assert.ThrowsAsync<FilesUnavailableException>(async () => await stream.ReadExactlyAsync(buffer, Cancel));
    }

    /// <summary>Everything that files need of a bucket; nothing of it stays.</summary>
    private async Task UseAsync(BucketClient client)
    {
        Assert.Null(await client.CheckAsync(Cancel));
        var objects = new BucketObjects(client, "v/");
        (string Name, int Bytes)[] sizes =
        [
            ("empty", 0), ("one", 1), ("small.mp4", 70_000), ("part", 16 * Megabyte), ("large.mp4", (40 * Megabyte) + 17),
        ];
        foreach ((string name, int bytes) in sizes)
        {
            string path = Write(name, bytes + 10);
            await objects.PutAsync(name, path, 10, bytes, Cancel);
            await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path, Cancel))[10..], Cancel);
            await SameAsync(objects, name, path);
        }

        Assert.Null(await objects.FindAsync("other", Cancel));
        Assert.Equal(sizes.Select(size => size.Name).Order(StringComparer.Ordinal), await NamesAsync(objects, string.Empty));
        for (int at = 0; at < 20; at++)
        {
            await objects.PutAsync($"many/{at:D2}", Write("many", 3), 0, 3, Cancel);
        }

        Assert.Equal(Enumerable.Range(10, 10).Select(at => $"many/{at}"), await NamesAsync(objects, "many/1"));
        Assert.Empty(await NamesAsync(new BucketObjects(client, "w/"), string.Empty));

        // A part of one, from its middle.
        StoredFile large = (await objects.FindAsync("large.mp4", Cancel))!;
        Assert.InRange(DateTimeOffset.UtcNow - large.WrittenAt, TimeSpan.FromMinutes(-5), TimeSpan.FromMinutes(5));
        await using (Stream stream = objects.Read(large))
        {
            byte[] middle = new byte[1000];
            stream.Position = (17 * Megabyte) + 3;
            await stream.ReadExactlyAsync(middle, Cancel);
            byte[] whole = await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "large.mp4"), Cancel);
            Assert.Equal(whole[((17 * Megabyte) + 3)..((17 * Megabyte) + 1003)], middle);
            stream.Seek(-5, SeekOrigin.End);
            Assert.Equal(5, await stream.ReadAtLeastAsync(middle, 100, throwOnEndOfStream: false, Cancel));
        }

        foreach (string name in await NamesAsync(objects, string.Empty))
        {
            await objects.DeleteAsync(name, Cancel);
        }

        await objects.DeleteAsync("never", Cancel);
        Assert.Empty(await NamesAsync(objects, string.Empty));
        await objects.AbortAsync(DateTimeOffset.MaxValue, Cancel);
    }

    private async Task SameAsync(BucketObjects objects, string name, string path)
    {
        StoredFile file = (await objects.FindAsync(name, Cancel))!;
        string copy = Path.Combine(_folder.FullName, "copy");
        using (var to = File.OpenHandle(copy, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.Asynchronous))
        {
            await objects.FetchAsync(file, to, Cancel);
        }

        byte[] expected = await File.ReadAllBytesAsync(path, Cancel);
        Assert.Equal(expected.Length, file.Length);
        byte[] fetched = await File.ReadAllBytesAsync(copy, Cancel);
        Assert.True(expected.AsSpan().SequenceEqual(fetched), name);
    }

    private static async Task<List<string>> NamesAsync(BucketObjects objects, string beginning)
    {
        List<string> names = [];
        await foreach (StoredFile file in objects.ListAsync(beginning, Cancel))
        {
            names.Add(file.Name);
        }

        return names;
    }

    private string Write(string name, int bytes)
    {
        string path = Path.Combine(_folder.FullName, name);
        byte[] content = new byte[bytes];
        new Random(bytes).NextBytes(content);
        File.WriteAllBytes(path, content);
        return path;
    }

    private BucketClient Real(string address, string? secret = null)
    {
        var uri = new Uri(address);
        string[] user = [.. uri.UserInfo.Split(':').Select(Uri.UnescapeDataString)];
        return new BucketClient(
            new BucketSettings
            {
                Name = uri.AbsolutePath.Trim('/'), Endpoint = new Uri($"{uri.Scheme}://{uri.Authority}"),
                Keys = () => new BucketKeys(user[0], secret ?? user[1]), Prefix = $"test-{Guid.NewGuid():N}/",
            },
            new BucketCounters(_meter), TimeProvider.System);
    }

    /// <summary>Waits for nothing, and knows for how long it would have.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        private long _waited;

        public TimeSpan Waited => TimeSpan.FromTicks(Interlocked.Read(ref _waited));

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Add(ref _waited, dueTime.Ticks);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
