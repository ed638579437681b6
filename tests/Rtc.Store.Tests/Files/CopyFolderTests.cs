using Rtc.Store.Files;
using Rtc.Store.Tests.Engines;

namespace Rtc.Store.Tests.Files;

/// <summary>Copies within a limit, of which none goes that is in use.</summary>
public sealed class CopyFolderTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("rtc-copies-");
    private readonly VirtualTime _time = new();

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task Copy_used_longest_ago_makes_room()
    {
        CopyFolder folder = Folder(300);
        foreach (string name in (string[])["v/a", "v/b", "v/c"])
        {
            (await FetchAsync(folder, name)).Dispose();
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        folder.Find("v/a")!.Dispose();
        _time.Advance(TimeSpan.FromSeconds(1));
        (await FetchAsync(folder, "v/d")).Dispose();
        Assert.Equal(["a", "c", "d"], Names());
    }

    [Fact]
    public async Task Copy_in_use_stays_whatever_the_limit()
    {
        CopyFolder folder = Folder(100);
        using FileCopy first = await FetchAsync(folder, "v/a");
        using FileCopy second = await FetchAsync(Folder(100), "v/b");
        Assert.Equal(["a", "b"], Names());
        Assert.Equal(100, (await File.ReadAllBytesAsync(first.Path, TestContext.Current.CancellationToken)).Length);
        first.Dispose();
        (await FetchAsync(folder, "v/c")).Dispose();
        Assert.Equal(["b", "c"], Names());
    }

    [Fact]
    public async Task Copies_that_come_and_go_meanwhile_do_no_harm()
    {
        CopyFolder folder = Folder(1_000_000);
        DirectoryInfo given = Directory.CreateTempSubdirectory("rtc-given-");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            for (int at = 0; at < 300; at++)
            {
                (await FetchAsync(folder, $"v/{worker}-{at}")).Dispose();
                string path = Path.Combine(given.FullName, $"{worker}");
                await File.WriteAllBytesAsync(path, new byte[1], TestContext.Current.CancellationToken);
                folder.Take(path, $"w/{worker}");
                folder.Forget($"v/{worker}-{at}");
            }
        })));
        given.Delete();
        Assert.Equal(4, Names().Length);
    }

    [Fact]
    public async Task Several_that_want_a_copy_wait_for_one()
    {
        CopyFolder folder = Folder(1000);
        int fetched = 0;
        FileCopy[] copies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => folder.FetchAsync(
            "v/a", 1,
            async (file, stop) =>
            {
                await Task.Yield();
                fetched++;
                await RandomAccess.WriteAsync(file, new byte[1], 0, stop);
            },
            TestContext.Current.CancellationToken)));
        Assert.All(copies, copy => copy.Dispose());
        Assert.Equal(1, fetched);
    }

    [Fact]
    public async Task Copy_that_broke_off_leaves_nothing_and_is_made_anew()
    {
        CopyFolder folder = Folder(1000);
        await Assert.ThrowsAsync<FilesUnavailableException>(() => folder.FetchAsync(
            "v/a", 100, (_, _) => throw new IOException("gone"), TestContext.Current.CancellationToken));
        Assert.Empty(Names());
        (await FetchAsync(folder, "v/a")).Dispose();
        Assert.Equal(["a"], Names());
    }

    [Fact]
    public async Task Full_disk_refuses_a_copy()
    {
        var folder = new CopyFolder(_root.FullName, 1000, long.MaxValue / 2, _time);
        FilesUnavailableException error = await Assert.ThrowsAsync<FilesUnavailableException>(() => FetchAsync(folder, "v/a"));
        Assert.True(error.IsFull);
    }

    [Fact]
    public async Task Copies_that_nobody_used_go()
    {
        CopyFolder folder = Folder(1000);
        using FileCopy used = await FetchAsync(folder, "v/a");
        (await FetchAsync(folder, "v/b")).Dispose();
        (await FetchAsync(folder, "w/c")).Dispose();
        _time.Advance(TimeSpan.FromHours(1));
        folder.Find("v/b")!.Dispose();
        (await FetchAsync(folder, "v/d")).Dispose();
        folder.Tidy("v/", _time.GetUtcNow().AddMinutes(-1));
        Assert.Equal(["a", "b", "c", "d"], Names());
        _time.Advance(TimeSpan.FromHours(1));
        folder.Find("v/d")!.Dispose();
        folder.Tidy("v/", _time.GetUtcNow().AddMinutes(-1));
        Assert.Equal(["a", "c", "d"], Names());
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    public async Task Names_lead_nowhere_else(string name) =>
        await Assert.ThrowsAsync<ArgumentException>(() => new FolderFiles(_root.FullName).OpenAsync(name));

    private CopyFolder Folder(long bytes) => new(_root.FullName, bytes, 0, _time);

    private static Task<FileCopy> FetchAsync(CopyFolder folder, string name) => folder.FetchAsync(
        name, 100, (file, stop) => RandomAccess.WriteAsync(file, new byte[100], 0, stop).AsTask(),
        TestContext.Current.CancellationToken);

    private string[] Names() => [.. _root.EnumerateFiles("*", SearchOption.AllDirectories).Select(file => file.Name).Order()];
}
